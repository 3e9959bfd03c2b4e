import { type RawBuilder, sql } from "kysely";
import type { GrantQuery, Made } from "../../model/query.ts";
import type { Level, Status } from "../../model/records.ts";
import type { UseSource } from "../../model/recruiting.ts";
import { idList } from "../engine/bulk.ts";
import { joinInOrder } from "../engine/engine.ts";
import type { Db, Tx } from "../store.ts";
import { isService, usedAt, usedSource } from "./user-sql.ts";

export const GRANT_KINDS = ["job", "future_job"] as const;
export type GrantKind = (typeof GRANT_KINDS)[number];

/** A grant with what its page shows of its user, role and job. */
export interface GrantRow {
  id: string;
  user: {
    id: string;
    name: string | null;
    email: string | null;
    status: Status | null;
    level: Level | null;
    agency: boolean;
    serviceAccount: boolean;
    createdAt: number | null;
    /** null: no listing had them (yet). */
    firstSeenAt: number | null;
  };
  role: { id: string; name: string | null } | null;
  job: { id: string; name: string | null; status: string | null; confidential: boolean | null } | null;
  department: { id: string; name: string | null } | null;
  office: { id: string; name: string | null } | null;
  automated: boolean | null;
  createdAt: number | null;
  firstSeenAt: number;
  lastUsedAt: number | null;
  /** What stands behind it. */
  lastUsedBy: UseSource | null;
  /** What comes before the id in the order of the list: the user's or job's id; null: nothing. */
  lead: string | null;
}

export type GrantFilter = Pick<
  GrantQuery,
  "user" | "role" | "job" | "made" | "jobStatus" | "userStatus" | "agency" | "everyFutureJob"
>;

/** Where a page ended, within one kind. */
export interface GrantPlace {
  lead: string | null;
  id: string;
}

/** Which future-job rules fit a job: those of its department or of every one, and of its offices or of every one. */
export interface Place {
  departmentId: string | null;
  officeIds: readonly string[];
}

type Fragment = RawBuilder<unknown>;

/**
 * A page of present grants of one kind, in the order that its filter can be read in without sorting: by user where
 * users or a role are asked for, by job where jobs are, else by id.
 */
export async function selectGrants(
  db: Db | Tx,
  connection: number,
  kind: GrantKind,
  filter: GrantFilter,
  page: { after: GrantPlace | null; limit: number; fits?: Place },
): Promise<GrantRow[]> {
  const lead = leadOf(kind, filter);
  const id = sql`g.grant_id`;
  const order = lead ? sql`${lead}, ${id}` : id;
  const pick = (filter: GrantFilter, order: Fragment) => sql`
      select g.*, ${lead ?? sql`null`} as lead_id from ${driver(kind, filter)}
      where ${whereGrants(connection, kind, filter, page.fits)} ${page.after ? sql`and ${beyond(lead, page.after)}` : sql``}
      order by ${order} limit ${page.limit}`;
  const { rows } = await sql<RawGrant>`
    with listed as materialized (${byMade(kind, filter) ? eachMade(filter, pick, page.limit) : pick(filter, order)})
    select listed.grant_id, listed.user_id, listed.role_id, listed.created_at, listed.first_seen_at, listed.lead_id, ${COLUMNS[kind]},
      u.name as user_name, u.email, u.status, u.level, u.agency_id, u.created_at as user_created_at,
      u.first_seen_at as user_first_seen_at,
      ${isService} as service, role.name as role_name, ${usedAt} as used_at, ${usedSource} as used_source
    from listed left join "user" u on u.connection = listed.connection and u.user_id = listed.user_id
      left join role on role.connection = listed.connection and role.role_id = listed.role_id
      left join usage_user x on x.connection = listed.connection and x.user_id = listed.user_id
      left join recruiting_user r on r.connection = listed.connection and r.user_id = listed.user_id
        and not coalesce(${isService}, false)
      ${NAMES[kind]}
    order by ${lead ? sql`listed.lead_id, ` : sql``}listed.grant_id`.execute(db);
  return rows.map(toGrant);
}

const COLUMNS: Record<GrantKind, Fragment> = {
  job: sql`listed.job_id, listed.automated, j.name as job_name, j.status as job_status, j.confidential`,
  future_job: sql`listed.department_id, listed.office_id, d.name as department_name, o.name as office_name`,
};
const NAMES: Record<GrantKind, Fragment> = {
  job: sql`left join job j on j.connection = listed.connection and j.job_id = listed.job_id`,
  future_job: sql`left join department d on d.connection = listed.connection and d.department_id = listed.department_id
    left join office o on o.connection = listed.connection and o.office_id = listed.office_id`,
};

const table = (kind: GrantKind) => sql.table(kind === "job" ? "job_grant" : "future_job_grant");
const byUsers = (filter: GrantFilter) => filter.userStatus !== undefined || filter.agency !== undefined;
const byJobs = (kind: GrantKind, filter: GrantFilter) => kind === "job" && filter.jobStatus !== undefined;

