/**
 * Reads the audit log: learns what unpaged answers are, then walks down through what is wanted with
 * them, and falls back to pages where they can't be trusted. Nothing is claimed that wasn't read.
 */

import type { EventRecord } from "../../../model/records.ts";
import { contains, intersect, type Span, subtract, union } from "../../../model/span.ts";
import type { Ask } from "../../../model/verdict.ts";
import type { ActivityOptions, ActivityPage, Stored } from "../../connector.ts";
import { ConnectorError } from "../../errors.ts";
import {
  forget,
  lagOf,
  type Memory,
  mayReadUnpaged,
  noteLate,
  noteSurprise,
  probeDue,
  recall,
} from "./memory.ts";
import { type Piece, pieceOf, readPages, sameInPages } from "./pages.ts";
import { probe } from "./probe.ts";
import { AuditLog, isRefusal, PAGE_SIZE, type Transport } from "./query.ts";
import {
  ceilSecond,
  claimable,
  DAY,
  floorSecond,
  HOUR,
  MINUTE,
  type Plan,
  type PlanState,
  plan,
  remaining,
} from "./slices.ts";
import { COMFORTABLE, type Pace, type WalkEnd, walk } from "./walk.ts";

export interface ReaderDeps {
  /** Keys the identity of events: 32 bytes of the connection's own. */
  eventKey: Uint8Array;
  /** Our clock, ms: used only until Greenhouse has told its own. */
  now: () => number;
}

type Phase = ActivityPage["progress"]["phase"];
type Pages<R> = AsyncGenerator<ActivityPage, R, Stored | undefined>;

