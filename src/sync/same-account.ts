/** Which Greenhouse account a session opens: told by the user IDs that are in it. */
import type { Session } from "../connectors/connector.ts";
import { ConnectorError } from "../connectors/errors.ts";
import type { Connection } from "../model/connection.ts";
import { listConnections } from "../store/connections/connections.ts";
import { countKnownUsers, knownAmong } from "../store/listings/known.ts";
import type { Store } from "../store/store.ts";

/** Is it the account of this connection? Yes, too, while nobody of it is known. */
export async function sameAccount(store: Store, session: Session, connection: Connection): Promise<boolean> {
  if ((await countKnownUsers(store.read, connection.id)) === 0) return true;
  for await (const page of session.list("users", { resume: null })) {
    const ids = page.records.map((record) => record.id);
    if ((await knownAmong(store.read, connection.id, ids)) > 0) return true;
  }
  return false;
}

/** The connection whose account it is, if there is one: it knows most of the newest users. */
export async function connectionOfAccount(
  store: Store,
  session: Session,
  origins: Connection["origins"],
): Promise<Connection | null> {
  const others = (await listConnections(store.read)).filter(
    (each) => each.origins.harvest === origins.harvest,
  );
  if (others.length === 0) return null;
  const ids = await newestUsers(session);
  for (const other of others) {
    if (2 * (await knownAmong(store.read, other.id, ids)) > ids.length) return other;
  }
  return null;
}

/** The first page of the list; none where it can't be read. */
async function newestUsers(session: Session): Promise<string[]> {
  try {
    for await (const page of session.list("users", { resume: null })) {
      return page.records.map((record) => record.id);
    }
  } catch (error) {
    if (!(error instanceof ConnectorError)) throw error;
  }
  return [];
}
