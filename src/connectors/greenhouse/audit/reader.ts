/**
 * Reads the audit log: learns what unpaged answers are, then walks down through what is wanted with
 * them, and falls back to pages where they can't be trusted. Nothing is claimed that wasn't read.
 */

import type { ActivityOptions } from "../../connector.ts";
import { ConnectorError } from "../../errors.ts";
import { Claims } from "./claims.ts";
import { ServerClock } from "./clock.ts";
import { Handover, type Pages, type Phase } from "./handover.ts";
import { forget, type Memory, noteSurprise, probeDue, recall } from "./memory.ts";
import { readPages, sameInPages } from "./pages.ts";
import { probe } from "./probe.ts";
import { AuditLog, type Transport, type Window } from "./query.ts";
import { rereadDownTo, rereadToday } from "./reread.ts";
import { floorSecond, MINUTE, type Plan, type PlanState, plan } from "./slices.ts";
import { Strides, type Tally, WALK_BUDGET } from "./strides.ts";
import { type WalkEnd, walk } from "./walk.ts";

export interface ReaderDeps {
  /** Keys the identity of events: 32 bytes of the connection's own. */
  eventKey: Uint8Array;
  /** Our clock, ms: used only until Greenhouse has told its own. */
  now: () => number;
  /** What another of Greenhouse's hosts told: its clock less ours, ms; null: none did. */
  skew?: () => number | null;
}

/** How often in a run a tail is read again because a clock was moved meanwhile. */
const MOST_TAILS_AGAIN = 3;
const TAIL_EVERY = { unpaged: 5 * MINUTE, paged: 20 * MINUTE };
/** One comparison with pages in so many slices, or answers. */
const COMPARE_EVERY = { slices: 200, answers: 2000 };

/**
 * @returns pages to store, each in one transaction with its claim and checkpoint. What the store found out about the
 * last page is handed in with the next pull. The next answer is fetched while a page is being stored.
 */
export async function* readActivity(
  transport: Transport,
  options: ActivityOptions,
  deps: ReaderDeps,
): Pages<void> {
  yield* new Reader(transport, options, deps).run();
}

class Reader {
  readonly #log: AuditLog;
  readonly #memory: Memory;
  readonly #clock: ServerClock;
  readonly #strides: Strides;
  readonly #claims: Claims;
  readonly #handover: Handover;
  #tail: { at: number; to: number } | null = null;
  #slicesSinceTail = 0;
  #tailsAgain = 0;

