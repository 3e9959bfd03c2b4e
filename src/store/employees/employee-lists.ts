/** The lists that the directory makes with the users of a connection. Matches must be fresh (employee-matches.ts). */
import { type RawBuilder, sql } from "kysely";
import type { EmployeeList, EmployeeQuery, NoEmployeeKind } from "../../model/employees/employee-query.ts";
import { newestProven, PROVEN_SOURCES, type ProvenSource, type UseSource } from "../../model/recruiting.ts";
import { searchable } from "../../model/text.ts";
import { given, textList } from "../engine/bulk.ts";
import { jsonIsTrue } from "../engine/engine.ts";
import type { Db } from "../store.ts";
import { isService } from "../users/user-sql.ts";
import { domainOfEmail, employeeStateOf, leaveDay } from "./employee-sql.ts";

type Fragment = RawBuilder<unknown>;

export interface EmployeeScope {
  connection: number;
  /** Of UTC. */
  today: number;
  /** Domains of the company. */
  ours: readonly string[];
  /** false: only employees who are a user of this connection may be told. */
  everybody: boolean;
}

/** A row is an employee, a user, or both. */
export interface EmployeePlace {
  key: string | number;
  employee: number | null;
  userId: string | null;
}

interface Source {
  /** Over `e` (employee) and `u` ("user"), where it has them. */
  from: Fragment;
  where: Fragment;
  key: Fragment;
  employee: Fragment;
  user: Fragment;
}

const NONE = sql`null`;
const join = {
  settled: (connection: number) => sql`employee_match m
    join employee e on e.employee = m.employee
    join "user" u on u.connection = m.connection and u.user_id = m.user_id and m.connection = ${connection} and m.settled = 1`,
};

/** Reactivated since the leaving, by the ledger. The day counts from its end, wherever that is. */
const reactivated = sql`exists (select 1 from change c where c.connection = u.connection
  and c.stream = 'users' and c.row_id = u.user_id and c.kind = 'changed' and not ${jsonIsTrue(sql`c.after_json`, "deactivated")}
  and c.seen_at >= coalesce(e.left_at, (cast(e.left_day as bigint) + 1) * ${sql.lit(86_400_000)}))`;

const inNoMatch = sql`not exists (select 1 from employee_match m where m.connection = u.connection
  and m.user_id = u.user_id)`;

function sourceOf(list: EmployeeList, { connection, today, everybody }: EmployeeScope): Source {
  const left = sql`${employeeStateOf(today)} = 'left'`;
  const pair = { from: join.settled(connection), employee: sql`e.employee`, user: sql`u.user_id` };
  switch (list) {
    case "left_active":
      // A user who is missing is not known to be deactivated.
      return { ...pair, where: sql`${left} and u.status <> 'deactivated'`, key: leaveDay };
    case "removed":
      return { ...pair, where: sql`${left} and u.status = 'deactivated'`, key: sql`-${leaveDay}` };
    case "came_back": {
      // Each way by itself: asked for in one condition, neither is found along an index.
      const either = sql`(
        select e.employee, m.user_id from employee e
          left join employee_match m on m.connection = ${connection} and m.employee = e.employee and m.settled = 1
          where e.back_at is not null and not ${left}
        union select e.employee, u.user_id from ${join.settled(connection)}
          where ${left} and u.status = 'active' and ${reactivated}) as back
        join employee e on e.employee = back.employee
        left join "user" u on u.connection = ${connection} and u.user_id = back.user_id`;
      return {
        ...pair,
        from: either,
        where: everybody ? sql`true` : sql`u.user_id is not null`,
        key: sql`e.sort_name`,
      };
    }
    case "ambiguous":
      return {
        from: sql`"user" u`,
        where: sql`u.connection = ${connection} and exists (select 1 from employee_match m
          where m.connection = u.connection and m.user_id = u.user_id and m.settled = 0)`,
        key: sql`u.sort_name`,
        employee: NONE,
        user: sql`u.user_id`,
      };
    case "no_employee":
      return {
        from: sql`"user" u`,
        where: sql`u.connection = ${connection} and u.status = 'active' and ${inNoMatch}`,
        key: sql`u.sort_name`,
        employee: NONE,
        user: sql`u.user_id`,
      };
    case "no_user":
      return {
        from: sql`employee e`,
        where: sql`not exists (select 1 from employee_match m where m.connection = ${connection}
          and m.employee = e.employee)`,
        key: sql`e.sort_name`,
        employee: sql`e.employee`,
        user: NONE,
      };
    case "all":
      return {
        from: sql`employee e`,
        where: sql`true`,
        key: sql`e.sort_name`,
        employee: sql`e.employee`,
        user: NONE,
      };
  }
}

