/** Reads a window in pages: slowly (3 pages in 30 s, api.md §3.3), but to its end. */

import type { EventRecord, UnreadableRecord } from "../../../model/records.ts";
import { type Span, union } from "../../../model/span.ts";
import type { Ask } from "../../../model/verdict.ts";
import { ConnectorError } from "../../errors.ts";
import {
  type Answer,
  type AuditLog,
  type PagedAnswer,
  PitExpired,
  type Position,
  SECOND,
  type Window,
} from "./query.ts";
import { ceilSecond, floorSecond, identities, isNewestFirst } from "./slices.ts";
import { UNPLACED, unplacedIn } from "./unplaced.ts";

/** What one answer gives to the store. Spans are whole seconds and not yet clipped to what may be claimed. */
export interface Piece {
  events: EventRecord[];
  /** Of times that weren't asked for, and of no claim. */
  strays: EventRecord[];
  unreadable: UnreadableRecord[];
  /** Where the unreadable ones may lie: of no claim. */
  unplaced: Span[];
  claim: Span | null;
  unclaim: Span | null;
  hole: (Span & { cause: string }) | null;
  /** Was the claim read by an unpaged answer, which only the probe vouches for? */
  unpaged: boolean;
  ask: Ask;
  /** Greenhouse's clock at the answer. */
  date: number | null;
  /** Greenhouse's clock when the log was looked at: in pages, at the first of them. */
  asOf: number | null;
}

/** Restarts of the shortest listing without one claim between them, before it is given up. */
const RESTARTS = 4;
/** Pages in a row that end at the same time (100,000 events of one millisecond): then cursors lead nowhere new. */
const STANDING_PAGES = 200;
/** Empty pages in a row that lead on: more are taken for the end. */
const EMPTY_PAGES = 20;

/**
 * Yields the window's events from its newest second down, each second when it is complete, and claims as it goes. Where
 * the order isn't newest first, everything is claimed at the end.
 *
 * A listing begins anew below what was claimed when its PIT expires, when its cursor can't be followed, and when it
 * ends on a page with events, as the last page should be empty (api.md §3.3); an empty one that leads on isn't the last. One that
 * has claimed nothing when its PIT expires begins anew with half of the window. Of full pages without one event that has a place
 * in the window, which lead nowhere, ever more seconds are passed over as a hole: twice as many each time, so that they come to an
 * end.
 *
 * @param options.ahead ask for the next page while this one is being stored
 */
export async function* readPages(
  log: AuditLog,
  window: Window,
  { ahead = true }: { ahead?: boolean } = {},
): AsyncGenerator<Piece, void, void> {
  let top = window.to;
  let ordered = true;
  let passedOver = SECOND;
  for (let restarts = 0; top > window.from; ) {
    const from = Math.max(window.from, top - ceilSecond(log.reach.ms));
    const listing = new Listing(log, { from, to: top, open: window.open && top === window.to });
    const start = top;
    let asOf: number | null = null;
    try {
      for (let answer = await listing.next(); ; ) {
        const goesOn = answer.leads === "on";
        const coming = goesOn && ahead ? listing.next() : null;
        coming?.catch(() => {}); // Awaited below, unless the reader is abandoned meanwhile.
        asOf ??= answer.date;
        if (answer.events.length > 0) passedOver = SECOND;
        const piece = { ...pieceOf(answer), unplaced: answer.unplaced, unpaged: false, asOf };
        // The page before may have shown the same entries: they are counted once.
        if (passedOver > SECOND) piece.unreadable = [];
        if (ordered && !listing.ordered) {
          ordered = false;
          if (top < window.to) {
            yield { ...piece, strays: [], unreadable: [], unclaim: { from: top, to: window.to } };
          }
          top = window.to;
          if (start < top) {
            yield { ...piece, events: listing.takeAll(answer.fresh) };
            break;
          }
        }
        const below = ordered ? listing.carry(answer.fresh, top) : null;
        const thick = answer.leads === "nowhere" && top === start && log.mayBeCut(answer.count);
        if (!goesOn && below === null && top < start && answer.count > 0) break;
        if (!goesOn && below === null) {
          const events = listing.takeAll(ordered ? [] : answer.fresh);
          if (!thick) {
            yield { ...piece, events, claim: { from, to: top } };
            if (2 * listing.pages <= log.reach.pages) log.reach.ms *= 2;
            top = from;
            restarts = 0;
            break;
          }
          if (!ordered) throw unreadable(answer, "has pages in no order, and cursors that can't be followed");
          if (events.length === 0) {
            const bottom = Math.max(from, top - passedOver);
            const cause = answer.unreadable.length > 0 ? UNPLACED : ELSEWHEN;
            yield { ...piece, hole: { from: bottom, to: top, cause } };
            passedOver *= 2;
            top = bottom;
            break;
          }
          const second = events.reduce((least, { at }) => Math.min(least, floorSecond(at)), top - SECOND);
          yield { ...piece, events, hole: { from: second, to: top, cause: THICK } };
          top = second;
          break;
        }
        if (ordered) {
          const claim = below === null ? null : { from: below, to: top };
          yield { ...piece, events: listing.takeWhole(), claim };
          if (below !== null) {
            top = below;
            restarts = 0;
          }
        } else yield { ...piece, events: listing.takeAll(answer.fresh) };
        if (!goesOn) break;
        answer = await (coming ?? listing.next());
      }
    } catch (error) {
      if (!(error instanceof PitExpired)) throw error;
      if (top < start) continue;
      // One that had no second page didn't grow too old.
      if (listing.pages > 1 && top - from > SECOND) {
        log.reach = { ms: (top - from) / 2, pages: Math.max(log.reach.pages, listing.pages) };
      } else restarts += 1;
      if (restarts > RESTARTS) throw error.cause;
    }
  }
}

