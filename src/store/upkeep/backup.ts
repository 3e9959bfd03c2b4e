import {
  chmodSync,
  closeSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
} from "node:fs";
import { dirname, resolve } from "node:path";
import Database from "better-sqlite3";
import { Kysely, sql } from "kysely";
import { endOpenActions } from "../actions/action-ends.ts";
import { silenced } from "../alerts/destinations.ts";
import { sqliteDialect } from "../engine/dialect.ts";
import { DatabaseRefused } from "../engine/errors.ts";
import { flushFile, flushFolder } from "../engine/flush.ts";
import { Thread } from "../engine/thread.ts";
import { SETUP_CODE } from "../members/codes.ts";
import { OPEN_WAYS_IN } from "../members/sign-ins.ts";
import { databaseFile } from "../open.ts";
import { checkFile, refusal } from "../open-embedded.ts";
import type { Schema } from "../schema.ts";
import type { Store } from "../store.ts";

/**
 * Writes a consistent copy (0600) while everything goes on, checks it, and only then gives it its name. The key is not
 * in it: without the key its credentials open nothing.
 *
 * @throws DatabaseRefused when the file exists, unless `overwrite`
 */
export async function backup(
  store: Store,
  file: string,
  options: { overwrite?: boolean } = {},
): Promise<void> {
  const target = resolve(file);
  refuseExisting(target, options.overwrite, "Name another file.");
  const draft = `${target}.partial`;
  rmSync(draft, { force: true });
  closeSync(openSync(draft, "w", 0o600));
  // A thread of its own: neither readers nor the writer wait for it.
  const reader = new Thread(store.place, "read");
  try {
    await reader.query("vacuum into ?", [draft]);
    await requireSound(draft);
    flushFile(draft);
    renameSync(draft, target);
    flushFolder(dirname(target));
  } finally {
    await reader.close();
    rmSync(draft, { force: true });
  }
}

/**
 * Makes a backup the database of a data directory. Nothing may have that directory open. The key isn't part of it: where
 * it is lost, credentials have to be entered anew (credentialState says `locked`). Nobody is signed in, and alerts are off; all
 * else is there.
 *
 * @throws DatabaseRefused when the backup is no sound database of ours, or when there is a database already, unless
 *   `overwrite`
 */
export async function restore(
  file: string,
  dataDir: string,
  options: { overwrite?: boolean } = {},
): Promise<void> {
  const source = resolve(file);
  if (!existsSync(source)) throw new DatabaseRefused("missing", `There is no ${source}.`);
  const target = databaseFile(dataDir);
  refuseExisting(
    target,
    options.overwrite,
    "Nothing was changed. Move it away first, or restore with --overwrite: what is there is then gone.",
  );
  await requireSound(source);
  mkdirSync(dirname(target), { recursive: true, mode: 0o700 });
  const draft = `${target}.partial`;
  copyFileSync(source, draft);
  chmodSync(draft, 0o600);
  endSignIns(draft);
  flushFile(draft);
  // The log of the database that is replaced must not be taken for the new one's.
  for (const rest of ["-wal", "-shm"]) rmSync(target + rest, { force: true });
  renameSync(draft, target);
  flushFolder(dirname(target));
}

/**
 * Whoever was let out since the backup must not come back in with an old cookie, code or link, and nothing is done or told
 * twice. The tables are asked for: a backup of an earlier version may lack one.
 */
function endSignIns(file: string): void {
  const db = new Database(file);
  try {
    const has = db.prepare("select 1 from sqlite_master where type = 'table' and name = ?");
    for (const table of OPEN_WAYS_IN) {
      if (has.get(table)) db.exec(`delete from ${table}`);
    }
    db.prepare("delete from setting where name = ?").run(SETUP_CODE);
    const now = Date.now();
    if (has.get("action")) for (const end of endOpenActions("restoring a copy", now)) db.exec(end);
    if (has.get("destination")) for (const silence of silenced(now)) db.exec(silence);
  } finally {
    db.close();
  }
}

function refuseExisting(file: string, overwrite = false, cure: string): void {
  if (overwrite || !existsSync(file)) return;
  throw new DatabaseRefused("exists", `${file} exists already. ${cure}`);
}

async function requireSound(file: string): Promise<void> {
  const db = new Kysely<Schema>({ dialect: sqliteDialect({ file, role: "read", threads: 1 }) });
  try {
    const { rows } = await sql<{ integrity_check: string }>`pragma integrity_check(1)`.execute(db);
    if (rows[0]?.integrity_check !== "ok") {
      throw new DatabaseRefused(
        "damaged",
        `${file} is damaged: ${rows[0]?.integrity_check}. Use another backup.`,
      );
    }
    await checkFile(db, file);
  } catch (error) {
    throw refusal(error, file);
  } finally {
    await db.destroy();
  }
}
