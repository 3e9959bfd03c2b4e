/** Runs and listings of long ago: what nothing rests on any more is deleted. */
import { sql } from "kysely";
import type { Lane, ListStream } from "../../model/stream.ts";
import type { Db, Tx } from "../store.ts";

const DAY_MS = 86_400_000;

/** When the run of the lane before this one began; null: there was none. */
export async function runBefore(
  db: Db | Tx,
  connection: number,
  lane: Lane,
  run: number,
): Promise<number | null> {
  const row = await db
    .selectFrom("run")
    .select("started_at")
    .where("connection", "=", connection)
    .where("lane", "=", lane)
    .where("run", "<", run)
    .orderBy("run", "desc")
    .limit(1)
    .executeTakeFirst();
  return row?.started_at ?? null;
}

/**
 * Deletes listings of a stream that ended before `before`. A listing stays that is the stream's first, the last of its
 * day (UTC), or saw a difference. So every *as of* has the same rows as ever, and a proof that is at most a day older.
 *
 * @returns how many were deleted, at most `limit`
 */
export async function thinListings(
  tx: Tx,
  connection: number,
  stream: ListStream,
  before: number,
  limit: number,
): Promise<number> {
  const of = sql`connection = ${connection} and stream = ${stream}`;
  const { numAffectedRows } = await sql`
    delete from listing where ${of} and seq in (
      select l.seq from (
        select seq, ended_at, lag(seq) over (order by seq) as seq_before, lead(ended_at) over (order by seq) as next_at
        from listing where ${of} and ended_at < ${before}) as l
      where l.seq_before is not null and l.next_at - l.next_at % ${DAY_MS} = l.ended_at - l.ended_at % ${DAY_MS}
        and not exists (select 1 from change as c where c.connection = ${connection} and c.seq > l.seq_before
          and c.seq < l.seq and c.stream = ${stream} and c.kind <> 'level')
      limit ${limit})`.execute(tx);
  return Number(numAffectedRows ?? 0n);
}

/**
 * Deletes runs that ended before `before`, with their steps, unless an entry of the ledger or a listing names them.
 *
 * @returns how many were deleted, at most `limit`
 */
export async function deleteOldRuns(
  tx: Tx,
  connection: number,
  before: number,
  limit: number,
): Promise<number> {
  const named = (table: "listing" | "held") =>
    sql`select run from ${sql.table(table)} where connection = ${connection}`;
  const { rows } = await sql<{ run: number }>`
    select run from run where connection = ${connection} and ended_at < ${before}
      and run not in (${named("listing")}) and run not in (${named("held")})
      and not exists (select 1 from change as c where c.connection = ${connection} and c.run = run.run)
    order by run limit ${limit}`.execute(tx);
  if (rows.length === 0) return 0;
  const runs = rows.map(({ run }) => run);
  await tx.deleteFrom("step").where("run", "in", runs).execute();
  await tx.deleteFrom("run").where("run", "in", runs).execute();
  return runs.length;
}
