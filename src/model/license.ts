/**
 * Is it used, and what license does it take up? Pure. A user is *unused* only if every day of the window was read and
 * they existed throughout; whatever can't be shown is *unknown*, with its reason. docs/licenses.md has the words.
 */
import { type DayZone, shortDay } from "./day.ts";
import type { Level, Status } from "./records.ts";
import type { UseSource as UseTold } from "./recruiting.ts";
import { SOURCE_WORD } from "./words.ts";

export const USE_STATES = ["in_use", "unused", "never_used", "unknown"] as const;
export type UseState = (typeof USE_STATES)[number];

export const LICENSE_STATES = [...USE_STATES, "held_by_deactivated"] as const;
export type LicenseState = (typeof LICENSE_STATES)[number];

/** The rules name the types: `Site Admin`, `Job Admin`, `Basic`, `Unknown` unless an admin sets others. */
export type LicenseType = string;

/** Half-open, ms. */
interface Span {
  from: number;
  to: number;
}

export interface UseSource {
  /** Spans read completely, in order, not touching one another: effective coverage (coverage.ts). */
  coverage: readonly Span[];
  /** Usage is switched off, or was never allowed. */
  off: boolean;
  /** Since when the log has been silent, if it is; that time isn't coverage. */
  silentSince: number | null;
  /** Since when all recruiting activity that is read has been read; null: none is, or not lately. It is no coverage. */
  recruitingSince?: number | null;
}

/** What is known of everybody's use at one moment: the constants behind each person's state. */
export interface UseKnowledge {
  zone: DayZone;
  today: number;
  windowDays: number;
  /** The whole days that decide, both included. */
  fromDay: number;
  toDay: number;
  /** The same as times: from <= t < to. */
  from: number;
  to: number;
  coveredDays: number;
  /** Every moment of the window was read. */
  covered: boolean;
  /** Start of the unbroken coverage that reaches the window's end; null: it isn't reached. */
  since: number | null;
  /** Why the window isn't covered. */
  gap: { code: UseReason; text: string } | null;
  /** As in UseSource: set where nothing but recruiting activity tells of use. */
  recruitingSince: number | null;
}

export type UseReason =
  | "used"
  | "not_used"
  | "none_since"
  | "too_new"
  | "not_read_since"
  | "silent_since"
  | "partly_covered"
  | "never_read"
  | "no_proof"
  | "off";

/** Reading is up to date while coverage ends within this time: the newest hour or so is never claimed yet. */
const CURRENT_MS = 24 * 3_600_000;

/**
 * The window is `windowDays` whole days and ends with the last whole day; while reading is up to date but hasn't yet
 * reached last midnight, with the day before, lest everybody be unknown for an hour each night.
 */
export function knowUse(source: UseSource, zone: DayZone, windowDays: number, now: number): UseKnowledge {
  const today = zone.day(now);
  const last = source.coverage.at(-1);
  const late = last !== undefined && last.to < zone.start(today) && now - last.to <= CURRENT_MS;
  const toDay = late ? today - 2 : today - 1;
  const fromDay = toDay - windowDays + 1;
  const [from, to] = [zone.start(fromDay), zone.end(toDay)];
  const run = source.coverage.find((span) => span.from < to && span.to >= to);
  const covered = run !== undefined && run.from <= from;
  const coveredDays = coveredDaysIn(source.coverage, zone, fromDay, toDay);
  const known = { zone, today, windowDays, fromDay, toDay, from, to, coveredDays, covered };
  const gap = covered ? null : gapOf(source, known, run);
  const recruitingSince = gap?.code === "no_proof" ? source.recruitingSince! : null;
  return { ...known, since: run?.from ?? null, gap, recruitingSince };
}

