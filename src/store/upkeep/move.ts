/**
 * An embedded installation moves whole into an empty database of PostgreSQL: in one transaction there, so that it is moved
 * or not, and read back before it ends. Nothing else may be at work on either.
 */
import { createHash, type Hash } from "node:crypto";
import { renameSync } from "node:fs";
import { type RawBuilder, sql } from "kysely";
import { insertRows } from "../engine/bulk.ts";
import { DatabaseRefused } from "../engine/errors.ts";
import { freeAllLeases } from "../lanes/lanes.ts";
import { SETUP_CODE } from "../members/codes.ts";
import { DATABASE, OPEN_WAYS_IN } from "../members/sign-ins.ts";
import { databaseFile, openStore } from "../open.ts";
import type { Schema } from "../schema.ts";
import type { KeySource } from "../secrets/keys.ts";
import { KEY_VERSION, openSeal } from "../secrets/shared-key.ts";
import type { Db, Store, Tx } from "../store.ts";
import { makeMonths } from "../usage/months.ts";

/** Whoever was signed in signs in anew; who works says so anew. */
const STAYS_BEHIND: readonly string[] = [...OPEN_WAYS_IN, "lease", "worker"];
const SETTINGS_BEHIND: readonly unknown[] = [SETUP_CODE, DATABASE, KEY_VERSION];
const AT_ONCE = 2000;

export interface Moved {
  tables: number;
  rows: number;
  /** Where the embedded database lies now. */
  kept: string;
}

interface Table {
  name: keyof Schema;
  columns: readonly string[];
  /** Columns of its key, in order. */
  key: readonly string[];
}

type Row = Record<string, unknown>;

/** @throws DatabaseRefused, having changed nothing: the target isn't empty, or what was read back differs */
export async function moveToPostgres(options: {
  dataDir: string;
  url: string;
  env: KeySource;
  onTable?: (name: string) => void;
}): Promise<Moved> {
  const { dataDir, url, env, onTable = () => {} } = options;
  const file = databaseFile(dataDir);
  const from = await openStore({ file, readers: 1 });
  let rows = 0;
  let tables: Table[] = [];
  try {
    const to = await openStore({ url, dataDir, admit: refuseUsed });
    try {
      await openSeal(to, env, { anyKey: false });
      tables = await tablesOf(from);
      await to.write(async (tx) => {
        rows = 0;
        for (const table of tables) {
          onTable(table.name);
          rows += await moveTable(from, tx, table);
        }
        await freeAllLeases(tx);
        await continueNumbers(tx);
      });
    } finally {
      await to.close();
    }
  } finally {
    await from.close();
  }
  // A start that forgets the new address would else go on with the old data.
  const kept = `${file}.moved`;
  renameSync(file, kept);
  return { tables: tables.length, rows, kept };
}

async function refuseUsed(db: Db | null, place: string): Promise<void> {
  if (db === null) return;
  // Left by a move that failed.
  const found = await Promise.all(
    (["connection", "member"] as const).map((table) =>
      db
        .selectFrom(table)
        .select(table as never)
        .limit(1)
        .execute(),
    ),
  );
  if (found.every((rows) => rows.length === 0)) return;
  throw new DatabaseRefused(
    "exists",
    `There is an installation in ${place} already. Name an empty database.`,
  );
}

async function tablesOf({ read }: Store): Promise<Table[]> {
  const found = await read.introspection.getTables();
  const names = found.map(({ name }) => name).filter((name) => !STAYS_BEHIND.includes(name));
  const ordered = await referredFirst(read, names.sort());
  return Promise.all(
    ordered.map(async (name) => {
      const { rows } = await sql<{ name: string; pk: number }>`
        select name, pk from pragma_table_info(${name}) order by cid`.execute(read);
      const key = rows.filter(({ pk }) => pk > 0).sort((a, b) => a.pk - b.pk);
      return {
        name: name as keyof Schema,
        columns: rows.map((column) => column.name),
        key: key.map((column) => column.name),
      };
    }),
  );
}

