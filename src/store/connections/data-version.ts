/** How often a part of what is stored of a connection has changed: raised with the data, in its transaction. */
import { sql } from "kysely";
import { insertRows } from "../engine/bulk.ts";
import type { Db, Tx } from "../store.ts";

/**
 * - `listed`: rows of any list, what is counted from them, levels, the ledger
 * - `marks`: users marked as service accounts
 * - `use`: roll-ups of the log and of recruiting activity
 * - `watched`: events about API keys and webhooks, and of Site Admins made
 */
export type DataPart = "listed" | "marks" | "use" | "watched";

/** `directory`: who of the directory of employees is which user, and what is told of them. */
export type DataVersions = Record<DataPart | "directory", number> & {
  /** A run is under way, which makes new versions all the time. */
  syncing: boolean;
};

export async function dataChanged(tx: Tx, connection: number, part: DataPart): Promise<void> {
  await insertRows(
    tx,
    "data_version",
    ["connection", "part", "n"],
    [[connection, part, 1]],
    "(connection, part) do update set n = data_version.n + 1",
  );
}

export async function dataVersions(db: Db | Tx, connection: number): Promise<DataVersions> {
  const { rows } = await sql<{ part: string; n: number }>`
    select part, n from data_version where connection = ${connection}
    union all select 'directory', 2 * generation + stale from employee_match_state
      where connection = ${connection}
    union all select 'leases', count(*) from lane where connection = ${connection}
      and lease_until_at is not null`.execute(db);
  const of = (part: string) => rows.find((each) => each.part === part)?.n ?? 0;
  return {
    listed: of("listed"),
    marks: of("marks"),
    use: of("use"),
    watched: of("watched"),
    directory: of("directory"),
    syncing: of("leases") > 0,
  };
}
