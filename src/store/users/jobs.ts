import { type RawBuilder, sql } from "kysely";
import { searchable } from "../../model/text.ts";
import { idList } from "../engine/bulk.ts";
import type { Db, Tx } from "../store.ts";

export interface JobRow {
  id: string;
  name: string | null;
  status: string | null;
  confidential: boolean | null;
  /** Greenhouse's list has it still. */
  inList: boolean;
  sortName: string;
}

/** Jobs that were ever listed, by name. `search`: part of the name, or of the id. */
export async function selectJobs(
  db: Db,
  connection: number,
  search: string | null,
  page: { after: { sortName: string; id: string } | null; limit: number },
): Promise<JobRow[]> {
  const { after, limit } = page;
  const beyond = after
    ? sql`(sort_name, job_id) > (${after.sortName}, cast(${after.id} as bigint))`
    : sql`true`;
  const { rows } = await sql<{
    job_id: string;
    name: string | null;
    status: string | null;
    confidential: number | null;
    state: string;
    sort_name: string;
  }>`
    select job_id, name, status, confidential, state, sort_name from job
    where connection = ${connection} and ${matches(search)} and ${beyond}
    order by sort_name, job_id limit ${limit}`.execute(db);
  return rows.map((row) => ({
    id: row.job_id,
    name: row.name,
    status: row.status,
    confidential: row.confidential === null ? null : row.confidential === 1,
    inList: row.state === "present",
    sortName: row.sort_name,
  }));
}

export async function countJobs(db: Db, connection: number, search: string | null): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    select count(*) as n from job where connection = ${connection} and ${matches(search)}`.execute(db);
  return rows[0]!.n;
}

function matches(search: string | null): RawBuilder<unknown> {
  const text = searchable(search ?? "");
  if (text === "") return sql`true`;
  return sql`search like ${`%${text.replace(/[\\%_]/g, (c) => `\\${c}`)}%`} escape '\\'`;
}

/** Ids of jobs that grants name, by id: all there is where the list of jobs can't be read. One seek each. */
export async function grantedJobIds(
  db: Db,
  connection: number,
  page: { after: string | null; limit: number },
): Promise<string[]> {
  const next = (than: RawBuilder<unknown>) => sql`(select min(job_id) from job_grant
    where connection = ${connection} and job_id > ${than})`;
  const { rows } = await sql<{ job_id: string }>`
    with recursive ids (job_id, n) as (
      select ${next(sql`cast(${page.after ?? "-1"} as bigint)`)}, 1
      union all select ${next(sql`ids.job_id`)}, n + 1 from ids where ids.job_id is not null and n < ${page.limit})
    select job_id from ids where job_id is not null`.execute(db);
  return rows.map(({ job_id }) => job_id);
}

/** Was this job ever listed, or named by a grant? Where the list of jobs can't be read, grants alone tell. */
export async function knowsJob(db: Db | Tx, connection: number, job: string): Promise<boolean> {
  for (const table of ["job", "job_grant"] as const) {
    const row = await db
      .selectFrom(table)
      .select("job_id")
      .where("connection", "=", connection)
      .where("job_id", "=", job)
      .limit(1)
      .executeTakeFirst();
    if (row) return true;
  }
  return false;
}

/** Which of these jobs are open; one whose status isn't known is taken for one. */
export async function openJobsAmong(
  db: Db,
  connection: number,
  jobIds: readonly string[],
): Promise<ReadonlySet<string>> {
  if (jobIds.length === 0) return new Set();
  const { rows } = await sql<{ job_id: string }>`
    select job_id from job where connection = ${connection} and job_id in ${idList(jobIds)}
      and status is not null and status <> 'open'`.execute(db);
  const other = new Set(rows.map(({ job_id }) => job_id));
  return new Set(jobIds.filter((id) => !other.has(id)));
}
