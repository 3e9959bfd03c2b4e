import Database from "better-sqlite3";

/**
 * Everything an installation knows of its accounts, as text that two installations can be compared by: all rows of all
 * tables but run ids, times of our own clock, and what is bookkeeping (leases, budgets, tokens, secrets).
 */
export function dump(file: string): Record<string, string[]> {
  const db = new Database(file, { readonly: true });
  db.defaultSafeIntegers(true);
  try {
    const words = new Map(
      (db.prepare("select word, text from word").all() as { word: bigint; text: string }[]).map((row) => [
        row.word,
        row.text,
      ]),
    );
    const tables = db.prepare("select name from sqlite_schema where type = 'table'").all() as {
      name: string;
    }[];
    const known = tables
      .map((table) => table.name)
      .filter((name) => !NOT_COMPARED.has(name) && !/^(sqlite|kysely)_/.test(name));
    return Object.fromEntries(
      known.sort().map((table) => {
        const rows = db.prepare(`select * from "${table}"`).all() as Record<string, unknown>[];
        const lines = rows.map((row) => line(table, row, words)).sort();
        // A lane that had ended before a kill is listed once more after it: as often is no difference in what is known.
        return [table, table === "listing" ? [...new Set(lines)] : lines];
      }),
    );
  } finally {
    db.close();
  }
}

const NOT_COMPARED = new Set([
  "lane",
  "run",
  "step",
  "token",
  "secret",
  "rate_budget",
  "setting",
  "connection",
  "word",
]);
/** Columns told by our own clock, or by how the runs were cut. */
const OUR_OWN = new Set([
  ...[
    "first_seen_at",
    "gone_at",
    "seen_at",
    "after_at",
    "since_at",
    "started_at",
    "ended_at",
    "last_success_at",
  ],
  ...[
    "last_seen_at",
    "accepted_at",
    "status_since_at",
    "missing_since_at",
    "grants_read_at",
    "run",
    "seq",
    "verdict_json",
  ],
]);
const WORDS = new Set(["performer_type", "type", "request_type", "target_type"]);

function line(table: string, row: Record<string, unknown>, words: Map<bigint, string>): string {
  const shown = Object.entries(row)
    .filter(([column]) => !OUR_OWN.has(column))
    .map(([column, value]) => {
      if (value instanceof Uint8Array) return `${column}=${Buffer.from(value).toString("hex")}`;
      const isWord =
        typeof value === "bigint" &&
        WORDS.has(column) &&
        ["event", "request_day", "request_rule"].includes(table);
      return `${column}=${isWord ? words.get(value) : value}`;
    });
  return shown.join(" ");
}
