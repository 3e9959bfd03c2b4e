import { chmodSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { OwnerError } from "./data-dir.ts";

/** Held as long as this process lives, at most: the system frees it, even on SIGKILL. */
export interface Lock {
  release(): void;
}

/** Takes the exclusive lock of a data directory; null while another process has it. */
export function takeLock(dataDir: string): Lock | null {
  const file = join(dataDir, "lock.sqlite");
  let db: Database.Database | null = null;
  try {
    db = new Database(file, { timeout: 0 });
    chmodSync(file, 0o600);
    db.exec("begin exclusive");
  } catch (error) {
    db?.close();
    const { code, message } = error as { code?: string; message: string };
    if (code?.startsWith("SQLITE_BUSY")) return null;
    throw new OwnerError(
      `The data directory ${dataDir} can't be written (${message}). Is its file system read-only, full or gone? Mend ` +
        "that, or name another directory in GLASSHOUSE_DATA_DIR.",
      { cause: error },
    );
  }
  const held = db;
  return { release: () => void held.close() };
}
