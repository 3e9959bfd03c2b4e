import { parseTime } from "../clock.ts";
import type { Org } from "../org/org.ts";
import { fraction } from "../random.ts";
import { makeVisits } from "../recruiting/visits.ts";
import type { Scenario } from "../switches.ts";
import { makeGenerator } from "./blocks.ts";
import type { DayCounts } from "./calendar.ts";
import { dayMs, makeCalendar } from "./calendar.ts";
import { makeDescribe } from "./describe.ts";
import type { EventInput, Inserted } from "./inserted.ts";
import { makeInserted } from "./inserted.ts";
import { Seen, tieOf } from "./seen.ts";

/** A place in the log's total order: time, then a tie-breaker. */
export interface Position {
  ms: number;
  tie: number;
}
/** What a reader sees: the state of the log at a moment, for a snapshot (PIT) or for now. */
export interface Snapshot {
  now: number;
  inserted: number;
}
export type Span = readonly [from: number, to: number];

/** The audit log: seeded events derived on demand, and inserted ones. */
export class EventLog {
  readonly #org: Org;
  readonly #scenario: Scenario;
  readonly #calendar;
  readonly #generator;
  readonly #seen;
  #inserted: Inserted[] = [];
  #seq = 0;

  constructor(org: Org, scenario: Scenario) {
    this.#org = org;
    this.#scenario = scenario;
    const visits = makeVisits(org);
    this.#calendar = makeCalendar(org.sizes.seed, org.sizes.eventsPerDay, visits);
    this.#generator = makeGenerator(org, this.#calendar, visits);
    this.#seen = new Seen(org, makeDescribe(org, scenario));
  }

  /** How many events were put in by hand so far: part of a snapshot. */
  get arrivals(): number {
    return this.#seq;
  }

  insert(inputs: readonly EventInput[], now: number): void {
    const made = inputs.map((input) => makeInserted(input, ++this.#seq, now, this.#org));
    this.#inserted = [...this.#inserted, ...made].sort((a, b) => a.ms - b.ms || a.seq - b.seq);
  }

  /** The times from which events exist for a caller: retention, add-on, holes, silence (api.md §3.6). */
  spans(now: number): Span[] {
    const s = this.#scenario;
    const time = (text: string | null, otherwise: number): number =>
      text === null ? otherwise : (parseTime(text) as number);
    const from = Math.max(now - s["audit.retentionDays"] * dayMs, time(s["audit.onSince"], -Infinity));
    let spans: Span[] = [[from, Math.min(now, time(s["audit.silentFrom"], Infinity) - 1)]];
    for (const [start, end] of s["audit.holes"]) {
      const [a, b] = [time(start, 0), time(end, 0)];
      spans = spans.flatMap(([x, y]): Span[] => [
        [x, Math.min(y, a - 1)],
        [Math.max(x, b), y],
      ]);
    }
    return spans.filter(([x, y]) => x <= y).sort((p, q) => p[0] - q[0]);
  }

  #arrived(ms: number, request: number, snapshot: Snapshot): boolean {
    const s = this.#scenario;
    const late =
      s["audit.lateShare"] > 0 && fraction(request, 70) < s["audit.lateShare"] ? s["audit.lateSeconds"] : 0;
    return ms + (s["audit.lagSeconds"] + late) * 1000 <= snapshot.now;
  }

  /** Whether every event of this time has arrived, whatever its lateness. */
  #settled(ms: number, snapshot: Snapshot): boolean {
    const s = this.#scenario;
    return (
      ms + (s["audit.lagSeconds"] + (s["audit.lateShare"] > 0 ? s["audit.lateSeconds"] : 0)) * 1000 <=
      snapshot.now
    );
  }

