/** Recruiting activity as it is stored: deeds, and what follows from them by day and by user. */
import { sql } from "kysely";
import type { DayZone } from "../../model/day.ts";
import {
  DEED_SOURCES,
  type Deed,
  type DeedChanges,
  type DeedSource,
  isNewer,
  keyOf,
  planDeeds,
  STREAM_OF_SOURCE,
} from "../../model/recruiting.ts";
import type { Span } from "../../model/span.ts";
import type { RecruitingStream } from "../../model/stream.ts";
import { dataChanged } from "../connections/data-version.ts";
import { type GivenType, given } from "../engine/bulk.ts";
import { joinInOrder, lockConnection } from "../engine/engine.ts";
import type { Db, Tx } from "../store.ts";
import { applyCoverage, coverageSpans, type Hole } from "./coverage.ts";

const DEED: Record<string, GivenType> = { source: "text", row_id: "id", user_id: "id", at: "number" };
const columns = sql.join(DEED_SOURCES.map((source) => sql.ref(source)));

/**
 * Stores what a page of a recruiting list told, and for which time that list has been read. The same page again changes
 * nothing.
 *
 * @returns how many deeds were new, and how many moved to a later time
 */
export async function storeDeeds(
  tx: Tx,
  connection: number,
  stream: RecruitingStream,
  page: { deeds: readonly Deed[]; claim: Span | null; hole?: Hole | null },
  zone: DayZone,
): Promise<{ added: number; changed: number }> {
  const known = await knownDeeds(tx, connection, page.deeds);
  const changes = planDeeds(page.deeds, known, (at) => zone.day(at));
  if (changes.stored.length > 0) {
    await sql`insert into recruiting_deed (connection, source, row_id, user_id, at)
      select ${connection}, source, row_id, user_id, at
      from ${given(
        tx,
        DEED,
        changes.stored.map((deed) => [deed.source, deed.rowId, deed.userId, deed.at]),
      )} where true
      on conflict (connection, source, row_id, user_id) do update set at = excluded.at`.execute(tx);
    await addDays(tx, connection, changes.days);
    await noteNewest(tx, connection, changes.stored);
    await dataChanged(tx, connection, "use");
  }
  const { claim, hole = null } = page;
  if (claim || hole) {
    const before = await coverageSpans(tx, connection, stream);
    await applyCoverage(tx, connection, stream, before, { claim, unclaim: null, hole });
  }
  return { added: changes.added, changed: changes.stored.length - changes.added };
}

async function knownDeeds(tx: Tx, connection: number, deeds: readonly Deed[]): Promise<Map<string, number>> {
  if (deeds.length === 0) return new Map();
  const keys = deeds.map(({ source, rowId, userId }) => [source, rowId, userId]);
  const { rows } = await sql<{ source: DeedSource; row_id: string; user_id: string; at: number }>`
    select d.source, d.row_id, d.user_id, d.at
    from (select * from ${given(tx, { source: "text", row_id: "id", user_id: "id" }, keys)}) g
    ${joinInOrder} recruiting_deed d on d.connection = ${connection} and d.source = g.source
      and d.row_id = g.row_id and d.user_id = g.user_id`.execute(tx);
  return new Map(
    rows.map(({ source, row_id, user_id, at }) => [keyOf({ source, rowId: row_id, userId: user_id }), at]),
  );
}

async function addDays(tx: Tx, connection: number, days: DeedChanges["days"]): Promise<void> {
  if (days.length === 0) return;
  const counts = new Map<string, { key: [number, string]; by: number[] }>();
  for (const { day, userId, source, by } of days) {
    const of = counts.get(`${day} ${userId}`) ?? { key: [day, userId], by: DEED_SOURCES.map(() => 0) };
    of.by[DEED_SOURCES.indexOf(source)]! += by;
    counts.set(`${day} ${userId}`, of);
  }
  const rows = [...counts.values()].map(({ key, by }) => [...key, ...by]);
  const names: Record<string, GivenType> = {
    day: "number",
    user_id: "id",
    ...Object.fromEntries(DEED_SOURCES.map((source) => [source, "number"] as const)),
  };
  const sums = DEED_SOURCES.map(
    (source) => sql`${sql.ref(source)} = recruiting_day.${sql.ref(source)} + excluded.${sql.ref(source)}`,
  );
  await sql`insert into recruiting_day (connection, day, user_id, ${columns})
    select ${connection}, day, user_id, ${columns} from ${given(tx, names, rows)} where true
    on conflict (connection, day, user_id) do update set ${sql.join(sums)}`.execute(tx);
  const left = [...new Set(days.filter(({ by }) => by < 0).map(({ day }) => day))];
  if (left.length === 0) return;
  const nothing = sql.join(
    DEED_SOURCES.map((source) => sql`${sql.ref(source)} <= 0`),
    sql` and `,
  );
  await sql`delete from recruiting_day where connection = ${connection} and day in (${sql.join(left)})
    and ${nothing}`.execute(tx);
}

