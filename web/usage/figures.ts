/** What the days of Usage say, before anything is drawn. Pure. */
import type { Answer } from "../api/client.ts";
import type { Search } from "../search.ts";
import type { DayOfUse, KindOfUse } from "../text/words.ts";

export const KINDS: readonly KindOfUse[] = ["viewed", "changed", "acted", "other"];

/** Whole days from `from` on; days are the connection's, so no zone moves them. */
export function daysFrom(from: string, days: number): string {
  return new Date(Date.parse(`${from}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}

/** As the list of users has them in its address. */
export const ACTIVE_PEOPLE = { status: "active", serviceAccounts: "exclude" } as const satisfies Search;

/** The numbers of the log count what it tells, and so do the lists behind them. */
export const LOGGED = { usedSource: "audit_log" } as const satisfies Search;

/** The days whose people are counted: a span that ends with the last whole day goes on up to now. */
export function daysOf({ range, window }: Pick<Answer<"usage">, "range" | "window">): Search {
  return range.to === window.to ? { usedFrom: range.from } : { usedFrom: range.from, usedTo: range.to };
}

/** The events of these days, as far as they are kept. */
export const eventsOf = ({ startsAt, endsAt }: Answer<"usage">["range"]): Search => ({
  from: startsAt,
  to: endsAt,
});

/** The deeds of a day: all of them, or those of one kind. */
export const deedsOf = (day: string, kind: KindOfUse | null): Search => ({
  day,
  counts: "true",
  kind: kind ?? undefined,
});

/** The deeds of a kind behind the people of these days (daysOf), as far as they are kept. */
export const deedsOfKind = (
  { range, window }: Pick<Answer<"usage">, "range" | "window">,
  kind: KindOfUse,
): Search => ({
  kind,
  counts: "true",
  from: range.startsAt,
  to: range.to === window.to ? undefined : range.endsAt,
});

export interface Stretch {
  from: string;
  to: string;
  days: number;
  covered: DayOfUse["covered"];
}

/** Neighbouring days that were read equally well, as one. */
export function stretches(days: readonly DayOfUse[]): Stretch[] {
  const found: Stretch[] = [];
  for (const { day, covered } of days) {
    const last = found.at(-1);
    if (last?.covered === covered) Object.assign(last, { to: day, days: last.days + 1 });
    else found.push({ from: day, to: day, days: 1, covered });
  }
  return found;
}

/** People of a day: all of them, or those with one kind of use. null: not known. */
export function peopleOf(day: DayOfUse, kind: KindOfUse | null): number | null {
  return kind === null ? day.people : (day.kinds?.[kind] ?? null);
}

export interface Peak {
  people: number;
  day: string;
  unknownDays: number;
}

/** The busiest day; null where no day is known. */
export function peakOf(days: readonly DayOfUse[], kind: KindOfUse | null): Peak | null {
  let peak: Peak | null = null;
  let unknownDays = 0;
  for (const day of days) {
    const people = peopleOf(day, kind);
    if (people === null) unknownDays++;
    else if (peak === null || people > peak.people) peak = { people, day: day.day, unknownDays: 0 };
  }
  return peak && { ...peak, unknownDays };
}