/** A row is there before those that refer to it. */
async function referredFirst(db: Db, names: readonly string[]): Promise<string[]> {
  const { rows } = await sql<{ name: string; to: string }>`
    select m.name, f."table" as "to" from sqlite_schema m, pragma_foreign_key_list(m.name) f
    where m.type = 'table'`.execute(db);
  const placed = new Set<string>();
  const place = (name: string) => {
    for (const { to } of rows.filter((row) => row.name === name && row.to !== name)) place(to);
    placed.add(name);
  };
  names.forEach(place);
  return [...placed];
}

/** @returns how many rows @throws DatabaseRefused when the target has others afterwards */
async function moveTable(from: Store, tx: Tx, table: Table): Promise<number> {
  const sent = new Checksum(table);
  for await (const page of pagesOf(from.read, table)) {
    const rows = page.filter((row) => moves(table, row));
    if (table.name === "event") {
      const times = rows.map(({ at }) => at as number);
      await makeMonths(tx, times, Date.now());
    }
    await insertRows(
      tx,
      table.name,
      table.columns,
      rows.map((row) => table.columns.map((column) => row[column])),
    );
    sent.add(rows);
  }
  const arrived = new Checksum(table);
  for await (const page of pagesOf(tx, table)) arrived.add(page.filter((row) => moves(table, row)));
  const [one, other] = [sent.told(), arrived.told()];
  if (one !== other) {
    throw new DatabaseRefused(
      "damaged",
      `Of ${table.name}, ${one} were sent and ${other} arrived: nothing was moved. The embedded database is as it was.`,
    );
  }
  return sent.rows;
}

/** Of settings some belong to the database itself. */
const moves = (table: Table, row: Row) => table.name !== "setting" || !SETTINGS_BEHIND.includes(row.name);

/** In the order of the key, which is the same on both engines. */
async function* pagesOf(db: Db | Tx, { name, key }: Table): AsyncGenerator<Row[], void, void> {
  const columns = sql.join(key.map((column) => sql.ref(column)));
  let after: RawBuilder<unknown> = sql`1 = 1`;
  for (;;) {
    const { rows } = await sql<Row>`
      select * from ${sql.table(name)} where ${after} order by ${columns} limit ${AT_ONCE}`.execute(db);
    if (rows.length > 0) yield rows;
    if (rows.length < AT_ONCE) return;
    const last = rows.at(-1)!;
    after = sql`(${columns}) > (${sql.join(key.map((column) => last[column]))})`;
  }
}

class Checksum {
  readonly #columns: readonly string[];
  readonly #hash: Hash = createHash("sha256");
  rows = 0;

  constructor({ columns }: Table) {
    this.#columns = columns;
  }

  add(rows: readonly Row[]): void {
    for (const row of rows) {
      this.#hash.update(`${JSON.stringify(this.#columns.map((column) => readable(row[column])))}\n`);
    }
    this.rows += rows.length;
  }

  told(): string {
    return `${this.rows} rows (SHA-256 ${this.#hash.digest("hex")})`;
  }
}

/** As both engines have it: the one character that PostgreSQL's text can't hold becomes U+FFFD there. */
function readable(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString("hex");
  return typeof value === "string" ? value.replaceAll("\u0000", "\ufffd") : value;
}

/** What the database numbers itself goes on behind what came along. */
async function continueNumbers(tx: Tx): Promise<void> {
  const { rows } = await sql<{ name: string; column: string }>`
    select c.relname as name, a.attname as column from pg_attribute a join pg_class c on c.oid = a.attrelid
    where a.attidentity <> '' and c.relnamespace = current_schema()::regnamespace`.execute(tx);
  for (const { name, column } of rows) {
    await sql`select setval(pg_get_serial_sequence(${`"${name}"`}, ${column}), greatest(max(${sql.ref(column)}), 1), count(*) > 0)
      from ${sql.table(name)}`.execute(tx);
  }
}