function leadOf(kind: GrantKind, filter: GrantFilter): Fragment | null {
  if (filter.user !== undefined || filter.job !== undefined) return null;
  if (filter.role !== undefined || byUsers(filter)) return sql`g.user_id`;
  return byJobs(kind, filter) ? sql`g.job_id` : null;
}

/** Only by how they were made: few of millions of grants may fit. */
const byMade = (kind: GrantKind, filter: GrantFilter) =>
  kind === "job" &&
  filter.made !== undefined &&
  filter.made.length > 0 &&
  filter.user === undefined &&
  filter.job === undefined &&
  leadOf(kind, filter) === null;

/** Each way of making along its own part of an index, which holds them by id; then the first of all. */
function eachMade(
  filter: GrantFilter,
  pick: (filter: GrantFilter, order: Fragment) => Fragment,
  limit: number,
): Fragment {
  const arms = [...new Set(filter.made)].map(
    (made) => sql`select * from (${pick({ ...filter, made: [made] }, sql`g.automated, g.grant_id`)}) as each`,
  );
  return sql`select * from (${sql.join(arms, sql` union all `)}) as every order by grant_id limit ${limit}`;
}

/** In this order the rows come along the indexes, sorted as asked for. */
function driver(kind: GrantKind, filter: GrantFilter): Fragment {
  const grants = sql`${table(kind)} g`;
  const ofUser = sql`g.connection = u.connection and g.user_id = u.user_id`;
  const ofJob = sql`g.connection = j.connection and g.job_id = j.job_id`;
  const direct = filter.user !== undefined || filter.role !== undefined || filter.job !== undefined;
  let from = grants;
  if (direct) {
    if (byUsers(filter)) from = sql`${from} join "user" u on ${ofUser}`;
    if (byJobs(kind, filter)) from = sql`${from} join job j on ${ofJob}`;
    return from;
  }
  if (byUsers(filter)) {
    from = sql`"user" u ${joinInOrder} ${grants} on ${ofUser}`;
    return byJobs(kind, filter) ? sql`${from} join job j on ${ofJob}` : from;
  }
  return byJobs(kind, filter) ? sql`job j ${joinInOrder} ${grants} on ${ofJob}` : from;
}

function whereGrants(connection: number, kind: GrantKind, filter: GrantFilter, fits?: Place): Fragment {
  const all: Fragment[] = [sql`g.connection = ${connection}`, sql`g.state = 'present'`];
  const list = (values: readonly string[]) => sql.join(values.length > 0 ? values : [""]);
  if (filter.user !== undefined) all.push(sql`g.user_id = ${filter.user}`);
  if (filter.role !== undefined) all.push(sql`g.role_id = ${filter.role}`);
  if (filter.userStatus) all.push(sql`u.status in (${list(filter.userStatus)})`);
  if (filter.agency !== undefined)
    all.push(filter.agency ? sql`u.agency_id is not null` : sql`u.agency_id is null`);
  if (filter.made) all.push(madeIs(kind, filter.made));
  if (kind === "job") {
    if (filter.job !== undefined) all.push(sql`g.job_id = ${filter.job}`);
    if (filter.jobStatus) all.push(sql`j.status in (${list(filter.jobStatus)})`);
    if (filter.everyFutureJob) all.push(sql`false`);
  } else {
    if (filter.jobStatus) all.push(sql`false`);
    const { everyFutureJob } = filter;
    if (everyFutureJob !== undefined) all.push(everyFutureJob ? EVERYWHERE : sql`not ${EVERYWHERE}`);
    if (fits) all.push(fitsPlace(fits));
  }
  return sql.join(all, sql` and `);
}

const EVERYWHERE = sql`(g.department_id is null and g.office_id is null)`;

/** A future-job rule tells nothing of how it was made. */
function madeIs(kind: GrantKind, made: readonly Made[]): Fragment {
  if (kind === "future_job") return made.includes("not_told") ? sql`true` : sql`false`;
  const conditions: Record<Made, Fragment> = {
    by_rule: sql`g.automated = 1`,
    by_hand: sql`g.automated = 0`,
    not_told: sql`g.automated is null`,
  };
  if (made.length === 0) return sql`false`;
  return sql`(${sql.join(
    made.map((each) => conditions[each]),
    sql` or `,
  )})`;
}

function fitsPlace({ departmentId, officeIds }: Place): Fragment {
  const department = departmentId === null ? sql`false` : sql`g.department_id = ${departmentId}`;
  const office = officeIds.length === 0 ? sql`false` : sql`g.office_id in (${sql.join(officeIds)})`;
  return sql`(g.department_id is null or ${department}) and (g.office_id is null or ${office})`;
}

