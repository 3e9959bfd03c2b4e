import { type RawBuilder, sql } from "kysely";
import type { EventQuery } from "../../model/query.ts";
import { bytesOf, hexOf, jsonField } from "../engine/engine.ts";
import type { Db } from "../store.ts";
import { IS_OF_KIND } from "./kind-sql.ts";
import { knownWords } from "./words.ts";

export interface EventRow {
  at: number;
  hash: string;
  n: number;
  performerType: string | null;
  userId: string | null;
  userName: string | null;
  performer: string | null;
  type: string | null;
  requestType: string | null;
  requestId: string | null;
  targetType: string | null;
  targetId: string | null;
  ip: string | null;
  /** Names a page: Greenhouse does so only for page views. */
  path: boolean;
  counts: boolean;
}

/** The key of an event; a search goes on with what is older. */
export interface EventKey {
  at: number;
  hash: string;
  n: number;
}

export type EventFilter = Pick<
  EventQuery,
  | "user"
  | "type"
  | "kind"
  | "performerType"
  | "targetType"
  | "target"
  | "requestId"
  | "requestType"
  | "counts"
>;

export interface EventSearch {
  /** from <= time < to. */
  from: number;
  to: number;
  /** Only what is older than this. */
  before: EventKey | null;
  limit: number;
  /** Ends the search early, by our own clock (ms). */
  deadline: number;
  now: () => number;
}

export interface FoundEvents {
  rows: EventRow[];
  /** Everything from here on was looked at; null: all of the span. */
  searchedBackTo: number | null;
}

const FIRST_SLICE_MS = 6 * 3_600_000;
/** One person's events are few, but for an integration's. */
const FIRST_SLICE_OF_USER_MS = 30 * 86_400_000;
const SHORT_READ_MS = 40;

/**
 * Events newest first. Filters without an index read through the log slice by slice, in short reads, until the page is
 * full or time is up.
 */
export async function searchEvents(
  db: Db,
  connection: number,
  filter: EventFilter,
  search: EventSearch,
): Promise<FoundEvents> {
  const where = await conditions(db, filter);
  if (!where) return { rows: [], searchedBackTo: null };
  const kept = await keptEvents(db, connection);
  if (!kept) return { rows: [], searchedBackTo: null };
  const from = Math.max(search.from, kept.oldest);
  const rows: EventRow[] = [];
  const { user, ...others } = filter;
  const indexed = Object.values(others).every((value) => value === undefined);
  let slice = user === undefined ? FIRST_SLICE_MS : FIRST_SLICE_OF_USER_MS;
  if (indexed) slice = Number.POSITIVE_INFINITY;
  // The event at `before` itself may have others of its millisecond behind it.
  let to = Math.min(
    search.to,
    kept.newest + 1,
    search.before ? search.before.at + 1 : Number.POSITIVE_INFINITY,
  );
  while (to > from && rows.length < search.limit) {
    const start = search.now();
    const since = Math.max(from, to - slice);
    const span = { from: since, to, before: search.before, limit: search.limit - rows.length };
    rows.push(...(await readSlice(db, connection, where, span)));
    const end = search.now();
    slice = Math.ceil(slice * (end - start < SHORT_READ_MS ? 2 : 0.5));
    to = since;
    // After a slice, not before: each call gets further.
    if (end >= search.deadline && to > from && rows.length < search.limit)
      return { rows, searchedBackTo: to };
  }
  return { rows, searchedBackTo: null };
}

async function keptEvents(db: Db, connection: number): Promise<{ oldest: number; newest: number } | null> {
  const { rows } = await sql<{ oldest: number | null; newest: number | null }>`
    select (select min(at) from event where connection = ${connection}) as oldest,
      (select max(at) from event where connection = ${connection}) as newest`.execute(db);
  const { oldest, newest } = rows[0]!;
  return oldest === null || newest === null ? null : { oldest, newest };
}

/** When the oldest event that is kept happened; null: none is. */
export async function oldestEvent(db: Db, connection: number): Promise<number | null> {
  const { rows } = await sql<{ at: number | null }>`
    select min(at) as at from event where connection = ${connection}`.execute(db);
  return rows[0]!.at;
}

