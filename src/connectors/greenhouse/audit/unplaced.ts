/** Entries of the log without a readable time: where they may lie. Pure. */
import { type Span, union } from "../../../model/span.ts";
import { SECOND } from "./query.ts";
import { floorSecond } from "./slices.ts";

/** Why such a hole is one. */
export const UNPLACED = "Greenhouse sent an event without a readable time, which may lie here.";

/**
 * Newest first, such an entry (null) stands between its neighbours: from the older one's second to the newer one's,
 * both included. Beside none, or in no order, it may lie anywhere up to the window's bound.
 *
 * @param times of an answer's entries, in its order
 * @returns whole seconds of the window that can't be claimed
 */
export function unplacedIn(times: readonly (number | null)[], window: Span): Span[] {
  if (!times.includes(null)) return [];
  const known = times.filter((at) => at !== null);
  if (!known.every((at, i) => i === 0 || at <= known[i - 1]!)) return [window];
  const spans: Span[] = [];
  let newer: number | null = null;
  let open = false;
  for (const at of [...times, undefined]) {
    if (at === null) open = true;
    else {
      if (open) {
        spans.push({
          from: at === undefined ? window.from : Math.max(window.from, floorSecond(at)),
          to: newer === null ? window.to : Math.min(window.to, floorSecond(newer) + SECOND),
        });
      }
      open = false;
      newer = at ?? null;
    }
  }
  return union(spans);
}
