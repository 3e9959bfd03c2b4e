import { type Kysely, sql } from "kysely";
import type { Schema } from "../schema.ts";

/**
 * What SQLite's planner is told of each index (https://sqlite.org/fileformat2.html#stat1tab): the rows of the table, then
 * how many share the first column, the first two, and so on. The index of a key bears its table's name. Of several that
 * hold all that is asked for, `sz` (bytes of an entry) makes it take the one that lies in the order of users: what is joined with it
 * then lies together too. `noskipscan`: it must not look into each connection by turns.
 *
 * The sizes are of one company with 50,000 users, whatever is stored: plans are then the same everywhere, and the tests
 * see the ones that large installations run. Without them SQLite takes `connection = 1` for selective, and joins from the
 * wrong end: seconds instead of milliseconds. Measured statistics of a young database are no better.
 */
const SIZES: readonly (readonly [table: string, index: string, rows: string])[] = [
  ["change", "change", "200000 200000 1"],
  ["change", "change_by_row", "200000 200000 25000 2 1"],
  ["change", "change_by_run", "200000 200000 20 1"],
  ["change", "change_by_time", "200000 200000 20 5 5 1"],
  ["change", "change_by_user", "200000 200000 4 1"],
  ["department", "department", "200 200 1"],
  ["event", "event", "60000000 60000000 2 1 1"],
  ["event", "event_by_user", "50000000 50000000 1000 2"],
  ["event_hour", "event_hour", "8760 8760 1"],
  ["future_job_grant", "future_job_grant", "100000 100000 1"],
  ["future_job_grant", "future_job_grant_by_place", "100000 100000 500 10 9 1"],
  ["future_job_grant", "future_job_grant_by_role", "100000 100000 2500 2 1"],
  ["future_job_grant", "future_job_grant_by_user", "100000 100000 2 1"],
  ["job", "job", "20000 20000 1"],
  ["job", "job_by_name", "20000 20000 1 1"],
  ["job_grant", "job_grant", "5000000 5000000 1"],
  ["job_grant", "job_grant_by_job", "5000000 5000000 250 1"],
  ["job_grant", "job_grant_by_made", "5000000 5000000 1700000 1"],
  ["job_grant", "job_grant_by_role", "5000000 5000000 125000 50 1"],
  ["job_grant", "job_grant_by_user", "5000000 5000000 100 1"],
  ["listing", "listing", "70000 70000 8760 1"],
  ["office", "office", "60 60 1"],
  ["org_day", "org_day", "112000 112000 300 50 1"],
  ["recruiting_day", "recruiting_day", "600000 600000 1500 1"],
  ["recruiting_day", "recruiting_day_by_user", "600000 600000 20 1"],
  ["recruiting_deed", "recruiting_deed", "1200000 1200000 200000 1 1"],
  ["recruiting_deed", "recruiting_deed_by_time", "1200000 1200000 2 1 1 1"],
  ["recruiting_user", "recruiting_user", "30000 30000 1"],
  ["request_day", "request_day", "55000 55000 150 75 1"],
  ["role", "role", "40 40 1"],
  ["stranger", "stranger", "100000 100000 250 2 1"],
  ["stranger", "stranger_by_address", "100000 100000 100 90 1"],
  ["stranger", "stranger_due", "1000 1000 10 5 1"],
  ["unread_grant", "unread_grant", "100 100 50 1"],
  ["unread_grant", "unread_grant_by_user", "100 100 1"],
  ["usage_day", "usage_day", "6000000 6000000 20000 1"],
  ["usage_day", "usage_day_by_user", "6000000 6000000 120 1"],
  ["usage_user", "usage_user", "40000 40000 1"],
  ["user", "user", "50000 50000 1"],
  ["user", "user_by_email", "50000 50000 1 1"],
  ["user", "user_by_employee", "50000 50000 1 1"],
  ["user", "user_by_name", "50000 50000 1 1 1 1 1 1 1 1 1 1 1 1 sz=160"],
  ["user", "user_by_state", "50000 50000 12500 4200 4200 4200 1 1 1 1 1 1 noskipscan sz=80"],
  ["user", "user_facts", "50000 50000 1 1 1 1 1 1 1 1 1 1 sz=40"],
  ["user", "user_without_email", "100 100 1"],
  ["user_address", "user_address", "100000 100000 1 1"],
  ["user_department", "user_department", "50000 50000 250 1"],
  ["user_email", "user_email", "100000 100000 1"],
  ["user_email", "user_email_by_email", "100000 100000 1 1"],
  ["user_email", "user_email_by_user", "100000 100000 2 1"],
  ["user_email", "user_email_confirmed", "90000 90000 2 1"],
  ["user_email", "user_email_unconfirmed", "50000 50000 1 1"],
  ["user_office", "user_office", "50000 50000 830 1"],
  ["user_role", "user_role", "250000 250000 5 1"],
  ["user_role", "user_role_by_role", "250000 250000 6000 1 1"],
];

/** Tells the planner; call it with the writer before any reader opens. Writes only where something differs. */
export async function assumeSizes(writer: Kysely<Schema>): Promise<void> {
  const wanted = JSON.stringify(SIZES);
  const { rows: tables } = await sql`select 1 from sqlite_schema where name = 'sqlite_stat1'`.execute(writer);
  if (tables.length === 0) await sql`analyze word`.execute(writer);
  const { rows: told } = await sql<{ sizes: string }>`
    select json_group_array(json_array(tbl, idx, stat)) as sizes
    from (select tbl, idx, stat from sqlite_stat1 order by tbl, idx)`.execute(writer);
  if (told[0]!.sizes === wanted) return;
  await writer.transaction().execute(async (tx) => {
    await sql`delete from sqlite_stat1`.execute(tx);
    await sql`insert into sqlite_stat1 (tbl, idx, stat)
      select value->>0, value->>1, value->>2 from json_each(${wanted})`.execute(tx);
  });
  await sql`analyze sqlite_schema`.execute(writer);
}
