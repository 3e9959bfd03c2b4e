import { type RawBuilder, sql } from "kysely";
import { fenceOffActions } from "../actions/action-leases.ts";
import { leaveOut } from "../alerts/deliveries.ts";
import { giveSpaceBack, lockConnection } from "../engine/engine.ts";
import { fenceOff } from "../lanes/lanes.ts";
import type { Schema } from "../schema.ts";
import { forgetFingerprint } from "../secrets/secrets.ts";
import type { Db, Tx } from "../store.ts";

const ROWS_AT_ONCE = 5_000;
const MESSAGES_AT_ONCE = 200;
const FREE_PAGES_AT_ONCE = 2_000;

/** Everything that a connection owns, with its key; the connection itself goes last. */
export const OWNED: readonly (readonly [table: keyof Schema, key: string])[] = [
  ["secret", "connection, field"],
  ["event", "connection, at, hash, n"],
  ["stranger", "connection, day, performer, address"],
  ["usage_day", "connection, day, user_id"],
  ["usage_user", "connection, user_id"],
  ["org_day", "connection, day, dimension, value"],
  ["dirty_day", "connection, day"],
  ["older_day", "connection, before_day, cause"],
  ["event_hour", "connection, hour"],
  ["request_day", "connection, day, performer_type, request_type"],
  ["request_rule", "connection, request_type"],
  ["recruiting_deed", "connection, source, row_id, user_id"],
  ["recruiting_day", "connection, day, user_id"],
  ["recruiting_user", "connection, user_id"],
  ["coverage", "connection, source, from_at"],
  ["hole", "connection, source, from_at"],
  ["license_rule", "connection, position"],
  ["credential_link", "credential_link"],
  ["job_grant", "connection, grant_id"],
  ["future_job_grant", "connection, grant_id"],
  ["unread_grant", "connection, stream, grant_id"],
  ["user_role", "connection, user_id, role_id"],
  ["user_department", "connection, department_id, user_id"],
  ["user_office", "connection, office_id, user_id"],
  ["user_address", "connection, address, user_id"],
  ["user_email", "connection, email_id"],
  ["user", "connection, user_id"],
  ["role", "connection, role_id"],
  ["department", "connection, department_id"],
  ["office", "connection, office_id"],
  ["job", "connection, job_id"],
  ["absent", "connection, stream, row_id"],
  ["held", "connection, stream"],
  ["held_row", "connection, stream, row_id"],
  ["change", "connection, seq"],
  ["action_target", "connection, action, n"],
  ["action", "action"],
  ["listing", "connection, stream, seq"],
  ["verdict", "connection, stream"],
  ["finding", "connection, rule, subject"],
  ["finding_check", "connection, rule"],
  ["unjudged", "connection, lane"],
  ["data_version", "connection, part"],
  ["alert", "alert"],
  ["alert_state", "connection"],
  ["destination_connection", "destination, connection"],
  ["delivery_connection", "delivery, connection"],
  ["watched_event", "connection, at, hash, n"],
  ["lane", "connection, lane"],
  ["employee_link", "connection, user_id"],
  ["employee_match", "connection, user_id, employee"],
  ["employee_match_state", "connection"],
  ["member_connection", "member, connection"],
  ["run", "run"],
];

/**
 * Deletes a few thousand rows of a connection. The first call hides it, frees its name and credential for others, and
 * takes its lanes from whoever works on them. Can be stopped between any two calls; call until it says false.
 *
 * @returns whether there is more to delete
 */
export async function deleteConnectionBatch(tx: Tx, connection: number): Promise<boolean> {
  await lockConnection(tx, connection);
  const row = await tx
    .selectFrom("connection")
    .select(["deleting", "fingerprint"])
    .where("connection", "=", connection)
    .executeTakeFirst();
  if (!row) return false;
  if (!row.deleting) {
    await beginDeletion(tx, connection, row.fingerprint);
    return true;
  }
  for (const [table, key] of OWNED) {
    if (table === "run") await deleteSteps(tx, connection);
    if (table === "delivery_connection" && (await leaveOut(tx, connection, MESSAGES_AT_ONCE)) > 0)
      return true;
    if ((await deleteRows(tx, connection, table, key)) > 0) {
      await giveSpaceBack(tx, FREE_PAGES_AT_ONCE);
      return true;
    }
  }
  await tx.deleteFrom("connection").where("connection", "=", connection).execute();
  await giveSpaceBack(tx, FREE_PAGES_AT_ONCE);
  return false;
}

/** Connections whose deletion was begun: to be gone on with after a start. */
export async function connectionsBeingDeleted(db: Db | Tx): Promise<number[]> {
  const rows = await db.selectFrom("connection").select("connection").where("deleting", "=", 1).execute();
  return rows.map((row) => row.connection);
}

/** Whose data is being deleted now, by name. */
export function listDeletions(db: Db | Tx): Promise<{ id: number; name: string }[]> {
  return db
    .selectFrom("connection")
    .select(["connection as id", "name"])
    .where("deleting", "=", 1)
    .orderBy("name")
    .orderBy("connection")
    .execute();
}

async function beginDeletion(tx: Tx, connection: number, fingerprint: string): Promise<void> {
  await forgetFingerprint(tx, fingerprint);
  await tx.deleteFrom("secret").where("connection", "=", connection).execute();
  // No name begins with a space: this one is taken from nobody.
  const free = ` deleting:${connection}`;
  await tx
    .updateTable("connection")
    .set({ deleting: 1, fingerprint: free, name_key: free })
    .where("connection", "=", connection)
    .execute();
  await fenceOff(tx, connection);
  await fenceOffActions(tx, connection);
}

/**
 * The first ones by the key, and so all up to one of them. Of rows that are merely so many PostgreSQL looks through the whole table for
 * those that were picked.
 */
async function deleteRows(tx: Tx, connection: number, table: keyof Schema, key: string): Promise<number> {
  const rows = sql`${sql.table(table)} where connection = ${connection}`;
  const columns = key.split(", ").filter((column) => column !== "connection");
  const upTo = columns.length === 0 ? sql`` : await upToLast(tx, rows, columns);
  const { numAffectedRows } = await sql`delete from ${rows} ${upTo}`.execute(tx);
  return Number(numAffectedRows ?? 0n);
}

/** Nothing, where no more are left than are deleted at once. */
async function upToLast(
  tx: Tx,
  rows: RawBuilder<unknown>,
  columns: readonly string[],
): Promise<RawBuilder<unknown>> {
  const by = sql.join(columns.map((column) => sql.ref(column)));
  const { rows: found } = await sql<Record<string, unknown>>`
    select ${by} from ${rows} order by ${by} limit 1 offset ${ROWS_AT_ONCE - 1}`.execute(tx);
  return found[0] ? sql`and (${by}) <= (${sql.join(Object.values(found[0]))})` : sql``;
}

async function deleteSteps(tx: Tx, connection: number): Promise<void> {
  await sql`
    delete from step where run in (
      select run from run where connection = ${connection} order by run limit ${ROWS_AT_ONCE})`.execute(tx);
}