function beyond(lead: Fragment | null, after: GrantPlace): Fragment {
  const id = sql`cast(${after.id} as bigint)`;
  return lead && after.lead !== null
    ? sql`(${lead}, g.grant_id) > (cast(${after.lead} as bigint), ${id})`
    : sql`g.grant_id > ${id}`;
}

/**
 * How many grants of a kind fit; null where counting would read millions of rows. Where nothing of the holder or the job is asked for, without
 * those whose holder no list of users has (`countUnlisted`).
 */
export async function countGrants(
  db: Db | Tx,
  connection: number,
  kind: GrantKind,
  filter: GrantFilter,
  fits?: Place,
): Promise<number | null> {
  const { everyFutureJob } = filter;
  if (everyFutureJob && kind === "job") return 0;
  const narrow =
    filter.user !== undefined || filter.job !== undefined || fits !== undefined || everyFutureJob;
  if (narrow) {
    const { rows } = await sql<{ n: number }>`
      select count(*) as n from ${driver(kind, filter)} where ${whereGrants(connection, kind, filter, fits)}`.execute(
      db,
    );
    return rows[0]!.n;
  }
  if (filter.made || filter.jobStatus || filter.role !== undefined || everyFutureJob === false) return null;
  const count = sql.ref(kind === "job" ? "job_grants" : "future_job_grants");
  const agency = filter.agency === undefined ? sql`true` : sql`(agency_id is not null) = ${filter.agency}`;
  const status = filter.userStatus ? sql`status in (${sql.join([...filter.userStatus, ""])})` : sql`true`;
  const { rows } = await sql<{ n: number }>`
    select coalesce(sum(${count}), 0) as n from "user" where connection = ${connection} and ${agency} and ${status}`.execute(
    db,
  );
  return rows[0]!.n;
}

/** Grants of both kinds that name this role. */
export async function countGrantsOfRole(db: Db | Tx, connection: number, role: string): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    select coalesce(sum(n), 0) as n from user_role where connection = ${connection} and role_id = ${role}`.execute(
    db,
  );
  return rows[0]!.n;
}

export interface JobFacts extends Place {
  id: string;
  name: string | null;
  status: string | null;
  confidential: boolean | null;
}

/** null: Greenhouse's list of jobs doesn't have it, or was never read. */
export async function jobFacts(db: Db | Tx, connection: number, job: string): Promise<JobFacts | null> {
  return (await jobsByIds(db, connection, [job])).get(job) ?? null;
}

export async function jobsByIds(
  db: Db | Tx,
  connection: number,
  ids: readonly string[],
): Promise<Map<string, JobFacts>> {
  if (ids.length === 0) return new Map();
  const rows = await db
    .selectFrom("job")
    .select(["job_id", "name", "status", "confidential", "department_id", "office_ids_json"])
    .where("connection", "=", connection)
    .where("job_id", "in", idList(ids))
    .execute();
  return new Map(
    rows.map((row) => [
      row.job_id,
      {
        id: row.job_id,
        name: row.name,
        status: row.status,
        confidential: flag(row.confidential),
        departmentId: row.department_id,
        officeIds: JSON.parse(row.office_ids_json) as string[],
      },
    ]),
  );
}

interface RawGrant {
  grant_id: string;
  user_id: string;
  role_id: string | null;
  lead_id: string | null;
  created_at: number | null;
  first_seen_at: number;
  job_id?: string;
  automated?: number | null;
  job_name?: string | null;
  job_status?: string | null;
  confidential?: number | null;
  department_id?: string | null;
  office_id?: string | null;
  department_name?: string | null;
  office_name?: string | null;
  user_name: string | null;
  email: string | null;
  status: Status | null;
  level: Level | null;
  agency_id: string | null;
  user_created_at: number | null;
  user_first_seen_at: number | null;
  service: number | null;
  role_name: string | null;
  used_at: number | null;
  used_source: UseSource | null;
}

const flag = (value: number | null | undefined) => (value == null ? null : value === 1);
const named = (id: string | null | undefined, name: string | null | undefined) =>
  id == null ? null : { id, name: name ?? null };

function toGrant(row: RawGrant): GrantRow {
  const job = named(row.job_id, row.job_name);
  return {
    id: row.grant_id,
    user: {
      id: row.user_id,
      name: row.user_name,
      email: row.email,
      status: row.status,
      level: row.level,
      agency: row.agency_id !== null,
      serviceAccount: row.service === 1,
      createdAt: row.user_created_at,
      firstSeenAt: row.user_first_seen_at,
    },
    role: named(row.role_id, row.role_name),
    job: job && { ...job, status: row.job_status ?? null, confidential: flag(row.confidential) },
    department: named(row.department_id, row.department_name),
    office: named(row.office_id, row.office_name),
    automated: flag(row.automated),
    createdAt: row.created_at,
    firstSeenAt: row.first_seen_at,
    lastUsedAt: row.used_at,
    lastUsedBy: row.used_source,
    lead: row.lead_id,
  };
}