/** A slice of the backfill takes about so many answers: the tail is read between slices. */
const ANSWERS_A_SLICE = { unpaged: 450, paged: 300 };
const TAIL_EVERY = { unpaged: 5 * MINUTE, paged: 20 * MINUTE };
/** One comparison with pages in so many slices, or answers. */
const COMPARE_EVERY = { slices: 200, answers: 2000 };
const UNPLACED = "Greenhouse sent an event without a readable time, which may lie here.";
/** More would need a third page. */
const COMPARED_EVENTS = 450;

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
  readonly #now: () => number;
  readonly #pace: Pace = { largest: 0, reach: 0, rate: 0, capped: true };
  #coverage: Span[];
  /**
   * No event was known when this reading began, be it in a run that was cut off. Then empty answers may come from whoever may not see the log, or from a log that fills
   * only now: all is asked anew until there is one, and what then appears in time read before didn't arrive late.
   */
  readonly #blank: boolean;
  /** Greenhouse's clock at the latest answer of this run. */
  #date: number | null = null;
  #tail: { at: number; to: number } | null = null;
  #slicesSinceTail = 0;
  #stride: number | null = null;
  #jumped = false;
  /** A claim by an unpaged answer of this slice, to be compared with pages. */
  #sample: Sample | null = null;
  #ask: Ask | null = null;
  #saved: string | null = null;

  constructor(transport: Transport, options: ActivityOptions, { eventKey, now }: ReaderDeps) {
    this.#memory = recall(options.checkpoint);
    this.#log = new AuditLog(transport, eventKey, this.#memory.format);
    this.#now = now;
    const { full, first } = this.#memory;
    const none = options.oldestEvent === null;
    this.#blank = none || first;
    this.#memory.first = this.#blank;
    this.#memory.full = none ? [] : options.full || first ? (full ?? []) : null;
    this.#coverage = union(this.#memory.full ?? options.coverage);
  }

  async *run(): Pages<void> {
    const memory = this.#memory;
    if (memory.skew === null || probeDue(memory, this.#serverNow())) await this.#learnTime();
    for (;;) {
      const now = this.#serverNow();
      forget(memory, now);
      if (probeDue(memory, now)) yield* this.#probe();
      else {
        const next = plan(this.#state());
        if (!next) break;
        const before = { left: this.#remaining(), surprises: memory.surprises.length };
        yield* this.#read(next);
        const gained = this.#remaining() < before.left || memory.surprises.length > before.surprises;
        // Where claims are clipped or taken back at once, another run may do better.
        if (!gained && (next.phase === "backfill" || next.phase === "newest")) break;
      }
    }
    memory.full = null;
    memory.first = false;
    if (this.#ask && JSON.stringify(this.#checkpoint()) !== this.#saved) {
      const last = this.#serverNow();
      yield* this.#emit(
        pieceOf({ unreadable: [], ask: this.#ask, date: last }),
        "tail",
        { from: last, to: last },
        true,
      );
    }
  }

  /** What time is it there? */
  async #learnTime(): Promise<void> {
    const now = this.#now();
    const window = { from: floorSecond(now - MINUTE), to: floorSecond(now) };
    const { date } = await this.#log.window(window).catch((error: unknown) => {
      if (!isRefusal(error)) throw error;
      return this.#log.page(window, null, this.#log.reader());
    });
    this.#hear(date);
  }

  /** Notes what time it is there. */
  #hear(date: number | null): void {
    if (date === null) return;
    const skew = date - this.#now();
    const { skew: known } = this.#memory;
    if (known === null || Math.abs(skew - known) > 2000) this.#memory.skew = skew;
    // A clock was moved: what was taken for now is another time.
    if (known !== null && Math.abs(skew - known) > 5 * MINUTE) this.#jumped = true;
    this.#date = date;
  }

  #serverNow(): number {
    return this.#date ?? this.#now() + (this.#memory.skew ?? 0);
  }

  #mode(): "unpaged" | "paged" {
    return mayReadUnpaged(this.#memory) ? "unpaged" : "paged";
  }

  #state(): PlanState {
    const now = this.#serverNow();
    const lag = lagOf(this.#memory);
    const since = this.#tail === null ? Number.POSITIVE_INFINITY : now - this.#tail.at;
    return {
      now,
      lag,
      coverage: this.#coverage,
      holes: this.#memory.holes,
      stride: this.#stride ?? this.#firstStride(),
      tailTo: this.#tail?.to ?? null,
      tailDue: since < 0 || (since >= TAIL_EVERY[this.#mode()] && this.#slicesSinceTail > 0),
      verify: this.#yesterday(claimable(now, lag)),
    };
  }

  #capacity(): number {
    if (this.#mode() === "paged") return PAGE_SIZE;
    return this.#memory.probe?.cap ?? COMFORTABLE;
  }

  #firstStride(): number {
    const { rate } = this.#memory;
    return rate > 0 ? (ANSWERS_A_SLICE[this.#mode()] * this.#capacity()) / rate : DAY;
  }

  /** Yesterday (UTC), once a day, unless it is being read for the first time. */
  #yesterday(safe: Span): Span | null {
    const day = Math.floor(safe.to / DAY);
    const { reread } = this.#memory;
    if (reread === null || day < reread.day) this.#memory.reread = { day, left: null };
    else if (day > reread.day) {
      this.#memory.reread = { day, left: { from: (day - 1) * DAY, to: day * DAY } };
    }
    return this.#memory.reread!.left;
  }

  async *#probe(): Pages<void> {
    const now = this.#serverNow();
    const window = claimable(now, lagOf(this.#memory));
    const tally = { events: 0, answers: 0, from: window.to };
    this.#memory.probe = yield* this.#drain(probe(this.#log, window, now), "probe", window, tally);
    if (this.#memory.rate === 0 && tally.from < window.to) {
      this.#memory.rate = tally.events / (window.to - tally.from);
    }
    if (this.#memory.probe.unpaged === "usable") this.#memory.unverified = [];
    this.#stride = null;
    this.#pace.largest = 0;
  }

  async *#read({ span, phase }: Plan): Pages<void> {
    const now = this.#serverNow();
    const safe = claimable(now, lagOf(this.#memory));
    this.#jumped = false;
    this.#sample = null;
    const isTail = span.to > safe.to;
    const mode = this.#mode();
    const tally = { events: 0, answers: 0, from: span.to };
    let surprise: string | null = null;
    if (mode === "paged") {
      yield* this.#drain(readPages(this.#log, span), phase, span, tally);
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
    if (isTail) {
      this.#tail = this.#jumped ? null : { at: now, to: safe.to };
      this.#slicesSinceTail = 0;
    } else this.#slicesSinceTail += 1;
    if (phase === "verify") {
      this.#memory.reread!.left = tally.from > span.from ? { from: span.from, to: tally.from } : null;
    }
    this.#learnPace(span, phase, tally, mode);
    if (this.#compareDue()) yield* this.#compare();
  }

  async *#walk(span: Span, phase: Phase, closed: number, tally: Tally): Pages<WalkEnd> {
    const { rate, probe } = this.#memory;
    const pace = this.#pace;
    pace.rate = rate;
    pace.capped = probe?.cap != null;
    pace.reach = pace.capped ? Number.POSITIVE_INFINITY : rate > 0 ? COMFORTABLE / rate : DAY;
    const budget = 4 * ANSWERS_A_SLICE.unpaged;
    try {
      return yield* this.#drain(walk(this.#log, span, pace, { closed, budget }), phase, span, tally);
    } catch (error) {
      if (!(error instanceof ConnectorError) || (error.family !== "invalid" && error.family !== "gone"))
        throw error;
      return { surprise: `refused: ${error.message}`, answers: tally.answers };
    }
  }

  #learnPace(span: Span, phase: Phase, { events, answers, from }: Tally, mode: "unpaged" | "paged"): void {
    const took = span.to - from;
    if (took >= HOUR) this.#memory.rate = Math.max(events / took, this.#memory.rate / 4);
    if (phase === "backfill") {
      const fit = ANSWERS_A_SLICE[mode] / Math.max(1, answers);
      this.#stride = Math.max(10 * MINUTE, took * Math.min(4, Math.max(0.25, fit)));
    }
  }

  #compareDue(): boolean {
    const { slices, answers } = this.#memory;
    return this.#sample !== null && (slices >= COMPARE_EVERY.slices || answers >= COMPARE_EVERY.answers);
  }

  /** Were unpaged answers right all along? If not, all that they claimed since the last comparison is taken back. */
  async *#compare(): Pages<void> {
    const { span, events } = this.#sample!;
    const memory = this.#memory;
    this.#sample = null;
    memory.slices = 0;
    memory.answers = 0;
    if (await sameInPages(this.#log, span, events)) {
      memory.unverified = [];
      return;
    }
    const now = this.#serverNow();
    noteSurprise(memory, now);
    for (const unclaim of memory.unverified) {
      yield* this.#emit(
        { ...pieceOf({ unreadable: [], ask: this.#ask!, date: now }), unclaim },
        "verify",
        span,
      );
    }
  }

  /** Hands on what a reading gives, and its result. */
  async *#drain<R>(
    pieces: AsyncGenerator<Piece, R, void>,
    phase: Phase,
    span: Span,
    tally?: Tally,
  ): Pages<R> {
    try {
      for (;;) {
        const piece = await pieces.next();
        if (piece.done) return piece.value;
        if (tally) {
          tally.answers += 1;
          tally.events += piece.value.events.length;
          const done = piece.value.claim ?? piece.value.hole;
          if (done) tally.from = Math.min(tally.from, done.from);
        }
        yield* this.#emit(piece.value, phase, span);
      }
    } finally {
      await pieces.return(undefined as R);
    }
  }

  /** A claim that holds entries without a time is handed on in parts, and what they may lie in as holes. */
  async *#emit(piece: Piece, phase: Phase, working: Span, always = false): Pages<void> {
    const claim = piece.unplaced.length > 0 && piece.claim && this.#clip(piece.claim, piece);
    if (!claim) return yield* this.#emitOne(piece, phase, working, always);
    const parts = subtract([claim], piece.unplaced);
    const holes = intersect([claim], piece.unplaced).map((hole) => ({ ...hole, cause: UNPLACED }));
    for (let i = 0; i === 0 || i < Math.max(parts.length, holes.length); i += 1) {
      const part = { ...piece, claim: parts[i] ?? null, hole: holes[i] ?? null };
      yield* this.#emitOne(i === 0 ? part : { ...part, events: [], unreadable: [] }, phase, working);
    }
  }

  async *#emitOne(piece: Piece, phase: Phase, working: Span, always = false): Pages<void> {
    const memory = this.#memory;
    this.#hear(piece.date);
    this.#ask = piece.ask;
    const claim = piece.claim && this.#clip(piece.claim, piece);
    if (claim) {
      this.#coverage = union(this.#coverage, claim);
      if (memory.full) memory.full = union(memory.full, claim);
      if (piece.unpaged) {
        memory.unverified = union(memory.unverified, claim);
        const sample = sampleOf(claim, piece.events);
        if (sample && sample.lot > (this.#sample?.lot ?? "")) this.#sample = sample;
      }
    }
    const { unclaim } = piece;
    // What was read before stays known, even if it can't be read again.
    const hole = piece.hole && !contains(this.#coverage, piece.hole) ? piece.hole : null;
    if (unclaim) {
      this.#coverage = subtract(this.#coverage, [unclaim]);
      memory.unverified = subtract(memory.unverified, [unclaim]);
      if (memory.full) memory.full = subtract(memory.full, [unclaim]);
      this.#sample = null;
    }
    if (hole) memory.holes.push({ from: hole.from, to: hole.to, triedAt: this.#serverNow() });
    const isEmpty = piece.events.length + piece.unreadable.length === 0 && !claim && !unclaim && !hole;
    if (isEmpty && !always) return;

    const checkpoint = this.#checkpoint();
    this.#saved = JSON.stringify(checkpoint);
    const stored = yield {
      events: piece.events,
      unreadable: piece.unreadable,
      claim,
      unclaim,
      hole,
      checkpoint,
      progress: { working, remainingMs: this.#remaining(), phase },
      ask: piece.ask,
    };
    if (stored?.lateBy != null && !this.#blank)
      noteLate(memory, stored.lateBy, phase === "verify" || phase === "probe", this.#serverNow());
  }

  #remaining(): number {
    const { holes } = this.#memory;
    return remaining({ now: this.#serverNow(), lag: lagOf(this.#memory), coverage: this.#coverage, holes });
  }

  #checkpoint(): Memory {
    return structuredClone({ ...this.#memory, format: this.#log.format });
  }

  /** What of a claim was surely complete when the log was looked at: not too new then, and not too old by now. */
  #clip(claim: Span, { date, asOf }: Piece): Span | null {
    const lag = lagOf(this.#memory);
    const now = date ?? this.#serverNow();
    const { from } = claimable(now, lag);
    const { to } = claimable(asOf ?? now, lag);
    return intersect([claim], [{ from, to }])[0] ?? null;
  }
}

interface Tally {
  events: number;
  answers: number;
  /** Down to where was claimed, or found to be a hole. */
  from: number;
}

interface Sample {
  span: Span;
  events: EventRecord[];
  /** The highest of a slice is compared: chance, but the same in every run. */
  lot: string;
}

/** A part of a claim that two pages can show. */
function sampleOf(claim: Span, events: EventRecord[]): Sample | null {
  const inside = events.filter((event) => event.at >= claim.from && event.at < claim.to);
  if (inside.length === 0) return null;
  inside.sort((a, b) => b.at - a.at);
  const beyond = inside[COMPARED_EVENTS];
  const span = beyond ? { from: ceilSecond(beyond.at + 1), to: claim.to } : claim;
  if (span.from >= span.to) return null;
  const shown = inside.filter((event) => event.at >= span.from);
  return { span, events: shown, lot: shown[0]?.hash ?? "" };
}
