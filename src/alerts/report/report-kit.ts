/** What the weekly report is made of, and how its numbers are said. Pure. */
import type { DayZone } from "../../model/day.ts";
import { grouped } from "../../model/text.ts";
import type { WeekFacts } from "./report-facts.ts";

export const USE_PARTS = ["inUse", "unused", "neverUsed", "unknown"] as const;
/** Of active people. */
export type UsePart = (typeof USE_PARTS)[number];

export interface ReportRow {
  label: string;
  /** null: unknown. */
  value: string | null;
  note: string | null;
  /** The part of the bar that this row counts. */
  part: UsePart | null;
}

export interface ReportSection {
  title: string;
  /** For which time the numbers are, and what they come from. */
  basis: string;
  /** Active people by their use. */
  bar: Record<UsePart, number> | null;
  rows: ReportRow[];
  notes: string[];
}

export interface Report {
  subject: string;
  title: string;
  /** The week's days, both included. */
  period: { from: string; to: string };
  /** The week in words. */
  week: string;
  /** Nobody in it exists. */
  sample: boolean;
  /** What somebody must know who reads nothing else. */
  lead: string[];
  sections: ReportSection[];
  foot: string[];
}

/** What a section is written from: the facts, and how times are said. */
export interface Saying {
  facts: WeekFacts;
  zone: DayZone;
  /** `23 Nov 2026, 10:14` */
  time: (at: string) => string;
  /** `23 Nov 2026` */
  date: (at: string) => string;
}

export const SAMPLE = "Sample data. Nobody here exists.";
export const UNKNOWN = "Unknown";

export const row = (
  label: string,
  value: string | number | null,
  note: string | null = null,
  part: UsePart | null = null,
): ReportRow => ({ label, value: typeof value === "number" ? grouped(value) : value, note, part });

/** `1 license`, `57 licenses`. */
export const countOf = (n: number, one: string, many = `${one}s`): string =>
  `${grouped(n)} ${n === 1 ? one : many}`;

/** `57 of 391`: a part names its whole. */
export const partOf = (part: number, whole: number): string => `${grouped(part)} of ${grouped(whole)}`;

/** `105 to 123`, or `105` where nothing is unknown. */
export const rangeOf = ({ low, high }: { low: number; high: number }): string =>
  low === high ? grouped(low) : `${grouped(low)} to ${grouped(high)}`;

/** `a`, `a and b`, `a, b and c`. */
export const listOf = (items: readonly string[]): string =>
  items.length < 2 ? (items[0] ?? "") : `${items.slice(0, -1).join(", ")} and ${items.at(-1)}`;

/** `Zoë New, Kim Park and 3 more`. */
export function someOf(items: readonly string[], total: number): string {
  return listOf(total > items.length ? [...items, `${grouped(total - items.length)} more`] : items);
}

export const nameOf = ({ id, name }: { id: string; name: string | null }): string => name ?? `User ${id}`;

/** No day of the window was read, and nothing else tells of use: no number, not even 0. */
export function useIsUnread({ overview: { use, window } }: WeekFacts): boolean {
  return window.coveredDays === 0 && use.inUse + use.unused + use.neverUsed === 0;
}

/** What was read shows who came, and not who didn't. */
export function useIsUnproven({ overview: { use, window } }: WeekFacts): boolean {
  return window.reason !== null && use.unused + use.neverUsed === 0;
}

/** Why the use of some is unknown, as a part of a sentence. */
export function reasonOf({ overview: { use, window } }: WeekFacts): string {
  const reason = use.unknownReason ?? window.reason;
  return reason === null || reason === "too new" ? "they have not been users for all of these days" : reason;
}
