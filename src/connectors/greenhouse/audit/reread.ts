/** Claimed days that are read again, in search of events that came later than the lag allows for. Pure. */
import { z } from "zod";
import type { Span } from "../../../model/span.ts";
import { DAY } from "./slices.ts";

export const SpanShape = z.object({ from: z.number(), to: z.number() });

export const Reread = z.object({
  /** The day (since 1970-01-01, UTC) up to which claims reached. */
  day: z.number(),
  /** What is still to be read again; null: nothing. */
  left: SpanShape.nullable(),
  /** An event came late since the last day was read to its end. */
  late: z.boolean(),
});
export type Reread = z.infer<typeof Reread>;

/** Once a day the day that was claimed last, unless it is being read for the first time. @param safe what may be claimed */
export function rereadToday(known: Reread | null, safe: Span): Reread {
  const day = Math.floor(safe.to / DAY);
  // A day back: the lag has grown. More: a clock was set right.
  if (known === null || day < known.day - 1) return { day, left: null, late: false };
  if (day <= known.day) return known;
  const last = { from: known.day * DAY, to: (known.day + 1) * DAY };
  const from = Math.max(Math.min(last.from, known.left?.from ?? last.from), safe.from);
  return { ...known, day, left: from < last.to ? { from, to: last.to } : null };
}

/**
 * After what is left was read down to `from`. A day that showed late events casts doubt on the one before: whatever held
 * these events back may have begun then. So it goes on, day by day, to one that shows none.
 */
export function rereadDownTo(known: Reread, from: number, safe: Span): Reread {
  const { left, late } = known;
  if (left === null) return known;
  if (from > left.from) return { ...known, left: { from: left.from, to: from } };
  const before = { from: Math.max(left.from - DAY, safe.from), to: left.from };
  return { ...known, late: false, left: late && before.from < before.to ? before : null };
}
