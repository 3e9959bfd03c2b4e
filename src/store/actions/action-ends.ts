/** Actions that nobody goes on with: their connection was disconnected, or this is a copy of the database that they run in. */
import { sql } from "kysely";
import type { Db, Tx } from "../store.ts";

/** What ended them, as the one who stopped them is named. */
export type EndedBy = "disconnecting" | "restoring a copy";

/**
 * Statements of either database. What waits isn't sent; of what was sent it is said that nobody has looked; what hasn't begun
 * is cancelled. Without a connection: all.
 */
export function endOpenActions(by: EndedBy, now: number, connection?: number): string[] {
  const of = connection === undefined ? "1 = 1" : `connection = ${connection}`;
  const running = `exists (select 1 from action a where a.connection = action_target.connection
    and a.action = action_target.action and a.state = 'running')`;
  return [
    `update action_target set state = 'refused', refusal = 'stopped', said = 'By ${by}.', ended_at = ${now}
      where ${of} and state = 'waiting' and ${running}`,
    `update action_target set state = 'unknown', refusal = 'not_looked_at', ended_at = ${now}
      where ${of} and state = 'sent' and ${running}`,
    `update action set state = 'done', stopped_by = '${by}', ended_at = ${now}, fence = fence + 1, owner = null,
      lease_until_at = null where ${of} and state = 'running'`,
    `update action set state = 'cancelled', stopped_by = '${by}', ended_at = ${now}
      where ${of} and state in ('previewed', 'proposed', 'approved')`,
  ];
}

/** The same, within a transaction. */
export async function endActions(tx: Tx, by: EndedBy, now: number, connection?: number): Promise<void> {
  for (const statement of endOpenActions(by, now, connection)) await sql.raw(statement).execute(tx);
}

/** Those that run, by their id. */
export async function runningActions(db: Db | Tx, connection: number): Promise<number[]> {
  const rows = await db
    .selectFrom("action")
    .select("action")
    .where("connection", "=", connection)
    .where("state", "=", "running")
    .orderBy("action")
    .execute();
  return rows.map(({ action }) => action);
}