const THICK = "More events in one second than a page holds, and Greenhouse's cursors can't be followed.";
const ELSEWHEN =
  "A full page of other times than were asked for, and Greenhouse's cursors can't be followed.";

export const pieceOf = ({ ask, date, ...answer }: Pick<Answer, "ask" | "date"> & Partial<Answer>): Piece => ({
  events: [],
  strays: answer.strays ?? [],
  unreadable: answer.unreadable ?? [],
  unplaced: [],
  claim: null,
  unclaim: null,
  hole: null,
  unpaged: true,
  ask,
  date,
  asOf: date,
});

interface ListedPage extends PagedAnswer {
  /** The page's events inside the window, without those that the page before had too. */
  fresh: EventRecord[];
  /** Where unreadable entries, of this page and of those before, may lie. */
  unplaced: Span[];
  /** `nowhere`: there may be more, but the cursor doesn't lead there. */
  leads: "on" | "nowhere" | "end";
}

/** One PIT from its first page on. */
class Listing {
  readonly #log: AuditLog;
  readonly #window: Window;
  readonly #reader;
  #position: Position | null = null;
  #last: EventRecord[] = [];
  #standing = 0;
  #empty = 0;
  /** The oldest time of the page before, and the unreadable entries below it (null). */
  #foot: (number | null)[] = [];
  #unplaced: Span[] = [];
  pages = 0;
  /** Newest first, as far as seen. */
  ordered = true;
  /** Events of one time alone don't show the order. */
  #shown = false;
  /** Events of the second in which the last page ended: stored when the second is complete. */
  #carried: EventRecord[] = [];
  /** What `carry` found complete. */
  #whole: EventRecord[] = [];

  constructor(log: AuditLog, window: Window) {
    this.#log = log;
    this.#window = window;
    this.#reader = log.reader();
  }

