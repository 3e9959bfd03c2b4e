import type { KnownUser } from "../../connectors/connector.ts";
import type { ListStream } from "../../model/stream.ts";
import type { Db, Tx } from "../store.ts";
import { countPresent } from "./listed.ts";

/** What sync and verdicts ask about what is already stored. */

/** Rows of the list that shows a stream: those that are missing or can't be read now are in it. null: nothing lists it. */
export async function countListed(
  db: Db | Tx,
  connection: number,
  stream: ListStream,
): Promise<number | null> {
  switch (stream) {
    case "users":
      return countKnownUsers(db, connection);
    case "job_grants":
    case "future_job_grants":
    case "roles":
      return countPresent(db, connection, stream);
    default:
      return null;
  }
}

export async function countKnownUsers(db: Db | Tx, connection: number): Promise<number> {
  const row = await db
    .selectFrom("user")
    .select((eb) => eb.fn.countAll<number>().as("n"))
    .where("connection", "=", connection)
    .executeTakeFirstOrThrow();
  return row.n;
}

/** How many of these ids belong to a stored user, whatever its state. */
export async function knownAmong(db: Db | Tx, connection: number, ids: readonly string[]): Promise<number> {
  if (ids.length === 0) return 0;
  const row = await db
    .selectFrom("user")
    .select((eb) => eb.fn.countAll<number>().as("n"))
    .where("connection", "=", connection)
    .where("user_id", "in", ids)
    .executeTakeFirstOrThrow();
  return row.n;
}

export async function knownUser(db: Db | Tx, connection: number, id: string): Promise<KnownUser | null> {
  if (!/^\d{1,19}$/.test(id)) return null;
  const row = await db
    .selectFrom("user")
    .select(["user_id", "name", "status", "level", "site_admin", "status_since_at"])
    .where("connection", "=", connection)
    .where("user_id", "=", id)
    .executeTakeFirst();
  if (!row) return null;
  return {
    id: row.user_id,
    name: row.name,
    status: row.status,
    level: row.level,
    siteAdmin: row.site_admin === 1,
    statusSince: row.status_since_at,
  };
}

/**
 * The users who may hold grants, by ascending id, those after `after`. For v1, which tells grants user by user:
 * Site Admins hold none (api.md §1.5), and service accounts are integrations. Who became a Site Admin is asked once
 * more: only an answer takes away what they held before.
 */
export async function usersForGrants(
  db: Db | Tx,
  connection: number,
  after: string | null,
  limit: number,
): Promise<string[]> {
  const rows = await db
    .selectFrom("user")
    .select("user_id")
    .where("connection", "=", connection)
    .where("state", "=", "present")
    .where((eb) =>
      eb.or([eb("site_admin", "=", 0), eb("job_grants", ">", 0), eb("future_job_grants", ">", 0)]),
    )
    .where("user_id", ">", after ?? "0")
    .orderBy("user_id")
    .limit(limit)
    .execute();
  return rows.map((row) => row.user_id);
}
