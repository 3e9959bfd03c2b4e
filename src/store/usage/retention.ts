/** For how long raw events are kept. */
import { sql } from "kysely";
import { FEWEST_EVENT_DAYS } from "../../model/connection.ts";
import type { Tx } from "../store.ts";
import { forgetStrangers } from "./strangers.ts";

/** null: for ever. */
export function eventsKeptSince(keepDays: number | null, now: number): number | null {
  return keepDays === null ? null : now - Math.max(keepDays, FEWEST_EVENT_DAYS) * 86_400_000;
}

/** Deletes up to `limit` raw events past their retention, and who their strangers were; roll-ups stay. Returns how many: fewer than `limit` at the end. */
export async function deleteOldEvents(
  tx: Tx,
  connection: number,
  keepDays: number | null,
  now: number,
  limit: number,
): Promise<number> {
  const since = eventsKeptSince(keepDays, now);
  if (since === null) return 0;
  const old = sql`connection = ${connection} and at < ${since}`;
  await forgetStrangers(tx, connection, since);
  const { numAffectedRows } = await sql`
    delete from event where ${old} and (connection, at, hash, n) in (
      select connection, at, hash, n from event where ${old} order by at limit ${limit})`.execute(tx);
  return Number(numAffectedRows ?? 0n);
}
