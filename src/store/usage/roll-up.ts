import { sql } from "kysely";
import type { DayZone } from "../../model/day.ts";
import type { EventRecord } from "../../model/records.ts";
import { KINDS_OF_USE, type KindOfUse, type Performer } from "../../model/usage.ts";
import { dataChanged } from "../connections/data-version.ts";
import { type GivenType, given } from "../engine/bulk.ts";
import type { Tx } from "../store.ts";
import { NO_WORD, wordsFor } from "./words.ts";

/** An event with everything the roll-ups need. */
export interface PreparedEvent {
  record: EventRecord;
  userId: string | null;
  /** What the log says of who did it, where that isn't the user's id. */
  said: string | null;
  /** Of a stranger: the address that the log gives, if any. */
  strangeAddress: string | null;
  performer: Performer;
  kind: KindOfUse;
  /** Is it a person's deed, of a type that counts? Then the user is known by id. */
  counts: boolean;
}

const HOUR_MS = 3_600_000;

const REQUESTS: Record<string, GivenType> = {
  day: "number",
  performer_type: "number",
  request_type: "number",
  n: "number",
};
const DAYS: Record<string, GivenType> = {
  day: "number",
  user_id: "id",
  ...Object.fromEntries(KINDS_OF_USE.map((kind) => [kind, "number"] as const)),
};
const NEWEST: Record<string, GivenType> = {
  user_id: "id",
  at: "number",
  hash: "bytes",
  n: "number",
  type: "text",
  request_type: "text",
  target_type: "text",
};

/** Adds newly stored events to every roll-up. Each event may be added once only. */
export async function addToRollUps(
  tx: Tx,
  connection: number,
  events: readonly PreparedEvent[],
  zone: DayZone,
): Promise<void> {
  if (events.length === 0) return;
  await addHours(tx, connection, events);
  await addRequests(tx, connection, events, zone);
  const deeds = events.filter((event) => event.counts);
  if (deeds.length === 0) return;
  await addDays(tx, connection, deeds, zone);
  await noteNewest(tx, connection, deeds);
  await dataChanged(tx, connection, "use");
}

async function addHours(tx: Tx, connection: number, events: readonly PreparedEvent[]): Promise<void> {
  const hours = new Tally(2);
  for (const { record, counts } of events) {
    const hour = Math.floor(record.at / HOUR_MS);
    hours.add(`${hour}`, [hour], 0);
    if (counts) hours.add(`${hour}`, [hour], 1);
  }
  await sql`insert into event_hour (connection, hour, n, people)
    select ${connection}, hour, n, people
    from ${given(tx, { hour: "number", n: "number", people: "number" }, hours.rows())} where true
    on conflict (connection, hour) do update set n = event_hour.n + excluded.n,
      people = event_hour.people + excluded.people`.execute(tx);
}

async function addRequests(
  tx: Tx,
  connection: number,
  events: readonly PreparedEvent[],
  zone: DayZone,
): Promise<void> {
  const words = await wordsFor(
    tx,
    events.flatMap(({ performer, record }) => [performer, record.requestType]),
  );
  const word = (text: string | null) => (text === null ? NO_WORD : words.get(text)!);
  const requests = new Tally(1);
  for (const { record, performer } of events) {
    const key = [zone.day(record.at), word(performer), word(record.requestType)];
    requests.add(key.join(" "), key, 0);
  }
  await sql`insert into request_day (connection, day, performer_type, request_type, n)
    select ${connection}, day, performer_type, request_type, n from ${given(tx, REQUESTS, requests.rows())} where true
    on conflict (connection, day, performer_type, request_type) do update set n = request_day.n + excluded.n`.execute(
    tx,
  );
}

async function addDays(
  tx: Tx,
  connection: number,
  deeds: readonly PreparedEvent[],
  zone: DayZone,
): Promise<void> {
  const days = new Tally(KINDS_OF_USE.length);
  const dirty = new Set<number>();
  for (const { record, userId, kind } of deeds) {
    const day = zone.day(record.at);
    dirty.add(day);
    days.add(`${day} ${userId}`, [day, userId!], KINDS_OF_USE.indexOf(kind));
  }
  await sql`insert into usage_day (connection, day, user_id, viewed, changed, acted, other)
    select ${connection}, day, user_id, viewed, changed, acted, other from ${given(tx, DAYS, days.rows())} where true
    on conflict (connection, day, user_id) do update set viewed = usage_day.viewed + excluded.viewed,
      changed = usage_day.changed + excluded.changed, acted = usage_day.acted + excluded.acted,
      other = usage_day.other + excluded.other`.execute(tx);
  await markDirty(tx, connection, dirty);
}

/** Days whose actives must be counted anew (usage.ts, rebuildOrgDays). */
export async function markDirty(tx: Tx, connection: number, days: Iterable<number>): Promise<void> {
  await sql`insert into dirty_day (connection, day)
    select ${connection}, day from ${given(
      tx,
      { day: "number" },
      [...days].map((day) => [day]),
    )} where true
    on conflict do nothing`.execute(tx);
}

async function noteNewest(tx: Tx, connection: number, deeds: readonly PreparedEvent[]): Promise<void> {
  const newest = new Map<string, PreparedEvent>();
  // Deeds come in the order of their key, so the last one is the newest.
  for (const deed of deeds) newest.set(deed.userId!, deed);
  const rows = [...newest.values()].map(({ userId, record }) => [
    userId,
    record.at,
    record.hash,
    record.n,
    record.type,
    record.requestType,
    record.targetType,
  ]);
  await sql`insert into usage_user (connection, user_id, at, hash, n, source, type, request_type, target_type)
    select ${connection}, user_id, at, hash, n, 'audit_log', type, request_type, target_type
    from ${given(tx, NEWEST, rows)} where true
    on conflict (connection, user_id) do update set at = excluded.at, hash = excluded.hash, n = excluded.n, source = excluded.source,
      type = excluded.type, request_type = excluded.request_type, target_type = excluded.target_type
    where (excluded.at, excluded.hash, excluded.n) > (usage_user.at, usage_user.hash, usage_user.n)`.execute(
    tx,
  );
}

/** Counts by key: rows of `[...key, ...counts]`, in the order of their first appearance. */
class Tally {
  readonly #width: number;
  readonly #rows = new Map<string, { key: (number | string)[]; counts: number[] }>();

  constructor(width: number) {
    this.#width = width;
  }

  add(text: string, key: (number | string)[], column: number): void {
    let row = this.#rows.get(text);
    if (!row) {
      row = { key, counts: new Array<number>(this.#width).fill(0) };
      this.#rows.set(text, row);
    }
    row.counts[column]! += 1;
  }

  rows(): (number | string)[][] {
    return [...this.#rows.values()].map(({ key, counts }) => [...key, ...counts]);
  }
}
