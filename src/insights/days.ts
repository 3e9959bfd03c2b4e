import { dayText } from "../model/day.ts";
import { clip } from "../model/span.ts";
import type { KindOfUse } from "../model/usage.ts";
import { noKinds, type OrgDay, orgDays } from "../store/usage/active-people.ts";
import { countsOf } from "./memo.ts";
import { coveredOf, type Question } from "./question.ts";
import { coveredOfDeeds } from "./recruiting.ts";
import type { DayUse } from "./types.ts";

const everyDay = (fromDay: number, toDay: number) =>
  Array.from({ length: Math.max(0, toDay - fromDay + 1) }, (_, i) => fromDay + i);

/**
 * Counts of these days. A day that a run writes to is counted at each look, which takes a while: so they are remembered, while
 * a run writes for a minute, but never beyond what was read when they were counted.
 */
export async function daysOf(asked: Question, fromDay: number, toDay: number): Promise<OrgDay[]> {
  const { db, connection, zone, coverage } = asked;
  const { remember } = await countsOf(asked);
  const read = clip(coverage.effective.spans, { from: zone.start(fromDay), to: zone.end(toDay) });
  const what = `days ${fromDay} ${toDay} ${zone.timeZone} ${JSON.stringify(read)}`;
  return remember(what, () => orgDays(db, connection.id, fromDay, toDay));
}

/** One line a day, with and without use. What was never read is null, not 0. */
export function dayUses(
  asked: Question,
  fromDay: number,
  toDay: number,
  used: readonly OrgDay[],
  told: ReadonlyMap<number, { people: number }>,
): DayUse[] {
  const byDay = new Map(used.map((day) => [day.day, day]));
  return everyDay(fromDay, toDay).map((day) => {
    const { people, deeds, kinds } = byDay.get(day) ?? { people: 0, deeds: 0, kinds: noKinds() };
    return dayUse(asked, day, { people, deeds, kinds }, told.get(day)?.people ?? 0);
  });
}

/** The days of one person. */
export function personDays(
  asked: Question,
  fromDay: number,
  toDay: number,
  used: ReadonlyMap<number, Record<KindOfUse, number>>,
  told: ReadonlyMap<number, unknown>,
): DayUse[] {
  return everyDay(fromDay, toDay).map((day) => {
    const kinds = used.get(day) ?? noKinds();
    const deeds = Object.values(kinds).reduce((sum, n) => sum + n, 0);
    return dayUse(asked, day, { people: deeds > 0 ? 1 : 0, deeds, kinds }, told.has(day) ? 1 : 0);
  });
}

function dayUse(
  asked: Question,
  day: number,
  use: Pick<OrgDay, "people" | "deeds" | "kinds">,
  told: number,
): DayUse {
  const covered = coveredOf(asked, day);
  // The newest events are read before their time is covered: they are told for what they are.
  const known = covered !== "none" || use.people > 0;
  return {
    day: dayText(day),
    covered,
    people: known ? use.people : null,
    deeds: known ? use.deeds : null,
    kinds: known ? use.kinds : null,
    recruiting: told > 0 || coveredOfDeeds(asked, day) !== "none" ? told : null,
  };
}
