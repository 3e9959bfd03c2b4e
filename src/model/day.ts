/** Days in a time zone: the connection's zone decides where a day begins. Pure but for the zone data of the runtime. */

const DAY_MS = 86_400_000;

/** A day begins between 14 hours before and 12 hours after midnight UTC: the zones there are. */
const EARLIEST_MS = 15 * 3_600_000;
const LATEST_MS = 13 * 3_600_000;

/**
 * Days of one IANA time zone, numbered from 1970-01-01 = 0. A day has 23, 24 or 25 hours, or as its zone has it:
 * where midnight is skipped it begins with its first moment, and a day that a zone skipped whole is empty.
 */
export class DayZone {
  readonly timeZone: string;
  readonly #format: Intl.DateTimeFormat;
  readonly #starts = new Map<number, number>();
  #day = 0;
  #from = 0;
  #to = 0;

  /** Throws RangeError for a name the runtime doesn't know. */
  constructor(timeZone: string) {
    this.timeZone = timeZone;
    this.#format = new Intl.DateTimeFormat("en-US", {
      timeZone,
      calendar: "gregory",
      numberingSystem: "latn",
      year: "numeric",
      month: "numeric",
      day: "numeric",
    });
  }

  /** The day that holds this time (ms). Fast for times near the one asked before, as events are. */
  day(at: number): number {
    if (at < this.#from || at >= this.#to) this.#enter(at);
    return this.#day;
  }

  /** First millisecond of the day. */
  start(day: number): number {
    let start = this.#starts.get(day);
    if (start === undefined) {
      start = this.#search(day);
      this.#starts.set(day, start);
    }
    return start;
  }

  /** First millisecond after the day. */
  end(day: number): number {
    return this.start(day + 1);
  }

  #enter(at: number): void {
    let day = Math.floor(at / DAY_MS) - 1;
    while (this.end(day) <= at) day += 1;
    this.#day = day;
    this.#from = this.start(day);
    this.#to = this.end(day);
  }

  /** The earliest second whose local date has reached the day. */
  #search(day: number): number {
    let before = Math.floor((day * DAY_MS - EARLIEST_MS) / 1000);
    let reached = Math.ceil((day * DAY_MS + LATEST_MS) / 1000);
    while (reached - before > 1) {
      const middle = Math.floor((before + reached) / 2);
      if (this.#localDay(middle * 1000) >= day) reached = middle;
      else before = middle;
    }
    return reached * 1000;
  }

  #localDay(at: number): number {
    const parts: Record<string, number> = {};
    for (const { type, value } of this.#format.formatToParts(at)) parts[type] = Number(value);
    return Date.UTC(parts.year!, parts.month! - 1, parts.day!) / DAY_MS;
  }
}

const zones = new Map<string, DayZone>();

/** The zone of that name, made once: it remembers where its days begin. Throws RangeError for an unknown name. */
export function dayZone(timeZone: string): DayZone {
  let zone = zones.get(timeZone);
  if (!zone) {
    zone = new DayZone(timeZone);
    zones.set(timeZone, zone);
  }
  return zone;
}

/** `2026-11-23` of a day number. */
export function dayText(day: number): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10);
}

/** The day number of `2026-11-23`; null when it isn't a date. */
export function parseDay(text: string): number | null {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return null;
  const at = Date.parse(`${text}T00:00:00Z`);
  return Number.isNaN(at) || dayText(at / DAY_MS) !== text ? null : at / DAY_MS;
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** `23 Nov`, and with its year when that isn't this year's. */
export function shortDay(day: number, today: number): string {
  const sameYear = yearOf(day) === yearOf(today);
  return sameYear ? longDay(day).replace(/ \d+$/, "") : longDay(day);
}

/** `23 Nov 2026` */
export function longDay(day: number): string {
  const date = new Date(day * DAY_MS);
  return `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]} ${yearOf(day)}`;
}

const yearOf = (day: number) => new Date(day * DAY_MS).getUTCFullYear();
