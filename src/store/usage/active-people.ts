import { type RawBuilder, sql } from "kysely";
import { KINDS_OF_USE, type KindOfUse } from "../../model/usage.ts";
import type { Db } from "../store.ts";
import { isService, users } from "../users/user-sql.ts";

/** Whole days, both included, and the same as times (from <= t < to). */
export interface DayRange {
  fromDay: number;
  toDay: number;
  from: number;
  to: number;
}

export interface OrgDay {
  day: number;
  people: number;
  deeds: number;
  /** Distinct people by kind. */
  kinds: Record<KindOfUse, number>;
}

/**
 * Days with any use, oldest first. A day that has changed and is not counted anew yet is counted here: a run that reads
 * for minutes, or was killed, would else show days as read and without use.
 */
export async function orgDays(db: Db, connection: number, fromDay: number, toDay: number): Promise<OrgDay[]> {
  const inRange = sql`connection = ${connection} and day between ${fromDay} and ${toDay}`;
  const ofKinds = KINDS_OF_USE.map(
    (kind) => sql`count(*) filter (where d.${sql.ref(kind)} > 0) as ${sql.ref(kind)}`,
  );
  const kindRows = KINDS_OF_USE.map(
    (kind) => sql`union all select day, 'kind', ${kind}, ${sql.ref(kind)}, 0 from changed`,
  );
  const { rows } = await sql<{
    day: number;
    dimension: string;
    value: string;
    people: number;
    deeds: number;
  }>`
    with dirty as materialized (select day from dirty_day where ${inRange}),
    changed as materialized (
      select d.day, count(*) as people, sum(d.viewed + d.changed + d.acted + d.other) as deeds, ${sql.join(ofKinds)}
      from dirty y join usage_day d on d.connection = ${connection} and d.day = y.day
      where d.user_id not in (select u.user_id from ${users} where u.connection = ${connection} and ${isService})
      group by d.day)
    select day, dimension, value, people, deeds from org_day
    where ${inRange} and dimension in ('all', 'kind') and day not in (select day from dirty)
    union all select day, 'all', '', people, deeds from changed ${sql.join(kindRows, sql` `)}
    order by 1`.execute(db);
  const days = new Map<number, OrgDay>();
  for (const { day, dimension, value, people, deeds } of rows) {
    const of = days.get(day) ?? { day, people: 0, deeds: 0, kinds: noKinds() };
    if (dimension === "all") Object.assign(of, { people, deeds });
    else of.kinds[value as KindOfUse] = people;
    days.set(day, of);
  }
  return [...days.values()];
}

export function noKinds(): Record<KindOfUse, number> {
  return { viewed: 0, changed: 0, acted: 0, other: 0 };
}

/** One user's days with any use: deeds by kind. */
export async function userDays(
  db: Db,
  connection: number,
  user: string,
  fromDay: number,
  toDay: number,
): Promise<Map<number, Record<KindOfUse, number>>> {
  const rows = await db
    .selectFrom("usage_day")
    .select(["day", "viewed", "changed", "acted", "other"])
    .where("connection", "=", connection)
    .where("user_id", "=", user)
    .where("day", ">=", fromDay)
    .where("day", "<=", toDay)
    .execute();
  return new Map(rows.map(({ day, ...kinds }) => [day, kinds]));
}

const isPerson = sql`u.status = 'active' and not ${isService}`;

/**
 * Active people with use in the range: who is deactivated or missing now, and a service account, is none of them, as
 * everywhere that people are counted. The newest use of each decides for most; only who used it later too is looked up by day,
 * which beats counting the days' rows by far.
 */
function active(connection: number, { fromDay, toDay, from, to }: DayRange): RawBuilder<unknown> {
  return sql`select x.user_id from usage_user x join "user" u on u.connection = x.connection and u.user_id = x.user_id
    where x.connection = ${connection} and ${isPerson} and x.at >= ${from} and (x.at < ${to} or exists (select 1 from usage_day d where d.connection = x.connection and d.user_id = x.user_id
      and d.day between ${fromDay} and ${toDay}))`;
}