/** Which of its tables a list can be searched in. */
const HAS: Record<EmployeeList, { e: boolean; u: boolean }> = {
  left_active: { e: true, u: true },
  removed: { e: true, u: true },
  came_back: { e: true, u: true },
  ambiguous: { e: false, u: true },
  no_employee: { e: false, u: true },
  no_user: { e: true, u: false },
  all: { e: true, u: false },
};

function narrowed(list: EmployeeList, query: EmployeeQuery, scope: EmployeeScope): Fragment {
  const all: Fragment[] = [];
  const has = HAS[list];
  if (query.search !== undefined) {
    const like = `%${searchable(query.search).replace(/[\\%_]/g, (c) => `\\${c}`)}%`;
    const parts = [
      ...(has.e ? [sql`e.search like ${like} escape '\\'`] : []),
      ...(has.u ? [sql`u.search like ${like} escape '\\'`] : []),
    ];
    all.push(sql`(${sql.join(parts, sql` or `)})`);
  }
  if (query.state && has.e)
    all.push(sql`${employeeStateOf(scope.today)} in (${sql.join([...query.state, ""])})`);
  if (query.kind && list === "no_employee")
    all.push(sql`${noEmployeeKind(scope)} in (${sql.join([...query.kind, ""])})`);
  if (query.domain !== undefined && list === "no_employee")
    all.push(sql`${domainOfEmail(sql`u.email`)} = ${query.domain.toLowerCase()}`);
  return all.length === 0 ? sql`true` : sql.join(all, sql` and `);
}

/** Why an active user need not be in the directory, the first that fits. */
export function noEmployeeKind({ ours }: Pick<EmployeeScope, "ours">): RawBuilder<NoEmployeeKind> {
  return sql<NoEmployeeKind>`(case when ${isService} then 'service_account'
    when exists (select 1 from employee_link l where l.connection = u.connection and l.user_id = u.user_id) then 'by_hand'
    when u.agency_id is not null then 'agency'
    when u.email is null then 'no_email'
    when ${domainOfEmail(sql`u.email`)} in ${textList(ours)} then 'ours' else 'external' end)`;
}

/** One page, in the list's own order. */
export async function selectEmployeeRows(
  db: Db,
  list: EmployeeList,
  query: EmployeeQuery,
  scope: EmployeeScope,
  page: { after: EmployeePlace | null; limit: number },
): Promise<EmployeePlace[]> {
  const source = sourceOf(list, scope);
  const { after } = page;
  const beyond = after
    ? sql`(sort_key, a, b_id) > (${after.key}, cast(${after.employee ?? 0} as bigint), cast(${after.userId ?? "0"} as bigint))`
    : sql`true`;
  const { rows } = await sql<{ sort_key: string | number; a: number; b_id: string }>`
    select sort_key, a, b_id from (
      select ${source.key} as sort_key, coalesce(${source.employee}, 0) as a, coalesce(${source.user}, 0) as b_id
      from ${source.from} where ${source.where} and ${narrowed(list, query, scope)}) as found
    where ${beyond} order by sort_key, a, b_id limit ${page.limit}`.execute(db);
  return rows.map(({ sort_key, a, b_id }) => ({
    key: sort_key,
    employee: a === 0 ? null : a,
    userId: b_id === "0" ? null : b_id,
  }));
}

export async function countEmployeeRows(
  db: Db,
  list: EmployeeList,
  query: EmployeeQuery,
  scope: EmployeeScope,
): Promise<number> {
  const source = sourceOf(list, scope);
  const { rows } = await sql<{ n: number }>`
    select count(*) as n from ${source.from} where ${source.where} and ${narrowed(list, query, scope)}`.execute(
    db,
  );
  return rows[0]!.n;
}

/** Of `left_active` those whom Greenhouse lists no longer: whether they are active isn't known. */
export async function countMissingLeavers(db: Db, scope: EmployeeScope): Promise<number> {
  const { from, where } = sourceOf("left_active", scope);
  const { rows } = await sql<{ n: number }>`
    select count(*) as n from ${from} where ${where} and u.status = 'missing'`.execute(db);
  return rows[0]!.n;
}

/** Active users without an employee, by why they may be. */
export async function countNoEmployee(
  db: Db,
  scope: EmployeeScope,
): Promise<{ kind: NoEmployeeKind; domain: string | null; users: number }[]> {
  const { from, where } = sourceOf("no_employee", scope);
  const { rows } = await sql<{ kind: NoEmployeeKind; domain: string | null; n: number }>`
    select kind, domain, count(*) as n from (
      select ${noEmployeeKind(scope)} as kind, ${domainOfEmail(sql`u.email`)} as domain from ${from} where ${where}) as found
    group by kind, domain order by n desc, domain`.execute(db);
  return rows.map(({ kind, domain, n }) => ({ kind, domain, users: n }));
}

