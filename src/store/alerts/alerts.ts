/** What happened that somebody may want to hear of. Rules: model/alerts/alert.ts, model/alerts/connection-alert.ts, model/alerts/finding-alert.ts. */
import { sql } from "kysely";
import type { Alert, NewAlert, ToldTopic } from "../../model/alerts/alert.ts";
import { type ConnectionTold, connectionAlert, standingOf } from "../../model/alerts/connection-alert.ts";
import { getConnection } from "../connections/connections.ts";
import { listVerdicts } from "../connections/verdicts.ts";
import { insertRows } from "../engine/bulk.ts";
import { lockConnection, lockInstallation } from "../engine/engine.ts";
import type { Db, Tx } from "../store.ts";

/** Alerts older than this are told to nobody any more. */
const KEPT_MS = 90 * 86_400_000;

/**
 * Writes what happened with the very transaction that made it so: neither is there without the other. It goes last in it:
 * whoever else writes alerts waits for its end, so that ids come in the order of commits and no reader passes one over.
 */
export async function addAlerts(
  tx: Tx,
  connection: number,
  alerts: readonly NewAlert[],
  now: number,
): Promise<void> {
  if (alerts.length === 0) return;
  await lockInstallation(tx, "alerts");
  const last = await lastAlert(tx);
  await insertRows(
    tx,
    "alert",
    ["alert", "connection", "topic", "at", "told", "rule", "user_id", "path"],
    alerts.map(({ topic, text, rule, userId, path }, i) => [
      ...[last + 1 + i, connection, topic, now, text, rule, userId, path],
    ]),
  );
  await noteLast(tx, last + alerts.length);
}

/** The newest that there ever was: whoever begins to listen hears of those after it. */
export async function lastAlert(db: Db | Tx): Promise<number> {
  const row = await db.selectFrom("setting").select("value_json").where("name", "=", LAST).executeTakeFirst();
  return row ? Number(row.value_json) : 0;
}
/** Kept apart from the rows, which go: an id is given once. */
const LAST = "last_alert";

async function noteLast(tx: Tx, id: number): Promise<void> {
  const value_json = String(id);
  await tx
    .insertInto("setting")
    .values({ name: LAST, value_json })
    .onConflict((conflict) => conflict.column("name").doUpdateSet({ value_json }))
    .execute();
}

/** Those after `after` on a topic, oldest first, with the name of their connection; of connections that are there. */
export async function alertsAfter(
  db: Db | Tx,
  topic: ToldTopic,
  after: number,
  limit: number,
): Promise<(Alert & { connectionName: string })[]> {
  const rows = await db
    .selectFrom("alert as a")
    .innerJoin("connection as c", "c.connection", "a.connection")
    .select([
      "a.alert",
      "a.connection",
      "a.topic",
      "a.at",
      "a.told",
      "a.rule",
      "a.user_id",
      "a.path",
      "c.name",
    ])
    .where("a.topic", "=", topic)
    .where("a.alert", ">", after)
    .where("c.deleting", "=", 0)
    .orderBy("a.alert")
    .limit(limit)
    .execute();
  return rows.map((row) => ({
    id: row.alert,
    connection: row.connection,
    topic: row.topic,
    at: row.at,
    text: row.told,
    rule: row.rule,
    userId: row.user_id,
    path: row.path,
    connectionName: row.name,
  }));
}

/** @returns how many were deleted, at most `limit` */
export async function deleteOldAlerts(tx: Tx, now: number, limit: number): Promise<number> {
  const { numAffectedRows } = await sql`
    delete from alert where alert in (select alert from alert where at < ${now - KEPT_MS} limit ${limit})`.execute(
    tx,
  );
  return Number(numAffectedRows ?? 0n);
}

/**
 * Compares how a connection stands with what was last told of it, and writes what there is to tell. Called wherever verdicts
 * were written, at the end of that transaction.
 */
export async function tellConnection(tx: Tx, id: number, now: number): Promise<void> {
  await lockConnection(tx, id);
  const connection = await getConnection(tx, id);
  if (!connection) return;
  const standing = standingOf(
    connection,
    (await listVerdicts(tx, id)).map(({ verdict, lastSuccessAt }) => ({ ...verdict, lastSuccessAt })),
  );
  const before = await lastTold(tx, id);
  const { told, alert } = connectionAlert(id, before, standing, now);
  if (told !== before) await saveTold(tx, id, told!);
  if (alert) await addAlerts(tx, id, [alert], now);
}

async function lastTold(tx: Tx, connection: number): Promise<ConnectionTold | null> {
  const row = await tx
    .selectFrom("alert_state")
    .selectAll()
    .where("connection", "=", connection)
    .executeTakeFirst();
  if (!row) return null;
  return {
    state: row.state as ConnectionTold["state"],
    causes: JSON.parse(row.causes_json) as string[],
    since: row.since_at,
  };
}

async function saveTold(tx: Tx, connection: number, { state, causes, since }: ConnectionTold): Promise<void> {
  const values = { state, causes_json: JSON.stringify(causes), since_at: since };
  await tx
    .insertInto("alert_state")
    .values({ connection, ...values })
    .onConflict((conflict) => conflict.column("connection").doUpdateSet(values))
    .execute();
}
