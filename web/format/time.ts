/**
 * Times in words. `ago` counts up to 7 days, then a date; `exact` has local time and UTC. Days (`2026-11-23`) are
 * the connection's, so they are never moved to another zone.
 */
import { formatWords as words } from "../text/formats.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const AGO_UP_TO = 7 * DAY;

/** The reader's locale unless told (tests tell). */
export interface How {
  now?: number;
  locale?: string;
  timeZone?: string | undefined;
}

/** `just now`, `4 min ago`, `3 h ago`, `2 days ago`, then a date; the future as `in 4 min`. */
export function ago(iso: string, { now = Date.now(), locale, timeZone }: How = {}): string {
  const at = Date.parse(iso);
  const gap = Math.abs(now - at);
  if (gap >= AGO_UP_TO) return date(iso, { now, locale, timeZone });
  if (gap < MINUTE) return at > now ? words.soon : words.now;
  const text =
    gap < HOUR
      ? words.minutes(Math.floor(gap / MINUTE))
      : gap < DAY
        ? words.hours(Math.floor(gap / HOUR))
        : words.days(Math.floor(gap / DAY));
  return at > now ? words.from(text) : words.ago(text);
}

/** `12 Nov`, with the year where it isn't this one. Of which zone is always told: it decides the day. */
export function date(
  iso: string,
  { now = Date.now(), locale, timeZone }: How & { timeZone: string | undefined },
): string {
  const year = (at: number) =>
    new Intl.DateTimeFormat("en", { year: "numeric", calendar: "gregory", timeZone }).format(at);
  const at = Date.parse(iso);
  return new Intl.DateTimeFormat(locale, {
    day: "numeric",
    month: "short",
    ...(year(at) === year(now) ? {} : { year: "numeric" }),
    timeZone,
  }).format(at);
}

/** `09:02` today, else `12 Nov, 09:02`. */
export function clock(iso: string, { now = Date.now(), locale, timeZone }: How = {}): string {
  const at = Date.parse(iso);
  const day = (time: number) => new Intl.DateTimeFormat("en-CA", { timeZone }).format(time);
  const time = new Intl.DateTimeFormat(locale, {
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
    timeZone,
  });
  return day(at) === day(now)
    ? time.format(at)
    : `${date(iso, { now, locale, timeZone })}, ${time.format(at)}`;
}

/** `23 Nov 2026, 10:02:11 Europe/Zurich · 09:02:11 UTC`: what hover, focus and print show. */
export function exact(iso: string, { locale, timeZone }: How = {}): string {
  const zone = timeZone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
  const local = `${stamped(iso, zone, locale)} ${zone}`;
  return zone === "UTC" ? local : `${local} · ${utc(iso, locale)}`;
}

/** `23 Nov 2026, 09:02:11 UTC`. */
export function utc(iso: string, locale?: string): string {
  return `${stamped(iso, "UTC", locale)} UTC`;
}

function stamped(iso: string, timeZone: string, locale: string | undefined): string {
  return new Intl.DateTimeFormat(locale, {
    day: "numeric",
    month: "short",
    year: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    hourCycle: "h23",
    timeZone,
  }).format(Date.parse(iso));
}

/** A day of the connection in words: `23 Nov`, with the year where it isn't this one. */
export function day(iso: string, how: How = {}): string {
  return date(`${iso}T12:00:00Z`, { ...how, timeZone: "UTC" });
}

/** `Nov`: the month of a day. */
export function monthName(iso: string, { locale }: How = {}): string {
  return new Intl.DateTimeFormat(locale, { month: "short", timeZone: "UTC" }).format(
    Date.parse(`${iso}T12:00:00Z`),
  );
}

/** `Mon, 23 Nov 2026`. */
export function longDay(iso: string, { locale }: How = {}): string {
  return new Intl.DateTimeFormat(locale, {
    weekday: "short",
    day: "numeric",
    month: "short",
    year: "numeric",
    timeZone: "UTC",
  }).format(Date.parse(`${iso}T12:00:00Z`));
}

/** The connection's day that holds a time: `2026-11-23`. */
export function dayOf(iso: string, timeZone: string): string {
  const parts = new Intl.DateTimeFormat("en-US", {
    timeZone,
    calendar: "gregory",
    numberingSystem: "latn",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
  }).formatToParts(Date.parse(iso));
  const part = (type: string) => parts.find((each) => each.type === type)!.value;
  return `${part("year")}-${part("month")}-${part("day")}`;
}

/** `0.2 s`, `4 s`, `3 min`, `1 h 5 min`. */
export function duration(ms: number): string {
  if (ms < 950) return words.seconds((Math.round(ms / 100) / 10).toFixed(1));
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return words.seconds(String(seconds));
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return words.minutes(minutes);
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  return rest === 0 ? words.hours(hours) : words.hoursAndMinutes(hours, rest);
}