async function noteNewest(tx: Tx, connection: number, deeds: readonly Deed[]): Promise<void> {
  const newest = new Map<string, { of: Deed; at: (number | null)[] }>();
  for (const deed of deeds) {
    const user = newest.get(deed.userId) ?? { of: deed, at: DEED_SOURCES.map(() => null) };
    if (isNewer(deed, user.of)) user.of = deed;
    const place = DEED_SOURCES.indexOf(deed.source);
    user.at[place] = Math.max(deed.at, user.at[place] ?? 0);
    newest.set(deed.userId, user);
  }
  const names: Record<string, GivenType> = {
    user_id: "id",
    at: "number",
    source: "text",
    ...Object.fromEntries(DEED_SOURCES.map((source) => [`${source}_at`, "number"] as const)),
  };
  const rows = [...newest.values()].map(({ of, at }) => [of.userId, of.at, of.source, ...at]);
  const each = sql.join(Object.keys(names).map((name) => sql.ref(name)));
  const newer = sql`(excluded.at, excluded.source) > (recruiting_user.at, recruiting_user.source)`;
  const later = DEED_SOURCES.map((source) => {
    const [column, given, kept] = ["", "excluded.", "recruiting_user."].map((of) =>
      sql.raw(`${of}${source}_at`),
    );
    return sql`${column} = case when ${kept} is null or ${given} > ${kept} then ${given} else ${kept} end`;
  });
  await sql`insert into recruiting_user (connection, ${each})
    select ${connection}, ${each} from ${given(tx, names, rows)} where true
    on conflict (connection, user_id) do update set
      at = case when ${newer} then excluded.at else recruiting_user.at end,
      source = case when ${newer} then excluded.source else recruiting_user.source end,
      ${sql.join(later)}`.execute(tx);
}

/**
 * Deletes up to `limit` deeds of before `since`; what was counted from them stays. Returns how many: fewer than `limit`
 * at the end.
 */
export async function deleteOldDeeds(
  tx: Tx,
  connection: number,
  since: number,
  limit: number,
): Promise<number> {
  const old = sql`connection = ${connection} and at < ${since}`;
  const key = sql`connection, source, row_id, user_id`;
  const { numAffectedRows } = await sql`delete from recruiting_deed where ${old} and (${key}) in (
    select ${key} from recruiting_deed where ${old} order by at limit ${limit})`.execute(tx);
  return Number(numAffectedRows ?? 0n);
}

/**
 * Days of a new zone, as far as their deeds are kept; older ones stay as they were counted.
 *
 * @param forgottenBefore deeds of before then were deleted (ms); null: none ever was
 */
export async function recountDeeds(
  tx: Tx,
  connection: number,
  zone: DayZone,
  forgottenBefore: number | null,
): Promise<void> {
  await lockConnection(tx, connection);
  const { rows } = await sql<{ oldest: number | null; newest: number | null }>`
    select min(at) as oldest, max(at) as newest from recruiting_deed where connection = ${connection}`.execute(
    tx,
  );
  const { oldest, newest } = rows[0]!;
  if (oldest === null || newest === null) return;
  // In the old zone the oldest deed may have lain in the day before.
  const first = forgottenBefore === null ? zone.day(oldest) - 1 : firstWholeDay(zone, forgottenBefore);
  const days = Array.from({ length: Math.max(0, zone.day(newest) - first + 1) }, (_, i) => first + i);
  if (days.length === 0) return;
  const bounds = days.map((day) => [day, zone.start(day), zone.end(day)]);
  await sql`delete from recruiting_day where connection = ${connection} and day >= ${first}`.execute(tx);
  const counts = DEED_SOURCES.map((source) => sql`count(*) filter (where d.source = ${source})`);
  await sql`insert into recruiting_day (connection, day, user_id, ${columns})
    select ${connection}, g.day, d.user_id, ${sql.join(counts)}
    from (select * from ${given(tx, { day: "number", from_at: "number", to_at: "number" }, bounds)}) g
    ${joinInOrder} recruiting_deed d on d.connection = ${connection} and d.at >= g.from_at and d.at < g.to_at
    group by g.day, d.user_id`.execute(tx);
  await dataChanged(tx, connection, "use");
}

function firstWholeDay(zone: DayZone, from: number): number {
  const day = zone.day(from);
  return zone.start(day) === from ? day : day + 1;
}

/** For which time each list has been read. */
export async function deedCoverage(
  db: Db | Tx,
  connection: number,
  streams: readonly RecruitingStream[],
): Promise<Map<RecruitingStream, Span[]>> {
  const rows = await db
    .selectFrom("coverage")
    .select(["source", "from_at", "to_at"])
    .where("connection", "=", connection)
    .where("source", "in", streams)
    .execute();
  rows.sort((a, b) => a.from_at - b.from_at);
  return new Map(
    streams.map((stream) => [
      stream,
      rows.filter((row) => row.source === stream).map((row) => ({ from: row.from_at, to: row.to_at })),
    ]),
  );
}

/** How many deeds a list has told. */
export async function countDeeds(db: Db | Tx, connection: number, stream: RecruitingStream): Promise<number> {
  const sources = DEED_SOURCES.filter((source) => STREAM_OF_SOURCE[source] === stream);
  const { n } = await db
    .selectFrom("recruiting_deed")
    .select((eb) => eb.fn.countAll<number>().as("n"))
    .where("connection", "=", connection)
    .where("source", "in", sources)
    .executeTakeFirstOrThrow();
  return n;
}