/** Days from `fromDay` to `toDay` of which every moment lies in one of the spans. */
export function coveredDaysIn(spans: readonly Span[], zone: DayZone, fromDay: number, toDay: number): number {
  let days = 0;
  for (const span of spans) {
    const clipped = {
      from: Math.max(span.from, zone.start(fromDay)),
      to: Math.min(span.to, zone.end(toDay)),
    };
    if (clipped.from >= clipped.to) continue;
    days += Math.max(0, lastWholeDay(zone, clipped.to) - firstWholeDay(zone, clipped.from) + 1);
  }
  return days;
}

function firstWholeDay(zone: DayZone, from: number): number {
  const day = zone.day(from);
  return zone.start(day) === from ? day : day + 1;
}

function lastWholeDay(zone: DayZone, to: number): number {
  return zone.day(to) - 1;
}

function gapOf(
  source: UseSource,
  known: Pick<UseKnowledge, "zone" | "today" | "windowDays" | "coveredDays">,
  run: Span | undefined,
): UseKnowledge["gap"] {
  const { zone, today, windowDays, coveredDays } = known;
  const last = source.coverage.at(-1);
  const date = (at: number) => shortDay(zone.day(at), today);
  if (source.silentSince !== null && !run) {
    return { code: "silent_since", text: `the audit log has been silent since ${date(source.silentSince)}` };
  }
  if (!last && source.recruitingSince != null) {
    return { code: "no_proof", text: noProof(date(source.recruitingSince)) };
  }
  if (!last) {
    return source.off
      ? { code: "off", text: "usage is off" }
      : { code: "never_read", text: "use was never read" };
  }
  if (!run) return { code: "not_read_since", text: `use not read since ${date(last.to)}` };
  const knownFrom = shortDay(firstWholeDay(zone, run.from) + windowDays, today);
  return {
    code: "partly_covered",
    text: `only ${coveredDays} of ${windowDays} days covered, known from ${knownFrom}`,
  };
}

/** A scorecard shows that somebody came; that there is none shows nothing: the reader of the list may not be told all. */
const noProof = (date: string) => `no audit log; no recruiting activity since ${date}, which is no proof`;

export interface UseFacts {
  /** Newest counted activity of any source (ms); null: none is recorded. */
  lastUsedAt: number | null;
  /** What tells it. The log needs no word of its own: it is what a state rests on. */
  lastUsedBy?: UseTold | null;
  createdAt: number | null;
  /** First listing that had the user: decides where Greenhouse tells no creation. */
  firstSeenAt: number;
  /** Days of the window with counted use. */
  activeDays: number;
}

export interface Use {
  state: UseState;
  code: UseReason;
  reason: string;
  /** null: no day of the window is covered. */
  activeDays: number | null;
  coveredDays: number;
  windowDays: number;
  /** ms; since when every use would be known. */
  since: number | null;
}

/** One person's use. */
export function useOf(facts: UseFacts, known: UseKnowledge): Use {
  const born = bornAt(facts);
  const judged = judge(facts, born, known);
  return {
    ...judged,
    activeDays: known.coveredDays > 0 || facts.activeDays > 0 ? facts.activeDays : null,
    coveredDays: known.coveredDays,
    windowDays: known.windowDays,
    since: known.since === null ? null : Math.max(known.since, born),
  };
}

/** Since when the user has surely existed. */
function bornAt(facts: Pick<UseFacts, "createdAt" | "firstSeenAt">): number {
  return facts.createdAt ?? facts.firstSeenAt;
}

