/** Ways in that end when a database is put back from a copy: whoever was let out since must not come back in. */
import { sql } from "kysely";
import { endActions } from "../actions/action-ends.ts";
import { silenced } from "../alerts/destinations.ts";
import type { Db, Store, Tx } from "../store.ts";
import { SETUP_CODE } from "./codes.ts";

/** Sessions, sign-ins under way, and codes and links that are open. */
export const OPEN_WAYS_IN = ["session", "begun", "invitation", "credential_link"] as const;

/** Of `setting`: which database this is. */
export const DATABASE = "database";

/**
 * A database of PostgreSQL knows which one it is. One that was made from a dump, or as a copy, is another: what was open
 * in it when it was copied ends. To roll a server back to a point in time leaves it the same one.
 */
export async function endSignInsOfCopies(store: Store): Promise<void> {
  const here = JSON.stringify(await identityOf(store.read));
  const before = await store.read
    .selectFrom("setting")
    .select("value_json")
    .where("name", "=", DATABASE)
    .executeTakeFirst();
  if (before?.value_json === here) return;
  await store.write(async (tx) => {
    const noted = await note(tx, here, before?.value_json ?? null);
    if (!noted || !before) return;
    for (const table of OPEN_WAYS_IN) await tx.deleteFrom(table).execute();
    await tx.deleteFrom("setting").where("name", "=", SETUP_CODE).execute();
    // Greenhouse is changed once, by the database where it was asked for.
    const now = Date.now();
    await endActions(tx, "restoring a copy", now);
    for (const silence of silenced(now)) await sql.raw(silence).execute(tx);
  });
}

/** @returns false: another process was faster */
async function note(tx: Tx, here: string, before: string | null): Promise<boolean> {
  if (before === null) {
    const { numInsertedOrUpdatedRows } = await tx
      .insertInto("setting")
      .values({ name: DATABASE, value_json: here })
      .onConflict((conflict) => conflict.column("name").doNothing())
      .executeTakeFirst();
    return numInsertedOrUpdatedRows === 1n;
  }
  const { numUpdatedRows } = await tx
    .updateTable("setting")
    .set({ value_json: here })
    .where("name", "=", DATABASE)
    .where("value_json", "=", before)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

/** Of the server, and of the database on it. Who may not ask the server goes by the tables' numbers. */
async function identityOf(db: Db): Promise<{ server: string | null; database: string }> {
  const { rows } = await sql<{ database: string; may: number }>`
    select concat((select oid from pg_database where datname = current_database()), '/',
        cast('setting'::regclass as oid), '/', cast('session'::regclass as oid)) as database,
      has_function_privilege('pg_control_system()', 'execute') as may`.execute(db);
  const { database, may } = rows[0]!;
  if (may !== 1) return { server: null, database };
  const { rows: servers } = await sql<{ server: string }>`
    select cast(system_identifier as text) as server from pg_control_system()`.execute(db);
  return { server: servers[0]!.server, database };
}