/** One event; null: there is none, or it is past its retention. */
export async function eventByKey(db: Db, connection: number, key: EventKey): Promise<EventRow | null> {
  const { rows } = await sql<RawEvent>`
    ${selection} where e.connection = ${connection} and e.at = ${key.at} and e.hash = ${bytesOf(key.hash)}
      and e.n = ${key.n}`.execute(db);
  return rows[0] ? toEvent(rows[0]) : null;
}

/** null: a word was asked for that no event has. */
async function conditions(db: Db, filter: EventFilter): Promise<RawBuilder<unknown> | null> {
  const asked: [column: string, words: string[] | undefined][] = [
    ["type", filter.type],
    ["performer_type", filter.performerType],
    ["target_type", filter.targetType],
    ["request_type", filter.requestType === undefined ? undefined : [filter.requestType]],
  ];
  const words = await knownWords(
    db,
    asked.flatMap(([, texts]) => texts ?? []),
  );
  const all: RawBuilder<unknown>[] = [sql`true`];
  for (const [column, texts] of asked) {
    if (!texts) continue;
    const numbers = texts.flatMap((text) => words.get(text) ?? []);
    if (numbers.length === 0) return null;
    all.push(sql`e.${sql.ref(column)} in (${sql.join(numbers)})`);
  }
  const kinds = filter.kind?.map((kind) => IS_OF_KIND[kind]);
  if (kinds) all.push(sql`(${sql.join(kinds, sql` or `)})`);
  if (filter.user !== undefined) all.push(sql`e.user_id = ${filter.user}`);
  if (filter.target !== undefined) all.push(sql`e.target = ${filter.target}`);
  if (filter.requestId !== undefined) all.push(sql`e.request = ${filter.requestId}`);
  if (filter.counts !== undefined) all.push(sql`e.counts = ${filter.counts ? 1 : 0}`);
  return sql.join(all, sql` and `);
}

async function readSlice(
  db: Db,
  connection: number,
  where: RawBuilder<unknown>,
  { from, to, before, limit }: Pick<EventSearch, "from" | "to" | "before" | "limit">,
): Promise<EventRow[]> {
  const older = before
    ? sql`and (e.at, e.hash, e.n) < (${before.at}, ${bytesOf(before.hash)}, ${before.n})`
    : sql``;
  const { rows } = await sql<RawEvent>`
    ${selection} where e.connection = ${connection} and e.at >= ${from} and e.at < ${to} and ${where} ${older}
    order by e.at desc, e.hash desc, e.n desc limit ${limit}`.execute(db);
  return rows.map(toEvent);
}

const text = (word: string) => sql`(select text from word where word = e.${sql.ref(word)})`;
const selection = sql`
  select e.at, ${hexOf(sql`e.hash`)} as hash, e.n, e.user_id, e.performer, e.request, e.target, e.ip, e.counts,
    ${jsonField(sql`e.meta_json`, "path")} is not null as path, ${text("performer_type")} as performer_type,
    ${text("type")} as type, ${text("request_type")} as request_type, ${text("target_type")} as target_type,
    (select name from "user" u where u.connection = e.connection and u.user_id = e.user_id) as user_name
  from event e`;

interface RawEvent {
  at: number;
  hash: string;
  n: number;
  user_id: string | null;
  user_name: string | null;
  performer: string | null;
  performer_type: string | null;
  type: string | null;
  request_type: string | null;
  request: string | null;
  target_type: string | null;
  target: string | null;
  ip: string | null;
  path: number;
  counts: number;
}

function toEvent(row: RawEvent): EventRow {
  return {
    at: row.at,
    hash: row.hash,
    n: row.n,
    performerType: row.performer_type,
    userId: row.user_id,
    userName: row.user_name,
    performer: row.performer,
    type: row.type,
    requestType: row.request_type,
    requestId: row.request,
    targetType: row.target_type,
    targetId: row.target,
    ip: row.ip,
    path: row.path === 1,
    counts: row.counts === 1,
  };
}
