import type { Connection } from "../model/connection.ts";
import { dayText, parseDay } from "../model/day.ts";
import { coveredDaysIn } from "../model/license.ts";
import { clip } from "../model/span.ts";
import type { Db } from "../store/store.ts";
import {
  type ActivePart,
  activeByKind,
  activeByPart,
  countActive,
  type DayRange,
} from "../store/usage/active-people.ts";
import { notCounted, olderDays, requestTypes } from "../store/usage/usage-rules.ts";
import { namesOf } from "../store/users/names.ts";
import { countUsers } from "../store/users/users.ts";
import { daysOf, dayUses } from "./days.ts";
import { QueryRefused } from "./errors.ts";
import { countsOf } from "./memo.ts";
import { iso, type Question, question, windowView } from "./question.ts";
import { recruitingView } from "./recruiting.ts";
import type { RequestTypeView, UsageQuery, UsageView, UseDimension, UsePart } from "./types.ts";

const LONGEST_DAYS = 400;

/** Said once on the page and in every stamp of it. */
export const USAGE_NOTE =
  "Recorded use: the audit log may miss plain page views. API keys, service accounts and Greenhouse staff never count.";

/** Who used it: by day, and distinct people over the range. Throws QueryRefused for days that aren't. */
export async function usage(
  db: Db,
  connection: Connection,
  query: UsageQuery,
  now: number,
): Promise<UsageView> {
  const asked = await question(db, connection, now);
  const { zone, coverage } = asked;
  const range = rangeOf(asked, query);
  const [days, counted, recruiting, whatCounts, uncounted, older] = await Promise.all([
    daysOf(asked, range.fromDay, range.toDay),
    countPeople(asked, upToNow(asked, range)),
    recruitingView(asked, upToNow(asked, range)),
    requestTypes(db, connection.id, range.fromDay, range.toDay),
    notCounted(db, connection.id, range.fromDay, range.toDay),
    olderDays(db, connection.id),
  ]);
  const told = recruiting?.days.map((each) => [parseDay(each.day)!, { people: each.people ?? 0 }] as const);
  const { state, cause, text, cure } = asked.audit ?? {
    state: "not_read_yet",
    cause: null,
    text: null,
    cure: null,
  };
  return {
    source: { state, cause, text, cure },
    range: {
      from: dayText(range.fromDay),
      to: dayText(range.toDay),
      days: range.toDay - range.fromDay + 1,
      coveredDays: coveredDaysIn(coverage.effective.spans, zone, range.fromDay, range.toDay),
      timeZone: zone.timeZone,
      startsAt: iso(range.from),
      endsAt: iso(range.to),
    },
    window: windowView(asked),
    days: dayUses(asked, range.fromDay, range.toDay, days, new Map(told)),
    ...counted,
    recruiting,
    whatCounts,
    notCounted: uncounted,
    olderDays: older.map(({ beforeDay, cause, timeZone }) => ({
      before: dayText(beforeDay),
      cause,
      timeZone,
    })),
    note: USAGE_NOTE,
    stamp: asked.stamp,
  };
}

function rangeOf({ zone, judge: { known } }: Question, { from, to }: UsageQuery): DayRange {
  const dayOf = (text: string | undefined, otherwise: number) => {
    if (text === undefined) return otherwise;
    const day = parseDay(text);
    if (day === null) throw new QueryRefused(`"${text}" is not a day. Write it as 2026-11-23.`);
    return day;
  };
  const toDay = dayOf(to, from === undefined ? known.toDay : known.today);
  const fromDay = dayOf(from, Math.min(known.fromDay, toDay));
  if (fromDay > toDay) throw new QueryRefused("The first day is after the last one.");
  if (toDay - fromDay >= LONGEST_DAYS)
    throw new QueryRefused(`Ask for at most ${LONGEST_DAYS} days at once.`);
  return { fromDay, toDay, from: zone.start(fromDay), to: zone.end(toDay) };
}

function daysBefore({ zone }: Question, toDay: number, days: number): DayRange {
  const fromDay = toDay - days + 1;
  return { fromDay, toDay, from: zone.start(fromDay), to: zone.end(toDay) };
}

