import { type RawBuilder, sql } from "kysely";
import type { Windows } from "../../model/license.ts";
import type { UserFilter, UserSort } from "../../model/query.ts";
import type { Level, Status } from "../../model/records.ts";
import type { UseSource } from "../../model/recruiting.ts";
import { addressKey } from "../../model/text.ts";
import { type KindOfUse, kindOfUse } from "../../model/usage.ts";
import { idList } from "../engine/bulk.ts";
import { hexOf, jsonField } from "../engine/engine.ts";
import type { Db, Tx } from "../store.ts";
import {
  asksForUse,
  byWindow,
  grantCount,
  isService,
  type Judge,
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

interface Page {
  after: UserPlace | null;
  limit: number;
}

/** One page of the users that fit, in order. `total` where it costs nothing more to count them all, else null. */
export async function selectUserIds(
  db: Db | Tx,
  connection: number,
  filter: UserFilter,
  judge: Judge,
  order: UserOrder,
  page: Page,
): Promise<{ places: UserPlace[]; total: number | null }> {
  const where = whereUsers(connection, filter, judge);
  const key = SORT_KEYS[order.sort](judge);
  if (order.sort === "lastUsed" && order.descending && page.after?.key !== null) {
    const newest = await newestUsed(db, connection, where, key, page);
    if (newest) return { places: newest, total: null };
  }
  const nullable = order.sort !== "name";
  const found = sql`select u.user_id, ${key} as sort_key
    from ${asksForUse(filter) || order.sort === "lastUsed" ? usersWithUse : users} where ${where}`;
  const all = readsRows(filter)
    ? sql`with found as materialized (${found}) select *, (select count(*) from found) as total from found`
    : sql`select *, null as total from (${found}) as found`;
  const { rows } = await sql<PlaceRow & { total: number | null }>`
    ${all} where ${page.after ? beyond(nullable, order, page.after) : sql`true`}
    ${inOrder(nullable, order)} limit ${page.limit}`.execute(db);
  return { places: rows.map(toPlace), total: rows[0]?.total ?? null };
}

/** So many of the newest uses are looked at for each user that a page holds: some belong to users who don't fit. */
const USES_A_USER = 3;

/**
 * The page of who used it last, from the newest uses of either source alone. Whoever is missing among these hasn't used it
 * since the oldest of them; so the page is right down to there. null: it isn't full by then, and all users must be asked.
 */
async function newestUsed(
  db: Db | Tx,
  connection: number,
  where: RawBuilder<unknown>,
  key: RawBuilder<unknown>,
  { after, limit }: Page,
): Promise<UserPlace[] | null> {
  const order = { sort: "lastUsed", descending: true } as const;
  const uses = limit * USES_A_USER;
  const newest = (table: "usage_user" | "recruiting_user") => sql`
    select user_id, at from ${sql.table(table)}
    where connection = ${connection} and ${after ? sql`at <= ${after.key}` : sql`true`}
    order by at desc limit ${uses}`;
  const oldest = (table: string) => sql`
    (select case when count(*) < ${uses} then 0 else min(at) end from ${sql.table(table)})`;
  const { rows } = await sql<PlaceRow>`
    with logged as materialized (${newest("usage_user")}), told as materialized (${newest("recruiting_user")})
    select user_id, sort_key from (
      select u.user_id, ${key} as sort_key from ${usersWithUse}
      where ${where} and u.user_id in (select user_id from logged union select user_id from told)) as found
    where sort_key > ${oldest("logged")} and sort_key > ${oldest("told")}
      and ${after ? beyond(false, order, after) : sql`true`}
    ${inOrder(false, order)} limit ${limit}`.execute(db);
  return rows.length < limit ? null : rows.map(toPlace);
}

interface PlaceRow {
  user_id: string;
  sort_key: string | number | null;
}

const toPlace = ({ user_id, sort_key }: PlaceRow): UserPlace => ({ key: sort_key, id: user_id });

function inOrder(nullable: boolean, { descending }: UserOrder): RawBuilder<unknown> {
  const direction = descending ? sql`desc` : sql`asc`;
  return sql`order by ${nullable ? sql`sort_key is null, ` : sql``}sort_key ${direction}, user_id ${direction}`;
}

/** A search looks into whole texts: cheaper for all users at once than for one after another along the index. */
export function readsRows({ search }: UserFilter): boolean {
  return search !== undefined;
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

/** Those of these users that fit. */
export async function usersAmong(
  db: Db | Tx,
  connection: number,
  ids: readonly string[],
  filter: UserFilter,
  judge: Judge,
): Promise<string[]> {
  if (ids.length === 0) return [];
  const { rows } = await sql<{ user_id: string }>`
    select u.user_id from ${asksForUse(filter) ? usersWithUse : users}
    where ${whereUsers(connection, filter, judge)} and u.user_id in ${idList(ids)}`.execute(db);
  return rows.map(({ user_id }) => user_id);
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

/** Others who share an address or employee id with this user. */
export async function sharingUsers(
  db: Db | Tx,
  connection: number,
  user: Pick<UserRow, "id" | "email" | "employeeId">,
): Promise<{ id: string; name: string | null; what: "email" | "employeeId" }[]> {
  const { rows } = await sql<{ user_id: string; name: string | null; what: "email" | "employeeId" }>`
    select u.user_id, u.name, 'email' as what from user_address a
      join "user" u on u.connection = a.connection and u.user_id = a.user_id
      where a.connection = ${connection} and a.user_id <> ${user.id}
        and a.address = ${user.email === null ? null : addressKey(user.email)}
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
