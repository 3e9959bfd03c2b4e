/** A day counted anew from its raw events: what counts, who is a service account, or where the day begins has changed. */
import { sql } from "kysely";
import type { ConnectionSettings } from "../../model/connection.ts";
import { type DayZone, dayZone } from "../../model/day.ts";
import { HARVEST_ACCESS, KINDS_OF_USE, STRANGER } from "../../model/usage.ts";
import { isOwnWrite } from "../actions/own-writes.ts";
import { dataChanged } from "../connections/data-version.ts";
import type { Tx } from "../store.ts";
import { flagOf } from "../users/user-sql.ts";
import { IS_OF_KIND } from "./kind-sql.ts";
import { NO_WORD, wordsFor } from "./words.ts";

const HOUR_MS = 3_600_000;
/** Events `e` of an hour `h`. */
const ofHour = sql`e.connection = h.connection and e.at >= h.hour * ${HOUR_MS} and e.at < (h.hour + 1) * ${HOUR_MS}`;

/**
 * Everything that storeEvents adds up for a day, once more; the same as if its events had come under today's rules. A day
 * that retention has cut into keeps its count: what is left of its events isn't all that was done.
 */
export async function recountDay(tx: Tx, connection: number, day: number): Promise<void> {
  const zone = await zoneOf(tx, connection);
  if (!(await isWhole(tx, connection, zone.start(day), zone.end(day)))) return;
  const words = await wordsFor(tx, ["user", "service_account", HARVEST_ACCESS, STRANGER]);
  const span: Recount = {
    connection,
    day,
    from: zone.start(day),
    to: zone.end(day),
    user: words.get("user")!,
    service: words.get("service_account")!,
    harvest: words.get(HARVEST_ACCESS)!,
    stranger: words.get(STRANGER)!,
  };
  await judgeEvents(tx, span);
  await sumUserDays(tx, span);
  await sumRequests(tx, span);
  await sumHours(tx, span);
  await renewNewest(tx, span);
  await dataChanged(tx, connection, "use");
}

/** Are all events of the hours that this time touches still kept? */
export async function isWhole(tx: Tx, connection: number, from: number, to: number): Promise<boolean> {
  const { rows } = await sql`
    select 1 from event_hour h where h.connection = ${connection}
      and h.hour between ${Math.floor(from / HOUR_MS)} and ${Math.floor((to - 1) / HOUR_MS)}
      and h.n <> (select count(*) from event e where ${ofHour}) limit 1`.execute(tx);
  return rows.length === 0;
}

interface Recount {
  connection: number;
  day: number;
  from: number;
  to: number;
  /** Words. */
  user: number;
  service: number;
  harvest: number;
  stranger: number;
}

/** The zone that its days go by now: whoever stores within a run reads it where they store, for it may be set meanwhile. */
export async function zoneOf(tx: Tx, connection: number): Promise<DayZone> {
  const { settings_json } = await tx
    .selectFrom("connection")
    .select("settings_json")
    .where("connection", "=", connection)
    .executeTakeFirstOrThrow();
  return dayZone((JSON.parse(settings_json) as ConnectionSettings).timeZone);
}

const ofDay = ({ connection, from, to }: Recount) =>
  sql`e.connection = ${connection} and e.at >= ${from} and e.at < ${to}`;

const isService = sql`exists (select 1 from "user" u where u.connection = e.connection and u.user_id = e.user_id
  and (u.service_account = 1 or u.marked_service_account = 1))`;

/** The same as `counts` of model/usage.ts. */
async function judgeEvents(tx: Tx, span: Recount): Promise<void> {
  const counts = sql`(e.user_id is not null and e.performer_type = ${span.user} and e.type is distinct from ${span.harvest}
    and not ${isService} and not exists (select 1 from request_rule r where r.connection = e.connection
      and r.request_type = coalesce(e.request_type, ${NO_WORD}) and r.counts = 0) and not ${isOwnWrite})`;
  const judged = flagOf(counts);
  await sql`update event as e set counts = ${judged} where ${ofDay(span)} and e.counts <> ${judged}`.execute(
    tx,
  );
}

