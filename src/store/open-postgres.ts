/** Opening a database of PostgreSQL, which any number of processes share. */
import { Kysely, sql } from "kysely";
import { DatabaseRefused } from "./errors.ts";
import { appliedMigrations, isMigrated, migrate, refuseNewer } from "./migrations/all.ts";
import { makeMonthsAhead } from "./months.ts";
import { type PostgresOptions, postgresDialect, toldAddress } from "./postgres.ts";
import type { Schema } from "./schema.ts";
import type { Store } from "./store.ts";

/** Older ones lack what our statements use, or aren't maintained any more. */
const OLDEST = 15;

/** Of each process. Those for reading serve the console; each lane's transaction takes one of those for writing. */
const READERS = 6;
const WRITERS = 6;

/** @throws DatabaseRefused, having changed nothing; StoreError where the database can't be reached */
export async function openPostgres(options: { url: string; dataDir: string }): Promise<Store> {
  const { url, dataDir } = options;
  const place = toldAddress(url);
  const open = (role: PostgresOptions["role"], connections: number) =>
    new Kysely<Schema>({ dialect: postgresDialect({ url, role, connections }) });
  const first = open("migrate", 1);
  try {
    if (!(await check(first, place))) await migrate(first);
  } finally {
    await first.destroy();
  }
  const [read, writer] = [open("read", READERS), open("write", WRITERS)];
  const store: Store = {
    engine: "postgres",
    place,
    dataDir,
    read,
    write: (work) => writer.transaction().execute(work),
    async close() {
      await Promise.all([read.destroy(), writer.destroy()]);
    },
  };
  try {
    await makeMonthsAhead(store, Date.now());
  } catch (error) {
    await store.close();
    throw error;
  }
  return store;
}

/** Refuses what isn't ours to open, and changes nothing. @returns whether it is up to date @throws DatabaseRefused */
async function check(db: Kysely<Schema>, place: string): Promise<boolean> {
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
  if (ours === 0 && others === 0) return false;
  const applied = ours === 0 ? [] : await appliedMigrations(db);
  if (applied.length === 0 && others === 0) return false;
  if (!applied.includes("0001-foundation")) {
    throw new DatabaseRefused(
      "other_program",
      `There are tables of another program in ${place}. Name a database of its own in GLASSHOUSE_DATABASE_URL.`,
    );
  }
  const cure = "Start the newer version again, or restore what pg_dump wrote before the upgrade.";
  refuseNewer(applied, place, cure);
  return isMigrated(applied);
}
