/** Which part of a recruiting list is read next. Pure. */
import { type Span, subtract, union } from "../../../model/span.ts";
import type { Dates } from "./transport.ts";

export const MINUTE = 60_000;
export const DAY = 86_400_000;
/** The newest rows are read again for so long: a row may show later than the time at which it says it was changed. */
export const OVERLAP = 15 * MINUTE;
/** What was learnt of dates is tried anew after so long. */
export const DATES_GOOD_FOR = 7 * DAY;
/** Without dates every row is read each time: not more often than this. */
const WHOLE_EVERY = DAY;
/** What couldn't be read is asked for again: at once with the next reading, and then not more often than this. */
const MEND_EVERY = DAY;
const FIRST_DAYS = 28;
const MOST_DAYS = 400;
/** A slice of more pages than this is followed by a shorter one: its cursor must outlive it. */
const MANY_PAGES = 20;

/** A span that is being read, with where it goes on. */
export interface Slice extends Span {
  /** null: not begun. */
  next: string | null;
  below: string | null;
  pages: number;
  /** Rows of it that can't be read. */
  lost: number;
  dates: Dates;
  /** Rows changed by then have surely been listed; null: not begun. */
  until: number | null;
}

/** What is remembered from page to page and from run to run. */
export interface Memory {
  /** What of dates is taken, as learnt at a time; null: nothing was refused. */
  dates: { taken: Dates; at: number } | null;
  /** Length of the next slice of older rows. */
  days: number;
  slice: Slice | null;
  /** Where everything is being read again: what has been; null: it isn't. */
  again: Span[] | null;
  /** When every row was last read because Greenhouse takes no dates. */
  wholeAt: number | null;
  /** When the holes were last read again; null: never. */
  mendedAt: number | null;
}

export function readMemory(stored: unknown): Memory {
  const memory = (stored ?? {}) as Partial<Memory>;
  return {
    dates: memory.dates ?? null,
    days: memory.days ?? FIRST_DAYS,
    slice: memory.slice ?? null,
    again: memory.again ?? null,
    wholeAt: memory.wholeAt ?? null,
    mendedAt: memory.mendedAt ?? null,
  };
}

/** Are the holes to be read again? A row that was garbled once may be whole now. */
export function mends(memory: Memory, holes: readonly Span[], now: number): boolean {
  return holes.length > 0 && (memory.mendedAt === null || now - memory.mendedAt >= MEND_EVERY);
}

/** What has to be read of `[since, now)`: what wasn't yet, and the newest part of what was once more. */
export function wantedOf(since: number, now: number, coverage: readonly Span[]): Span[] {
  const read = coverage.map(({ from, to }) => ({ from, to: Math.min(to, now) }));
  const [oldest, newest] = [read[0], read.at(-1)];
  if (newest) newest.to -= OVERLAP;
  // A clock that was set right by a second is no reason to ask for a second of last year.
  const from = oldest && oldest.from - since < DAY ? Math.max(since, oldest.from) : since;
  return subtract([{ from, to: now }], read);
}

/** What is left once a slice has been read. Of one that an earlier run began, the newest part is wanted once more. */
export function leftOf(wanted: readonly Span[], from: number, to: number): Span[] {
  const left = subtract(wanted, [{ from, to }]);
  return left.some((span) => span.from === to) ? union(left, { from: to - OVERLAP, to }) : left;
}

/** The next slice, newest first; null: nothing is left. */
export function nextSlice(wanted: readonly Span[], memory: Memory, now: number): Slice | null {
  const newest = wanted.at(-1);
  if (!newest) return null;
  const learnt = memory.dates && now - memory.dates.at < DATES_GOOD_FOR ? memory.dates.taken : null;
  const dates = learnt ?? "two_sided";
  const begin = { next: null, below: null, pages: 0, lost: 0, dates, until: null };
  if (dates === "none" && memory.wholeAt !== null && now - memory.wholeAt < WHOLE_EVERY && !memory.again)
    return null;
  // One listing gives all that was changed since a time: then it is asked for once, back to the oldest that is wanted.
  if (dates !== "two_sided") return { ...begin, from: wanted[0]!.from, to: newest.to };
  return { ...begin, from: Math.max(newest.from, newest.to - memory.days * DAY), to: newest.to };
}

/** A slice that was cut off goes on if it is still wanted. */
export function goesOn(slice: Slice | null, wanted: readonly Span[], since: number): slice is Slice {
  if (slice?.next == null) return false;
  // One that isn't bounded by two dates goes over what was read before, too.
  if (slice.dates !== "two_sided") return true;
  return subtract([{ from: Math.max(slice.from, since), to: slice.to }], wanted).length === 0;
}

/** How long the next slice shall be, after one that took so many pages. */
export function nextDays(days: number, { pages, full }: { pages: number; full: boolean }): number {
  if (pages > MANY_PAGES) return Math.max(1, Math.floor(days / 2));
  return pages === 1 && !full ? Math.min(MOST_DAYS, days * 2) : days;
}
