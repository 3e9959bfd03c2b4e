import type { Session, SessionOptions } from "../connectors/connector.ts";
import type { Connection } from "../model/connection.ts";
import { eventKey, getCredential } from "../store/connections/connections.ts";
import type { SyncDeps } from "./context.ts";

/** A conversation with a connection's account; null: its credential can't be opened. */
export async function openSession(
  deps: SyncDeps,
  connection: Connection,
  more: Pick<SessionOptions, "signal" | "onProgress">,
): Promise<Session | null> {
  const credential = await getCredential(deps.store.read, deps.seal, connection.id);
  if (!credential) return null;
  return deps.connectors[connection.vendor].open({
    connection,
    credential,
    origins: connection.origins,
    tokens: deps.tokens,
    traffic: deps.traffic,
    eventKey: await eventKey(deps.store.read, deps.seal, connection.id),
    now: deps.now,
    timeScale: deps.timeScale(connection.origins),
    ...more,
  });
}
