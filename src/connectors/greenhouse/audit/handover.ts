/** Hands what was read to the store, as pages with their claims and checkpoint, and heeds what the store finds out. */

import type { EventRecord, UnreadableRecord } from "../../../model/records.ts";
import type { Span } from "../../../model/span.ts";
import type { Ask } from "../../../model/verdict.ts";
import type { ActivityPage, Stored } from "../../connector.ts";
import type { Claims } from "./claims.ts";
import type { ServerClock } from "./clock.ts";
import { lagOf, type Memory, noteLate } from "./memory.ts";
import { type Piece, pieceOf } from "./pages.ts";
import type { AuditLog } from "./query.ts";
import { claimable, MINUTE, RETENTION, remaining } from "./slices.ts";
import type { Tally } from "./strides.ts";

export type Phase = ActivityPage["progress"]["phase"];
export type Pages<R> = AsyncGenerator<ActivityPage, R, Stored | undefined>;

interface HandoverDeps {
  log: AuditLog;
  memory: Memory;
  clock: ServerClock;
  claims: Claims;
  /** What appears in time that was read before didn't arrive late: nothing was to be seen then. */
  blank: boolean;
}

export class Handover {
  readonly #deps: HandoverDeps;
  #ask: Ask | null = null;
  #saved: string | null = null;

  constructor(deps: HandoverDeps) {
    this.#deps = deps;
  }

  /** Hands on what a reading gives, and its result. */
  async *drain<R>(pieces: AsyncGenerator<Piece, R, void>, phase: Phase, span: Span, tally: Tally): Pages<R> {
    try {
      for (;;) {
        const piece = await pieces.next();
        if (piece.done) return piece.value;
        tally.answers += 1;
        tally.events += piece.value.events.length;
        const done = piece.value.claim ?? piece.value.hole;
        if (done) tally.from = Math.min(tally.from, done.from);
        yield* this.#hand(piece.value, phase, span);
      }
    } finally {
      await pieces.return(undefined as R);
    }
  }

  /** Takes back what turned out false. */
  async *takeBack(unclaim: Span, working: Span): Pages<void> {
    if (!this.#ask) return;
    const piece = pieceOf({ ask: this.#ask, date: null });
    yield* this.#hand({ ...piece, unclaim }, "verify", working);
  }

  /** What was learnt since the last page is kept too. */
  async *end(): Pages<void> {
    if (!this.#ask || JSON.stringify(this.#checkpoint()) === this.#saved) return;
    const last = this.#deps.clock.now();
    const piece = pieceOf({ ask: this.#ask, date: null });
    yield this.#page(piece, { claim: null, unclaim: null, hole: null }, "tail", { from: last, to: last });
  }

  remaining(): number {
    const { memory, claims } = this.#deps;
    return remaining({ safe: this.safe(), coverage: claims.coverage, holes: memory.holes });
  }

  /** What may be claimed now. */
  safe(): Span {
    const { memory, clock } = this.#deps;
    return claimable(clock.now(), lagOf(memory), clock.sure());
  }

  /** Time that hasn't come yet was read when a clock was ahead. */
  async *takeBackFuture(): Pages<void> {
    const { clock, claims } = this.#deps;
    const last = claims.coverage.at(-1);
    if (!last || last.to <= clock.now()) return;
    const unclaim = { from: this.safe().to, to: last.to };
    yield* this.takeBack(unclaim, unclaim);
  }

  async *#hand(piece: Piece, phase: Phase, working: Span): Pages<void> {
    const { clock, claims, memory, blank } = this.#deps;
    clock.hear(piece.date, piece.ask.at);
    for (const { at } of piece.events) clock.see(at);
    this.#ask = piece.ask;
    const strays = settle(piece.strays, clock.now());
    if (strays.events.length + strays.unreadable.length > 0) {
      // That they come now says nothing of how late events are: they were not to be seen when their time was asked for.
      yield this.#page({ ...piece, ...strays }, { claim: null, unclaim: null, hole: null }, phase, working);
    }
    for (const part of claims.parts(piece, clock)) {
      const holds = claims.take(part, clock);
      const { events, unreadable } = part;
      if (events.length + unreadable.length === 0 && !holds.claim && !holds.unclaim && !holds.hole) continue;
      const stored = yield this.#page(part, holds, phase, working);
      if (stored?.oldestLate == null || holds.unclaim || blank) continue;
      const now = clock.now();
      const reread = phase === "verify" || phase === "probe" || memory.full !== null;
      noteLate(memory, now - stored.oldestLate, reread, now);
    }
  }

  #page(
    { events, unreadable, ask }: Pick<Piece, "events" | "unreadable" | "ask">,
    holds: Pick<ActivityPage, "claim" | "unclaim" | "hole">,
    phase: Phase,
    { from, to }: Span,
  ): ActivityPage {
    const checkpoint = this.#checkpoint();
    this.#saved = JSON.stringify(checkpoint);
    const progress = { working: { from, to }, remainingMs: this.remaining(), phase };
    return { events, unreadable, ...holds, checkpoint, progress, ask };
  }

  #checkpoint(): Memory {
    const { log, memory } = this.#deps;
    const { format, leavesOpen } = log;
    return structuredClone({ ...memory, format, leavesOpen });
  }
}

/** Events outside the asked times belong where they say, if that is a time we keep. */
function settle(strays: readonly EventRecord[], now: number): Pick<Piece, "events" | "unreadable"> {
  const events = strays.filter(({ at }) => at > now - RETENTION && at <= now + MINUTE);
  const unreadable = strays
    .filter(({ at }) => at > now + MINUTE)
    .map((): UnreadableRecord => ({ id: null, field: "event_time", reason: "in the future" }));
  return { events, unreadable };
}
