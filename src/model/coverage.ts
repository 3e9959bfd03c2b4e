/** For which time do we know who used Greenhouse? Pure: what was read, less what an empty answer can't prove. */
import { intersect, length, type Span, subtract, union } from "./span.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** A gap between two events of the whole organization up to this long is normal: a week-end, a holiday. */
export const NORMAL_GAP = 3 * DAY;

export interface CoverageFacts {
  /** What was read completely (claims of the reader). */
  read: readonly Span[];
  /** Time of the oldest event ever stored for the organization; null: none. */
  oldestEvent: number | null;
  /** Hours (ms since the epoch ÷ 3,600,000, rounded down) that hold at least one event of anybody, ascending. */
  hours: readonly number[];
  /** false: no event by a person was ever seen. Then the log tells nothing of people, and absence proves nothing. */
  people?: boolean;
  now: number;
}

export interface EffectiveCoverage {
  /** Read, and the log was alive: absence of an event here means that nothing was done. */
  spans: Span[];
  /** Read, but the whole organization was silent for too long: the log may have been off. */
  silent: Span[];
  /** End of the hour of the newest event, where the silence lasts until now; null: the log is not silent now. */
  logSilentSince: number | null;
}

/**
 * Answers older than the oldest event ever seen prove nothing: the add-on may have been switched on that day.
 * Nor does a silence of the whole organization longer than max(3 days, 3 × its longest normal gap).
 * Only time that was read counts as silence: what we did not look at is not known to be silent.
 */
export function effectiveCoverage(facts: CoverageFacts): EffectiveCoverage {
  const { oldestEvent, hours, now, people = true } = facts;
  if (oldestEvent === null || hours.length === 0) return { spans: [], silent: [], logSilentSince: null };
  const read = intersect(facts.read, [{ from: oldestEvent, to: Number.POSITIVE_INFINITY }]);

  const gaps = gapsBetween(hours, now).map((gap) => {
    const seen = intersect(read, [gap]);
    return { gap, seen, length: length(seen) };
  });
  const longestNormal = gaps.reduce(
    (longest, gap) => (gap.length <= NORMAL_GAP ? Math.max(longest, gap.length) : longest),
    0,
  );
  const limit = Math.max(NORMAL_GAP, 3 * longestNormal);
  const silent = gaps.filter((gap) => gap.length > limit);
  const last = gaps.at(-1)!;
  const alive = subtract(
    read,
    silent.map(({ gap }) => gap),
  );
  return {
    spans: people ? alive : [],
    silent: union(silent.flatMap(({ seen }) => seen)),
    logSilentSince: last.length > limit ? last.gap.from : null,
  };
}

/**
 * From the end of one hour with events to the start of the next; the last one ends now, and may be empty. Neighbouring
 * hours have nothing between them: of a year's 8,760 few are left.
 */
function gapsBetween(hours: readonly number[], now: number): Span[] {
  return hours.flatMap((hour, i) => {
    const from = (hour + 1) * HOUR;
    const next = hours[i + 1];
    if (next === undefined) return { from, to: Math.max(now, from) };
    return next === hour + 1 ? [] : { from, to: next * HOUR };
  });
}

/** A day of a time zone: `day` counts from 1970-01-01, the bounds are its midnights (23 to 25 hours apart). */
export interface DayBounds extends Span {
  day: number;
}

/** The days that are covered from midnight to midnight. */
export function coveredDays(spans: readonly Span[], days: readonly DayBounds[]): number[] {
  const merged = union(spans);
  const covered: number[] = [];
  let at = 0;
  for (const { day, from, to } of [...days].sort((a, b) => a.from - b.from)) {
    while (at < merged.length && merged[at]!.to < to) at += 1;
    if (at < merged.length && merged[at]!.from <= from) covered.push(day);
  }
  return covered;
}

/** Start of the unbroken coverage that reaches the newest claim: what "none since …" may say. null: nothing is covered. */
export function unbrokenSince(spans: readonly Span[]): number | null {
  return union(spans).at(-1)?.from ?? null;
}
