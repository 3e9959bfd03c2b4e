import { sql } from "kysely";
import { countPresent } from "../listings/listed.ts";
import type { Db, Tx } from "../store.ts";

const HOUR_MS = 3_600_000;

/** How much is stored of a connection: what disconnecting touches. */
export interface Extent {
  users: number;
  /** Job grants and future job grants that are present, as counted at the end of their listings. */
  grants: number;
  events: number;
  /** Days with counted use. */
  usageDays: number;
}

/** From what is counted already: tens of millions of events, and millions of grants, aren't looked at for it. */
export async function extentOf(db: Db | Tx, connection: number): Promise<Extent> {
  const days = await db
    .selectFrom("org_day")
    .select((eb) => eb.fn.count<number>("day").distinct().as("n"))
    .where("connection", "=", connection)
    .executeTakeFirstOrThrow();
  const [users, jobs, future, events] = await Promise.all([
    countPresent(db, connection, "users"),
    countPresent(db, connection, "job_grants"),
    countPresent(db, connection, "future_job_grants"),
    countEvents(db, connection),
  ]);
  return { users, grants: jobs + future, events, usageDays: days.n };
}

/** Of the oldest hour retention may have deleted some: there they are counted one by one. */
async function countEvents(db: Db | Tx, connection: number): Promise<number> {
  const { rows } = await sql<{ oldest: number | null }>`
    select min(at) as oldest from event where connection = ${connection}`.execute(db);
  const { oldest } = rows[0]!;
  if (oldest === null) return 0;
  const hour = Math.floor(oldest / HOUR_MS);
  const counted = await sql<{ n: number }>`
    select (select count(*) from event where connection = ${connection} and at < ${(hour + 1) * HOUR_MS})
      + (select coalesce(sum(n), 0) from event_hour where connection = ${connection} and hour > ${hour}) as n`.execute(
    db,
  );
  return counted.rows[0]!.n;
}
