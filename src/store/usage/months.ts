/**
 * Events lie in a table for each month on PostgreSQL: made ahead, and dropped whole once every connection's retention has
 * passed it. SQLite has one table, and deletes.
 */
import { sql } from "kysely";
import { type ConnectionSettings, DEFAULT_SETTINGS } from "../../model/connection.ts";
import { engineOf, lockInstallation } from "../engine/engine.ts";
import type { StoreError } from "../engine/errors.ts";
import type { Db, Store, Tx } from "../store.ts";
import { eventsKeptSince } from "./retention.ts";

/** PostgreSQL's code for a lock that wasn't had in time. */
const LOCK_NOT_AVAILABLE = "55P03";

/** Months since 1970, in UTC. */
type Month = number;

const monthOf = (at: number): Month => {
  const date = new Date(at);
  return (date.getUTCFullYear() - 1970) * 12 + date.getUTCMonth();
};
const startOf = (month: Month): number => Date.UTC(1970, month, 1);
const tableOf = (month: Month): string => {
  const start = new Date(startOf(month));
  return `event_${start.getUTCFullYear()}_${String(start.getUTCMonth() + 1).padStart(2, "0")}`;
};
const monthOfTable = (table: string): Month => {
  const [, year, month] = /^event_(\d{4,6})_(\d\d)$/.exec(table) ?? [];
  return (Number(year) - 1970) * 12 + Number(month) - 1;
};

/** Months that this process knows to be there, by database. */
const known = new WeakMap<object, Set<Month>>();

/** Some are gone, or may be: another process may have dropped them. */
export function forgetMonths(db: Db | Tx): void {
  known.delete(db.getExecutor().adapter);
}

/** In a transaction of its own: what has begun to write doesn't wait for it. */
export async function makeMonthsAhead(store: Store, now: number): Promise<void> {
  if (store.engine === "sqlite") return;
  await store.write((tx) => makeMonths(tx, [], now));
}

/**
 * Where events of these times will lie, and those to come: Greenhouse keeps 30 days, so what comes next lies in the
 * month of `now`, the one before or the one after.
 */
export async function makeMonths(tx: Tx, times: readonly number[], now: number): Promise<void> {
  if (engineOf(tx) === "sqlite") return;
  const made = known.get(tx.getExecutor().adapter) ?? new Set();
  const wanted = new Set([...times.map(monthOf), ...[-1, 0, 1].map((by) => monthOf(now) + by)]);
  const missing = [...wanted].filter((month) => !made.has(month));
  if (missing.length === 0) return;
  let there = await monthsThere(tx);
  if (missing.some((month) => !there.includes(month))) {
    await lockInstallation(tx, "months");
    there = await monthsThere(tx);
    for (const month of missing) if (!there.includes(month)) await makeMonth(tx, month);
  }
  // Only what others have committed is known for good: this transaction may be rolled back.
  known.set(tx.getExecutor().adapter, new Set(there));
}

/** Made apart and then attached: writers and readers of other months go on meanwhile. */
async function makeMonth(tx: Tx, month: Month): Promise<void> {
  const table = sql.table(tableOf(month));
  await sql`create table ${table} (like event including all)`.execute(tx);
  await sql`alter table event attach partition ${table}
    for values from (${sql.lit(startOf(month))}) to (${sql.lit(startOf(month + 1))})`.execute(tx);
}

async function monthsThere(db: Db | Tx): Promise<Month[]> {
  const { rows } = await sql<{ name: string }>`
    select c.relname as name from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where i.inhparent = 'event'::regclass order by 1`.execute(db);
  return rows.map(({ name }) => monthOfTable(name));
}

/**
 * Drops the months that every connection's retention has passed. Where somebody reads one, it stays until the next call.
 * @returns the names of the tables dropped
 */
export async function dropPassedMonths(store: Store, now: number): Promise<string[]> {
  if (store.engine === "sqlite") return [];
  const connections = await store.read
    .selectFrom("connection")
    .select(["settings_json", "clock_skew_ms"])
    .execute();
  const bounds = connections.map((each) =>
    keptSince(JSON.parse(each.settings_json), now + each.clock_skew_ms),
  );
  const bound = Math.min(keptSince({}, now), ...bounds);
  const passed = (await monthsThere(store.read)).filter((month) => startOf(month + 1) <= bound);
  const dropped: string[] = [];
  for (const table of passed.map(tableOf)) {
    try {
      await store.write((tx) => dropMonth(tx, table)).then(forgetMonths);
      dropped.push(table);
    } catch (error) {
      if ((error as StoreError).code !== LOCK_NOT_AVAILABLE) throw error;
    }
  }
  return dropped;
}

function keptSince(settings: Partial<ConnectionSettings>, now: number): number {
  return (
    eventsKeptSince({ ...DEFAULT_SETTINGS, ...settings }.keepEventsDays, now) ?? Number.NEGATIVE_INFINITY
  );
}

/** @returns the transaction that it was done in */
async function dropMonth(tx: Tx, table: string): Promise<Tx> {
  await lockInstallation(tx, "months");
  await sql`set local lock_timeout = '2s'`.execute(tx);
  await sql`drop table if exists ${sql.table(table)}`.execute(tx);
  return tx;
}
