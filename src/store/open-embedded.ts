/** Opening the embedded database: a file of SQLite. */
import { chmodSync, closeSync, constants, existsSync, mkdirSync, openSync, statSync } from "node:fs";
import { basename, dirname, resolve } from "node:path";
import { Kysely, sql } from "kysely";
import { sqliteDialect } from "./engine/dialect.ts";
import { DatabaseRefused } from "./engine/errors.ts";
import { assumeSizes } from "./engine/statistics.ts";
import { appliedMigrations, migrate, refuseNewer } from "./migrations/all.ts";
import type { Schema } from "./schema.ts";
import { keyFile } from "./secrets/keys.ts";
import type { Store } from "./store.ts";

/** Marks the file as ours ("GLSH"), so that another program's database is never migrated. */
const APPLICATION_ID = 0x474c5348;

/** @throws DatabaseRefused, having changed nothing */
export async function openEmbedded(options: { file: string; readers?: number }): Promise<Store> {
  const file = resolve(options.file);
  refuseLost(file);
  makePrivate(file);
  const writer = new Kysely<Schema>({ dialect: sqliteDialect({ file, role: "write", threads: 1 }) });
  const read = new Kysely<Schema>({
    dialect: sqliteDialect({ file, role: "read", threads: options.readers ?? 2 }),
  });
  try {
    // Its thread starts meanwhile; it opens the file with the first question.
    await read.connection().execute(async () => {});
    await checkFile(writer, file);
    await sql.raw(`pragma application_id = ${APPLICATION_ID}`).execute(writer);
    await migrate(writer);
    await assumeSizes(writer);
  } catch (error) {
    await Promise.all([writer.destroy(), read.destroy()]);
    throw refusal(error, file);
  }
  const write: Store["write"] = (work) => writer.transaction().execute(work);
  return {
    engine: "sqlite",
    place: file,
    dataDir: dirname(file),
    read,
    write,
    renew: write,
    async close() {
      await read.destroy();
      await writer.destroy();
    },
  };
}

/**
 * What lies here belongs to a database that is gone: a new one in its place would look as if nobody had ever connected
 * anything, and SQLite would throw away what the old one's log holds. @throws DatabaseRefused
 */
function refuseLost(file: string): void {
  if (sizeOf(file) > 0) return;
  const rest = [keyFile(dirname(file)), `${file}-wal`, `${file}.moved`].find((path) => sizeOf(path) > 0);
  if (!rest) return;
  throw new DatabaseRefused(
    "lost",
    `There is no ${file}, but there is ${basename(rest)} beside it, of a database that was there. Put that one back, or restore a ` +
      "backup (glasshouse restore FILE). Does the data lie in PostgreSQL? Then set GLASSHOUSE_DATABASE_URL. To begin anew, " +
      `move ${basename(rest)} away.`,
  );
}

const sizeOf = (path: string): number => statSync(path, { throwIfNoEntry: false })?.size ?? 0;

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
  const cure = "Start the newer version again, or restore a backup made before the upgrade.";
  refuseNewer(await appliedMigrations(db), file, cure);
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
