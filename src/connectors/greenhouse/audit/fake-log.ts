/** The audit log as api.md §3 has it, in memory, with a switch for each thing it leaves open; and a store to fill. */
import type { EventRecord } from "../../../model/records.ts";
import { contains, type Span, subtract, union } from "../../../model/span.ts";
import type { Ask } from "../../../model/verdict.ts";
import type { ActivityPage, Stored } from "../../connector.ts";
import { ConnectorError, type Family } from "../../errors.ts";
import { EventReader } from "./event.ts";
import type { Transport } from "./query.ts";
import { DAY } from "./slices.ts";

export const KEY = new Uint8Array(32).fill(3);
export const NOW = Date.UTC(2026, 10, 23, 12);

export interface FakeEvent {
  at: number;
  /** When it can be seen first. */
  visibleAt: number;
  /** Events with the same name and time are equal in every field. */
  name: string;
}

export interface Switches {
  /** Entries in an unpaged answer. */
  cap: number | null | "refused";
  bounds: "inclusive" | "exclusive";
  /** The only accepted way to write a time; null: any. */
  times: RegExp | null;
  /** Bounds are not looked at. */
  ignoreBounds: boolean;
  hits: "page" | "total" | "log" | "absent";
  order: "newest" | "oldest";
  /** Events of one millisecond come in another order each time. */
  shuffleTies: boolean;
  cursor: "text" | "array" | "three parts" | "integer";
  /** Search-After is not looked at. */
  ignoreCursor: boolean;
  /** Page size whatever is asked for. */
  pageSize: number | null;
  /** The last page with events ends the listing; else an empty one does. */
  endsWithEvents: boolean;
  /** Every n-th page is empty and leads on; so does the last one, back to itself. */
  emptyEvery: number | null;
  /** Every n-th page of the log expires its PIT. */
  pitExpiresEvery: number | null;
  /** A PIT ends after so many pages, used or not. */
  pitPages: number | null;
  /** Every n-th page is the one before again. */
  repeatsEvery: number | null;
  /** More than so many entries: the answer is too large. */
  tooLarge: number | null;
  pagesRefused: boolean;
  /** ms that Greenhouse's clock advances with each answer. */
  tick: number;
  dates: boolean;
  /** How far the clock is ahead that gives the Date of the n-th answer, ms. */
  ahead: ((request: number) => number) | null;
  /** A time that hasn't come yet is refused. */
  refusesFuture: boolean;
  /** Drops events of unpaged answers. */
  omit: ((event: FakeEvent, request: number) => boolean) | null;
  /** Events whose time can't be read. */
  timeless: ((event: FakeEvent) => boolean) | null;
  /** The time that an event shows, where the log chooses by another. */
  shows: ((event: FakeEvent) => number) | null;
}

const DEFAULTS: Switches = {
  cap: 100,
  bounds: "exclusive",
  times: null,
  ignoreBounds: false,
  hits: "page",
  order: "newest",
  shuffleTies: false,
  cursor: "text",
  ignoreCursor: false,
  pageSize: null,
  endsWithEvents: false,
  emptyEvery: null,
  pitExpiresEvery: null,
  pitPages: null,
  repeatsEvery: null,
  tooLarge: null,
  pagesRefused: false,
  tick: 0,
  dates: true,
  ahead: null,
  refusesFuture: false,
  omit: null,
  timeless: null,
  shows: null,
};

export class FakeLog implements Transport {
  now = NOW;
  /** Our clock less the log's. */
  off = 90_000;
  unpaged = 0;
  paged = 0;
  /** Entries in all answers: what was transferred. */
  entries = 0;
  readonly asked: { query: Record<string, string>; headers: Record<string, string> }[] = [];
  readonly switches: Switches;
  #events: FakeEvent[];
  #pits = new Map<string, FakeEvent[]>();
  #pages = new Map<string, number>();
  #lastStart = 0;

  constructor(events: FakeEvent[], switches: Partial<Switches> = {}) {
    this.#events = [...events].sort((a, b) => b.at - a.at);
    this.switches = { ...DEFAULTS, ...switches };
  }

  get requests(): number {
    return this.unpaged + this.paged;
  }

  /** What Greenhouse shows by now, newest first; no more than `most`. */
  visible(from = 0, to = Number.POSITIVE_INFINITY, most = Number.POSITIVE_INFINITY): FakeEvent[] {
    const edge = Math.max(from, this.now - 30 * DAY);
    const end = this.#index(edge - 1);
    const shown: FakeEvent[] = [];
    for (let i = this.#index(to); i < end && shown.length < most; i += 1) {
      const event = this.#events[i]!;
      if (event.visibleAt <= this.now && event.at >= edge) shown.push(event);
    }
    return shown;
  }

