/** What every answer starts from: what has been read, and how far use is known. */
import type { Connection } from "../model/connection.ts";
import { type DayZone, dayText, dayZone } from "../model/day.ts";
import { knowWindows, type UseKnowledge } from "../model/license.ts";
import { type DeedCoverage, recruitingSince } from "../model/recruiting.ts";
import { clip, intersect, type Span, subtract } from "../model/span.ts";
import { RECRUITING_STREAMS } from "../model/stream.ts";
import type { Verdict } from "../model/verdict.ts";
import { listVerdicts } from "../store/connections/verdicts.ts";
import { type Listing, lastListings } from "../store/listings/listed.ts";
import type { Db } from "../store/store.ts";
import { isSample } from "../store/upkeep/sample.ts";
import { deedCoverage } from "../store/usage/deeds.ts";
import { type LicenseRules, licenseRules } from "../store/usage/license-rules.ts";
import { type CoverageState, coverageState } from "../store/usage/usage.ts";
import { namesOf } from "../store/users/names.ts";
import type { Judge } from "../store/users/user-sql.ts";
import { refuseFuture } from "./errors.ts";
import type { Covered, HoleView, SpanView, Stamp, WindowView } from "./types.ts";

/** console.md §5: on a user's page, on grants, and in every stamp. */
export const NOT_TOLD =
  "Not in Greenhouse's API: last sign-in, invitations not accepted, user-specific permissions (private candidates, " +
  "salaries, offers), developer permissions, who holds API keys, licenses. Grants on confidential jobs may be missing.";

/** Why something of an earlier time is unknown: it is told for now only. */
export const NOT_THEN = "not told as of an earlier time";

const LISTED = ["users", "jobs", "job_grants", "future_job_grants"] as const;

/** Rows a page, unless asked otherwise. */
export const DEFAULT_LIMIT = 100;

export interface Question {
  db: Db;
  connection: Connection;
  /** By Greenhouse's clock, which dates the events. */
  now: number;
  zone: DayZone;
  coverage: CoverageState;
  /** For which time each recruiting list was read. */
  deeds: DeedCoverage;
  judge: Judge;
  /** Of the roles that have a window of their own. */
  roleNames: ReadonlyMap<string, string | null>;
  licenses: LicenseRules;
  listings: Record<"users" | "jobs" | "jobGrants" | "futureJobGrants", Listing | null>;
  audit: Verdict | null;
  stamp: Stamp;
}

/** @param now ms of our own clock */
export async function question(
  db: Db,
  connection: Connection,
  now: number,
  asOf: number | null = null,
): Promise<Question> {
  if (asOf !== null) refuseFuture(asOf, now);
  const zone = dayZone(connection.settings.timeZone);
  const theirNow = now + connection.clockSkewMs;
  const ofRoles = connection.settings.windows.flatMap(({ role }) => role ?? []);
  const [coverage, deeds, licenses, listed, verdicts, sample, roleNames] = await Promise.all([
    coverageState(db, connection.id, theirNow),
    deedCoverage(db, connection.id, RECRUITING_STREAMS),
    licenseRules(db, connection.id),
    lastListings(db, connection.id, LISTED, asOf ?? undefined),
    listVerdicts(db, connection.id),
    isSample(db),
    namesOf(db, connection.id, "role", ofRoles),
  ]);
  const { users, jobs, job_grants: jobGrants, future_job_grants: futureJobGrants } = listed;
  const audit = verdicts.find(({ verdict }) => verdict.stream === "audit_log")?.verdict ?? null;
  const windows = knowWindows(
    {
      coverage: coverage.effective.spans,
      off: connection.settings.off.includes("audit_log") || audit?.state === "off",
      silentSince: coverage.effective.logSilentSince,
      recruitingSince: recruitingSince(deeds, connection.settings.everyMinutes.recruiting_activity, theirNow),
    },
    zone,
    connection.settings,
    theirNow,
  );
  return {
    db,
    connection,
    now: theirNow,
    zone,
    coverage,
    deeds,
    judge: { ...windows, rules: licenses.rules },
    roleNames,
    licenses,
    listings: { users, jobs, jobGrants, futureJobGrants },
    audit,
    stamp: {
      connection: connection.name,
      listing: listingView(users),
      grantsListing: listingView(older(jobGrants, futureJobGrants)),
      coverage: coverage.effective.spans.map(spanView),
      holes: holesIn(coverage),
      sentence: NOT_TOLD,
      asOf: asOf === null ? null : iso(asOf),
      at: iso(now),
      sample,
    },
  };
}

/** Grants are as old as the older of their two lists. */
export function older(a: Listing | null, b: Listing | null): Listing | null {
  if (!a || !b) return null;
  return a.endedAt <= b.endedAt ? a : b;
}

/** As a stamp has it. */
export function listingView(listing: Listing | null): Stamp["listing"] {
  return listing && { run: listing.run, completedAt: iso(listing.endedAt), complete: true };
}

/** Everything between the first and the last moment that was read, and not covered. */
function holesIn({ effective, holes }: CoverageState): HoleView[] {
  const [first, last] = [effective.spans[0], effective.spans.at(-1)];
  if (!first || !last) return [];
  const gaps = subtract([{ from: first.from, to: last.to }], effective.spans);
  const told = [
    ...holes.flatMap(({ cause, ...span }) => clip(gaps, span).map((part) => ({ ...part, cause }))),
    ...intersect(gaps, effective.silent).map((part) => ({ ...part, cause: "silent" })),
  ];
  const untold = subtract(gaps, told).map((part) => ({ ...part, cause: "not_read" }));
  return [...told, ...untold]
    .sort((a, b) => a.from - b.from)
    .map(({ cause, ...span }) => ({ ...spanView(span), cause }));
}

export function iso(at: number): string {
  return new Date(at).toISOString();
}

export function isoOrNull(at: number | null): string | null {
  return at === null ? null : iso(at);
}

function spanView(span: Span): SpanView {
  return { from: iso(span.from), to: iso(span.to) };
}

export function windowView({
  judge: { known, windows },
  zone,
  roleNames,
}: Pick<Question, "judge" | "zone" | "roleNames">): WindowView {
  return {
    ...windowOf(known),
    timeZone: zone.timeZone,
    others: windows.map(({ rule: { level, role }, known }) => ({
      level,
      role: role === null ? null : { id: role, name: roleNames.get(role) ?? null },
      ...windowOf(known),
    })),
  };
}

function windowOf(known: UseKnowledge) {
  return {
    from: dayText(known.fromDay),
    to: dayText(known.toDay),
    days: known.windowDays,
    coveredDays: known.coveredDays,
    reason: known.gap?.text ?? null,
  };
}

/** How much of a day was read, as far as it has passed. */
export function coveredOf({ coverage, zone }: Pick<Question, "coverage" | "zone">, day: number): Covered {
  const span = { from: zone.start(day), to: zone.end(day) };
  const parts = clip(coverage.effective.spans, span);
  if (parts.length === 0) return "none";
  return parts.length === 1 && parts[0]!.from === span.from && parts[0]!.to === span.to ? "all" : "part";
}
