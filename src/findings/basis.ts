/**
 * What a rule rested on when it was judged, as a digest. While it is the same the rule would find the same, so it needn't be
 * asked.
 */
import { createHash } from "node:crypto";
import type { Reading } from "../model/finding.ts";
import type { Windows } from "../model/license.ts";
import type { DataVersions } from "../store/connections/data-version.ts";
import { type Asked, type Part, type Rule, theirClock } from "./kit.ts";

/** What of the store's data each part is. */
const DATA: Record<Part, (versions: DataVersions) => number[]> = {
  listings: ({ listed, marks }) => [listed, marks],
  use: ({ use }) => [use],
  log: ({ watched }) => [watched],
  window: () => [],
  directory: ({ directory }) => [directory],
  credential: () => [],
  clock: () => [],
};

function dataOf({ restsOn }: Rule, versions: DataVersions): number[] {
  return restsOn.flatMap((part) => DATA[part](versions));
}

/** Has what the rule reads changed between the two? */
export function differs(rule: Rule, before: DataVersions, now: DataVersions): boolean {
  return String(dataOf(rule, before)) !== String(dataOf(rule, now));
}

/** What a rule looks for, apart from all that was read: by other thresholds what is gone was not fixed. */
function thresholdsOf({ thresholds = [], restsOn }: Rule, { settings, connection, judge }: Asked): unknown[] {
  const { windowDays, windows } = connection.settings;
  return [
    thresholds.map((name) => settings[name]),
    restsOn.includes("window") ? [windowDays, windows, judge.rules] : null,
  ];
}

/** Were findings last judged by other thresholds? Where nothing was judged yet, they weren't. */
export function looksOtherwise(before: string | null, now: string): boolean {
  return before !== null && before.split(".")[0] !== now.split(".")[0];
}

/**
 * @param versions read before anything else was
 * @param before the basis on which it was judged last; null: there is none
 */
export function basisOf(
  rule: Rule,
  asked: Asked,
  versions: DataVersions,
  reading: Reading,
  before: string | null,
): string {
  const { off: _, ...thresholds } = asked.settings;
  const { timeZone } = asked.zone;
  const facts = [
    dataOf(rule, versions),
    reading.known ? [reading.coverage] : reading.reason,
    [timeZone, asked.judge.known.today, asked.utcDay],
    thresholds,
    rule.restsOn.includes("window") ? [windowsOf(asked.judge), asked.judge.rules] : null,
    rule.restsOn.includes("clock") ? theirClock(asked) : null,
    rule.restsOn.includes("credential") ? [asked.connection.credentialKind, asked.credentialSince] : null,
  ];
  // What can't be judged now was not judged by these thresholds either.
  const kept = reading.known ? undefined : before?.split(".")[0];
  return `${kept ?? digest(thresholdsOf(rule, asked))}.${digest(facts)}`;
}

const digest = (facts: unknown): string =>
  createHash("sha256").update(JSON.stringify(facts)).digest("base64url");

function windowsOf({ known, windows }: Windows): unknown[] {
  return [{ rule: null, known }, ...windows].map(({ rule, known: { zone: _, ...facts } }) => [rule, facts]);
}