  isVisible({ at, visibleAt }: FakeEvent): boolean {
    return visibleAt <= this.now && at >= this.now - 30 * DAY;
  }

  /** Of the first event that is no later. */
  #index(at: number): number {
    let [low, high] = [0, this.#events.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#events[middle]!.at > at) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  add(...events: FakeEvent[]): void {
    this.#events = [...this.#events, ...events].sort((a, b) => b.at - a.at);
  }

  async get(query: Record<string, string>, headers: Record<string, string>, paged: boolean) {
    await null;
    const { switches } = this;
    this.asked.push({ query, headers });
    const ask: Ask = {
      method: "GET",
      path: "/events",
      host: "audit.test",
      status: 200,
      at: this.now + this.off,
      requestId: null,
    };
    const fail = (family: Family, said: string, fault: "too_large" | null = null) =>
      new ConnectorError(family, `GET /events: ${said}`, ask, { said, fault });
    this.now += switches.tick;
    if (paged) this.paged += 1;
    else this.unpaged += 1;
    if (paged && switches.pagesRefused) throw fail("refused", "no pages");
    if (!paged && switches.cap === "refused") throw fail("invalid", "paging is required");

    const body = paged ? this.#page(query, headers, fail) : this.#unpaged(query, fail);
    this.entries += body.results.length;
    const date = this.now + (switches.ahead?.(this.requests) ?? 0);
    return { body, ask, date: switches.dates ? Math.floor(date / 1000) * 1000 : null };
  }

  /** `most`: of the newest no more are needed. */
  #matching(
    query: Record<string, string>,
    fail: (family: Family, said: string) => Error,
    most = Number.POSITIVE_INFINITY,
  ): FakeEvent[] {
    const { times, bounds, ignoreBounds, shuffleTies, order, refusesFuture } = this.switches;
    const { after_time: after, before_time: before } = query as { after_time: string; before_time?: string };
    if (times && ![after, before ?? after].every((time) => times.test(time)))
      throw fail("invalid", "bad time");
    const [from, to] = [Date.parse(after), before ? Date.parse(before) : Number.POSITIVE_INFINITY];
    if (refusesFuture && before && to > this.now) throw fail("invalid", "before_time lies in the future");
    const inner = bounds === "inclusive" ? 0 : 1;
    const enough = order === "newest" && !shuffleTies ? most : Number.POSITIVE_INFINITY;
    const found = ignoreBounds ? this.visible() : this.visible(from + inner, to - inner, enough);
    if (shuffleTies) found.sort((a, b) => b.at - a.at || Math.random() - 0.5);
    return order === "newest" ? found : found.reverse();
  }

  #unpaged(
    query: Record<string, string>,
    fail: (family: Family, said: string, fault?: "too_large") => Error,
  ) {
    const { cap, tooLarge, omit, hits } = this.switches;
    const most = typeof cap === "number" && hits !== "total" ? cap : Number.POSITIVE_INFINITY;
    const found = this.#matching(query, fail, most);
    let shown = typeof cap === "number" ? found.slice(0, cap) : found;
    if (tooLarge !== null && shown.length > tooLarge) throw fail("unreadable", "too large", "too_large");
    if (omit) shown = shown.filter((event) => !omit(event, this.unpaged));
    return {
      hits: this.#hits(shown.length, found.length),
      results: shown.map((event) => this.#shown(event)),
    };
  }

  #page(
    query: Record<string, string>,
    headers: Record<string, string>,
    fail: (family: Family, said: string) => Error,
  ) {
    const {
      pageSize,
      pitExpiresEvery,
      pitPages,
      repeatsEvery,
      cursor,
      endsWithEvents,
      emptyEvery,
      tooLarge,
    } = this.switches;
    if (query.paging !== "true") throw fail("invalid", "paging?");
    const asked = Number(headers.Size);
    if (!(asked >= 100 && asked <= 500)) throw fail("invalid", "size");
    const pit = headers["Pit-Id"] ?? `pit-${this.requests}`;
    const position = this.switches.ignoreCursor ? undefined : headers["Search-After"];
    if (position === undefined) this.#pits.set(pit, this.#matching(query, fail));
    else if (pitExpiresEvery && this.paged % pitExpiresEvery === 0) this.#pits.delete(pit);
    const pages = (this.#pages.get(pit) ?? 0) + 1;
    this.#pages.set(pit, pages);
    if (pitPages !== null && pages > pitPages) this.#pits.delete(pit);
    const found = this.#pits.get(pit);
    if (!found) throw fail("invalid", "The Pit_Id has expired. Remove it from the subsequent search.");
    if (position !== undefined && !/^\d+,[^,]+$/.test(position))
      throw fail("invalid", "Search-After must be integer,string");

    const size = Math.min(asked, pageSize ?? asked, tooLarge ?? asked);
    let start = position === undefined ? 0 : Number(position.split(",")[1]!.slice(1));
    if (repeatsEvery !== null && position !== undefined && this.paged % repeatsEvery === 0)
      start = this.#lastStart;
    this.#lastStart = start;
    const isLeftOut = emptyEvery !== null && this.paged % emptyEvery === 0;
    const shown = isLeftOut ? [] : found.slice(start, start + size);
    const end = start + shown.length;
    const last = shown.at(-1);
    const ended = last === undefined || (endsWithEvents && end >= found.length);
    const empty = isLeftOut ? `${this.paged},s${start}` : emptyEvery === null ? null : (position ?? null);
    const shapes = {
      text: `${last?.at},s${end}`,
      array: [last?.at, `s${end}`],
      "three parts": `${last?.at},s${end},zz`,
    };
    const next = { ...shapes, integer: String(last?.at) }[cursor];
    return {
      paging: {
        pit_id: pit,
        search_after: position ?? null,
        size: String(size),
        next_search_after: ended ? empty : next,
      },
      hits: this.#hits(shown.length, found.length),
      results: shown.map((event) => this.#shown(event)),
    };
  }

  #shown(event: FakeEvent) {
    const { shows } = this.switches;
    const told = asGreenhouse(shows ? { ...event, at: shows(event) } : event);
    return this.switches.timeless?.(event) ? { ...told, event_time: "soon" } : told;
  }

  #hits(shown: number, total: number): number | undefined {
    return { page: shown, total, log: this.#events.length, absent: undefined }[this.switches.hits];
  }
}

