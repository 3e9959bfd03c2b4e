/** What every rule is made of. A rule asks the store, and decides by a pure function of what it was told. */
import type { Question } from "../insights/question.ts";
import { shortDay } from "../model/day.ts";
import type { Candidate, FindingRule, FindingSettings, Reading } from "../model/finding.ts";
import { grouped } from "../model/text.ts";
import type { Listing } from "../store/listings/listed.ts";
import type { WatchedEvent } from "../store/usage/watched.ts";

/** What changes what a rule finds, besides its settings and the day (basis.ts). */
export type Part = "listings" | "use" | "log" | "window" | "directory" | "credential" | "clock";

export interface Asked extends Question {
  settings: FindingSettings;
  credentialSince: number;
  /** Days of UTC, which the directory of employees goes by. */
  utcDay: number;
  /** Asked for once, however many rules look at them. */
  watched(): Promise<readonly WatchedEvent[]>;
}

/**
 * What it finds changes with the parts that it rests on, its settings, and the day in the connection's zone: never with
 * the time of the day. A rule that reads more than its parts tell would miss a change.
 */
export interface Rule {
  code: FindingRule;
  restsOn: readonly Part[];
  /** How far what it rests on is known. */
  reading(asked: Asked): Reading;
  /** Asked for only where that is known. `open`: what it found before and nobody has seen fixed, with when it was first seen. */
  find(asked: Asked, open: ReadonlyMap<string, number>): Promise<Candidate[]>;
  /** It finds so many at most. Once it has, it is not known of any other that it is gone. */
  most?: number;
  /** Of the subjects that it found before and doesn't now, those of which that says nothing. */
  untold?(asked: Asked, gone: readonly string[]): Promise<readonly string[]>;
  /** Evidence that is newer than all there was ends an acceptance. */
  newsOpens?: true;
  /** Settings of findings by which it finds less, though nothing was fixed. */
  thresholds?: readonly (keyof FindingSettings)[];
}

/** Rests on a complete listing: without one nothing is known. */
export function byListing(listing: Listing | null, what: string): Reading {
  if (!listing) return { known: false, reason: `${what} were never listed completely` };
  const { startedAt, endedAt, run } = listing;
  return { known: true, seenAt: endedAt, begunAt: startedAt, run, coverage: `complete listing of ${what}` };
}

/** Rests on use: unknown while the window isn't covered, whatever the numbers say. Seen is what both have told. */
export function byUse({ judge: { known, windows }, coverage, listings: { users } }: Asked): Reading {
  if (known.gap) return { known: false, reason: known.gap.text };
  if (!users) return byListing(users, "users");
  const readTo = coverage.effective.spans.at(-1)!.to;
  const short = windows.flatMap((each) => (each.known.gap ? [each.known.windowDays] : []));
  const but =
    short.length === 0 ? "" : `; of windows of ${[...new Set(short)].join(" and ")} days not all was read`;
  return {
    known: true,
    seenAt: Math.min(users.endedAt, readTo),
    begunAt: Math.min(users.startedAt, readTo),
    run: null,
    coverage: `audit log, all of the ${known.windowDays} days to ${shortDay(known.toDay, known.today)}${but}`,
  };
}

/** When the day began: what counts in days is judged once a day. */
export function startOfToday({ zone, judge }: Pick<Asked, "zone" | "judge">): number {
  return zone.start(judge.known.today);
}

/** Greenhouse's clock minus ours, ms: whole minutes, as it differs a little with each answer. */
export function theirClock({ connection: { clockSkewMs } }: Pick<Asked, "connection">): number {
  return Math.round(clockSkewMs / 60_000) * 60_000;
}

/** `13 Oct`, in the connection's zone. */
export function dateOf({ zone, judge }: Pick<Asked, "zone" | "judge">, at: number): string {
  return shortDay(zone.day(at), judge.known.today);
}

export const nameOf = ({ id, name }: { id: string; name: string | null }): string => name ?? `User ${id}`;

/** `1 grant`, `5,112 grants`. */
export const numberOf = (n: number, one: string, many = `${one}s`): string =>
  `${grouped(n)} ${n === 1 ? one : many}`;
