/** Learns what an unpaged answer is: the same window, read in pages and at once (api.md §3.3 says nothing of a cap). */

import type { EventRecord } from "../../../model/records.ts";
import type { Span } from "../../../model/span.ts";
import type { Probe } from "./memory.ts";
import { type Piece, readPages } from "./pages.ts";
import { type Answer, type AuditLog, isRefusal } from "./query.ts";
import { identities, isNewestFirst, tellsMore } from "./slices.ts";

/** As many events as two full pages hold, so that one limit window of 3 pages suffices. */
const ENOUGH = 750;

/**
 * Pages of `window` from its newest second down, until they hold enough events or the window ends. What they claim is a
 * closed window, read completely; asked at once, it must give exactly its newest events.
 */
export async function* probe(log: AuditLog, window: Span, now: number): AsyncGenerator<Piece, Probe, void> {
  const events: EventRecord[] = [];
  let unreadable = 0;
  let from: number | null = null;
  for await (const piece of readPages(log, window, { ahead: false })) {
    events.push(...piece.events);
    unreadable += piece.unreadable.length;
    if (piece.unclaim) from = null;
    if (piece.claim) from = piece.claim.from;
    yield piece;
    if (from !== null && events.length >= ENOUGH) break;
    if (from === null && events.length >= ENOUGH) {
      return { ...NOTHING, at: now, events: events.length, why: "two pages show no order, newest first" };
    }
  }
  const closed = { from: from ?? window.from, to: window.to };
  let answer: Answer;
  try {
    answer = await log.window(closed);
  } catch (error) {
    if (!isRefusal(error)) throw error;
    return { ...NOTHING, at: now, events: events.length, why: `refused: ${(error as Error).message}` };
  }
  if (unreadable > 0 && (events.length === 0 || answer.count === 0)) {
    return { ...NOTHING, at: now, events: events.length, why: "none of the events can be read" };
  }
  return { ...compare(events, answer, closed), at: now };
}

const NOTHING = { unpaged: "unusable", cap: null, hits: "unknown" } as const;

/** Is the answer exactly the newest events of the window, newest first? `paged`: all of them. */
export function compare(paged: EventRecord[], answer: Answer, window: Span): Omit<Probe, "at"> {
  const events = paged.length;
  const unusable = (why: string) => ({ ...NOTHING, events, why });
  if (answer.ignored) return unusable("the asked times are ignored");
  if (!isNewestFirst(answer.events)) return unusable("the events are not newest first");
  const inside = answer.events.filter((event) => event.at >= window.from && event.at < window.to);
  const all = identities(paged);
  const got = identities(inside);
  if (!got.isSubsetOf(all)) return unusable("it has events that the pages lack");
  const oldest = inside.at(-1)?.at ?? window.to;
  const reachesBelow = answer.events.some((event) => event.at < window.from);
  const whole = got.size === all.size;
  const newest = identities(paged.filter((event) => event.at > oldest));
  if (!whole && (reachesBelow || !newest.isSubsetOf(got)))
    return unusable("it leaves out events in its midst");
  if (!whole && answer.count === 0) return unusable("it is empty");
  // Pages hold at least 100 (api.md §3.3): fewer are a cut only where the answer itself tells of more.
  const toldOfMore = tellsMore(answer);
  if (!whole && answer.count < 100 && !toldOfMore) return unusable("it leaves out its oldest events");
  const hits = countedBy(answer, events, whole);
  return { unpaged: "usable", cap: whole ? null : answer.count, hits, events, why: null };
}

/** Of a window with so many events, or a second's more: what do the answer's hits count? */
function countedBy({ hits, count }: Answer, events: number, whole: boolean): Probe["hits"] {
  if (hits === null) return "unknown";
  if (hits > (whole ? count : 2 * events)) return "other";
  if (whole) return "unknown";
  return hits > count ? "window" : "answer";
}
