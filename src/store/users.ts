import { type RawBuilder, sql } from "kysely";
import type { UseState, Windows } from "../model/license.ts";
import type { UserFilter, UserSort } from "../model/query.ts";
import type { Level, Status } from "../model/records.ts";
import type { UseSource } from "../model/recruiting.ts";
import { type KindOfUse, kindOfUse } from "../model/usage.ts";
import { idList } from "./bulk.ts";
import { hexOf, jsonField } from "./engine.ts";
import type { Db, Tx } from "./store.ts";
import {
  asksForUse,
  byWindow,
  deedIsNewer,
  flagOf,
  grantCount,
  isService,
  type Judge,
  newlyUnused,
  usedAt,
  usedSource,
  users,
  usersWithUse,
  useState,
  whereUsers,
} from "./user-sql.ts";

/** The newest use of a user. */
export interface NewestUse {
  at: number;
  source: UseSource;
  /** null: no event of the log stands behind it. */
  event: NewestEvent | null;
}

export interface NewestEvent {
  at: number;
  hash: string;
  n: number;
  type: string | null;
  requestType: string | null;
  targetType: string | null;
  kind: KindOfUse;
}

export interface UserRow {
  id: string;
  name: string | null;
  email: string | null;
  emails: string[];
  employeeId: string | null;
  jobTitle: string | null;
  status: Status;
  statusSince: number | null;
  level: Level;
  siteAdmin: boolean;
  serviceAccount: boolean;
  markedServiceAccount: boolean;
  agencyId: string | null;
  departmentIds: string[];
  officeIds: string[];
  createdAt: number | null;
  updatedAt: number | null;
  firstSeenAt: number;
  /** When the listing that lacked the user was applied; null: still listed. */
  goneAt: number | null;
  jobGrants: number;
  futureJobGrants: number;
  grantsReadAt: number | null;
  lastUsed: NewestUse | null;
  /** Days of the window with counted use, of any source. */
  activeDays: number;
}

export interface UserOrder {
  sort: UserSort;
  descending: boolean;
}

/** Where a page ended: the sort key of its last row (null sorts last both ways) and its id. */
export interface UserPlace {
  key: string | number | null;
  id: string;
}

/** One page of the users that fit, in order. `total` where it costs nothing more to count them all, else null. */
export async function selectUserIds(
  db: Db | Tx,
  connection: number,
  filter: UserFilter,
  judge: Judge,
  order: UserOrder,
  page: { after: UserPlace | null; limit: number },
): Promise<{ places: UserPlace[]; total: number | null }> {
  const nullable = order.sort !== "name";
  const direction = order.descending ? sql`desc` : sql`asc`;
  const found = sql`select u.user_id, ${SORT_KEYS[order.sort](judge)} as sort_key
    from ${asksForUse(filter) || order.sort === "lastUsed" ? usersWithUse : users} where ${whereUsers(connection, filter, judge)}`;
  const all = readsRows(filter)
    ? sql`with found as materialized (${found}) select *, (select count(*) from found) as total from found`
    : sql`select *, null as total from (${found}) as found`;
  const { rows } = await sql<{ user_id: string; sort_key: string | number | null; total: number | null }>`
    ${all} where ${page.after ? beyond(nullable, order, page.after) : sql`true`}
    order by ${nullable ? sql`sort_key is null, ` : sql``}sort_key ${direction}, user_id ${direction}
    limit ${page.limit}`.execute(db);
  return {
    places: rows.map(({ user_id, sort_key }) => ({ key: sort_key, id: user_id })),
    total: rows[0]?.total ?? null,
  };
}

/** These filters look into whole rows: cheaper for all users at once than for one after another along the index. */
export function readsRows({ search, department, office }: UserFilter): boolean {
  return [search, department, office].some((asked) => asked !== undefined);
}

const SORT_KEYS: Record<UserSort, (judge: Judge) => RawBuilder<unknown>> = {
  name: () => sql`u.sort_name`,
  // Somebody known never to have used it comes before the oldest use; who isn't known comes last, both ways.
  lastUsed: (judge) => sql`coalesce(${usedAt}, case when ${useState(judge)} = 'never_used' then 0 end)`,
  created: () => sql`u.created_at`,
  // A Site Admin sees all jobs.
  grants: () =>
    sql`case when u.level = 'site_admin' then cast(${Number.MAX_SAFE_INTEGER} as bigint) else ${grantCount} end`,
};