/** Distinct people with use in the range. */
export async function countActive(db: Db, connection: number, range: DayRange): Promise<number> {
  const { rows } = await sql<{
    n: number;
  }>`select count(*) as n from (${active(connection, range)}) as active`.execute(db);
  return rows[0]!.n;
}

export interface ActivePart {
  id: string;
  people: number;
  /** Active people of that part now; null for kinds. */
  of: number | null;
}

/** Distinct people of each kind of use. */
export async function activeByKind(db: Db, connection: number, range: DayRange): Promise<ActivePart[]> {
  const sums = KINDS_OF_USE.map((kind) => sql`sum(${sql.ref(kind)}) as ${sql.ref(kind)}`);
  const maxima = KINDS_OF_USE.map(
    (kind) => sql`max(case when ${sql.ref(kind)} > 0 then 1 else 0 end) as ${sql.ref(kind)}`,
  );
  const { rows } = await sql<Record<KindOfUse, number | null>>`
    select ${sql.join(sums)} from (select ${sql.join(maxima)} from usage_day d
      join "user" u on u.connection = d.connection and u.user_id = d.user_id
      where d.connection = ${connection} and d.day between ${range.fromDay} and ${range.toDay} and ${isPerson}
      group by d.user_id) as people`.execute(db);
  return KINDS_OF_USE.map((id) => ({ id, people: rows[0]![id] ?? 0, of: null }));
}

export type ActiveParts = Record<"level" | "role" | "department" | "office", ActivePart[]>;

/** Distinct people of each level, role, department and office, as these stand now; the largest first. */
export async function activeByPart(db: Db, connection: number, range: DayRange): Promise<ActiveParts> {
  const [parts, role] = await Promise.all([
    activeByUserParts(db, connection, range),
    activeByRole(db, connection, range),
  ]);
  return { ...parts, role };
}

/** One look at every user: those of one level, departments and offices are counted together. */
async function activeByUserParts(
  db: Db,
  connection: number,
  range: DayRange,
): Promise<Pick<ActiveParts, "level" | "department" | "office">> {
  const { rows } = await sql<{
    level: string;
    departments: string;
    offices: string;
    n: number;
    active: number;
  }>`
    with active as materialized (${active(connection, range)})
    select u.level, u.department_ids_json as departments, u.office_ids_json as offices,
      count(*) filter (where u.status = 'active') as n, count(a.user_id) as active
    from "user" u left join active a on a.user_id = u.user_id
    where u.connection = ${connection} and not ${isService} group by 1, 2, 3`.execute(db);
  const tallies = { level: new Map<string, ActivePart>(), department: new Map(), office: new Map() };
  for (const { level, departments, offices, n, active } of rows) {
    add(tallies.level, level, n, active);
    for (const id of JSON.parse(departments) as string[]) add(tallies.department, id, n, active);
    for (const id of JSON.parse(offices) as string[]) add(tallies.office, id, n, active);
  }
  const { level, department, office } = tallies;
  return { level: largestFirst(level), department: largestFirst(department), office: largestFirst(office) };
}

function add(tally: Map<string, ActivePart>, id: string, of: number, people: number): void {
  const part = tally.get(id) ?? { id, people: 0, of: 0 };
  tally.set(id, { id, people: part.people + people, of: part.of! + of });
}

function largestFirst(tally: Map<string, ActivePart>): ActivePart[] {
  return [...tally.values()].sort((a, b) => b.people - a.people || (a.id < b.id ? -1 : 1));
}

async function activeByRole(db: Db, connection: number, range: DayRange): Promise<ActivePart[]> {
  const { rows } = await sql<{ role_id: string; n: number; active: number }>`
    with active as materialized (${active(connection, range)})
    select r.role_id, count(*) filter (where u.status = 'active') as n, count(a.user_id) as active
    from user_role r join "user" u on u.connection = r.connection and u.user_id = r.user_id
      left join active a on a.user_id = r.user_id
    where r.connection = ${connection} and r.role_id <> 0 and r.n > 0 and not ${isService}
    group by r.role_id`.execute(db);
  return largestFirst(
    new Map(rows.map(({ role_id, n, active }) => [role_id, { id: role_id, people: active, of: n }])),
  );
}
