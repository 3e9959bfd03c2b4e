import { sql } from "kysely";
import { type EffectiveCoverage, effectiveCoverage } from "../../model/coverage.ts";
import type { Span } from "../../model/span.ts";
import { KINDS_OF_USE } from "../../model/usage.ts";
import { jsonListOf, jsonMembers, lockConnection } from "../engine/engine.ts";
import type { Db, Tx } from "../store.ts";
import { isService } from "../users/user-sql.ts";
import { coverageSpans, type Hole, holesOf } from "./coverage.ts";
import { recountDay } from "./recount.ts";
import { hasStrangersToName, nameStrangers } from "./strangers.ts";
import { notCounted } from "./usage-rules.ts";

export { coverageSpans };

/** Time of the oldest event ever stored; its hour, once the event itself is past its retention. null: none. */
export async function oldestEventAt(db: Db | Tx, connection: number): Promise<number | null> {
  const { rows } = await sql<{ at: number | null; hour: number | null }>`
    select (select min(at) from event where connection = ${connection}) as at,
           (select min(hour) from event_hour where connection = ${connection}) as hour`.execute(db);
  const { at, hour } = rows[0]!;
  return oldestOf(at, hour);
}

function oldestOf(at: number | null, hour: number | null): number | null {
  if (hour === null || at === null) return hour === null ? at : hour * HOUR_MS;
  return Math.floor(at / HOUR_MS) === hour ? at : hour * HOUR_MS;
}

const HOUR_MS = 3_600_000;
/** The audit log keeps 30 days (api.md §3.6). */
const LOG_KEEPS_MS = 30 * 86_400_000;
/** Later than any day that is counted. */
const LAST_DAY = 1_000_000;

export interface CoverageState {
  effective: EffectiveCoverage;
  /** What was read completely, alive or not. */
  read: Span[];
  holes: Hole[];
  oldestEvent: number | null;
}

/** For which time do we know who used Greenhouse? `now` by Greenhouse's clock. */
export async function coverageState(db: Db | Tx, connection: number, now: number): Promise<CoverageState> {
  const read = await coverageSpans(db, connection, "audit_log");
  const holes = await holesOf(db, connection, "audit_log");
  const { oldestEvent, ...hours } = await hoursOf(db, connection);
  const effective = effectiveCoverage({ read, oldestEvent, ...hours, now });
  return { effective, read, holes, oldestEvent };
}

/** What silence is judged by. */
async function hoursOf(
  db: Db | Tx,
  connection: number,
): Promise<{ oldestEvent: number | null; hours: number[]; people: boolean }> {
  const { rows } = await sql<{ at: number | null; hours_json: string; people: number }>`
    select (select min(at) from event where connection = ${connection}) as at,
      (select ${jsonListOf(sql`hour`)} from (
        select hour from event_hour where connection = ${connection} order by hour) as hours) as hours_json,
      (select count(*) from (
        select 1 from event_hour where connection = ${connection} and people > 0 limit 1) as person) as people`.execute(
    db,
  );
  const { at, hours_json, people } = rows[0]!;
  const hours = JSON.parse(hours_json) as number[];
  return { oldestEvent: oldestOf(at, hours[0] ?? null), hours, people: people > 0 };
}

export interface ActivityFacts {
  /** Ever stored, of anybody. */
  events: number;
  byPeople: number;
  silentSince: number | null;
  readFrom: number | null;
  /** Why some of the time that the log still holds can't be read, of the latest; null: all could be. */
  hole: string | null;
  /** Types of performers that never count, most events first. */
  by: string[];
}

/** What the log says of itself, for its verdict. */
export async function activityFacts(db: Db | Tx, connection: number, now: number): Promise<ActivityFacts> {
  const { rows } = await sql<{ events: number; people: number }>`
    select coalesce(sum(n), 0) as events, coalesce(sum(people), 0) as people
    from event_hour where connection = ${connection}`.execute(db);
  const { effective, read, holes } = await coverageState(db, connection, now);
  return {
    events: rows[0]!.events,
    byPeople: rows[0]!.people,
    silentSince: effective.logSilentSince,
    readFrom: read[0]?.from ?? null,
    hole: holes.findLast(({ to }) => to > now - LOG_KEEPS_MS)?.cause ?? null,
    by: (await notCounted(db, connection, 0, LAST_DAY)).map((each) => each.performerType),
  };
}

/** Are there days whose actives are to be counted anew, or that may have to be? */
export async function hasDaysToRebuild(db: Db | Tx, connection: number): Promise<boolean> {
  const { rows } = await sql`select 1 from dirty_day where connection = ${connection} limit 1`.execute(db);
  return rows.length > 0 || (await hasStrangersToName(db, connection));
}

/**
 * Gives strangers their names first, of as many days. Counts the distinct active people of the days that have changed, for the whole and by kind, level, role, department
 * and office, as these stand now; days touched by another rule or time zone first from their raw events. At most `limit`
 * days, the newest first; returns how many were done: 0 when none is left.
 */
export async function rebuildOrgDays(tx: Tx, connection: number, limit: number): Promise<number> {
  await lockConnection(tx, connection);
  const named = await nameStrangers(tx, connection, limit);
  if (named > 0) return named;
  const days = await tx
    .selectFrom("dirty_day")
    .select(["day", "recount"])
    .where("connection", "=", connection)
    .orderBy("day", "desc")
    .limit(limit)
    .execute();
  for (const { day, recount } of days) {
    if (recount === 1) await recountDay(tx, connection, day);
    await rebuildOrgDay(tx, connection, day);
    await tx.deleteFrom("dirty_day").where("connection", "=", connection).where("day", "=", day).execute();
  }
  return days.length;
}

/** A service account, of a user who may be missing. */
const flagged = sql`coalesce(${isService}, false)`;

async function rebuildOrgDay(tx: Tx, connection: number, day: number): Promise<void> {
  await tx.deleteFrom("org_day").where("connection", "=", connection).where("day", "=", day).execute();
  const deeds = sql`d.viewed + d.changed + d.acted + d.other`;
  const ofDay = sql`from usage_day d left join "user" u on u.connection = d.connection and u.user_id = d.user_id
    where d.connection = ${connection} and d.day = ${day} and not ${flagged}`;
  const counted = sql`count(*) as people, coalesce(sum(deeds), 0) as deeds`;
  await sql`
    insert into org_day (connection, day, dimension, value, people, deeds)
    with active as materialized (
      select d.user_id, d.viewed, d.changed, d.acted, d.other, ${deeds} as deeds, coalesce(u.level, 'unknown') as level,
        coalesce(u.department_ids_json, '[]') as departments, coalesce(u.office_ids_json, '[]') as offices ${ofDay}),
    part (dimension, value, people, deeds) as (
      select 'all', '', ${counted} from active
      ${sql.join(
        KINDS_OF_USE.map(
          (kind) =>
            sql`union all select 'kind', ${kind}, count(*), sum(${sql.ref(kind)}) from active where ${sql.ref(kind)} > 0`,
        ),
        sql` `,
      )}
      union all select 'level', level, ${counted} from active group by level
      union all select 'role', cast(r.role_id as text), ${counted} from active a join user_role r
        on r.connection = ${connection} and r.user_id = a.user_id and r.role_id <> 0 group by r.role_id
      union all select 'department', j.value, ${counted} from active a, ${jsonMembers(sql`a.departments`)} j group by j.value
      union all select 'office', j.value, ${counted} from active a, ${jsonMembers(sql`a.offices`)} j group by j.value)
    select ${connection}, ${day}, dimension, value, people, deeds from part where people > 0`.execute(tx);
}
