import { isoTime } from "../clock.ts";
import type { Org } from "../org/org.ts";
import type { User } from "../org/types.ts";
import { fraction, hash, pick } from "../random.ts";
import type { Draw } from "./moments.ts";
import { makeMoments } from "./moments.ts";
import type { Slots } from "./slots.ts";
import { makeSlots } from "./slots.ts";
import type { Visits } from "./visits.ts";
import { makeVisits } from "./visits.ts";

export const dayMs = 86_400_000;
/** How far back recruiting goes before the start of the clock. */
export const historyDays = 400;

/** Every text about a candidate holds this word, so that a test can look for it. Their ids begin with 666 or 777. */
export const candidateWord = "Kestrelheart";

/** What all lists of recruiting are made from. */
export interface Setting {
  org: Org;
  visits: Visits;
  draw: Draw;
  /** Numbers of the seed: `h` is whole, `f` is from 0 to 1. The first salt tells the lists apart. */
  h(list: number, slot: number, salt: number): number;
  f(list: number, slot: number, salt: number): number;
  /** Slots of which so many fall on an average working day, few on a weekend; `more` adds some to a day. */
  slots(list: number, perDay: number, more?: (day: number) => number): Slots;
  /** One in `n` slots is touched long after it was made. */
  late(list: number, slot: number): boolean;
  /** When, for a slot that is. */
  lateAt(list: number, slot: number, madeAt: number): number | null;
  /** Place in org.jobs of a job that was open then, if there is one. */
  jobAt(h: number, ms: number): number;
  kit(job: number, h: number): number;
  jobInterview(job: number, h: number): number;
  application(h: number): number;
  /** Somebody the users list lacks. */
  stranger: number;
}

export function makeSetting(org: Org): Setting {
  const { ids, sizes, jobs } = org;
  const { seed, anchor } = sizes;
  const firstDay = Math.floor(anchor / dayMs) - historyDays;
  const visits = makeVisits(org);
  // As they were planned: what mutations change later changes no past interview.
  const spans = jobs.map((job) => [job.createdAt, job.closedAt ?? Infinity] as const);
  const h = (list: number, slot: number, salt: number): number => hash(seed, slot, list, salt);
  const f = (list: number, slot: number, salt: number): number => fraction(seed, slot, list, salt);
  const late = (list: number, slot: number): boolean => h(list, slot, 1) % 60 === 0;
  return {
    org,
    visits,
    draw: makeMoments(org, visits),
    h,
    f,
    slots: (list, perDay, more = () => 0) =>
      makeSlots(firstDay, (day) => {
        const weekend = day % 7 === 2 || day % 7 === 3;
        return Math.floor(perDay * (weekend ? 0.05 : 1) + fraction(seed, day, list, 2)) + more(day);
      }),
    late,
    lateAt: (list, slot, madeAt) =>
      late(list, slot) ? madeAt + Math.floor((60 + f(list, slot, 3) * 240) * dayMs) : null,
    jobAt(from, ms) {
      for (let i = 0; i < 12; i++) {
        const [opened, closed] = spans[(from + i) % spans.length] as readonly [number, number];
        if (opened <= ms && ms < closed) return (from + i) % spans.length;
      }
      return from % spans.length;
    },
    kit: (job, n) => ids.of("kit", job * 4 + (n % 4)),
    jobInterview: (job, n) => ids.of("jobInterview", job * 4 + (n % 4)),
    application: (n) => ids.of("application", n % 1_000_000),
    stranger: ids.special(3999999999004),
  };
}

export const time = (ms: number | null): string | null => (ms === null ? null : isoTime(ms));
export const date = (ms: number | null): string | null => time(ms)?.slice(0, 10) ?? null;
/** Somebody's id, now and then (by `n`) nobody's or a stranger's. */
export const who = (user: User | null, n: number, stranger: number): number | null =>
  n % 60 === 7 ? null : n % 60 === 11 ? stranger : (user?.id ?? null);
export { pick };
