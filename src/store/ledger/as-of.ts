/** Who was there and who had what, at any time since the first complete listing. */
import { type RawBuilder, sql } from "kysely";
import type {
  FutureJobGrantRecord,
  JobGrantRecord,
  JobRecord,
  RecordOf,
  RoleRecord,
  UserRecord,
} from "../../model/records.ts";
import type { RowState } from "../../model/row-change.ts";
import type { GrantStream, ListStream } from "../../model/stream.ts";
import { idList } from "../engine/bulk.ts";
import { jsonField } from "../engine/engine.ts";
import { firstListing, type Listing, lastListing } from "../listings/listed.ts";
import { columnsToRead, type Layout, layoutOf } from "../listings/rows.ts";
import type { Db } from "../store.ts";
import { grantsReadBy } from "../users/levels.ts";

export interface AsOf<T> {
  /** The complete listing that proves it; null: not known then. */
  listing: Listing | null;
  /** When the first complete listing ended; null: there is none yet. */
  knownSince: number | null;
  /** By ascending id. */
  items: T[];
  /** `after` of the next page; null: this was the last one. */
  next: string | null;
}

export interface AsOfPage {
  /** Only ids above this one; null: from the first. */
  after: string | null;
  limit: number;
}

/** A user as of then. `state` other than present: Greenhouse didn't return the user any more. */
export interface UserThen {
  record: UserRecord;
  state: RowState;
  status: "active" | "deactivated" | "missing";
  level: "site_admin" | "job_admin" | "basic" | "unknown";
  firstSeenAt: number;
}

/** All users known by then, the missing ones too, as the last complete listing before `at` saw them. */
export async function usersAsOf(
  db: Db,
  connection: number,
  at: number,
  page: AsOfPage,
): Promise<AsOf<UserThen>> {
  const found = await asOf(db, connection, "users", at, page, { keepGone: true });
  return { ...found, items: await withLevels(db, connection, at, found.items) };
}

/** Those of these users who were known by then. */
export async function usersByIdsAsOf(
  db: Db,
  connection: number,
  at: number,
  ids: readonly string[],
): Promise<UserThen[]> {
  return withLevels(db, connection, at, await byIdsAsOf(db, connection, "users", at, ids));
}

/** By id, those of these jobs that were known by then. */
export async function jobsByIdsAsOf(
  db: Db,
  connection: number,
  at: number,
  ids: readonly string[],
): Promise<Map<string, JobRecord>> {
  const found = await byIdsAsOf(db, connection, "jobs", at, ids);
  return new Map(found.map(({ record }) => [record.id, record]));
}

async function byIdsAsOf<S extends ListStream>(
  db: Db,
  connection: number,
  stream: S,
  at: number,
  ids: readonly string[],
): Promise<Then<RecordOf[S]>[]> {
  const listing = await lastListing(db, connection, stream, at);
  if (!listing || ids.length === 0) return [];
  const layout = layoutOf(stream);
  const { rows } = await sql<Record<string, unknown>>`
    select ${sql.raw(columnsToRead(layout))}, first_seen_at from ${sql.table(layout.table)}
    where connection = ${connection} and ${sql.ref(layout.id)} in ${idList(ids)}`.execute(db);
  return standing(db, connection, stream, rows, listing.seq);
}

async function withLevels(
  db: Db,
  connection: number,
  at: number,
  users: readonly Then<UserRecord>[],
): Promise<UserThen[]> {
  const levels = await levelsAsOf(db, connection, at, users);
  return users.map(({ record, state, firstSeenAt }) => {
    const status = record.deactivated ? "deactivated" : "active";
    return {
      record,
      state,
      status: state === "removed" ? "missing" : status,
      level: levels.get(record.id)!,
      firstSeenAt,
    };
  });
}

export async function rolesAsOf(
  db: Db,
  connection: number,
  at: number,
  page: AsOfPage,
): Promise<AsOf<RoleRecord>> {
  const found = await asOf(db, connection, "roles", at, page);
  return { ...found, items: found.items.map(({ record }) => record) };
}

export type GrantFilter = Partial<Record<"userId" | "jobId" | "roleId", string | readonly string[]>>;