export async function noEmployeeKinds(
  db: Db,
  scope: EmployeeScope,
  users: RawBuilder<string>,
): Promise<Map<string, NoEmployeeKind>> {
  const { rows } = await sql<{ user_id: string; kind: NoEmployeeKind }>`
    select u.user_id, ${noEmployeeKind(scope)} as kind from "user" u
    where u.connection = ${scope.connection} and u.user_id in ${users}`.execute(db);
  return new Map(rows.map(({ user_id, kind }) => [user_id, kind]));
}

/** How many of the directory stand in each state. */
export async function countStatesOfEmployees(db: Db, today: number): Promise<Map<string, number>> {
  const { rows } = await sql<{ state: string; n: number }>`
    select ${employeeStateOf(today)} as state, count(*) as n from employee e group by 1`.execute(db);
  return new Map(rows.map(({ state, n }) => [state, n]));
}

/** Domains of the addresses in the directory, most employees first. */
export async function domainsOfEmployees(db: Db): Promise<{ domain: string; employees: number }[]> {
  const { rows } = await sql<{ domain: string; n: number }>`
    select ${domainOfEmail(sql`email_key`)} as domain, count(distinct employee) as n from employee_email
    group by 1 order by n desc, domain limit 50`.execute(db);
  return rows.map(({ domain, n }) => ({ domain, employees: n }));
}

export interface UsedAfter {
  /** Days with use after the day that leaving counts from. */
  days: number;
  /** The newest use ever, before that day or after it. */
  last: { at: number; source: UseSource } | null;
}

/** Use of users with the day that leaving counts from, by what proves that it was theirs. */
export async function usedAfter(
  db: Db,
  connection: number,
  of: readonly { userId: string; day: number }[],
): Promise<Map<string, UsedAfter>> {
  if (of.length === 0) return new Map();
  const deeds = PROVEN_SOURCES.map((source) => sql`r.${sql.ref(`${source}_at`)}`);
  const proven = PROVEN_SOURCES.map((source) => sql`d.${sql.ref(source)} > 0`);
  const left = given(
    db,
    { user_id: "id", left_day: "number" },
    of.map(({ userId, day }) => [userId, day]),
  );
  const { rows } = await sql<
    { user_id: string; n: number; at: number | null } & Record<`${ProvenSource}_at`, number | null>
  >`
    select given.user_id, x.at, ${sql.join(deeds)}, (select count(*) from (
      select d.day from usage_day d where d.connection = ${connection}
        and d.user_id = given.user_id and d.day > given.left_day
      union select d.day from recruiting_day d where d.connection = ${connection}
        and d.user_id = given.user_id and d.day > given.left_day and (${sql.join(proven, sql` or `)})) as days) as n
    from ${left}
      left join usage_user x on x.connection = ${connection} and x.user_id = given.user_id
      left join recruiting_user r on r.connection = ${connection} and r.user_id = given.user_id`.execute(db);
  return new Map(rows.map((row) => [row.user_id, { days: row.n, last: newestProven(row) }]));
}

export interface RemovalRow {
  userId: string;
  employee: number;
  leftDay: number | null;
  leftAt: number | null;
  afterAt: number | null;
  seenAt: number | null;
  eventAt: number | null;
}

/** When access ended of those who have left and are deactivated: the newest deactivation of the ledger. */
export async function removals(
  db: Db,
  { connection, today }: Pick<EmployeeScope, "connection" | "today">,
  users: RawBuilder<string> | null = null,
): Promise<RemovalRow[]> {
  const { rows } = await sql<{
    user_id: string;
    employee: number;
    left_day: number | null;
    left_at: number | null;
    after_at: number | null;
    seen_at: number | null;
    event_at: number | null;
  }>`
    select u.user_id, e.employee, e.left_day, e.left_at, c.after_at, c.seen_at, c.event_at
    from ${join.settled(connection)} left join change c on c.connection = u.connection and c.seq = (
      select max(d.seq) from change d where d.connection = u.connection and d.stream = 'users' and d.row_id = u.user_id
        and d.kind = 'changed' and ${jsonIsTrue(sql`d.after_json`, "deactivated")})
    where ${employeeStateOf(today)} = 'left' and u.status = 'deactivated'
      ${users ? sql`and u.user_id in ${users}` : sql``}`.execute(db);
  return rows.map((row) => ({
    userId: row.user_id,
    employee: row.employee,
    leftDay: row.left_day,
    leftAt: row.left_at,
    afterAt: row.after_at,
    seenAt: row.seen_at,
    eventAt: row.event_at,
  }));
}