async function sumUserDays(tx: Tx, span: Recount): Promise<void> {
  const { connection, day } = span;
  await sql`delete from usage_day where connection = ${connection} and day = ${day}`.execute(tx);
  await sql`
    insert into usage_day (connection, day, user_id, viewed, changed, acted, other)
    select ${connection}, ${day}, e.user_id, ${sql.join(KINDS_OF_USE.map((kind) => sql`count(*) filter (where ${IS_OF_KIND[kind]})`))}
    from event e where ${ofDay(span)} and e.counts = 1 group by e.user_id`.execute(tx);
}

/** The same as `performerOf` of model/usage.ts. */
async function sumRequests(tx: Tx, span: Recount): Promise<void> {
  const { connection, day, user, service, harvest, stranger } = span;
  const performer = sql`case when e.performer_type is distinct from ${user} then coalesce(e.performer_type, ${NO_WORD})
    when ${isService} then ${service} when e.type = ${harvest} then ${harvest}
    when e.user_id is null then ${stranger} else ${user} end`;
  await sql`delete from request_day where connection = ${connection} and day = ${day}`.execute(tx);
  await sql`
    insert into request_day (connection, day, performer_type, request_type, n)
    select ${connection}, ${day}, ${performer}, coalesce(e.request_type, ${NO_WORD}), count(*)
    from event e where ${ofDay(span)} group by 3, 4`.execute(tx);
}

/** Only hours whose events are all kept. */
async function sumHours(tx: Tx, { connection, from, to }: Recount): Promise<void> {
  await sql`
    update event_hour as h set people = (select count(*) from event e where ${ofHour} and e.counts = 1)
    where h.connection = ${connection}
      and h.hour between ${Math.floor(from / HOUR_MS)} and ${Math.floor((to - 1) / HOUR_MS)}
      and h.n = (select count(*) from event e where ${ofHour})`.execute(tx);
}

const NEWEST = sql`insert into usage_user (connection, user_id, at, hash, n, source, type, request_type, target_type)
  select e.connection, e.user_id, e.at, e.hash, e.n, 'audit_log', (select text from word where word = e.type),
    (select text from word where word = e.request_type), (select text from word where word = e.target_type)`;
const IF_NEWER = sql`on conflict (connection, user_id) do update set at = excluded.at, hash = excluded.hash, n = excluded.n, type = excluded.type,
  request_type = excluded.request_type, target_type = excluded.target_type
  where (excluded.at, excluded.hash, excluded.n) > (usage_user.at, usage_user.hash, usage_user.n)`;

/**
 * A newest use that no longer counts, or is somebody else's by now, gives way to the newest that still does. That one may lie in a day not yet counted
 * anew: then the turn of that day corrects it.
 */
async function renewNewest(tx: Tx, span: Recount): Promise<void> {
  const { connection } = span;
  const { rows: lost } = await sql<{ user_id: string }>`
    delete from usage_user as x where x.connection = ${connection} and x.at >= ${span.from} and x.at < ${span.to}
      and exists (select 1 from event e where e.connection = x.connection and e.at = x.at and e.hash = x.hash
        and e.n = x.n and (e.counts = 0 or e.user_id is distinct from x.user_id))
    returning user_id`.execute(tx);
  for (const { user_id } of lost) {
    await sql`${NEWEST} from event e where e.connection = ${connection} and e.user_id = ${user_id} and e.counts = 1
      order by e.at desc, e.hash desc, e.n desc limit 1`.execute(tx);
  }
  await sql`${NEWEST} from event e where ${ofDay(span)} and e.counts = 1
    and (e.at, e.hash, e.n) = (select f.at, f.hash, f.n from event f where f.connection = e.connection
      and f.user_id = e.user_id and f.at >= ${span.from} and f.at < ${span.to} and f.counts = 1
      order by f.at desc, f.hash desc, f.n desc limit 1)
    ${IF_NEWER}`.execute(tx);
}