/** The grants that were in force; of one or more users, jobs or roles where asked. Future-job grants have no job. */
export async function grantsAsOf<K extends GrantStream>(
  db: Db,
  connection: number,
  kind: K,
  at: number,
  page: AsOfPage & GrantFilter,
): Promise<AsOf<K extends "job_grants" ? JobGrantRecord : FutureJobGrantRecord>> {
  const wanted = Object.entries(GRANT_FILTERS).flatMap(([field, column]) => {
    const ids = page[field as keyof GrantFilter];
    return ids === undefined ? [] : [{ field, column, ids: [ids].flat() as string[] }];
  });
  const found = await asOf(db, connection, kind, at, page, {
    wanted,
    matches: (record) =>
      wanted.every(({ field, ids }) => ids.includes((record as unknown as Record<string, string>)[field]!)),
  });
  type Grant = K extends "job_grants" ? JobGrantRecord : FutureJobGrantRecord;
  return { ...found, items: found.items.map(({ record }) => record as unknown as Grant) };
}

const GRANT_FILTERS = { userId: "user_id", jobId: "job_id", roleId: "role_id" } as const;

/** Present grants of a user and role; `roleId` null: none was told. */
export interface GrantCount {
  userId: string;
  roleId: string | null;
  n: number;
}

/**
 * How many grants these users held then, by user and role. Only rows that have changed since are looked at one by one.
 * null: not read by then.
 */
export async function countGrantsAsOf(
  db: Db,
  connection: number,
  kind: GrantStream,
  at: number,
  userIds: readonly string[],
): Promise<GrantCount[] | null> {
  const listing = await lastListing(db, connection, kind, at);
  if (!listing) return null;
  const layout = layoutOf(kind);
  const [table, id, users] = [sql.table(layout.table), sql.ref(layout.id), idList(userIds)];
  const changed = sql`select row_id from change where connection = ${connection} and user_id in ${users}
    and seq > ${listing.seq} and stream = ${kind}`;
  const { rows: same } = await sql<{ user_id: string; role_id: string | null; n: number }>`
    select user_id, role_id, count(*) as n from ${table} where connection = ${connection} and user_id in ${users}
      and state = 'present' and ${id} not in (${changed}) group by user_id, role_id`.execute(db);
  const { rows } = await sql<Record<string, unknown>>`
    select ${sql.raw(columnsToRead(layout))}, first_seen_at from ${table}
    where connection = ${connection} and ${id} in (${changed})`.execute(db);
  const then = await standing(db, connection, kind, rows, listing.seq);
  return [
    ...same.map(({ user_id, role_id, n }) => ({ userId: user_id, roleId: role_id, n })),
    ...then
      .filter(({ state, record }) => state === "present" && userIds.includes(record.userId))
      .map(({ record }) => ({ userId: record.userId, roleId: record.roleId, n: 1 })),
  ];
}

interface Then<R> {
  record: R;
  state: RowState;
  firstSeenAt: number;
}

interface WantedIds {
  field: string;
  column: string;
  ids: string[];
}

interface Wanted<R> {
  keepGone?: boolean;
  wanted?: WantedIds[];
  matches?: (record: R) => boolean;
}

async function asOf<S extends ListStream>(
  db: Db,
  connection: number,
  stream: S,
  at: number,
  page: AsOfPage,
  { keepGone = false, wanted = [], matches = () => true }: Wanted<RecordOf[S]> = {},
): Promise<AsOf<Then<RecordOf[S]>>> {
  const listing = await lastListing(db, connection, stream, at);
  const knownSince = (await firstListing(db, connection, stream))?.endedAt ?? null;
  if (!listing) return { listing, knownSince, items: [], next: null };
  const layout = layoutOf(stream);
  const items: Then<RecordOf[S]>[] = [];
  for (let after = page.after ?? "-1"; ; ) {
    const rows = await candidates(db, layout as unknown as Layout<ListStream>, {
      connection,
      stream,
      since: listing.seq,
      wanted,
      after,
      limit: page.limit,
    });
    for (const then of await standing(db, connection, stream, rows, listing.seq)) {
      if ((then.state !== "present" && !keepGone) || !matches(then.record)) continue;
      items.push(then);
      if (items.length === page.limit) return { listing, knownSince, items, next: then.record.id };
    }
    after = String(rows.at(-1)?.[layout.id] ?? after);
    if (rows.length < page.limit) return { listing, knownSince, items, next: null };
  }
}

/** These rows as they stood at `seq`, without those that had not been seen by then. */
async function standing<S extends ListStream>(
  db: Db,
  connection: number,
  stream: S,
  rows: readonly Record<string, unknown>[],
  seq: number,
): Promise<Then<RecordOf[S]>[]> {
  const layout = layoutOf(stream);
  const ids = rows.map((row) => String(row[layout.id]));
  const changes = await changesOf(db, connection, stream, ids);
  return rows.flatMap((row, i) => {
    const then = undo(layout.toRecord(row), row.state as RowState, changes.get(ids[i]!) ?? [], seq);
    return then ? [{ ...then, firstSeenAt: row.first_seen_at as number }] : [];
  });
}

