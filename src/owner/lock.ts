import { chmodSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";

/** Held as long as this process lives, at most: the system frees it, even on SIGKILL. */
export interface Lock {
  release(): void;
}

/** Takes the exclusive lock of a data directory; null while another process has it. */
export function takeLock(dataDir: string): Lock | null {
  const file = join(dataDir, "lock.sqlite");
  const db = new Database(file, { timeout: 0 });
  try {
    chmodSync(file, 0o600);
    db.exec("begin exclusive");
  } catch (error) {
    db.close();
    if ((error as { code?: string }).code?.startsWith("SQLITE_BUSY")) return null;
    throw error;
  }
  return { release: () => void db.close() };
}
