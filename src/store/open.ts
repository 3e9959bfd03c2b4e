import { chmodSync, closeSync, constants, existsSync, mkdirSync, openSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { Kysely, sql } from "kysely";
import { type Migration, Migrator } from "kysely/migration";
import { sqliteDialect } from "./dialect.ts";
import { DatabaseRefused } from "./errors.ts";
import * as foundation from "./migrations/0001-foundation.ts";
import * as members from "./migrations/0002-members.ts";
import * as savedViews from "./migrations/0003-saved-views.ts";
import * as credentialLinks from "./migrations/0004-credential-links.ts";
import * as lists from "./migrations/0005-lists.ts";
import * as signIn from "./migrations/0006-sign-in.ts";
import * as madeAndRuns from "./migrations/0007-made-and-runs.ts";
import type { Schema } from "./schema.ts";
import { assumeSizes } from "./statistics.ts";
import type { Store } from "./store.ts";

/** Forward only, applied in the order of their names. */
const MIGRATIONS: Record<string, Migration> = {
  "0001-foundation": foundation,
  "0002-members": members,
  "0003-saved-views": savedViews,
  "0004-credential-links": credentialLinks,
  "0005-lists": lists,
  "0006-sign-in": signIn,
  "0007-made-and-runs": madeAndRuns,
};

/** Marks the file as ours ("GLSH"), so that another program's database is never migrated. */
const APPLICATION_ID = 0x474c5348;

/** Where the embedded database of a data directory lives. */
export function databaseFile(dataDir: string): string {
  return join(resolve(dataDir), "glasshouse.sqlite");
}

/**
 * Opens the embedded database, made on first use (folder 0700, file 0600), and brings its schema up to date. Throws
 * DatabaseRefused, having changed nothing, for a file of a newer Glasshouse, of another program, or no database at all.
 */
export async function openStore(options: { file: string; readers?: number }): Promise<Store> {
  const file = resolve(options.file);
  makePrivate(file);
  const writer = new Kysely<Schema>({ dialect: sqliteDialect({ file, role: "write", threads: 1 }) });
  const read = new Kysely<Schema>({
    dialect: sqliteDialect({ file, role: "read", threads: options.readers ?? 2 }),
  });
  try {
    // Its thread starts meanwhile; it opens the file with the first question.
    await read.connection().execute(async () => {});
    await checkFile(writer, file);
    await migrate(writer);
    await assumeSizes(writer);
  } catch (error) {
    await Promise.all([writer.destroy(), read.destroy()]);
    throw refusal(error, file);
  }
  return {
    file,
    read,
    write: (work) => writer.transaction().execute(work),
    async close() {
      await read.destroy();
      await writer.destroy();
    },
  };
}

function makePrivate(file: string): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  if (existsSync(file)) return;
  closeSync(openSync(file, constants.O_CREAT | constants.O_RDWR, 0o600));
  chmodSync(file, 0o600);
}

/** Refuses what isn't ours to open, and changes nothing. An empty file is a new database. @throws DatabaseRefused */
export async function checkFile(db: Kysely<Schema>, file: string): Promise<void> {
  const { rows: marks } = await sql<{ application: number; tables: number }>`
    select (select application_id from pragma_application_id) as application,
           (select count(*) from sqlite_schema) as tables`.execute(db);
  const { application, tables } = marks[0]!;
  if (tables === 0) return;
  if (application !== APPLICATION_ID) {
    throw new DatabaseRefused(
      "other_program",
      `${file} is a database of another program. Name another data directory (GLASSHOUSE_DATA_DIR).`,
    );
  }
  const { rows: applied } = await sql<{
    name: string;
  }>`select name from kysely_migration order by name`.execute(db);
  const unknown = applied.map(({ name }) => name).filter((name) => !(name in MIGRATIONS));
  if (unknown.length > 0) {
    throw new DatabaseRefused(
      "newer",
      `${file} was written by a newer Glasshouse (it has had the migration ${unknown.at(-1)}, which this one ` +
        "doesn't know). Start the newer version again, or restore a backup made before the upgrade.",
    );
  }
}

async function migrate(writer: Kysely<Schema>): Promise<void> {
  await sql.raw(`pragma application_id = ${APPLICATION_ID}`).execute(writer);
  const migrator = new Migrator({ db: writer, provider: { getMigrations: async () => MIGRATIONS } });
  const { error } = await migrator.migrateToLatest();
  if (error) throw error;
}

/** Turns SQLite's word for a file that it can't use into ours; anything else passes through. */
export function refusal(error: unknown, file: string): unknown {
  const code = (error as { code?: unknown }).code;
  if (code === "SQLITE_NOTADB") {
    return new DatabaseRefused(
      "not_a_database",
      `${file} is not a database. Move it away, or name another data directory (GLASSHOUSE_DATA_DIR).`,
      { cause: error },
    );
  }
  if (typeof code === "string" && code.startsWith("SQLITE_CORRUPT")) {
    return new DatabaseRefused("damaged", `${file} is damaged. Restore a backup (glasshouse restore FILE).`, {
      cause: error,
    });
  }
  return error;
}
