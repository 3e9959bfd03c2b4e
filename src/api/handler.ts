/** What a handler gets and gives. Routes are made of these in app.ts. */
import type { Config } from "../config.ts";
import type { Connection } from "../model/connection.ts";
import { type Actor, allows, type MemberRole, seesConnection } from "../model/member.ts";
import { shellName } from "../model/text.ts";
import { getConnection } from "../store/connections/connections.ts";
import type { Db } from "../store/store.ts";
import type { SampleHouse } from "./connections/sample.ts";
import type { Working } from "./connections/view.ts";
import type { Answer, Asked, EndpointName, StreamItem } from "./contract.ts";
import { ApiError } from "./errors.ts";
import type { Client } from "./http/client.ts";
import type { Services } from "./services.ts";
import type { TrailNote } from "./trail/trail.ts";

export interface ApiContext {
  services: Services;
  config: Pick<Config, "origins" | "publicUrl" | "trustProxy">;
  version: string;
  /** Does this process run lanes when they are due? A single command runs only what it is asked for. */
  scheduled: boolean;
  now: () => number;
  /** Sample data beside this server; left out: nothing serves. */
  sample?: SampleHouse;
}

export interface Asking extends ApiContext {
  db: Db;
  who: Actor;
  client: Client;
  /** What the handler adds to the row of our audit trail. */
  trail: TrailNote;
  /** Aborted when the client has gone. */
  signal: AbortSignal;
}

export type Handler<N extends EndpointName> = (asked: Asked<N>, asking: Asking) => Promise<Answer<N>>;
/** Yields what a stream carries, and returns what a client without a stream gets. */
export type Streamer<N extends EndpointName> = (
  asked: Asked<N>,
  asking: Asking,
) => AsyncGenerator<StreamItem<N>, Answer<N>, void>;

export type Handlers = {
  [N in EndpointName]: [StreamItem<N>] extends [never] ? Handler<N> : Streamer<N>;
};

/** @throws ApiError `connection_not_found` */
export async function connectionOf({ db, who, trail }: Asking, nameOrId: string): Promise<Connection> {
  const connection = await getConnection(db, nameOrId);
  if (connection && seesConnection(who, connection.id)) {
    trail.connection = connection.id;
    return connection;
  }
  throw new ApiError(
    "connection_not_found",
    `There is no connection ${JSON.stringify(nameOrId)}.`,
    "See `glasshouse connections` for names and ids.",
  );
}

/** Does anything sync by itself, here or in another process? */
export async function working({ services, scheduled }: ApiContext): Promise<Working> {
  const others = await services.others();
  if (others === null) return { works: scheduled };
  return { works: scheduled || others.alive > 0, workerSeenAt: others.lastSeenAt };
}

/** For what asks for more than its endpoint does. @throws ApiError `not_allowed` */
export function requireRole({ who }: Asking, role: MemberRole, what: string): void {
  if (allows(who, role)) return;
  throw new ApiError("not_allowed", `${what} needs the role ${role}.`, "Ask an admin.");
}

/** For what no API token may, though its endpoint takes them. @throws ApiError `session_needed` */
export function requirePerson({ who }: Asking, what: string): void {
  if (who.kind !== "member" || "session" in who.via) return;
  throw new ApiError(
    "session_needed",
    `${what} is not for API tokens.`,
    "Do it in the browser, or with `glasshouse` on the server's machine.",
  );
}

/** @throws ApiError `connection_frozen` */
export function refuseFrozen(connection: Connection): void {
  if (connection.frozenAt === null) return;
  throw new ApiError(
    "connection_frozen",
    `${connection.name} is frozen: its credential was destroyed, its data kept.`,
    `Replace the credential, and it goes on: glasshouse credential ${shellName(connection.name)}.`,
  );
}

export const iso = (at: number): string => new Date(at).toISOString();
export function isoOrNull(at: number | null | undefined): string | null {
  return at === null || at === undefined ? null : iso(at);
}