  constructor(transport: Transport, options: ActivityOptions, { eventKey, now, skew }: ReaderDeps) {
    this.#memory = recall(options.checkpoint);
    this.#log = new AuditLog(transport, eventKey, this.#memory);
    this.#clock = new ServerClock(this.#memory, { now, skew });
    this.#strides = new Strides(this.#memory);
    const { full, first } = this.#memory;
    // No event was known when this reading began, be it in a run that was cut off. Then empty answers may come from whoever
    // may not see the log, or from a log that fills only now: all is asked anew until there is one.
    const none = options.oldestEvent === null;
    const blank = none || first;
    this.#memory.first = blank;
    this.#memory.full = none ? [] : options.full || first ? (full ?? []) : null;
    this.#claims = new Claims(this.#memory, this.#memory.full ?? options.coverage);
    const [log, memory, clock, claims] = [this.#log, this.#memory, this.#clock, this.#claims];
    this.#handover = new Handover({ log, memory, clock, claims, blank });
  }

  async *run(): Pages<void> {
    const memory = this.#memory;
    if (memory.skew === null || probeDue(memory, this.#clock.now())) await this.#learnTime();
    for (;;) {
      const now = this.#clock.now();
      forget(memory, now);
      if (probeDue(memory, now)) yield* this.#probe();
      else {
        const next = plan(this.#state());
        if (!next) break;
        const before = { left: this.#handover.remaining(), surprises: memory.surprises.length };
        yield* this.#read(next);
        yield* this.#handover.takeBackFuture();
        const gained = this.#handover.remaining() < before.left || memory.surprises.length > before.surprises;
        // Where claims are clipped or taken back at once, another run may do better.
        if (!gained && (next.phase === "backfill" || next.phase === "newest")) break;
      }
    }
    memory.full = null;
    memory.first = false;
    yield* this.#handover.end();
  }

  /** What time is it there? */
  async #learnTime(): Promise<void> {
    const now = this.#clock.ours();
    const window = { from: floorSecond(now - MINUTE), to: floorSecond(now), open: true };
    const { date, ask } = await this.#log.glance(window);
    this.#clock.hear(date, ask.at);
  }

  #state(): PlanState {
    const now = this.#clock.now();
    const safe = this.#handover.safe();
    this.#memory.reread = rereadToday(this.#memory.reread, safe);
    const since = this.#tail === null ? Number.POSITIVE_INFINITY : now - this.#tail.at;
    return {
      now,
      safe,
      coverage: this.#claims.coverage,
      holes: this.#memory.holes,
      stride: this.#strides.next(),
      tailTo: this.#tail?.to ?? null,
      tailDue: since < 0 || (since >= TAIL_EVERY[this.#strides.mode()] && this.#slicesSinceTail > 0),
      verify: this.#memory.reread.left,
    };
  }

  async *#probe(): Pages<void> {
    const now = this.#clock.now();
    const window = this.#handover.safe();
    const tally = { events: 0, answers: 0, from: window.to };
    this.#memory.probe = yield* this.#handover.drain(probe(this.#log, window, now), "probe", window, tally);
    this.#strides.begin(window, tally);
    if (this.#memory.probe.unpaged === "usable") this.#memory.unverified = [];
  }

  async *#read({ span, phase }: Plan): Pages<void> {
    const now = this.#clock.now();
    const safe = this.#handover.safe();
    this.#clock.jumped = false;
    this.#claims.sample = null;
    const mode = this.#strides.mode();
    const tally = { events: 0, answers: 0, from: span.to };
    let surprise: string | null = null;
    if (mode === "paged") {
      yield* this.#handover.drain(readPages(this.#log, span), phase, span, tally);
    } else {
      const end = yield* this.#walk(span, phase, safe.to, tally);
      surprise = end.surprise;
      this.#memory.slices += 1;
      this.#memory.answers += end.answers;
    }
    if (surprise !== null) {
      noteSurprise(this.#memory, now);
      return;
    }
    if (span.open) {
      const again = this.#clock.jumped && this.#tailsAgain < MOST_TAILS_AGAIN;
      if (again) this.#tailsAgain += 1;
      this.#tail = again ? null : { at: now, to: safe.to };
      this.#slicesSinceTail = 0;
    } else this.#slicesSinceTail += 1;
    if (phase === "verify") {
      this.#memory.reread = rereadDownTo(this.#memory.reread!, tally.from, safe);
    }
    this.#strides.learn(span, phase === "backfill", tally, mode);
    if (this.#compareDue()) yield* this.#compare();
  }

  async *#walk(span: Window, phase: Phase, closed: number, tally: Tally): Pages<WalkEnd> {
    const answers = walk(this.#log, span, this.#strides.pace(), { closed, budget: WALK_BUDGET });
    try {
      return yield* this.#handover.drain(answers, phase, span, tally);
    } catch (error) {
      if (!(error instanceof ConnectorError) || (error.family !== "invalid" && error.family !== "gone"))
        throw error;
      return { surprise: `refused: ${error.message}`, answers: tally.answers };
    }
  }

  #compareDue(): boolean {
    const { slices, answers } = this.#memory;
    return (
      this.#claims.sample !== null && (slices >= COMPARE_EVERY.slices || answers >= COMPARE_EVERY.answers)
    );
  }

  /** Were unpaged answers right all along? If not, all that they claimed since the last comparison is taken back. */
  async *#compare(): Pages<void> {
    const { span, events } = this.#claims.sample!;
    const memory = this.#memory;
    this.#claims.sample = null;
    memory.slices = 0;
    memory.answers = 0;
    if (await sameInPages(this.#log, span, events)) {
      memory.unverified = [];
      return;
    }
    const now = this.#clock.now();
    noteSurprise(memory, now);
    for (const unclaim of memory.unverified) yield* this.#handover.takeBack(unclaim, span);
  }
}
