/**
 * Reads a recruiting list: what was changed since the last time, then older rows in slices, newest first. Rows are
 * listed by id, not by when they were changed, so a span is read only when its last page was.
 */
import { length, type Span, union } from "../../../model/span.ts";
import type { DeedOptions, DeedPage } from "../../connector.ts";
import { RestartListing } from "../../errors.ts";
import {
  DATES_GOOD_FOR,
  DAY,
  goesOn,
  leftOf,
  type Memory,
  MINUTE,
  mends,
  nextDays,
  nextSlice,
  readMemory,
  type Slice,
  wantedOf,
} from "./slices.ts";
import type { Dates, RecruitingAnswer, RecruitingTransport } from "./transport.ts";

const MAX_RESTARTS = 3;
const PAGE_ROWS = 500;
/** Clocks differ by less; what is said to be done later than this is planned. */
const AHEAD = 5 * MINUTE;

export async function* readDeeds(
  transport: RecruitingTransport,
  options: DeedOptions,
): AsyncGenerator<DeedPage, void, void> {
  const { since, now } = options;
  let memory = readMemory(options.checkpoint);
  if (!options.full) memory = { ...memory, again: null };
  else if (memory.again === null) memory = { ...memory, again: [], slice: null };
  const mending = memory.again === null && mends(memory, options.holes, now);
  const known = mending ? options.coverage : union(options.coverage, options.holes);
  let wanted = wantedOf(since, now, memory.again ?? known);
  for (let restarts = 0; ; ) {
    const slice = goesOn(memory.slice, wanted, since) ? memory.slice : nextSlice(wanted, memory, now);
    if (!slice) return;
    let answer: RecruitingAnswer;
    let read: Slice;
    try {
      ({ answer, read } = await ask(transport, slice));
    } catch (error) {
      if (!(error instanceof RestartListing) || restarts === MAX_RESTARTS) throw error;
      // The cursor has expired: the span is listed anew, half of it at a time where it can be.
      restarts += 1;
      const days = Math.max(1, Math.floor((slice.to - slice.from) / 2 / DAY));
      memory = { ...memory, slice: null, days };
      continue;
    }
    const dates = heeded(answer, read);
    if (dates !== read.dates) {
      // It isn't what was asked for, and what else it is can't be known: asked anew, with no more than is heeded.
      memory = { ...memory, slice: null, dates: { taken: dates, at: now } };
      continue;
    }
    if (read.dates === "none") read = { ...read, from: since };
    const done = answer.next === null ? { from: read.from, to: read.until! } : null;
    if (done) {
      restarts = 0;
      wanted = leftOf(wanted, done.from, read.to);
    }
    memory = remember(memory, read, done, { full: answer.rows >= PAGE_ROWS, now, left: wanted.length > 0 });
    if (mending && wanted.length === 0) memory = { ...memory, mendedAt: now };
    const latest = (answer.date ?? now) + AHEAD;
    yield {
      deeds: answer.records.flatMap(({ deeds }) => deeds).filter(({ at }) => at >= since && at <= latest),
      rows: answer.rows,
      unreadable: answer.unreadable,
      // A row that can't be read may tell of any time of the span.
      claim: read.lost === 0 ? done : null,
      hole: done && read.lost > 0 ? { ...done, cause: "unreadable" } : null,
      checkpoint: memory,
      progress: { remainingMs: length(wanted), phase: read.to >= now ? "newest" : "backfill" },
      ask: answer.ask,
    };
  }
}

async function ask(
  transport: RecruitingTransport,
  slice: Slice,
): Promise<{ answer: RecruitingAnswer; read: Slice }> {
  const answer =
    slice.next === null
      ? await transport.first(slice, slice.dates)
      : { ...(await transport.next(slice.next, slice.below)), dates: slice.dates };
  const read = {
    ...slice,
    dates: answer.dates,
    next: answer.next,
    below: answer.lowest,
    pages: slice.pages + 1,
    lost: slice.lost + answer.unreadable.length,
    // What was changed after the listing had begun may be missing from it, whatever our own clock says.
    until: slice.until ?? Math.min(slice.to, answer.date ?? slice.to),
  };
  return { answer, read };
}

/** How much of the dates was heeded, as the rows tell: one side may be overlooked, or both. */
function heeded({ records }: RecruitingAnswer, { from, to, dates }: Slice): Dates {
  if (dates === "none") return dates;
  const times = records.flatMap(({ updatedAt }) => updatedAt ?? []);
  if (times.some((at) => at < from - DAY)) return "none";
  return times.some((at) => at > Math.max(to, from) + DAY) ? "one_sided" : dates;
}

function remember(
  memory: Memory,
  read: Slice,
  done: Span | null,
  { full, now, left }: { full: boolean; now: number; left: boolean },
): Memory {
  const still = memory.dates?.taken === read.dates && now - memory.dates.at < DATES_GOOD_FOR;
  const learnt = still ? memory.dates : { taken: read.dates, at: now };
  return {
    dates: read.dates === "two_sided" ? null : learnt,
    days: done ? nextDays(memory.days, { pages: read.pages, full }) : memory.days,
    slice: done ? null : read,
    again: memory.again && left ? union(memory.again, done ?? []) : null,
    wholeAt: done && read.dates === "none" ? read.until : memory.wholeAt,
    mendedAt: memory.mendedAt,
  };
}
