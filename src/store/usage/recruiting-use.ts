/** Who did what, as recruiting lists tell: by day, by source, and of one user. */
import { sql } from "kysely";
import { DEED_SOURCES, type DeedSource } from "../../model/recruiting.ts";
import type { Db } from "../store.ts";
import { isService } from "../users/user-sql.ts";

export type BySource = Record<DeedSource, number>;

export interface RecruitingDay {
  day: number;
  /** Distinct people, and their deeds, whoever they are now. */
  people: number;
  deeds: number;
  /** Distinct people by source. */
  sources: BySource;
}

const deeds = sql.join(
  DEED_SOURCES.map((source) => sql`d.${sql.ref(source)}`),
  sql` + `,
);
const peopleOf = DEED_SOURCES.map(
  (source) => sql`count(*) filter (where d.${sql.ref(source)} > 0) as ${sql.ref(source)}`,
);

/** Days with any activity of people, oldest first. */
export async function recruitingDays(
  db: Db,
  connection: number,
  fromDay: number,
  toDay: number,
): Promise<RecruitingDay[]> {
  const { rows } = await sql<{ day: number; people: number; deeds: number } & BySource>`
    select d.day, count(*) as people, sum(${deeds}) as deeds, ${sql.join(peopleOf)}
    from recruiting_day d left join "user" u on u.connection = d.connection and u.user_id = d.user_id
    where d.connection = ${connection} and d.day between ${fromDay} and ${toDay}
      and not coalesce(${isService}, false)
    group by d.day order by d.day`.execute(db);
  return rows.map(({ day, people, deeds, ...sources }) => ({ day, people, deeds, sources }));
}

export interface RecruitingPeople {
  /** Distinct active people with any activity in the range. */
  any: number;
  people: BySource;
  deeds: BySource;
}

/** Active people, as everywhere that people are counted: who is deactivated or missing now is none of them. */
export async function recruitingPeople(
  db: Db,
  connection: number,
  fromDay: number,
  toDay: number,
): Promise<RecruitingPeople> {
  const sums = DEED_SOURCES.map((source) => sql`sum(${sql.ref(source)}) as ${sql.ref(source)}`);
  const counts = DEED_SOURCES.flatMap((source) => [
    sql`count(*) filter (where ${sql.ref(source)} > 0) as ${sql.ref(`${source}_people`)}`,
    sql`coalesce(sum(${sql.ref(source)}), 0) as ${sql.ref(source)}`,
  ]);
  const { rows } = await sql<Record<string, number>>`
    select count(*) as n, ${sql.join(counts)} from (
      select d.user_id, ${sql.join(sums)} from recruiting_day d
        join "user" u on u.connection = d.connection and u.user_id = d.user_id
      where d.connection = ${connection} and d.day between ${fromDay} and ${toDay}
        and u.status = 'active' and not ${isService}
      group by d.user_id) as people`.execute(db);
  const row = rows[0]!;
  const of = (suffix: string) =>
    Object.fromEntries(DEED_SOURCES.map((source) => [source, row[`${source}${suffix}`]!])) as BySource;
  return { any: row.n!, people: of("_people"), deeds: of("") };
}

/** A user's days with any activity: deeds by source. */
export async function recruitingDaysOf(
  db: Db,
  connection: number,
  user: string,
  fromDay: number,
  toDay: number,
): Promise<Map<number, BySource>> {
  const rows = await db
    .selectFrom("recruiting_day")
    .select(["day", ...DEED_SOURCES])
    .where("connection", "=", connection)
    .where("user_id", "=", user)
    .where("day", ">=", fromDay)
    .where("day", "<=", toDay)
    .execute();
  return new Map(rows.map(({ day, ...sources }) => [day, sources]));
}

/** When a user was last seen by each source that ever told of them, newest first. */
export async function lastDeedsOf(
  db: Db,
  connection: number,
  user: string,
): Promise<{ source: DeedSource; at: number }[]> {
  const row = await db
    .selectFrom("recruiting_user")
    .selectAll()
    .where("connection", "=", connection)
    .where("user_id", "=", user)
    .executeTakeFirst();
  if (!row) return [];
  return DEED_SOURCES.flatMap((source) => {
    const at = row[`${source}_at`];
    return at === null ? [] : [{ source, at }];
  }).sort((a, b) => b.at - a.at);
}
