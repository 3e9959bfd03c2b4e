/** What the database itself refused or could not do. `code` is SQLite's (`SQLITE_FULL` …), or PostgreSQL's (`53100` …). */
export class StoreError extends Error {
  override name = "StoreError";
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** SQLSTATE: connection lost, transaction left alone, written to who is no primary any more, deadlock, lock waited for in vain; and what the network says. */
const PASSING =
  /^(?:08|57P|25P03|25006|40|55P03|53300|ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOST|STORE_CLOSED)/;

/** Is it over by itself, so that the same work may go on? Of several processes one may be cut off for a moment. */
export function passes(error: unknown): boolean {
  return error instanceof StoreError && PASSING.test(error.code);
}

export type RefusedDatabase =
  | "newer"
  | "not_a_database"
  | "other_program"
  | "old_server"
  | "other_encoding"
  | "damaged"
  | "exists"
  | "missing"
  | "lost";

/** A database that this program won't open, restore or write over; the message says what to do instead. */
export class DatabaseRefused extends Error {
  override name = "DatabaseRefused";
  readonly reason: RefusedDatabase;

  constructor(reason: RefusedDatabase, message: string, options?: ErrorOptions) {
    super(message, options);
    this.reason = reason;
  }
}

const CURES: Record<string, string> = {
  SQLITE_FULL:
    "The disk is full: that of the data directory, or that of temporary files (SQLITE_TMPDIR or TMPDIR, else /var/tmp or /tmp). Free some space " +
    "and try again; everything stored so far is safe.",
  SQLITE_READONLY: "The database can't be written. Check who owns the data directory and its permissions.",
  SQLITE_CANTOPEN: "The database can't be opened. Check that the data directory exists and who owns it.",
  SQLITE_CORRUPT: "The database file is damaged. Stop Glasshouse and restore a backup.",
  SQLITE_IOERR: "The disk could not be read or written. Check the disk, then start Glasshouse again.",
};

/** Adds the remedy to what SQLite says, where there is one. */
export function explain(code: string, message: string): string {
  const family = Object.keys(CURES).find((known) => code.startsWith(known));
  return family ? `${message}. ${CURES[family]}` : message;
}
