import { zones } from "../org/words.ts";
import { fraction } from "../random.ts";
import type { Visits } from "../recruiting/visits.ts";

/** When events happen: busy working hours, quiet nights, nearly empty weekends; how many fall in each block of time. */
export const dayMs = 86_400_000;

/** How busy a person is at this hour of their own day. */
export function localActivity(hour: number): number {
  if (hour < 7 || hour >= 21) return 0.015;
  if (hour < 8 || hour >= 19) return 0.2;
  return hour >= 12 && hour < 13 ? 0.6 : 1;
}

/** Monday is a bit busier than Friday; Saturday and Sunday nearly still. Day 0 was a Thursday. */
function weekdayFactor(day: number): number {
  return [1, 0.85, 0.06, 0.05, 1.1, 1.1, 1.05][((day % 7) + 7) % 7] as number;
}

const hourly = Array.from(
  { length: 24 },
  (_, hour) =>
    zones.reduce((sum, [zone, part]) => sum + part * localActivity((((hour + zone) % 24) + 24) % 24), 0) +
    0.02,
);
const hourlySum = hourly.reduce((a, b) => a + b, 0);
const weekSum = [0, 1, 2, 3, 4, 5, 6].reduce((sum, day) => sum + weekdayFactor(day), 0) / 7;

/** The day's cumulative event counts per block: `before[i]` events fall before block i. */
export interface DayCounts {
  before: Uint32Array;
  total: number;
}

/** Answers how many events fall in any block, without making them. */
export interface Calendar {
  readonly blockMs: number;
  readonly blocksPerDay: number;
  day(day: number): DayCounts;
}

/** Time of day of the pinned awkward events (api.md §6.6), every Monday to Friday. */
export const pinnedAt = (9 * 3600 + 58 * 60 + 46) * 1000;
export const pinnedCount = 7;
export const hasPinned = (day: number): boolean => weekdayFactor(day) > 0.5;

/** Makes the calendar. Denser organizations get shorter blocks, so that a block stays small. */
export function makeCalendar(seed: number, eventsPerDay: number, visits: Visits): Calendar {
  const perHour = (hour: number, day: number): number =>
    (eventsPerDay * weekdayFactor(day) * (hourly[hour] as number)) / hourlySum / weekSum;
  const peakPerSecond = (Math.max(...hourly) * 1.1 * eventsPerDay) / hourlySum / weekSum / 3600;
  const blockMs = ([600, 60, 10].find((seconds) => seconds * peakPerSecond <= 32) ?? 1) * 1000;
  const blocksPerDay = dayMs / blockMs;
  const blocksPerHour = 3_600_000 / blockMs;
  const days = new Map<number, DayCounts>();
  const make = (day: number): DayCounts => {
    const before = new Uint32Array(blocksPerDay + 1);
    const pinnedBlock = hasPinned(day) ? Math.floor(pinnedAt / blockMs) : -1;
    const extra = new Map<number, number>();
    for (const [at] of visits.events(day)) {
      const block = Math.floor((at - day * dayMs) / blockMs);
      extra.set(block, (extra.get(block) ?? 0) + 1);
    }
    let sum = 0;
    for (let hour = 0; hour < 24; hour++) {
      const expected = perHour(hour, day) / blocksPerHour;
      for (let i = hour * blocksPerHour; i < (hour + 1) * blocksPerHour; i++) {
        before[i] = sum;
        const u = fraction(seed, day, i, 20);
        const wave = 0.5 + fraction(seed, day, i, 21);
        sum += Math.floor(expected * wave + u) + (i === pinnedBlock ? pinnedCount : 0) + (extra.get(i) ?? 0);
      }
    }
    before[blocksPerDay] = sum;
    return { before, total: sum };
  };
  return {
    blockMs,
    blocksPerDay,
    day(day) {
      const kept = days.get(day);
      if (kept) return kept;
      if (days.size > 70) days.delete(days.keys().next().value as number);
      const made = make(day);
      days.set(day, made);
      return made;
    },
  };
}