  /**
   * Shows the events of a span (both ends included) in order, starting beyond `beyond`, until `see` answers false.
   * Returns whether it came to the end. Cost: the events shown, plus a number per empty block.
   */
  visit(
    [from, to]: Span,
    newestFirst: boolean,
    beyond: Position | null,
    snapshot: Snapshot,
    see: (event: Seen) => boolean,
  ): boolean {
    const step = newestFirst ? -1 : 1;
    const start = beyond
      ? newestFirst
        ? Math.min(to, beyond.ms)
        : Math.max(from, beyond.ms)
      : newestFirst
        ? to
        : from;
    if (from > to || start < from || start > to) return true;
    const past = (ms: number, tie: number): boolean =>
      !beyond ||
      (newestFirst
        ? ms < beyond.ms || (ms === beyond.ms && tie < beyond.tie)
        : ms > beyond.ms || (ms === beyond.ms && tie > beyond.tie));
    const mixed = this.#inserted.filter(
      (e) =>
        e.ms >= from &&
        e.ms <= to &&
        e.seq <= snapshot.inserted &&
        e.ms <= snapshot.now &&
        past(e.ms, tieOf(e)),
    );
    if (newestFirst) mixed.reverse();
    let next = 0;
    const flush = (ms: number): boolean => {
      for (; next < mixed.length; next++) {
        const e = mixed[next] as Inserted;
        // At the same moment the inserted events count as the newer ones.
        if (newestFirst ? e.ms < ms : e.ms >= ms) return true;
        if (!see(this.#seen.showInserted(e))) return false;
      }
      return true;
    };
    const { blockMs, blocksPerDay } = this.#calendar;
    let day = Math.floor(start / dayMs);
    let index = Math.floor((start - day * dayMs) / blockMs);
    let counts = this.#calendar.day(day);
    const lastBlock = Math.floor((newestFirst ? from : to) / blockMs);
    for (
      let at = day * blocksPerDay + index;
      newestFirst ? at >= lastBlock : at <= lastBlock;
      at += step, index += step
    ) {
      if (index < 0 || index >= blocksPerDay) {
        day += step;
        index = newestFirst ? blocksPerDay - 1 : 0;
        counts = this.#calendar.day(day);
      }
      if (counts.before[index] === counts.before[index + 1]) continue;
      if (!this.#visitBlock(day, index, from, to, newestFirst, snapshot, past, flush, see)) return false;
    }
    return flush(newestFirst ? -Infinity : Infinity);
  }

  #visitBlock(
    day: number,
    index: number,
    from: number,
    to: number,
    newestFirst: boolean,
    snapshot: Snapshot,
    past: (ms: number, tie: number) => boolean,
    flush: (ms: number) => boolean,
    see: (event: Seen) => boolean,
  ): boolean {
    const { n, ms, kind, actor, request, part, order } = this.#generator.block(day, index);
    for (let k = 0; k < n; k++) {
      const i = order[newestFirst ? n - 1 - k : k] as number;
      const time = ms[i] as number;
      if (time < from || time > to || !past(time, i) || !this.#arrived(time, request[i] as number, snapshot))
        continue;
      if (!flush(time)) return false;
      const event = this.#seen.showSeeded(
        time,
        i,
        kind[i] as number,
        actor[i] as number,
        request[i] as number,
        part[i] as number,
      );
      if (!see(event)) return false;
    }
    return true;
  }

  /** How many events a span holds, without making those in its middle. */
  count([from, to]: Span, snapshot: Snapshot): number {
    if (from > to) return 0;
    const { blockMs } = this.#calendar;
    const firstWhole = Math.ceil(from / blockMs);
    let lastWhole = Math.floor((to + 1) / blockMs);
    while (lastWhole > firstWhole && !this.#settled(lastWhole * blockMs - 1, snapshot)) lastWhole--;
    let total = 0;
    const slow = (a: number, b: number): void => {
      this.visit([a, b], false, null, { ...snapshot, inserted: 0 }, () => {
        total++;
        return true;
      });
    };
    if (lastWhole <= firstWhole) slow(from, to);
    else {
      slow(from, firstWhole * blockMs - 1);
      total += this.#between(firstWhole, lastWhole);
      slow(lastWhole * blockMs, to);
    }
    return (
      total +
      this.#inserted.filter(
        (e) => e.ms >= from && e.ms <= to && e.seq <= snapshot.inserted && e.ms <= snapshot.now,
      ).length
    );
  }

  #between(firstBlock: number, endBlock: number): number {
    const { blocksPerDay } = this.#calendar;
    let total = 0;
    for (let at = firstBlock; at < endBlock; ) {
      const day = Math.floor(at / blocksPerDay);
      const until = Math.min(endBlock, (day + 1) * blocksPerDay);
      const counts: DayCounts = this.#calendar.day(day);
      total +=
        (counts.before[until - day * blocksPerDay] as number) -
        (counts.before[at - day * blocksPerDay] as number);
      at = until;
    }
    return total;
  }
}