export function asGreenhouse({ at, name }: FakeEvent) {
  return {
    organization_id: 400123123,
    event_time: new Date(at).toISOString(),
    request: { id: name, type: "my_dashboard/controllers/my_dashboard#index" },
    performer: {
      id: 4109876543004,
      type: "user",
      ip_address: "2001:db8::7",
      meta: { name: "Z", username: "z@example.org" },
    },
    event: { type: "action", target_type: "PII Page Accessed", meta: { path: "/dashboard" } },
  };
}

const identified = new WeakMap<readonly FakeEvent[], Identified[]>();

export interface Identified {
  id: string;
  event: FakeEvent;
}

/** The identities that a perfect reading of these events gives. */
export function identify(events: readonly FakeEvent[]): Identified[] {
  const known = identified.get(events);
  if (known?.length === events.length) return known;
  const reader = new EventReader(KEY);
  const identities = [...events]
    .sort((a, b) => b.at - a.at)
    .map((event) => {
      const read = reader.read(asGreenhouse(event)) as EventRecord;
      return { id: `${read.hash}${read.n}`, event };
    });
  identified.set(events, identities);
  return identities;
}

/** Stores as sync does: events, coverage and checkpoint together, or not at all. */
export class FakeStore {
  readonly events = new Map<string, number>();
  coverage: Span[] = [];
  checkpoint: unknown = null;
  unclaimed = 0;
  readonly holes: Span[] = [];

  get oldestEvent(): number | null {
    return this.events.size > 0 ? [...this.events.values()].reduce((a, b) => Math.min(a, b)) : null;
  }

  apply(page: ActivityPage): Stored {
    const late: number[] = [];
    let inserted = 0;
    for (const event of page.events) {
      const id = `${event.hash}${event.n}`;
      if (this.events.has(id)) continue;
      this.events.set(id, event.at);
      inserted += 1;
      if (contains(this.coverage, event.at)) late.push(event.at);
    }
    if (page.claim) this.coverage = union(this.coverage, page.claim);
    if (page.unclaim) {
      this.coverage = subtract(this.coverage, [page.unclaim]);
      this.unclaimed += 1;
    }
    if (page.hole) this.holes.push({ from: page.hole.from, to: page.hole.to });
    this.checkpoint = JSON.parse(JSON.stringify(page.checkpoint));
    return { inserted, oldestLate: late.length === 0 ? null : Math.min(...late) };
  }

  /** Events of the log that lie in claimed time and aren't stored. */
  missing(events: readonly FakeEvent[], visible: (event: FakeEvent) => boolean = () => true): number {
    return identify(events).filter(
      ({ id, event }) => !this.events.has(id) && contains(this.coverage, event.at) && visible(event),
    ).length;
  }

  /** What is stored and isn't in the log. */
  invented(events: readonly FakeEvent[]): number {
    const known = new Set(identify(events).map(({ id }) => id));
    return [...this.events.keys()].filter((id) => !known.has(id)).length;
  }
}
