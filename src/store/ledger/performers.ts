import { sql } from "kysely";
import type { EventRecord } from "../../model/records.ts";
import { addressKey } from "../../model/text.ts";
import { given, idList } from "../engine/bulk.ts";
import type { Tx } from "../store.ts";
import { isService } from "../users/user-sql.ts";

/** Who did it, as far as we know: the user, and whether that is an integration's own user. */
export interface FoundPerformer {
  /** As it is listed, or as the log gives it. */
  userId: string | null;
  serviceAccount: boolean;
}

export interface Performing extends FoundPerformer {
  /** What the log says of who did it, where that isn't the user's id. */
  said: string | null;
  /** Of a `user` whom no list of users has: the address that the log gives, if any (strangers.ts). */
  strangeAddress: string | null;
}

type Doer = Pick<EventRecord, "performerType" | "performerId" | "performerEmail">;

/** Of these types the id is none of a user, whatever it looks like (api.md §3.4). */
const NEVER_USERS: ReadonlySet<string | null> = new Set(["api_key", "greenhouse_internal", null]);
const LARGEST_ID = 2n ** 63n - 1n;

function userIdOf({ performerId, performerType }: Doer): string | null {
  return performerId === null || NEVER_USERS.has(performerType) ? null : asId(performerId);
}

/** As a user's id is written; null: it can't be one. */
export function asId(text: string): string | null {
  return /^\d{1,19}$/.test(text) && BigInt(text) <= LARGEST_ID ? String(BigInt(text)) : null;
}

function saidOf(event: Doer, userId: string | null): string | null {
  if (event.performerId !== null) return event.performerId === userId ? null : event.performerId;
  return event.performerType === "user" && userId === null ? addressOf(event) || null : null;
}

/**
 * Finds the user behind each event: by id; where no user has that id, by any e-mail address if exactly one has it; else a
 * `user` keeps the id as given, for we may learn of them later.
 */
export async function findPerformers(
  tx: Tx,
  connection: number,
  events: readonly Doer[],
): Promise<(event: Doer) => Performing> {
  const ids = new Set(events.map(userIdOf).filter((id) => id !== null));
  const byId = await usersById(tx, connection, ids);
  const unknown = events.filter(
    (event) => event.performerType === "user" && !byId.has(userIdOf(event) ?? ""),
  );
  const byEmail = await usersByEmail(
    tx,
    connection,
    new Set(unknown.map(addressOf).filter((email) => email !== "")),
  );
  return (event) => {
    const id = userIdOf(event);
    const listed = id === null ? undefined : byId.get(id);
    const isUser = event.performerType === "user";
    const known = listed ?? (isUser ? byEmail.get(addressOf(event)) : undefined);
    const userId = known ? known.userId : isUser ? id : null;
    return {
      userId,
      serviceAccount: known?.serviceAccount ?? false,
      said: saidOf(event, userId),
      strangeAddress: isUser && !known ? addressOf(event) || null : null,
    };
  };
}

function addressOf(event: Doer): string {
  return addressKey(event.performerEmail ?? "");
}

interface Row {
  user_id: string;
  service: number;
  state?: string;
}

export async function usersById(
  tx: Tx,
  connection: number,
  ids: Set<string>,
): Promise<Map<string, FoundPerformer>> {
  if (ids.size === 0) return new Map();
  const { rows } = await sql<Row>`
    select u.user_id, ${isService} as service from "user" u
    where u.connection = ${connection} and u.user_id in ${idList([...ids])}`.execute(tx);
  return new Map(rows.map((row) => [row.user_id, found(row)]));
}

/** Of each address that exactly one user has, the user; of several, one who is listed, if the others aren't any more. */
export async function usersByEmail(
  tx: Tx,
  connection: number,
  emails: Set<string>,
): Promise<Map<string, FoundPerformer>> {
  if (emails.size === 0) return new Map();
  const { rows } = await sql<Row & { address: string }>`
    with wanted as materialized (select address from ${given(
      tx,
      { address: "text" },
      [...emails].map((email) => [email]),
    )}),
    owner (address, user_id) as (
      select w.address, u.user_id from wanted w
        join user_address u on u.connection = ${connection} and u.address = w.address
      union
      select w.address, e.user_id from wanted w
        join user_email e on e.connection = ${connection} and e.email_key = w.address and e.state = 'present')
    select o.address, u.user_id, ${isService} as service, u.state
    from owner o join "user" u on u.connection = ${connection} and u.user_id = o.user_id`.execute(tx);
  const owners = Map.groupBy(rows, (row) => row.address);
  return new Map(
    [...owners].flatMap(([address, all]) => {
      const listed = all.filter(({ state }) => state === "present");
      const [first, second] = listed.length > 0 ? listed : all;
      return first && !second ? [[address, found(first)] as const] : [];
    }),
  );
}

function found(row: Row): FoundPerformer {
  return { userId: row.user_id, serviceAccount: row.service === 1 };
}
