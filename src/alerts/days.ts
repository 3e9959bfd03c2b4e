/** Days and times as a mail says them. Pure. */
import { type DayZone, longDay, parseDay } from "../model/day.ts";

const WEEK_DAYS = 7;

/** Whole days, both included; and the same as times (from <= t < until). */
export interface Week {
  fromDay: number;
  toDay: number;
  from: number;
  until: number;
}

/** The seven whole days before this one: on a Monday, the calendar's last week. */
export function weekBefore(zone: DayZone, today: number): Week {
  const [fromDay, toDay] = [today - WEEK_DAYS, today - 1];
  return { fromDay, toDay, from: zone.start(fromDay), until: zone.end(toDay) };
}

/** `16 to 22 Nov 2026`, `26 Oct to 22 Nov 2026`, `28 Dec 2026 to 3 Jan 2027` of days as `2026-11-16`. */
export function daysText(from: string, to: string): string {
  const [first, last] = [longDay(parseDay(from)!), longDay(parseDay(to)!)];
  if (first === last) return first;
  const [day, month, year] = first.split(" ");
  if (!last.endsWith(` ${year}`)) return `${first} to ${last}`;
  return last.endsWith(` ${month} ${year}`) ? `${day} to ${last}` : `${day} ${month} to ${last}`;
}

/** `23 Nov 2026` of a day `2026-11-23`. */
export const dayOf = (day: string): string => longDay(parseDay(day)!);

/** `23 Nov 2026` of a time, in the zone. */
export const dateIn = (zone: DayZone, at: string): string => longDay(zone.day(Date.parse(at)));

/** `23 Nov 2026, 10:14` in the zone. */
export function timeIn(zone: DayZone, at: string): string {
  const time = new Intl.DateTimeFormat("en-GB", {
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
    timeZone: zone.timeZone,
  });
  return `${dateIn(zone, at)}, ${time.format(Date.parse(at))}`;
}
