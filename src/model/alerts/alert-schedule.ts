/** When a destination hears: pure, by its own clock. A moment that its zone skips is the first one after it. */

import { dayZone } from "../day.ts";
import type { Schedule } from "./alert.ts";

const MINUTE_MS = 60_000;
const DAY_MINUTES = 24 * 60;

/** The last moment for daily messages: what happened before it is due. */
export function lastDaily({ zone, hour }: Schedule, now: number): number {
  return lastOn(zone, hour * 60, now, () => true);
}

/** The same for weekly ones: Monday at its hour. */
export function lastWeekly({ zone, hour }: Schedule, now: number): number {
  return lastOn(zone, hour * 60, now, isMonday);
}

export function nextDaily({ zone, hour }: Schedule, now: number): number {
  return nextOn(zone, hour * 60, now, () => true);
}

export function nextWeekly({ zone, hour }: Schedule, now: number): number {
  return nextOn(zone, hour * 60, now, isMonday);
}

/** The end of the quiet hours that it is within; null: it is in none. */
export function quietUntil({ zone, quiet }: Schedule, now: number): number | null {
  if (quiet === null) return null;
  const [from, to] = [minutesOf(quiet.from), minutesOf(quiet.to)];
  const at = minutesAt(zone, now);
  const within = from <= to ? at >= from && at < to : at >= from || at < to;
  if (!within) return null;
  const next = nextOn(zone, to, now, () => true);
  // Where an hour comes twice, `to` may have been already, and comes again.
  const again = now - (now % MINUTE_MS) + (to - at) * MINUTE_MS;
  return at < to && again < next && minutesAt(zone, again) === to ? again : next;
}

/** The day of a moment, in the zone: a report of one Monday has this number. */
export function dayOf({ zone }: Schedule, at: number): number {
  return dayZone(zone).day(at);
}

/** 1970-01-01, day 0, was a Thursday. */
const isMonday = (day: number) => (day + 3) % 7 === 0;

function lastOn(zone: string, minutes: number, now: number, fits: (day: number) => boolean): number {
  for (let day = dayZone(zone).day(now); ; day--) {
    const at = momentOf(zone, day, minutes);
    if (fits(day) && at <= now) return at;
  }
}

function nextOn(zone: string, minutes: number, now: number, fits: (day: number) => boolean): number {
  for (let day = dayZone(zone).day(now); ; day++) {
    const at = momentOf(zone, day, minutes);
    if (fits(day) && at > now) return at;
  }
}

/** When the clock of the zone shows this time on this day: the first of two such moments. */
function momentOf(zone: string, day: number, minutes: number): number {
  const straight = dayZone(zone).start(day) + minutes * MINUTE_MS;
  const off = minutes - minutesAt(zone, straight);
  // Midnight itself may be skipped, or lie between.
  const near = off > DAY_MINUTES / 2 ? off - DAY_MINUTES : off < -DAY_MINUTES / 2 ? off + DAY_MINUTES : off;
  const shifted = straight + near * MINUTE_MS;
  return minutesAt(zone, shifted) === minutes ? shifted : Math.max(straight, shifted);
}

function minutesOf(clock: string): number {
  const [hours, minutes] = clock.split(":").map(Number);
  return hours! * 60 + minutes!;
}

/** Minutes that the clock of the zone shows since midnight. */
function minutesAt(zone: string, at: number): number {
  const parts: Record<string, number> = {};
  for (const { type, value } of clockOf(zone).formatToParts(at)) parts[type] = Number(value);
  return parts.hour! * 60 + parts.minute!;
}

const clocks = new Map<string, Intl.DateTimeFormat>();
function clockOf(timeZone: string): Intl.DateTimeFormat {
  let clock = clocks.get(timeZone);
  if (!clock) {
    clock = new Intl.DateTimeFormat("en-US", {
      timeZone,
      numberingSystem: "latn",
      hour: "numeric",
      minute: "numeric",
      hourCycle: "h23",
    });
    clocks.set(timeZone, clock);
  }
  return clock;
}
