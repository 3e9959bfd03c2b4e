/** What every rule is made of. A rule asks the store, and decides by a pure function of what it was told. */
import type { Question } from "../insights/question.ts";
import { shortDay } from "../model/day.ts";
import type { Candidate, FindingRule, FindingSettings, Found } from "../model/finding.ts";
import type { Lane } from "../model/stream.ts";
import { grouped } from "../model/text.ts";
import type { Listing } from "../store/listed.ts";

export interface Asked extends Question {
  settings: FindingSettings;
}

export interface Rule {
  code: FindingRule;
  /** What can change what it finds: runs of these lanes, or the directory of employees. */
  after: readonly (Lane | "employees")[];
  find(asked: Asked): Promise<Found>;
}

/** Rests on a complete listing: without one nothing is known. */
export function byListing(listing: Listing | null, what: string, candidates: readonly Candidate[]): Found {
  if (!listing) return { known: false, reason: `${what} were never listed completely` };
  return {
    known: true,
    seenAt: listing.endedAt,
    run: listing.run,
    coverage: `complete listing of ${what}`,
    candidates: [...candidates],
  };
}

/** Rests on use: unknown while the window isn't covered, whatever the numbers say. */
export function byUse({ judge, coverage }: Asked, candidates: readonly Candidate[]): Found {
  const { known } = judge;
  if (known.gap) return { known: false, reason: known.gap.text };
  return {
    known: true,
    seenAt: coverage.effective.spans.at(-1)!.to,
    run: null,
    coverage: `audit log, all of the ${known.windowDays} days to ${shortDay(known.toDay, known.today)}`,
    candidates: [...candidates],
  };
}

/** `13 Oct`, in the connection's zone. */
export function dateOf({ zone, judge }: Pick<Asked, "zone" | "judge">, at: number): string {
  return shortDay(zone.day(at), judge.known.today);
}

export const nameOf = ({ id, name }: { id: string; name: string | null }): string => name ?? `User ${id}`;

/** `1 grant`, `5,112 grants`. */
export const numberOf = (n: number, one: string, many = `${one}s`): string =>
  `${grouped(n)} ${n === 1 ? one : many}`;