function beyond(nullable: boolean, order: UserOrder, after: UserPlace): RawBuilder<unknown> {
  const than = order.descending ? sql`<` : sql`>`;
  // A cast, or the id would be compared as text.
  const id = sql`cast(${after.id} as bigint)`;
  if (after.key === null) return sql`(sort_key is null and user_id ${than} ${id})`;
  const past = sql`(sort_key, user_id) ${than} (${after.key}, ${id})`;
  return nullable ? sql`(${past} or sort_key is null)` : past;
}

/** How many users fit. */
export async function countUsers(
  db: Db | Tx,
  connection: number,
  filter: UserFilter,
  judge: Judge,
): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    select count(*) as n from ${asksForUse(filter) ? usersWithUse : users} where ${whereUsers(connection, filter, judge)}`.execute(
    db,
  );
  return rows[0]!.n;
}

/** The users with these ids, in the order of the ids; ids that no user has are left out. */
export async function usersByIds(
  db: Db | Tx,
  connection: number,
  ids: readonly string[],
  windows: Windows,
): Promise<UserRow[]> {
  const inWindow = sql`d.connection = u.connection and d.user_id = u.user_id
    and d.day between ${byWindow(windows, ({ fromDay }) => sql`cast(${fromDay} as bigint)`)} and ${windows.known.toDay}`;
  const { rows } = await sql<RawUser>`
    select u.*, ${usedAt} as used_at, ${usedSource} as used_source,
      ${hexOf(sql`x.hash`)} as used_hash, x.n as used_n,
      x.type as used_type, x.request_type as used_request, x.target_type as used_target,
      (select ${jsonField(sql`e.meta_json`, "path")} is not null from event e where e.connection = x.connection
        and e.at = x.at and e.hash = x.hash and e.n = x.n) as used_path,
      (select count(*) from (select d.day from usage_day d where ${inWindow}
        union select d.day from recruiting_day d where ${inWindow} and not ${isService}) as days) as active_days
    from ${usersWithUse} where u.connection = ${connection} and u.user_id in ${idList(ids)}`.execute(db);
  const byId = new Map(rows.map((row) => [row.user_id, toUser(row)]));
  return ids.flatMap((id) => byId.get(id) ?? []);
}

/** People of one level, status and state of use. */
export interface StateCount {
  level: Level;
  status: Status;
  serviceAccount: boolean;
  use: UseState;
  people: number;
  /** Of them, who is unused now, and used it within the window as it lay a week ago. */
  newlyUnused: number;
  /** Of them, whose use of the window a recruiting list tells alone. */
  byDeed: number;
}

/** Users by level, status and state of use: all that overviews and licenses count. */
export async function countStates(db: Db | Tx, connection: number, judge: Judge): Promise<StateCount[]> {
  const use = useState(judge);
  const sum = (condition: RawBuilder<unknown>) => sql`sum(${flagOf(condition)})`;
  // In the order of their index: nothing is sorted, where a group for each state would sort everybody.
  const { rows } = await sql<StateRow>`
    select u.level, u.status, u.service_account, u.marked_service_account, count(*) as people,
      ${sum(sql`${use} = 'in_use'`)} as in_use, ${sum(sql`${use} = 'in_use' and ${deedIsNewer} = 1`)} as by_deed,
      ${sum(sql`${use} = 'unused'`)} as unused, ${sum(newlyUnused(judge))} as newly_unused,
      ${sum(sql`${use} = 'never_used'`)} as never_used
    from ${usersWithUse} where u.connection = ${connection}
    group by u.level, u.status, u.service_account, u.marked_service_account`.execute(db);
  return rows.flatMap((row) => {
    const { level, status, people, in_use, unused, never_used } = row;
    const serviceAccount = row.service_account === 1 || row.marked_service_account === 1;
    const of = (use: UseState, people: number, newlyUnused = 0, byDeed = 0): StateCount[] =>
      people === 0 ? [] : [{ level, status, serviceAccount, use, people, newlyUnused, byDeed }];
    return [
      ...of("in_use", in_use, 0, row.by_deed),
      ...of("unused", unused, row.newly_unused),
      ...of("never_used", never_used),
      ...of("unknown", people - in_use - unused - never_used),
    ];
  });
}

interface StateRow {
  level: Level;
  status: Status;
  service_account: number;
  marked_service_account: number;
  people: number;
  in_use: number;
  by_deed: number;
  unused: number;
  newly_unused: number;
  never_used: number;
}

export interface StateMove {
  level: Level;
  from: UseState;
  to: UseState;
  people: number;
}

/** Active people by their state of use under two judges; who stays is among them. */
export async function countMoves(
  db: Db | Tx,
  connection: number,
  before: Judge,
  after: Judge,
): Promise<StateMove[]> {
  const { rows } = await sql<StateMove>`
    select u.level, ${useState(before)} as "from", ${useState(after)} as "to", count(*) as people
    from ${usersWithUse} where u.connection = ${connection} and u.status = 'active' and not ${isService}
    group by 1, 2, 3 order by people desc, 1, 2, 3`.execute(db);
  return rows;
}

/** Others who share an address or employee id with this user. */
export async function sharingUsers(
  db: Db | Tx,
  connection: number,
  user: Pick<UserRow, "id" | "email" | "employeeId">,
): Promise<{ id: string; name: string | null; what: "email" | "employeeId" }[]> {
  const { rows } = await sql<{ user_id: string; name: string | null; what: "email" | "employeeId" }>`
    select user_id, name, 'email' as what from "user"
      where connection = ${connection} and email is not null
        and lower(email) = ${user.email?.toLowerCase() ?? null} and user_id <> ${user.id}
    union all
    select user_id, name, 'employeeId' from "user"
      where connection = ${connection} and employee = ${user.employeeId} and user_id <> ${user.id}
    order by what, user_id limit 20`.execute(db);
  return rows.map(({ user_id, name, what }) => ({ id: user_id, name, what }));
}

interface RawUser {
  user_id: string;
  name: string | null;
  email: string | null;
  emails_json: string;
  employee: string | null;
  job_title: string | null;
  site_admin: number;
  service_account: number;
  marked_service_account: number;
  agency_id: string | null;
  department_ids_json: string;
  office_ids_json: string;
  created_at: number | null;
  updated_at: number | null;
  status: Status;
  status_since_at: number | null;
  level: Level;
  job_grants: number;
  future_job_grants: number;
  grants_read_at: number | null;
  first_seen_at: number;
  gone_at: number | null;
  used_at: number | null;
  used_source: UseSource;
  used_hash: string;
  used_n: number;
  used_type: string | null;
  used_request: string | null;
  used_target: string | null;
  used_path: number | null;
  active_days: number;
}

function toUser(row: RawUser): UserRow {
  return {
    id: row.user_id,
    name: row.name,
    email: row.email,
    emails: JSON.parse(row.emails_json) as string[],
    employeeId: row.employee,
    jobTitle: row.job_title,
    status: row.status,
    statusSince: row.status_since_at,
    level: row.level,
    siteAdmin: row.site_admin === 1,
    serviceAccount: row.service_account === 1 || row.marked_service_account === 1,
    markedServiceAccount: row.marked_service_account === 1,
    agencyId: row.agency_id,
    departmentIds: JSON.parse(row.department_ids_json) as string[],
    officeIds: JSON.parse(row.office_ids_json) as string[],
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    firstSeenAt: row.first_seen_at,
    goneAt: row.gone_at,
    jobGrants: row.job_grants,
    futureJobGrants: row.future_job_grants,
    grantsReadAt: row.grants_read_at,
    lastUsed: row.used_at === null ? null : toNewestUse(row, row.used_at),
    activeDays: row.active_days,
  };
}

function toNewestUse(row: RawUser, at: number): NewestUse {
  if (row.used_source !== "audit_log") return { at, source: row.used_source, event: null };
  const event = {
    at,
    hash: row.used_hash,
    n: row.used_n,
    type: row.used_type,
    requestType: row.used_request,
    targetType: row.used_target,
    kind: kindOfUse({ type: row.used_type, targetType: row.used_target, path: row.used_path === 1 }),
  };
  return { at, source: row.used_source, event };
}