/** Rows never leave their tables: whatever was there then is there now, or has an entry in the ledger since. */
async function candidates(
  db: Db,
  layout: Layout<ListStream>,
  ask: {
    connection: number;
    stream: ListStream;
    since: number;
    wanted: WantedIds[];
    after: string;
    limit: number;
  },
): Promise<Record<string, unknown>[]> {
  const { connection, wanted, after } = ask;
  const id = sql.ref(layout.id);
  const mine = sql`connection = ${connection} and ${id} > ${after}`;
  let which: RawBuilder<unknown> = mine;
  if (wanted.length > 0) {
    const now = wanted.map(({ column, ids }) => sql`${sql.ref(column)} in ${idList(ids)}`);
    const once = wanted.map(
      ({ field, ids }) => sql`${jsonField(sql`before_json`, field)} in (${sql.join(ids)})`,
    );
    which = sql`connection = ${connection} and ${id} in (
      select ${id} from ${sql.table(layout.table)} where ${mine} and ${sql.join(now, sql` and `)}
      union
      select row_id from change where connection = ${connection} and seq > ${ask.since} and stream = ${ask.stream}
        and row_id > ${after} and (${sql.join(once, sql` or `)}))`;
  }
  const { rows } = await sql<Record<string, unknown>>`
    select ${sql.raw(columnsToRead(layout))}, first_seen_at from ${sql.table(layout.table)}
    where ${which} order by ${id} limit ${ask.limit}`.execute(db);
  return rows;
}

interface PastChange {
  seq: number;
  kind: string;
  before: Record<string, unknown> | null;
}

/** By row, newest first. Levels are not among them: they follow from more than one listing. */
async function changesOf(
  db: Db,
  connection: number,
  stream: ListStream,
  ids: readonly string[],
): Promise<Map<string, PastChange[]>> {
  const rows = await db
    .selectFrom("change")
    .select(["row_id", "seq", "kind", "before_json"])
    .where("connection", "=", connection)
    .where("stream", "=", stream)
    .where("row_id", "in", idList(ids))
    .where("kind", "<>", "level")
    .orderBy("row_id")
    .orderBy("seq", "desc")
    .execute();
  const byRow = new Map<string, PastChange[]>();
  for (const row of rows) {
    const change = { seq: row.seq, kind: row.kind, before: row.before_json && JSON.parse(row.before_json) };
    const known = byRow.get(row.row_id!);
    if (known) known.push(change);
    else byRow.set(row.row_id!, [change]);
  }
  return byRow;
}

/** Takes back every change after `seq`, newest first. null: the row had not been seen by then. */
function undo<R extends object>(
  record: R,
  state: RowState,
  changes: readonly PastChange[],
  seq: number,
): { record: R; state: RowState } | null {
  let then = { record, state };
  for (const change of changes) {
    if (change.seq <= seq) {
      // Gone since before then: in which way, its latest entry tells.
      if (then.state !== "present" && isGone(change.kind)) then.state = change.kind;
      break;
    }
    if (change.kind === "added") return null;
    if (change.kind === "returned") then = { record: change.before as R, state: "removed" };
    else if (isGone(change.kind)) then = { record: change.before as R, state: "present" };
    else then = { ...then, record: { ...then.record, ...change.before } };
  }
  return then;
}

function isGone(kind: string): kind is "removed" | "not_visible" {
  return kind === "removed" || kind === "not_visible";
}

async function levelsAsOf(
  db: Db,
  connection: number,
  at: number,
  users: readonly Then<UserRecord>[],
): Promise<Map<string, UserThen["level"]>> {
  const ids = idList(users.map(({ record }) => record.id));
  const derived = (await grantsReadBy(db, connection, at)) !== null;
  const { rows } = await sql<{ user_id: string; level: UserThen["level"] }>`
    select user_id, coalesce(
      (select ${jsonField(sql`before_json`, "level")} from change
        where change.connection = "user".connection and stream = 'users' and row_id = "user".user_id
          and kind = 'level' and seen_at > ${at}
        order by seq limit 1), level) as level
    from "user" where connection = ${connection} and user_id in ${ids}`.execute(db);
  const levels = new Map(rows.map((row) => [row.user_id, row.level]));
  if (derived) return levels;
  return new Map(users.map(({ record }) => [record.id, record.siteAdmin ? "site_admin" : "unknown"]));
}
