/** What counts as use. */
import { sql } from "kysely";
import type { DayZone } from "../../model/day.ts";
import { dataChanged } from "../connections/data-version.ts";
import { given } from "../engine/bulk.ts";
import { lockConnection } from "../engine/engine.ts";
import type { Db, Tx } from "../store.ts";
import { isWhole } from "./recount.ts";
import { markDirty } from "./roll-up.ts";
import { NO_WORD, wordsFor } from "./words.ts";

const HOUR_MS = 3_600_000;

export interface RequestTypeCount {
  /** null: events that name no request. */
  requestType: string | null;
  events: number;
  counts: boolean;
}

/** Request types of people's events between two days, both included, most events first; and switched-off ones. */
export async function requestTypes(
  db: Db | Tx,
  connection: number,
  fromDay: number,
  toDay: number,
): Promise<RequestTypeCount[]> {
  const { rows } = await sql<{ text: string | null; n: number; counts: number }>`
    select w.text, sum(q.n) as n, coalesce(r.counts, 1) as counts from (
      select request_type, n from request_day
        where connection = ${connection} and day between ${fromDay} and ${toDay}
          and performer_type = (select word from word where text = 'user')
      union all select request_type, 0 from request_rule where connection = ${connection} and counts = 0) q
    left join word w on w.word = q.request_type
    left join request_rule r on r.connection = ${connection} and r.request_type = q.request_type
    group by q.request_type, w.text, r.counts order by n desc, w.text nulls first`.execute(db);
  return rows.map(({ text, n, counts }) => ({ requestType: text, events: n, counts: counts === 1 }));
}

/** Events of those who never count: API keys, service accounts, Greenhouse's staff, and whoever else there is. */
export async function notCounted(
  db: Db | Tx,
  connection: number,
  fromDay: number,
  toDay: number,
): Promise<{ performerType: string; events: number }[]> {
  const { rows } = await sql<{ text: string | null; n: number }>`
    select w.text, sum(q.n) as n from request_day q left join word w on w.word = q.performer_type
    where q.connection = ${connection} and q.day between ${fromDay} and ${toDay}
      and coalesce(w.text, '') <> 'user' group by q.performer_type, w.text order by n desc`.execute(db);
  return rows.map(({ text, n }) => ({ performerType: text ?? "nobody", events: n }));
}

/**
 * Switches request types on or off; of one that is given twice, the last word counts. Days whose raw events are kept are marked to be counted anew (rebuildOrgDays);
 * older ones keep their count, and are told apart.
 */
export async function setRequestTypes(
  tx: Tx,
  connection: number,
  zone: DayZone,
  set: readonly { requestType: string | null; counts: boolean }[],
): Promise<void> {
  await lockConnection(tx, connection);
  const words = await wordsFor(
    tx,
    set.map(({ requestType }) => requestType),
  );
  const rows = new Map(
    set.map(({ requestType, counts }) => [
      requestType === null ? NO_WORD : words.get(requestType)!,
      counts ? 1 : 0,
    ]),
  );
  await sql`insert into request_rule (connection, request_type, counts)
    select ${connection}, request_type, counts
    from ${given(tx, { request_type: "number", counts: "number" }, [...rows])} where true
    on conflict (connection, request_type) do update set counts = excluded.counts`.execute(tx);
  await recountKeptDays(tx, connection, zone, "request_types");
}

/** Call it with the new zone, in the transaction that saves it. Events already stored move to their new days. */
export async function changeTimeZone(
  tx: Tx,
  connection: number,
  zones: { from: DayZone; to: DayZone },
): Promise<void> {
  await lockConnection(tx, connection);
  await recountKeptDays(tx, connection, zones.to, "time_zone", zones.from.timeZone);
}

interface Extent {
  oldest: number | null;
  newest: number | null;
  firstHour: number | null;
  firstDay: number | null;
}

