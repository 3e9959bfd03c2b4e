/** Reads a window with unpaged answers, from its top down: each begins at the second in which the last one was cut. */
import type { Span } from "../../../model/span.ts";
import { type Piece, pieceOf, readPages } from "./pages.ts";
import { type Answer, type AuditLog, isRefusal, isTooMuch, SECOND, type Window } from "./query.ts";
import { ceilSecond, type Judgment, judge, MINUTE, RETENTION, type Seam, tellsMore } from "./slices.ts";
import { unplacedIn } from "./unplaced.ts";

/** Where Greenhouse cuts no answer, we ask for about so many events at a time: a few megabytes. */
export const COMFORTABLE = 5000;
/** A doubtful empty answer is one where this many events were to be expected. */
const DOUBTFUL = 200;

/** What walks of one run know of each other. */
export interface Pace {
  /** Entries in the largest answer of this run. */
  largest: number;
  /** The longest window to ask for, ms; Infinity where answers are cut anyway. */
  reach: number;
  /** Events a ms, as seen lately. */
  rate: number;
  /** Does Greenhouse cut answers? Then a window may hold any number of events. */
  capped: boolean;
  /** Are hits those of the window or the answer, as far as is known? Else they say nothing. */
  believesHits: boolean;
}

export interface WalkEnd {
  /** Why unpaged answers can't be trusted; null: they can. What the walk had claimed is taken back. */
  surprise: string | null;
  answers: number;
}

/**
 * A claim is yielded only after the next answer has shown the seam again. While a piece is being stored the next
 * answer is already asked for.
 *
 * @param closed up to where no more events arrive
 * @param budget after so many answers the walk stops where it is
 */
export async function* walk(
  log: AuditLog,
  slice: Window,
  pace: Pace,
  { closed, budget }: { closed: number; budget: number },
): AsyncGenerator<Piece, WalkEnd, void> {
  let top = slice.to;
  let seam: Seam | null = null;
  let held: Piece | null = null;
  let answers = 0;
  const windowAt = (to: number): Window => {
    const from = Math.max(slice.from, to - ceilSecond(pace.reach));
    return { from, to, open: slice.open && to === slice.to };
  };
  const ask = (window: Window) => {
    const coming = log.window(window);
    coming.catch(() => {}); // Awaited below, unless the reader is abandoned meanwhile.
    return { window, coming };
  };

  for (let asked = ask(windowAt(top)); ; ) {
    const { window } = asked;
    let answer: Answer;
    try {
      answer = await asked.coming;
      if (!pace.believesHits) answer.hits = null;
    } catch (error) {
      if (!isTooMuch(error)) throw error;
      if (window.to - window.from > SECOND) {
        pace.reach = Math.max(SECOND, ceilSecond((window.to - window.from) / 2));
        asked = ask(windowAt(top));
        continue;
      }
      if (held) yield held;
      held = null;
      seam = null;
      yield* readInPages(log, window);
      top = window.from;
      if (top <= slice.from) return { surprise: null, answers };
      asked = ask(windowAt(top));
      continue;
    }

    answers += 1;
    const judgment = judge(answer, window, expired(seam, answer) ? null : seam, pace.largest, closed);
    pace.largest = Math.max(pace.largest, answer.count);
    if (judgment.kind === "surprise") {
      const events = answer.events.filter((event) => event.at >= window.from && event.at < window.to);
      if (held) yield { ...held, claim: null };
      yield { ...pieceOf(answer), events, unclaim: top < slice.to ? { from: top, to: slice.to } : null };
      return { surprise: judgment.why, answers };
    }

    const bottom = judgment.kind === "whole" ? window.from : judgment.from;
    const piece = {
      ...pieceOf(answer),
      events: judgment.keep,
      unplaced: unplacedIn(answer.times, window),
      claim: { from: bottom, to: window.to },
    };
    adapt(pace, window, bottom, answer);
    if (judgment.kind === "whole" && isDoubtful(judgment, answer, window, pace)) {
      if (held) yield held;
      held = null;
      let found = 0;
      for await (const page of readPages(log, window)) {
        found += page.events.length + page.unreadable.length;
        yield page;
      }
      if (found > 0) return { surprise: "an empty answer, where pages show events", answers };
      if (tellsMore(answer)) pace.believesHits = false;
      else pace.rate /= 4; // The next empty window may be four times as long before it is doubted.
    } else if (judgment.kind === "top" && !judgment.sure) {
      if (held) yield held;
      held = null;
      let found = 0;
      for await (const page of readInPages(log, { ...window, from: bottom })) {
        found += page.events.length;
        yield page;
      }
      if (bottom === window.from && tellsMore(answer) && found === judgment.keep.length)
        pace.believesHits = false;
    }

    top = bottom;
    seam = judgment.kind === "cut" ? judgment.seam : null;
    const ended = top <= slice.from || answers >= budget;
    const next = ended ? null : ask(windowAt(top));
    if (held) yield held;
    held = judgment.kind === "cut" ? piece : null;
    if (judgment.kind === "whole" || (judgment.kind === "top" && judgment.sure)) yield piece;
    if (!next) {
      // Out of budget: nothing has confirmed the last cut yet, so the next walk reads it again.
      if (held) yield { ...held, claim: null };
      return { surprise: null, answers };
    }
    asked = next;
  }
}

/** Greenhouse forgets while we read: what is 30 days old needn't be seen again. */
function expired(seam: Seam | null, { date }: Answer): boolean {
  return seam !== null && date !== null && seam.second < date - RETENTION + MINUTE;
}

/** Mostly a second that holds more than an answer does. Where pages are impossible too, it is a hole. */
async function* readInPages(log: AuditLog, window: Window): AsyncGenerator<Piece, void, void> {
  try {
    yield* readPages(log, window);
  } catch (error) {
    if (!isRefusal(error) || window.to - window.from > SECOND) throw error;
    const { ask, message } = error as { ask: Piece["ask"]; message: string };
    const cause = `More events in one second than an answer holds, and pages can't be read: ${message}`;
    yield { ...pieceOf({ ask, date: null }), hole: { from: window.from, to: window.to, cause } };
  }
}

/** Is it hard to believe that nothing happened? Where hits are told, or in a wide window many events were to be expected. */
function isDoubtful(
  { keep }: Extract<Judgment, { kind: "whole" }>,
  answer: Answer,
  window: Span,
  pace: Pace,
): boolean {
  if (keep.length > 0) return false;
  return (answer.count === 0 && tellsMore(answer)) || (window.to - window.from) * pace.rate > DOUBTFUL;
}

/** How far the next answer should reach. */
function adapt(pace: Pace, window: Span, bottom: number, answer: Answer): void {
  if (pace.capped) {
    pace.reach *= 2;
    return;
  }
  const rate = answer.count / (window.to - bottom);
  const best = rate > 0 ? COMFORTABLE / rate : Number.POSITIVE_INFINITY;
  pace.reach = Math.max(SECOND, Math.min(best, pace.reach * 4));
}
