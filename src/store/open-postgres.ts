/** Opening a database of PostgreSQL, which any number of processes share. */
import { setTimeout as sleep } from "node:timers/promises";
import { Kysely, sql } from "kysely";
import { DatabaseRefused, StoreError } from "./engine/errors.ts";
import { type PostgresOptions, postgresDialect, toldAddress } from "./engine/postgres.ts";
import { endSignInsOfCopies } from "./members/sign-ins.ts";
import { appliedMigrations, isMigrated, migrate, refuseNewer } from "./migrations/all.ts";
import type { Schema } from "./schema.ts";
import type { Db, Store, Tx } from "./store.ts";
import { forgetMonths, makeMonthsAhead } from "./usage/months.ts";

/** Older ones lack what our statements use, or aren't maintained any more. */
const OLDEST = 15;

/** Of each process. Those for reading serve the console; each lane's transaction takes one of those for writing. */
const READERS = 6;
const WRITERS = 6;
/** All writers may wait for one long transaction: nobody's lease ends for that. */
const RENEWERS = 2;

export interface SharedOptions {
  url: string;
  /** Holds what isn't in the database: key and codes. */
  dataDir: string;
  /** Refuses by throwing, before anything is migrated or written. @param db null: there are no tables of ours yet */
  admit?: (db: Db | null, place: string) => Promise<void>;
}

/** @throws DatabaseRefused, having changed nothing; StoreError where the database can't be reached */
export async function openPostgres({ url, dataDir, admit }: SharedOptions): Promise<Store> {
  const place = toldAddress(url);
  const open = (role: PostgresOptions["role"], connections: number) =>
    new Kysely<Schema>({ dialect: postgresDialect({ url, role, connections }) });
  const first = open("migrate", 1);
  try {
    const found = await check(first, place);
    await admit?.(found === "empty" ? null : first, place);
    if (found !== "up_to_date") await migrate(first);
  } finally {
    await first.destroy();
  }
  const [read, writer, renewer] = [open("read", READERS), open("write", WRITERS), open("write", RENEWERS)];
  const store: Store = {
    engine: "postgres",
    place,
    dataDir,
    read,
    write: (work) => writeAgain(writer, work),
    renew: (work) => writeAgain(renewer, work),
    async close() {
      await Promise.all([read.destroy(), writer.destroy(), renewer.destroy()]);
    },
  };
  try {
    await endSignInsOfCopies(store);
    await makeMonthsAhead(store, Date.now());
  } catch (error) {
    await store.close();
    throw error;
  }
  return store;
}

/** SQLSTATE of a transaction that another one's stood in the way of, and that was rolled back whole: as if never begun. */
const IN_THE_WAY = new Set(["40001", "40P01"]);
/** Of a row whose month of events another process has dropped: it is made anew with the next try. */
const NO_PLACE = "23514";
const TRIES = 6;
const PAUSE_MS = 40;

/** After a pause, that who was let through may get on; of chance, that two who were rolled back don't meet again. */
async function writeAgain<T>(db: Db, work: (tx: Tx) => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await db.transaction().execute(work);
    } catch (error) {
      if (tries === TRIES || !(error instanceof StoreError)) throw error;
      if (error.code === NO_PLACE && tries === 1) forgetMonths(db);
      else if (!IN_THE_WAY.has(error.code)) throw error;
    }
    await sleep((1 + Math.random()) * tries * PAUSE_MS);
  }
}

type Found = "empty" | "older" | "up_to_date";

/** Refuses what isn't ours to open, and changes nothing. @throws DatabaseRefused */
async function check(db: Kysely<Schema>, place: string): Promise<Found> {
  const { rows } = await sql<{ version: number; ours: number; others: number; encoding: string }>`
    select current_setting('server_version_num')::int / 10000 as version,
      current_setting('server_encoding') as encoding,
      count(*) filter (where relname like 'kysely_migration%') as ours,
      count(*) filter (where relname not like 'kysely_migration%') as others
    from pg_class where relnamespace = (select oid from pg_namespace where nspname = current_schema())
      and relkind in ('r', 'p')`.execute(db);
  const { version, ours, others, encoding } = rows[0]!;
  if (version < OLDEST) {
    throw new DatabaseRefused(
      "old_server",
      `${place} runs on PostgreSQL ${version}. Glasshouse needs ${OLDEST} or newer.`,
    );
  }
  if (encoding !== "UTF8") {
    throw new DatabaseRefused(
      "other_encoding",
      `${place} is encoded in ${encoding}. Make it anew with: createdb --encoding=UTF8 --template=template0`,
    );
  }
  if (ours === 0 && others === 0) return "empty";
  const applied = ours === 0 ? [] : await appliedMigrations(db);
  if (applied.length === 0 && others === 0) return "empty";
  if (!applied.includes("0001-foundation")) {
    throw new DatabaseRefused(
      "other_program",
      `There are tables of another program in ${place}. Name a database of its own in GLASSHOUSE_DATABASE_URL.`,
    );
  }
  const cure = "Start the newer version again, or restore what pg_dump wrote before the upgrade.";
  refuseNewer(applied, place, cure);
  return isMigrated(applied) ? "up_to_date" : "older";
}
