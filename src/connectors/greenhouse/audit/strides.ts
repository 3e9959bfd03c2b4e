/** How large a slice of the backfill is, and how far an answer reaches: learnt from how many events came of a span. */
import type { Span } from "../../../model/span.ts";
import { type Memory, mayReadUnpaged } from "./memory.ts";
import { PAGE_SIZE } from "./query.ts";
import { DAY, HOUR, MINUTE } from "./slices.ts";
import { COMFORTABLE, type Pace } from "./walk.ts";

export type Mode = "unpaged" | "paged";

/**
 * A slice of the backfill takes about so many answers: the tail is read between slices, and each ends with a short answer or
 * two. At Greenhouse's limits it is four minutes, or fifty.
 */
const ANSWERS_A_SLICE = { unpaged: 1200, paged: 300 };
/** The first is the oldest, read from its top down while Greenhouse forgets its bottom. */
const ANSWERS_AT_FIRST = 300;
/** A walk may take so many answers, and no more. */
export const WALK_BUDGET = 2 * ANSWERS_A_SLICE.unpaged;

/** What came of reading a span. */
export interface Tally {
  events: number;
  answers: number;
  /** Down to where was claimed, or found to be a hole. */
  from: number;
}

export class Strides {
  readonly #memory: Memory;
  readonly #pace: Pace = { largest: 0, reach: 0, rate: 0, capped: true, believesHits: true };
  #learnt: number | null = null;

  constructor(memory: Memory) {
    this.#memory = memory;
  }

  mode(): Mode {
    return mayReadUnpaged(this.#memory) ? "unpaged" : "paged";
  }

  /** ms of the next slice. */
  next(): number {
    if (this.#learnt !== null) return this.#learnt;
    const { rate, probe } = this.#memory;
    const capacity = this.mode() === "paged" ? PAGE_SIZE : (probe?.cap ?? COMFORTABLE);
    return rate > 0 ? (ANSWERS_AT_FIRST * capacity) / rate : DAY;
  }

  /** For a walk that begins now. */
  pace(): Pace {
    const { rate, probe } = this.#memory;
    const pace = this.#pace;
    pace.rate = rate;
    pace.capped = probe?.cap != null;
    pace.believesHits = probe?.hits !== "other";
    pace.reach = pace.capped ? Number.POSITIVE_INFINITY : rate > 0 ? COMFORTABLE / rate : DAY;
    return pace;
  }

  learn(span: Span, isBackfill: boolean, { events, answers, from }: Tally, mode: Mode): void {
    const { probe } = this.#memory;
    if (probe && !this.#pace.believesHits) probe.hits = "other";
    const took = span.to - from;
    if (took >= HOUR) this.#memory.rate = Math.max(events / took, this.#memory.rate / 4);
    if (isBackfill) {
      const fit = ANSWERS_A_SLICE[mode] / Math.max(1, answers);
      this.#learnt = Math.max(10 * MINUTE, took * Math.min(4, Math.max(0.25, fit)));
    }
  }

  /** After a probe: answers may have become others. */
  begin(window: Span, tally: Tally): void {
    if (this.#memory.rate === 0 && tally.from < window.to) {
      this.#memory.rate = tally.events / (window.to - tally.from);
    }
    this.#learnt = null;
    this.#pace.largest = 0;
  }
}