  async next(): Promise<ListedPage> {
    const sent = this.#position;
    const answer = await this.#log.page(this.#window, sent, this.#reader);
    if (answer.ignored) {
      throw unreadable(
        answer,
        `ignores the times it is asked for: ${answer.strays.length} events lie outside`,
      );
    }
    this.pages += 1;
    const { next, count } = answer;
    this.#log.largestPage = Math.max(this.#log.largestPage, count);
    const times = this.#last.slice(-1).concat(answer.events);
    if (times.some((event, i) => i > 0 && event.at < times[i - 1]!.at)) this.#shown = true;
    // The cursor that was just used again: it was overlooked, or the page before has come twice.
    const last = this.#last.at(-1);
    const repeats = count > 0 && last !== undefined && answer.events.at(-1)?.at === last.at;
    this.#standing = repeats ? this.#standing + 1 : 0;
    const standsStill =
      count > 0 &&
      next !== null &&
      (next.searchAfter === sent?.searchAfter || this.#standing > STANDING_PAGES);
    if (standsStill) this.#log.standstills += 1;
    const events = answer.events.slice(
      standsStill ? answer.events.length : overlap(this.#last, answer.events),
    );
    const before = this.#last.at(-1);
    if (!isNewestFirst(events) || (before && events[0] && events[0].at > before.at)) this.ordered = false;
    if (answer.events.length > 0) this.#last = answer.events;
    // A PIT may be told once, or anew on every page.
    this.#position = next && { ...next, pitId: next.pitId ?? sent?.pitId ?? null };
    const { from, to } = this.#window;
    const fresh = events.filter((event) => event.at >= from && event.at < to);
    const follows = !standsStill && this.#log.canFollow(next);
    // Events that we may not see may be left out of a page. So an empty one ends a listing only where it leads to no other.
    this.#empty = count === 0 ? this.#empty + 1 : 0;
    const leadsBack = next?.searchAfter === sent?.searchAfter;
    const isEnd = count === 0 && (!follows || leadsBack || this.#empty > EMPTY_PAGES);
    const leads = next === null || isEnd ? "end" : follows ? "on" : "nowhere";
    this.#place(answer, leads === "on");
    return { ...answer, fresh, unplaced: this.#unplaced, leads };
  }

  /** What stands at the foot of a page may lie between it and the next one. */
  #place({ times, events }: PagedAnswer, goesOn: boolean): void {
    const shown = [...this.#foot, ...(times.length > 0 ? times : events.map((event) => event.at))];
    const foot = shown.findLastIndex((at) => at !== null);
    this.#foot = shown.slice(Math.max(0, foot));
    const placed = goesOn ? shown.slice(0, foot + 1) : shown;
    const spans = this.#shown ? unplacedIn(placed, this.#window) : [this.#window];
    if (placed.includes(null)) this.#unplaced = union(this.#unplaced, spans);
  }

  /**
   * Splits what was listed into whole seconds and the one that may go on.
   * @returns the lower end of what is whole; null: nothing new is
   */
  carry(fresh: EventRecord[], top: number): number | null {
    const all = this.#carried.concat(fresh);
    if (!this.#shown) {
      this.#carried = all;
      return null;
    }
    const oldest = all.at(-1);
    const from = oldest ? floorSecond(oldest.at) + SECOND : top;
    this.#whole = all.filter((event) => event.at >= from);
    this.#carried = all.filter((event) => event.at < from);
    return from < top ? from : null;
  }

  takeWhole(): EventRecord[] {
    return this.#whole.splice(0);
  }

  /** Everything not yet taken, and `fresh`. */
  takeAll(fresh: EventRecord[]): EventRecord[] {
    return this.#whole.splice(0).concat(this.#carried.splice(0), fresh);
  }
}

function unreadable({ ask }: PagedAnswer, what: string): ConnectorError {
  return new ConnectorError("unreadable", `The audit log ${what}.`, ask);
}

/**
 * How many events at the head of `page` are the tail of the page before, given twice. Where all of them are equal they
 * may be equal events, and stay.
 */
function overlap(before: EventRecord[], page: EventRecord[]): number {
  const [head] = page;
  if (!head) return 0;
  for (let start = 0; start < before.length; start += 1) {
    if (before[start]!.hash !== head.hash) continue;
    const n = before.length - start;
    if (n > page.length) continue;
    const same = before.slice(start).every((event, i) => event.hash === page[i]!.hash);
    if (same && new Set(page.slice(0, n).map((event) => event.hash)).size > 1) return n;
  }
  return 0;
}

/** Do pages show exactly these events in the window? */
export async function sameInPages(
  log: AuditLog,
  window: Span,
  events: readonly EventRecord[],
): Promise<boolean> {
  const seen = new Set<string>();
  for await (const piece of readPages(log, window)) for (const id of identities(piece.events)) seen.add(id);
  const known = identities(events);
  return seen.size === known.size && seen.isSubsetOf(known);
}
