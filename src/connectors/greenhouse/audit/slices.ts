/** Which window to ask for next, and what an answer proves. Pure. */

import type { EventRecord } from "../../../model/records.ts";
import { intersect, length, type Span, subtract } from "../../../model/span.ts";
import { type Answer, SECOND, type Window } from "./query.ts";

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
/** The audit log keeps 30 days (api.md §3.6). */
export const RETENTION = 30 * DAY;
/** Nothing is claimed so close to the edge: events may vanish while they are read. */
export const EDGE_MARGIN = 10 * MINUTE;

export const floorSecond = (at: number) => Math.floor(at / SECOND) * SECOND;
export const ceilSecond = (at: number) => Math.ceil(at / SECOND) * SECOND;

/** What may be claimed by an answer given at `date`, whole seconds. @param sure that much time has passed at least */
export function claimable(date: number, lag: number, sure = date): Span {
  return { from: ceilSecond(date - RETENTION + EDGE_MARGIN), to: floorSecond(sure - lag) };
}

export interface Plan {
  span: Window;
  phase: "newest" | "backfill" | "tail" | "verify";
}

export interface PlanState {
  /** Greenhouse's clock. */
  now: number;
  /** What may be claimed now. */
  safe: Span;
  coverage: readonly Span[];
  /** What can't be read and was tried lately. */
  holes: readonly Span[];
  /** How much time one slice of the backfill takes in: ms. */
  stride: number;
  /** Up to where the last tail of this run claimed; null: none was read yet. */
  tailTo: number | null;
  tailDue: boolean;
  /** Yesterday, if it is to be read again whole. */
  verify: Span | null;
}

/** All that is still to be read and claimed. */
export function wanted(state: Pick<PlanState, "safe" | "coverage" | "holes">): Span[] {
  return subtract([state.safe], [...state.coverage, ...state.holes]).map(({ from, to }) => ({
    from: floorSecond(from),
    to: ceilSecond(to),
  }));
}

/**
 * The tail first, down to what is covered; then the newest 24 hours, newest first; then gaps, oldest first, as they
 * expire. Then yesterday again. null: all is read.
 */
export function plan(state: PlanState): Plan | null {
  const { to: safe } = state.safe;
  const gaps = wanted(state);
  if (state.tailDue || state.tailTo === null) {
    const top = gaps.at(-1);
    const from = top?.to === safe ? Math.max(top.from, safe - DAY) : safe;
    return {
      span: { from, to: ceilSecond(state.now + SECOND), open: true },
      phase: safe - from > HOUR ? "newest" : "tail",
    };
  }
  // What became safe since the tail waits for the next tail: else a run would never end.
  const open = intersect(gaps, [{ from: 0, to: state.tailTo }]);
  const newest = intersect(open, [{ from: state.tailTo - DAY, to: state.tailTo }]).at(-1);
  if (newest) return { span: newest, phase: "newest" };
  const [oldest] = open;
  if (oldest) {
    // A little rest isn't worth a slice of its own.
    const reach = oldest.from + ceilSecond(state.stride);
    return {
      span: { from: oldest.from, to: reach > oldest.to - state.stride / 4 ? oldest.to : reach },
      phase: "backfill",
    };
  }
  return state.verify ? { span: state.verify, phase: "verify" } : null;
}

export function remaining(state: Parameters<typeof wanted>[0]): number {
  return length(wanted(state));
}

/** The second that the last answer was cut in: what was seen of it must be seen again. */
export interface Seam {
  second: number;
  oldest: number;
  seen: ReadonlySet<string>;
}

export type Judgment =
  /** Everything in the window is here. */
  | { kind: "whole"; keep: EventRecord[] }
  /** Everything from `from` up is here; the rest lies below, and the seam with it. */
  | { kind: "cut"; from: number; keep: EventRecord[]; seam: Seam }
  /** The events tell of nothing but the window above `from`. `sure`: all of it is here; else it takes pages. */
  | { kind: "top"; from: number; keep: EventRecord[]; sure: boolean }
  /** Not the newest events of the window. */
  | { kind: "surprise"; why: string };

/** An answer with fewer events is taken for whole: no cap is that low (`Size` begins at 100, api.md §3.3). */
const FEW = 10;

/**
 * What does an unpaged answer prove? An answer with ten events or more counts as whole only if it reaches below the
 * window; else its oldest second is cut off and the next answer begins there. So nothing rests on Greenhouse's cap,
 * which isn't documented and may change; it costs one short answer at the end of a slice.
 *
 * @param largest entries in the largest answer of this run: Greenhouse's cap is no lower
 * @param closed up to where no more events arrive
 */
export function judge(
  answer: Answer,
  window: Span,
  seam: Seam | null,
  largest: number,
  closed: number,
): Judgment {
  const { events, count } = answer;
  const more = tellsMore(answer);
  if (answer.ignored)
    return { kind: "surprise", why: `${answer.strays.length} events lie outside the asked times` };
  if (count >= FEW && !isNewestFirst(events))
    return { kind: "surprise", why: "the events are not newest first" };
  const broken = seam && seamBroken(events, seam, closed);
  if (broken) return { kind: "surprise", why: broken };
  const oldest = events.reduce((least, event) => Math.min(least, event.at), Number.POSITIVE_INFINITY);
  const inside = events.filter((event) => event.at >= window.from && event.at < window.to);

  if (count === 0) return { kind: "whole", keep: [] };
  // Events of one time alone don't show that they are the newest.
  const shown = events.some((event, i) => i > 0 && event.at < events[i - 1]!.at);
  if ((oldest < window.from && shown) || (count < FEW && !more)) return { kind: "whole", keep: inside };
  const from = floorSecond(oldest) + SECOND;
  if (count < FEW && (from >= window.to || !shown)) {
    return { kind: "top", from: window.from, keep: inside, sure: false };
  }
  if (events.length === 0) return { kind: "surprise", why: "none of the events can be read" };
  if (from >= window.to) {
    const last = window.to - SECOND;
    return {
      kind: "top",
      from: last,
      keep: inside.filter((event) => event.at >= last),
      sure: count < largest && !more,
    };
  }
  if (!shown) return { kind: "top", from: Math.max(window.from, from - SECOND), keep: inside, sure: false };
  return {
    kind: "cut",
    from,
    keep: inside.filter((event) => event.at >= from),
    seam: { second: from - SECOND, oldest, seen: identities(events.filter((event) => event.at < from)) },
  };
}

/** Greenhouse tells of more events than it gives. Of what it counts them isn't documented (api.md §3.3). */
export function tellsMore({ hits, count }: Pick<Answer, "hits" | "count">): boolean {
  return (hits ?? 0) > count;
}

/** The answer above saw part of this second. All of that must be here again, and nothing new beside it. */
function seamBroken(events: EventRecord[], seam: Seam, closed: number): string | null {
  const end = seam.second + SECOND;
  const again = identities(events.filter((event) => event.at >= seam.second && event.at < end));
  if (!seam.seen.isSubsetOf(again)) return "an event that was seen is not there any more";
  if (end > closed) return null;
  const newer = identities(events.filter((event) => event.at > seam.oldest && event.at < end));
  return newer.isSubsetOf(seam.seen) ? null : "the answer before had left out an event";
}

export function isNewestFirst(events: readonly EventRecord[]): boolean {
  return events.every((event, i) => i === 0 || event.at <= events[i - 1]!.at);
}

/** The time is part of the hash. */
export function identities(events: readonly EventRecord[]): Set<string> {
  return new Set(events.map((event) => `${event.hash}${event.n}`));
}
