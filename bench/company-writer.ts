/** Writes rows of one connection by the hundred thousand, straight into the database. */
import { join } from "node:path";
import Database from "better-sqlite3";
import { sql } from "kysely";
import type { RecordOf } from "../src/model/records.ts";
import type { ListStream } from "../src/model/stream.ts";
import { insertRows } from "../src/store/engine/bulk.ts";
import { layoutOf } from "../src/store/listings/rows.ts";
import { openStore } from "../src/store/open.ts";
import type { Schema } from "../src/store/schema.ts";
import type { Store } from "../src/store/store.ts";
import { makeMonths } from "../src/store/usage/months.ts";
import type { Place } from "./place.ts";

export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;
export const YEAR_DAYS = 365;

export const userId = (i: number) => 4_000_000_000 + 7 * i;
export const roleId = (i: number) => 500 + i;
export const jobId = (i: number) => 9_000_000 + 3 * i;
export const grantId = (i: number) => 800_000_000 + i;

type Table = keyof Schema;
type Row = readonly unknown[];

/** One way for each engine to put many rows. */
interface Sink {
  put(table: Table, columns: readonly string[], rows: readonly Row[]): Promise<void>;
  run(statement: string): Promise<void>;
  /** Where rows of these times will lie. */
  prepare(times: readonly number[]): Promise<void>;
  /** Takes these tables' indexes away, but for the keys. @returns the statements that make them anew */
  dropIndexes(tables: readonly Table[]): Promise<string[]>;
  close(): Promise<void>;
}

/** Of one transaction. */
const AT_ONCE = 20_000;

export class Writer {
  readonly connection: number;
  /** A whole hour, ms. */
  readonly now: number;
  /** 0 to 1, the same every time. */
  readonly random = seeded(1);
  readonly #sink: Sink;

  private constructor(sink: Sink, connection: number, now: number) {
    this.#sink = sink;
    this.connection = connection;
    this.now = now;
  }

  static async open({ dataDir, databaseUrl }: Place, connection: number, now: number): Promise<Writer> {
    const sink =
      databaseUrl === null
        ? intoFile(join(dataDir, "glasshouse.sqlite"))
        : intoServer(await openStore({ url: databaseUrl, dataDir }));
    return new Writer(sink, connection, now);
  }

  /** @param columns after the connection's, which leads every key, unless `whole` @returns how many rows there were */
  async rows(
    table: Table,
    columns: readonly string[],
    rows: Iterable<Row>,
    { whole = false } = {},
  ): Promise<number> {
    const all = whole ? columns : ["connection", ...columns];
    let n = 0;
    let waiting: Row[] = [];
    const flush = async () => {
      if (waiting.length > 0) await this.#sink.put(table, all, waiting);
      waiting = [];
    };
    for (const row of rows) {
      waiting.push(whole ? row : [this.connection, ...row]);
      n += 1;
      if (waiting.length === AT_ONCE) await flush();
    }
    await flush();
    return n;
  }

  /** Rows of a listed stream, present since the account was connected. */
  async list<S extends ListStream>(
    stream: S,
    rows: number,
    record: (i: number) => RecordOf[S],
  ): Promise<void> {
    const layout = layoutOf(stream);
    const more = stream === "users" ? ["level"] : [];
    const seenAt = this.now - YEAR_DAYS * DAY_MS;
    const made = function* () {
      for (let i = 0; i < rows; i += 1) {
        const one = record(i);
        const cells = layout.toCells(one).map((cell) => (typeof cell === "boolean" ? Number(cell) : cell));
        yield [one.id, ...cells, "present", seenAt, ...more.map(() => "unknown")];
      }
    };
    await this.rows(layout.table, [layout.id, ...layout.columns, "state", "first_seen_at", ...more], made());
  }

  run(statement: string): Promise<void> {
    return this.#sink.run(statement);
  }

  prepare(times: readonly number[]): Promise<void> {
    return this.#sink.prepare(times);
  }

  /** Tables of millions of rows: their indexes are made once all rows are there, which takes a tenth of the time. */
  async withoutIndexes(tables: readonly Table[], work: () => Promise<void>): Promise<void> {
    const anew = await this.#sink.dropIndexes(tables);
    await work();
    for (const statement of anew) await this.#sink.run(statement);
  }

  close(): Promise<void> {
    return this.#sink.close();
  }
}

function intoFile(file: string): Sink {
  const db = new Database(file);
  // Nothing here must outlive a power cut.
  for (const pragma of ["synchronous = off", "cache_size = -400000", "temp_store = memory"])
    db.pragma(pragma);
  return {
    async put(table, columns, rows) {
      const names = columns.map((name) => `"${name}"`).join(", ");
      const statement = db.prepare(
        `insert into "${table}" (${names}) values (${columns.map(() => "?").join(", ")})`,
      );
      db.transaction(() => {
        for (const row of rows) statement.run(...row);
      })();
    },
    async run(statement) {
      db.exec(statement);
    },
    async prepare() {},
    async dropIndexes(tables) {
      const found = db
        .prepare(
          `select name, sql from sqlite_schema where type = 'index' and sql is not null and tbl_name in
            (select value from json_each(?)) order by rowid`,
        )
        .all(JSON.stringify(tables)) as { name: string; sql: string }[];
      for (const { name } of found) db.exec(`drop index "${name}"`);
      return found.map(({ sql }) => sql);
    },
    async close() {
      db.pragma("wal_checkpoint(truncate)");
      db.close();
    },
  };
}

function intoServer(store: Store): Sink {
  return {
    async put(table, columns, rows) {
      await store.write(async (tx) => {
        await sql`set local synchronous_commit = off`.execute(tx);
        await insertRows(tx, table, columns, rows);
      });
    },
    async run(statement) {
      await store.write(async (tx) => {
        await sql`set local maintenance_work_mem = '512MB'`.execute(tx);
        await sql.raw(statement).execute(tx);
      });
    },
    prepare: (times) => store.write((tx) => makeMonths(tx, times, Date.now())),
    dropIndexes: (tables) =>
      store.write(async (tx) => {
        const { rows } = await sql<{ name: string; made: string }>`
          select c.relname as name, pg_get_indexdef(c.oid) as made from pg_index i
          join pg_class c on c.oid = i.indexrelid join pg_class t on t.oid = i.indrelid
          where t.relnamespace = current_schema()::regnamespace and t.relname = any(${[...tables]})
            and not i.indisprimary order by c.oid`.execute(tx);
        for (const { name } of rows) await sql`drop index ${sql.table(name)}`.execute(tx);
        // One of a table that is split by months is told without those of its months.
        return rows.map(({ made }) => made.replace(" ON ONLY ", " ON "));
      }),
    close: () => store.close(),
  };
}

function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}
