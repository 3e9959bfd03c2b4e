import Database from "better-sqlite3";
import pg from "pg";

/**
 * Everything an installation knows of its accounts, as text that two installations on the same engine can be compared
 * by: all rows of all tables but run ids, times of our own clock, and what is bookkeeping (leases, budgets, tokens, secrets).
 */
type Dump = Record<string, string[]>;

type Rows = Record<string, unknown>[];

export function dump(file: string): Dump {
  const db = new Database(file, { readonly: true });
  db.defaultSafeIntegers(true);
  try {
    const all = (statement: string) => db.prepare(statement).all() as Rows;
    const names = all("select name from sqlite_schema where type = 'table'").map(({ name }) => String(name));
    return dumpOf(
      new Map(compared(names).map((name) => [name, all(`select * from "${name}"`)])),
      all(WORDS_OF),
    );
  } finally {
    db.close();
  }
}

/** The same of a database of PostgreSQL. */
export async function dumpPostgres(url: string): Promise<Dump> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const all = async (statement: string) => (await client.query(statement)).rows as Rows;
    // A table that is split by months is read as one.
    const tables = await all(`select relname as name from pg_class
      where relnamespace = current_schema()::regnamespace and relkind in ('r', 'p') and not relispartition`);
    const rows = new Map<string, Rows>();
    for (const name of compared(tables.map(({ name }) => String(name)))) {
      rows.set(name, await all(`select * from "${name}"`));
    }
    return dumpOf(rows, await all(WORDS_OF));
  } finally {
    await client.end();
  }
}

const WORDS_OF = "select word, text from word";

function compared(tables: readonly string[]): string[] {
  return tables.filter((name) => !NOT_COMPARED.has(name) && !/^(sqlite|kysely)_/.test(name)).sort();
}

function dumpOf(tables: ReadonlyMap<string, Rows>, known: Rows): Dump {
  const words = new Map(known.map(({ word, text }) => [String(word), String(text)]));
  return Object.fromEntries(
    [...tables].map(([table, rows]) => {
      // What was told of a connection's state came and went with the state; what was told of findings is there once.
      const compared = table === "alert" ? rows.filter(({ rule }) => rule !== null) : rows;
      const lines = compared.map((row) => line(table, row, words)).sort();
      // A lane that had ended before a kill is listed once more after it: as often is no difference in what is known.
      return [table, table === "listing" ? [...new Set(lines)] : lines];
    }),
  );
}

const NOT_COMPARED = new Set([
  "lane",
  "run",
  "step",
  "token",
  "secret",
  "traffic",
  "lease",
  "worker",
  "setting",
  "connection",
  "employee_match_state",
  "finding_check",
  "unjudged",
  "data_version",
  "alert_state",
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
    "state_at",
    "fixed_run",
  ],
]);
/** Of findings: when they were judged. Of alerts: when they were told, in which order those of different lanes, and what was known then. */
const JUDGED = new Set([
  ...["finding.state_at", "finding.rows_as_of", "finding_check.at"],
  ...["alert.at", "alert.alert", "alert.told"],
]);
const WORDS = new Set(["performer_type", "type", "request_type", "target_type"]);

function line(table: string, row: Record<string, unknown>, words: ReadonlyMap<string, string>): string {
  const shown = Object.entries(row)
    .filter(([column]) => !OUR_OWN.has(column) && !JUDGED.has(`${table}.${column}`))
    .map(([column, value]) => {
      if (table === "finding" && column === "coverage")
        return `${column}=${String(value).replace(/sync run \d+/, "a sync run")}`;
      if (value instanceof Uint8Array) return `${column}=${Buffer.from(value).toString("hex")}`;
      const isWord =
        value !== null && WORDS.has(column) && ["event", "request_day", "request_rule"].includes(table);
      return `${column}=${isWord ? words.get(String(value)) : value}`;
    });
  return shown.join(" ");
}