/** Who used it today is in use: a span that ends with the last whole day counts people with today, as far as it was read. */
function upToNow({ judge: { known }, zone }: Question, range: DayRange): DayRange {
  if (range.toDay !== known.toDay) return range;
  return { ...range, toDay: known.today, to: zone.end(known.today) };
}

interface Counted {
  people: UsageView["people"];
  by: UsageView["by"];
  stopped: number | null;
  stoppedReason: string | null;
}

/**
 * Takes a look at every person, so it is remembered until something is synced. A run makes news with every answer:
 * until it has ended, what was counted less than a minute ago is good enough.
 */
async function countPeople(asked: Question, range: DayRange): Promise<Counted> {
  const { judge, coverage } = asked;
  const { remember } = await countsOf(asked);
  const make = async () => {
    const [people, by, stopped] = await Promise.all([
      peopleIn(asked, range),
      partsOf(asked, range),
      stoppedIn(asked),
    ]);
    return { people, by, ...stopped };
  };
  const what = `people ${range.from} ${range.to} ${judge.known.from} ${judge.known.to}`;
  return remember(what, make, JSON.stringify(coverage.effective.spans));
}

async function peopleIn(asked: Question, range: DayRange): Promise<UsageView["people"]> {
  const { db, connection, judge } = asked;
  const { toDay } = judge.known;
  const counts = new Map<string, Promise<number> | null>();
  const count = (days: DayRange) => {
    const key = `${days.from} ${days.to}`;
    const read = clip(asked.coverage.effective.spans, days).length > 0;
    if (!counts.has(key)) counts.set(key, read ? countActive(db, connection.id, days) : null);
    return counts.get(key)!;
  };
  const [whole, lastDay, last7Days, last28Days, of] = await Promise.all([
    count(range),
    count(daysBefore(asked, toDay, 1)),
    count(upToNow(asked, daysBefore(asked, toDay, 7))),
    count(upToNow(asked, daysBefore(asked, toDay, 28))),
    countUsers(db, connection.id, { status: ["active"], serviceAccounts: "exclude" }, judge),
  ]);
  return { range: whole, lastDay, last7Days, last28Days, of };
}

/** null: nothing of the range was read. */
async function partsOf(asked: Question, range: DayRange): Promise<UsageView["by"]> {
  const { db, connection } = asked;
  if (clip(asked.coverage.effective.spans, range).length === 0) return null;
  const [kinds, parts] = await Promise.all([
    activeByKind(db, connection.id, range),
    activeByPart(db, connection.id, range),
  ]);
  const unnamed = (all: ActivePart[]): UsePart[] => all.map((part) => ({ ...part, name: null }));
  return {
    kind: unnamed(kinds),
    level: unnamed(parts.level),
    role: await withNames(asked, "role", parts.role),
    department: await withNames(asked, "department", parts.department),
    office: await withNames(asked, "office", parts.office),
  } satisfies Record<UseDimension, UsePart[]>;
}

/** Who used it in as many days before the window, and not since: known only where both are covered. */
async function stoppedIn(asked: Question): Promise<Pick<Counted, "stopped" | "stoppedReason">> {
  const { db, connection, judge, coverage, zone } = asked;
  const { windowDays, fromDay, toDay } = judge.known;
  const before = daysBefore(asked, fromDay - 1, windowDays);
  const covered = coveredDaysIn(coverage.effective.spans, zone, before.fromDay, toDay);
  if (covered === 2 * windowDays) {
    return { stopped: await countUsers(db, connection.id, { stopped: true }, judge), stoppedReason: null };
  }
  return {
    stopped: null,
    stoppedReason:
      `it compares ${windowDays} days with the ${windowDays} before, ` +
      `and ${covered} of these ${2 * windowDays} days are covered`,
  };
}

async function withNames(
  { db, connection }: Question,
  table: "role" | "department" | "office",
  parts: ActivePart[],
): Promise<UsePart[]> {
  const names = await namesOf(
    db,
    connection.id,
    table,
    parts.map(({ id }) => id),
  );
  return parts.map((part) => ({ ...part, name: names.get(part.id) ?? null }));
}

/** Which request types count as use, with their events in the window. */
export async function listRequestTypes(
  db: Db,
  connection: Connection,
  now: number,
): Promise<RequestTypeView[]> {
  const { judge } = await question(db, connection, now);
  return requestTypes(db, connection.id, judge.known.fromDay, judge.known.today);
}