async function recountKeptDays(
  tx: Tx,
  connection: number,
  zone: DayZone,
  cause: "time_zone" | "request_types",
  oldZone = zone.timeZone,
): Promise<void> {
  const { rows } = await sql<Extent>`
    select (select min(at) from event where connection = ${connection}) as oldest,
      (select max(at) from event where connection = ${connection}) as newest,
      (select min(hour) from event_hour where connection = ${connection}) as "firstHour",
      (select min(day) from request_day where connection = ${connection}) as "firstDay"`.execute(tx);
  const { oldest, newest, firstHour, firstDay } = rows[0]!;
  if (oldest === null || newest === null) return;
  const oldestDay = zone.day(oldest);
  const whole = await isWhole(tx, connection, zone.start(oldestDay), zone.end(oldestDay));
  const nothingDeleted = whole && firstHour === Math.floor(oldest / HOUR_MS);
  // In the old zone the oldest event may have lain in the day before.
  const firstKept = nothingDeleted ? Math.min(firstDay ?? oldestDay, oldestDay) : oldestDay + (whole ? 0 : 1);
  await markToRecount(tx, connection, firstKept, zone.day(newest) + 1);
  if (firstDay === null || firstDay >= firstKept) return;
  await tx
    .insertInto("older_day")
    .values({ connection, before_day: firstKept, cause, time_zone: oldZone })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** Days that are counted anew from their raw events (rebuildOrgDays). */
export async function markToRecount(
  tx: Tx,
  connection: number,
  fromDay: number,
  toDay: number,
): Promise<void> {
  const days = Array.from({ length: Math.max(0, toDay - fromDay + 1) }, (_, i) => [fromDay + i]);
  await sql`insert into dirty_day (connection, day, recount)
    select ${connection}, day, 1 from ${given(tx, { day: "number" }, days)} where true
    on conflict (connection, day) do update set recount = 1`.execute(tx);
}

/**
 * Marks a user as an integration's own, which Greenhouse doesn't tell of its older "integration system users", or takes
 * the mark back. What they did no longer (or again) counts as use.
 */
export async function markServiceAccount(
  tx: Tx,
  connection: number,
  zone: DayZone,
  user: string,
  marked: boolean,
): Promise<boolean> {
  await lockConnection(tx, connection);
  const { numAffectedRows } = await sql`update "user" set marked_service_account = ${marked ? 1 : 0}
    where connection = ${connection} and user_id = ${user}`.execute(tx);
  if (numAffectedRows !== 1n) return false;
  await dataChanged(tx, connection, "marks");
  await recountUseOf(tx, connection, zone, user);
  return true;
}

/**
 * A user is taken for a service account from now on, or for a person: the days on which they acted are counted anew, but
 * for one that retention has cut into (recountDay).
 */
export async function recountUseOf(tx: Tx, connection: number, zone: DayZone, user: string): Promise<void> {
  const { rows } = await sql<{ oldest: number | null; newest: number | null }>`
    select min(at) as oldest, max(at) as newest from event
    where connection = ${connection} and user_id = ${user}`.execute(tx);
  const { oldest, newest } = rows[0]!;
  const counted = await tx
    .selectFrom("usage_day")
    .select("day")
    .where("connection", "=", connection)
    .where("user_id", "=", user)
    .execute();
  await markDirty(
    tx,
    connection,
    counted.map(({ day }) => day),
  );
  if (oldest !== null && newest !== null)
    await markToRecount(tx, connection, zone.day(oldest), zone.day(newest));
}

/** Days that were counted under other rules or in another zone and can't be counted anew. */
export async function olderDays(
  db: Db | Tx,
  connection: number,
): Promise<{ beforeDay: number; cause: "time_zone" | "request_types"; timeZone: string }[]> {
  const rows = await db
    .selectFrom("older_day")
    .selectAll()
    .where("connection", "=", connection)
    .orderBy("before_day", "desc")
    .execute();
  return rows.map(({ before_day, cause, time_zone }) => ({
    beforeDay: before_day,
    cause,
    timeZone: time_zone,
  }));
}
