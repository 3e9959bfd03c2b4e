/** What the reader remembers between runs: stored with each page, handed back at the next start. */
import { z } from "zod";
import { TIME_FORMATS } from "./query.ts";
import { Reread, SpanShape } from "./reread.ts";
import { DAY, HOUR, MINUTE } from "./slices.ts";

const Probe = z.object({
  at: z.number(),
  unpaged: z.enum(["usable", "unusable"]),
  /** The largest number of events in an unpaged answer; null: no limit was seen. */
  cap: z.number().nullable(),
  /** How many events the window held in which that was learnt. */
  events: z.number(),
  /** What hits count. `other`: neither, such as all events of the account; then they say nothing. */
  hits: z.enum(["answer", "window", "other", "unknown"]),
  why: z.string().nullable(),
});
export type Probe = z.infer<typeof Probe>;

export const Memory = z.object({
  version: z.literal(1),
  format: z.enum(TIME_FORMATS),
  leavesOpen: z.boolean(),
  probe: Probe.nullable(),
  /** Greenhouse's clock less ours, ms; null: never heard. */
  skew: z.number().nullable(),
  /** The latest late arrival. */
  late: z.object({ by: z.number(), at: z.number() }).nullable(),
  /** When unpaged answers turned out wrong. */
  surprises: z.array(z.number()),
  /** Claimed by unpaged answers since the last comparison with pages. */
  unverified: z.array(SpanShape),
  slices: z.number(),
  answers: z.number(),
  /** Events a ms. */
  rate: z.number(),
  reread: Reread.nullable(),
  holes: z.array(SpanShape.extend({ triedAt: z.number() })),
  /** Progress of reading everything again. */
  full: z.array(SpanShape).nullable(),
  /** Such a reading that began while no event was known is not at its end yet. */
  first: z.boolean(),
});
export type Memory = z.infer<typeof Memory>;

export function recall(checkpoint: unknown): Memory {
  const known = Memory.safeParse(checkpoint);
  if (known.success) return known.data;
  return {
    version: 1,
    format: "seconds",
    leavesOpen: false,
    probe: null,
    skew: null,
    late: null,
    surprises: [],
    unverified: [],
    slices: 0,
    answers: 0,
    rate: 0,
    reread: null,
    holes: [],
    full: null,
    first: false,
  };
}

/** Events may arrive late by this much before a time is claimed. Undocumented (api.md §3.6): 60 minutes at first. */
export function lagOf({ late }: Memory): number {
  return late === null ? HOUR : Math.min(DAY, Math.max(HOUR, 2 * late.by));
}

/** Notes that events arrived for a time that was claimed. What a re-read finds may have come at any time since. */
export function noteLate(memory: Memory, by: number, reread: boolean, now: number): void {
  if (memory.reread) memory.reread.late = true;
  const known = reread ? Math.min(by, lagOf(memory)) : by;
  memory.late = { by: Math.max(known, memory.late?.by ?? 0), at: now };
}

/** Forgets what has grown old. */
export function forget(memory: Memory, now: number): void {
  if (memory.late && now - memory.late.at > 30 * DAY) memory.late = null;
  const surprises = memory.surprises.filter((at) => now - at < DAY && at <= now);
  if (surprises.length < memory.surprises.length) {
    memory.surprises = [];
    memory.probe = null;
  }
  memory.holes = memory.holes.filter(({ triedAt }) => now - triedAt < DAY && triedAt <= now);
}

/** Two surprises within a day: pages only until it is over. */
export function mayReadUnpaged(memory: Memory): boolean {
  return memory.probe?.unpaged === "usable" && memory.surprises.length < 2;
}

/** From this many events on a probe has seen what matters (more than a page). */
export const ENOUGH_EVENTS = 501;

export function noteSurprise(memory: Memory, now: number): void {
  memory.surprises.push(now);
  memory.probe = null;
}

/** Weekly, and after a first surprise; daily while the log was too small to learn from, or pages are all we have. */
export function probeDue({ probe, surprises }: Memory, now: number): boolean {
  if (probe === null) return surprises.length < 2;
  if (now < probe.at - MINUTE) return true;
  const again = probe.unpaged === "unusable" || probe.events < ENOUGH_EVENTS ? DAY : 7 * DAY;
  return now - probe.at >= again - MINUTE;
}
