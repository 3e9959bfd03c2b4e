/** Writes rows of one connection by the hundred thousand, straight into the database. */
import Database from "better-sqlite3";
import type { RecordOf } from "../src/model/records.ts";
import type { ListStream } from "../src/model/stream.ts";
import { layoutOf } from "../src/store/rows.ts";

export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;
export const YEAR_DAYS = 365;

export const userId = (i: number) => 4_000_000_000 + 7 * i;
export const roleId = (i: number) => 500 + i;
export const jobId = (i: number) => 9_000_000 + 3 * i;
export const grantId = (i: number) => 800_000_000 + i;

export class Writer {
  readonly db: Database.Database;
  readonly connection: number;
  /** A whole hour, ms. */
  readonly now: number;
  /** 0 to 1, the same every time. */
  readonly random = seeded(1);

  constructor(file: string, connection: number, now: number) {
    this.db = new Database(file);
    this.connection = connection;
    this.now = now;
    // Nothing here must outlive a power cut.
    for (const pragma of ["synchronous = off", "cache_size = -400000", "temp_store = memory"])
      this.db.pragma(pragma);
  }

  close(): void {
    this.db.pragma("wal_checkpoint(truncate)");
    this.db.close();
  }

  /** Rows of a listed stream, present since the account was connected. */
  list<S extends ListStream>(stream: S, rows: number, record: (i: number) => RecordOf[S]): void {
    const layout = layoutOf(stream);
    const more = stream === "users" ? ["level"] : [];
    const insert = this.insert(layout.table, [
      layout.id,
      ...layout.columns,
      "state",
      "first_seen_at",
      ...more,
    ]);
    const seenAt = this.now - YEAR_DAYS * DAY_MS;
    this.db.transaction(() => {
      for (let i = 0; i < rows; i += 1) {
        const one = record(i);
        const cells = layout.toCells(one).map((cell) => (typeof cell === "boolean" ? Number(cell) : cell));
        insert(one.id, ...cells, "present", seenAt, ...more.map(() => "unknown"));
      }
    })();
  }

  insert(table: string, columns: readonly string[]): (...values: unknown[]) => void {
    const statement = this.db.prepare(
      `insert into "${table}" (connection, ${columns.map((name) => `"${name}"`).join(", ")})
       values (${this.connection}${", ?".repeat(columns.length)})`,
    );
    return (...values) => void statement.run(...values);
  }
}

function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}
