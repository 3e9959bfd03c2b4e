/**
 * Recruiting activity: use that Greenhouse's own lists tell, without the audit log. Pure; docs/recruiting.md has the words.
 * A deed shows that somebody did something on a day. That there is none shows nothing.
 */
import type { Span } from "./span.ts";
import type { RecruitingStream } from "./stream.ts";

const DAY_MS = 86_400_000;

export const DEED_SOURCES = [
  "scorecard",
  "interview",
  "scheduling",
  "reply",
  "approval",
  "rejection",
] as const;
/** What a row of a recruiting list tells of a person: `interview` was held, `reply` is to the invitation to one. */
export type DeedSource = (typeof DEED_SOURCES)[number];

/**
 * Those that show what only the person can have done, when they did it: enough to say so of somebody who should not. The
 * others don't: an interview was planned for its time, its organizer stays who it is when others move it, and a calendar
 * answers by itself.
 */
export const PROVEN_SOURCES = ["scorecard", "approval", "rejection"] as const satisfies readonly DeedSource[];
export type ProvenSource = (typeof PROVEN_SOURCES)[number];

export const USE_SOURCES = ["audit_log", ...DEED_SOURCES] as const;
/** What stands behind a date of use. */
export type UseSource = (typeof USE_SOURCES)[number];

/** The newest use of all that prove it, `at` that of the audit log; null: none is recorded. */
export function newestProven(
  told: { at: number | null } & Record<`${ProvenSource}_at`, number | null>,
): { source: UseSource; at: number } | null {
  const used: { source: UseSource; at: number | null }[] = [
    { source: "audit_log", at: told.at },
    ...PROVEN_SOURCES.map((source) => ({ source, at: told[`${source}_at`] })),
  ];
  const known = used.flatMap(({ source, at }) => (at === null ? [] : { source, at }));
  return known.sort((a, b) => b.at - a.at)[0] ?? null;
}

/** One dated sign of use: who, when, and the row that tells it. Nothing of whom or what it was about. */
export interface Deed {
  source: DeedSource;
  rowId: string;
  userId: string;
  /** ms */
  at: number;
}

/** The list that a source is read from. */
export const STREAM_OF_SOURCE: Record<DeedSource, RecruitingStream> = {
  scorecard: "scorecards",
  interview: "scorecards",
  scheduling: "interviews",
  reply: "interview_replies",
  approval: "approvals",
  rejection: "rejections",
};

/** Newest first decides; of one moment the later word, so that the order in which rows are read doesn't matter. */
export function isNewer(a: Pick<Deed, "at" | "source">, b: Pick<Deed, "at" | "source">): boolean {
  return a.at > b.at || (a.at === b.at && a.source > b.source);
}

/** What storing the deeds of a page changes: a deed told again changes nothing, one told with a later time moves there. */
export interface DeedChanges {
  /** To be stored as they are now. */
  stored: Deed[];
  /** Of which these were not known. */
  added: number;
  /** Counts a day, user and source gain or lose. */
  days: { day: number; userId: string; source: DeedSource; by: number }[];
}

export function keyOf({ source, rowId, userId }: Omit<Deed, "at">): string {
  return `${source} ${rowId} ${userId}`;
}

/**
 * `known`: the time stored for a key. Deeds only ever move to a later time, so that it doesn't matter in which order
 * pages come, nor how often.
 */
export function planDeeds(
  told: readonly Deed[],
  known: ReadonlyMap<string, number>,
  dayOf: (at: number) => number,
): DeedChanges {
  const latest = new Map<string, Deed>();
  for (const deed of told) {
    const other = latest.get(keyOf(deed));
    if (!other || deed.at > other.at) latest.set(keyOf(deed), deed);
  }
  const changes: DeedChanges = { stored: [], added: 0, days: [] };
  for (const [key, deed] of latest) {
    const before = known.get(key);
    if (before !== undefined && before >= deed.at) continue;
    changes.stored.push(deed);
    if (before === undefined) changes.added += 1;
    const { userId, source } = deed;
    const day = dayOf(deed.at);
    const gone = before === undefined ? null : dayOf(before);
    if (gone === day) continue;
    if (gone !== null) changes.days.push({ day: gone, userId, source, by: -1 });
    changes.days.push({ day, userId, source, by: 1 });
  }
  return changes;
}

/** For which time each list has been read: the rows that were last changed then. */
export type DeedCoverage = ReadonlyMap<RecruitingStream, readonly Span[]>;

/**
 * Since when all lists that are read have been read, without a gap up to now. A list that was never read, or lately not,
 * says nothing of the time since; null: none does.
 */
export function recruitingSince(coverage: DeedCoverage, everyMinutes: number, now: number): number | null {
  const late = now - Math.max(2 * DAY_MS, 2 * everyMinutes * 60_000);
  const since = [...coverage.values()].flatMap((spans) => {
    const last = spans.at(-1);
    return last && last.to >= late ? [last.from] : [];
  });
  return since.length === 0 ? null : Math.max(...since);
}
