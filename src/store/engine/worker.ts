/**
 * One SQLite connection in a thread of its own, since the driver is synchronous. dialect.ts talks to it; messages are
 * small arrays. Columns that end in `_id` leave as exact strings; every other integer as a number, or the query fails.
 */
import { parentPort, workerData } from "node:worker_threads";
import Database from "better-sqlite3";

/** `write` owns the file; `read` can't change it; `open` reads a file that may not be ours (restore). */
export type Role = "write" | "read";
export interface WorkerSetup {
  role: Role;
}

export type Param = string | number | bigint | boolean | Uint8Array | null;
/** `file`: of it all that follows is asked, until it is closed. `query`: one statement. `many`: the same statement once for each row of parameters. */
export type Request =
  | [id: number, op: "file", path: string]
  | [id: number, op: "query", sql: string, params: readonly Param[]]
  | [id: number, op: "many", sql: string, rows: readonly (readonly Param[])[]]
  | [id: number, op: "close"];
export type Reply =
  | [
      id: number,
      ok: true,
      columns: string[] | null,
      rows: unknown[][],
      changes: number,
      insertId: bigint | null,
    ]
  | [id: number, ok: false, code: string, message: string];

interface Prepared {
  statement: Database.Statement;
  columns: string[] | null;
  /** Which columns are ids; null: none, so that integers needn't be read as bigint. */
  ids: boolean[] | null;
}

const KEEP_PREPARED = 300;
const WRITER_CACHE_KB = 32_768;
const READER_CACHE_KB = 8_192;

const { role } = workerData as WorkerSetup;
const port = parentPort!;
const prepared = new Map<string, Prepared>();
let file: string | null = null;
let database: Database.Database | null = null;

function open(): Database.Database {
  if (file === null) throw new Error("the file is closed");
  const opened = new Database(file, role === "read" ? { readonly: true, fileMustExist: true } : {});
  opened.pragma("busy_timeout = 10000");
  opened.pragma("mmap_size = 0");
  opened.pragma("temp_store = file");
  opened.pragma("foreign_keys = on");
  opened.pragma(`cache_size = -${role === "write" ? WRITER_CACHE_KB : READER_CACHE_KB}`);
  if (role === "write") {
    // Before the first table: it can't be turned on later without rewriting the file.
    opened.pragma("auto_vacuum = incremental");
    opened.pragma("journal_mode = wal");
    opened.pragma("synchronous = full");
    // 64 MB: pages that many transactions touch are then copied into the file once.
    opened.pragma("wal_autocheckpoint = 16000");
    opened.pragma("journal_size_limit = 67108864");
  }
  return opened;
}

function prepare(sql: string): Prepared {
  const known = prepared.get(sql);
  if (known) {
    prepared.delete(sql);
    prepared.set(sql, known);
    return known;
  }
  database ??= open();
  const statement = database.prepare(sql);
  const fresh: Prepared = { statement, columns: null, ids: null };
  if (statement.reader) {
    statement.raw(true);
    fresh.columns = statement.columns().map((column) => column.name);
    const ids = fresh.columns.map((name) => name.endsWith("_id"));
    if (ids.includes(true)) {
      fresh.ids = ids;
      statement.safeIntegers(true);
    }
  }
  prepared.set(sql, fresh);
  if (prepared.size > KEEP_PREPARED) prepared.delete(prepared.keys().next().value!);
  return fresh;
}

/** Integers are bound as integers: the driver would bind every number as a double. */
function bindable(param: Param): string | number | bigint | Uint8Array | null {
  if (typeof param === "number") return Number.isSafeInteger(param) ? BigInt(param) : param;
  if (typeof param === "boolean") return param ? 1n : 0n;
  return param;
}

function unsafe(column: string): Error {
  return Object.assign(new Error(`column ${column} holds an integer beyond 2^53 and is no id`), {
    code: "UNSAFE_INTEGER",
  });
}

function readable(row: unknown[], { columns, ids }: Prepared): unknown[] {
  for (let i = 0; i < row.length; i++) {
    const value = row[i];
    if (typeof value === "bigint") {
      if (ids?.[i]) row[i] = String(value);
      else {
        row[i] = Number(value);
        if (!Number.isSafeInteger(row[i])) throw unsafe(columns![i]!);
      }
    } else if (typeof value === "number" && Number.isInteger(value) && !Number.isSafeInteger(value)) {
      throw unsafe(columns![i]!);
    }
  }
  return row;
}

function query(id: number, sql: string, params: readonly Param[]): Reply {
  const found = prepare(sql);
  if (found.columns) {
    const rows = found.statement.all(...params.map(bindable)) as unknown[][];
    for (const row of rows) readable(row, found);
    return [id, true, found.columns, rows, rows.length, null];
  }
  if (/^pragma\b/i.test(sql)) {
    // Some work in steps (incremental_vacuum), of which `run` takes only the first.
    database!.exec(sql);
    return [id, true, null, [], 0, null];
  }
  const { changes, lastInsertRowid } = found.statement.run(...params.map(bindable));
  return [id, true, null, [], changes, BigInt(lastInsertRowid)];
}

function many(id: number, sql: string, rows: readonly (readonly Param[])[]): Reply {
  const { statement } = prepare(sql);
  let changes = 0;
  for (const row of rows) changes += statement.run(...row.map(bindable)).changes;
  return [id, true, null, [], changes, null];
}

function take(id: number, path: string): Reply {
  file = path;
  return [id, true, null, [], 0, null];
}

function close(id: number): Reply {
  const closing = database;
  prepared.clear();
  [file, database] = [null, null];
  if (closing?.open) {
    if (role === "write") {
      if (closing.inTransaction) closing.exec("rollback");
      closing.pragma("wal_checkpoint(truncate)");
    }
    closing.close();
  }
  return [id, true, null, [], 0, null];
}

function answer(request: Request): Reply {
  try {
    if (request[1] === "file") return take(request[0], request[2]);
    if (request[1] === "close") return close(request[0]);
    if (request[1] === "many") return many(request[0], request[2], request[3]);
    return query(request[0], request[2], request[3]);
  } catch (error) {
    const { code, message } = error as { code?: unknown; message?: unknown };
    return [request[0], false, typeof code === "string" ? code : "STORE_FAILED", String(message)];
  }
}

port.on("message", (request: Request) => port.postMessage(answer(request)));