function judge(facts: UseFacts, born: number, known: UseKnowledge): Pick<Use, "state" | "code" | "reason"> {
  const { lastUsedAt, lastUsedBy } = facts;
  const by = lastUsedBy && lastUsedBy !== "audit_log" ? ` (${SOURCE_WORD[lastUsedBy]})` : "";
  const date = (at: number) => shortDay(known.zone.day(at), known.today);
  if (lastUsedAt !== null && lastUsedAt >= known.from) {
    return { state: "in_use", code: "used", reason: `last used ${date(lastUsedAt)}${by}` };
  }
  if (known.recruitingSince !== null) {
    const since = lastUsedAt ?? Math.max(known.recruitingSince, born);
    return { state: "unknown", code: "no_proof", reason: noProof(date(since)) };
  }
  if (known.gap) return { state: "unknown", code: known.gap.code, reason: known.gap.text };
  if (born > known.from)
    return { state: "unknown", code: "too_new", reason: `too new (created ${date(born)})` };
  if (lastUsedAt !== null)
    return { state: "unused", code: "not_used", reason: `last used ${date(lastUsedAt)}${by}` };
  return {
    state: "never_used",
    code: "none_since",
    reason: `none since ${date(Math.max(known.since!, born))}`,
  };
}

/** A window of its own for everybody of a level, or who holds a role (its id). One of the two is given. */
export interface WindowRule {
  level: Level | null;
  role: string | null;
  days: number;
}

/** The windows of a connection with what is known of use in each. */
export interface Windows {
  /** The window of whoever no rule fits. */
  known: UseKnowledge;
  /** Longest first, so that the first rule that fits is the longest. */
  windows: readonly { rule: WindowRule; known: UseKnowledge }[];
}

export function knowWindows(
  source: UseSource,
  zone: DayZone,
  settings: { windowDays: number; windows: readonly WindowRule[] },
  now: number,
): Windows {
  const sizes = new Map<number, UseKnowledge>();
  const knowDays = (days: number) => {
    const known = sizes.get(days) ?? knowUse(source, zone, days, now);
    sizes.set(days, known);
    return known;
  };
  const longestFirst = [...settings.windows].sort((a, b) => b.days - a.days);
  return {
    known: knowDays(settings.windowDays),
    windows: longestFirst.map((rule) => ({ rule, known: knowDays(rule.days) })),
  };
}

/** What is known of use in this person's window: the longest that fits them. */
export function knownFor(
  person: { level: Level; roleIds: readonly string[] },
  { known, windows }: Windows,
): UseKnowledge {
  const fits = ({ level, role }: WindowRule) =>
    role === null ? level === person.level : person.roleIds.includes(role);
  return windows.find(({ rule }) => fits(rule))?.known ?? known;
}

/** The first rule that fits decides. */
export interface TypeRule {
  level: Level | "any";
  status: Status | "any";
  /** null: takes up no license. */
  type: LicenseType | null;
}

export const DEFAULT_RULES: readonly TypeRule[] = [
  { level: "any", status: "deactivated", type: null },
  { level: "any", status: "missing", type: null },
  { level: "site_admin", status: "active", type: "Site Admin" },
  { level: "job_admin", status: "active", type: "Job Admin" },
  { level: "basic", status: "active", type: "Basic" },
  { level: "unknown", status: "active", type: "Unknown" },
];

export interface Holder {
  level: Level;
  status: Status;
  serviceAccount: boolean;
}

/** The license a user takes up; null: none. An integration's own user never takes up one. */
export function licenseTypeOf(holder: Holder, rules: readonly TypeRule[]): LicenseType | null {
  if (holder.serviceAccount) return null;
  const rule = rules.find(
    ({ level, status }) =>
      (level === "any" || level === holder.level) && (status === "any" || status === holder.status),
  );
  return rule?.type ?? null;
}

export interface License {
  type: LicenseType | null;
  state: LicenseState | null;
  reason: string;
}

export function licenseOf(holder: Holder, use: Use, rules: readonly TypeRule[]): License {
  const type = licenseTypeOf(holder, rules);
  if (type === null) {
    const reason = holder.serviceAccount ? "service account" : NO_LICENSE[holder.status];
    return { type, state: null, reason };
  }
  if (holder.status === "deactivated") return { type, state: "held_by_deactivated", reason: "deactivated" };
  return { type, state: use.state, reason: use.reason };
}

const NO_LICENSE: Record<Status, string> = {
  active: "no license by your rules",
  deactivated: "deactivated",
  missing: "missing from Greenhouse's list",
};
