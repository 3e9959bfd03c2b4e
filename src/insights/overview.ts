import type { Connection } from "../model/connection.ts";
import { leaversText } from "../model/employees/leavers.ts";
import { rulesOn } from "../model/finding.ts";
import { coveredDaysIn } from "../model/license.ts";
import { SITE_ADMINS } from "../model/query.ts";
import { LEVELS } from "../model/records.ts";
import { recruitingSince } from "../model/recruiting.ts";
import { grouped } from "../model/text.ts";
import { countProposed } from "../store/actions/actions.ts";
import { listVerdicts } from "../store/connections/verdicts.ts";
import { countMissingLeavers } from "../store/employees/employee-lists.ts";
import { hasEmployees } from "../store/employees/employees.ts";
import { countOpen } from "../store/findings/findings.ts";
import { sumChanges } from "../store/ledger/changes.ts";
import { lastListing } from "../store/listings/listed.ts";
import type { Db } from "../store/store.ts";
import type { StateCount } from "../store/users/user-states.ts";
import { countUsers, selectUserIds } from "../store/users/users.ts";
import { daysOf, dayUses } from "./days.ts";
import { leftButActive, scopeOf } from "./employees.ts";
import { countLicenses, holdersOf, LICENSE_SENTENCE } from "./licenses.ts";
import { iso, isoOrNull, type Question, question, windowView } from "./question.ts";
import { readOf, recruitingDaysIn } from "./recruiting.ts";
import { statesOf } from "./states.ts";
import type { Level, NeedsYou, Overview, PersonLine, UserFilter } from "./types.ts";
import { rowsOf, userViews } from "./user-view.ts";

const DAYS_SHOWN = 112;
const ADMINS_SHOWN = 10;
const LEAVERS_SHOWN = 5;
const WEEK_MS = 7 * 86_400_000;

/** The dashboard: can I believe it, what needs me, who has access, who uses it, what changed (console.md §3). */
export async function overview(db: Db, connection: Connection, now: number): Promise<Overview> {
  const asked = await question(db, connection, now);
  const { known } = asked.judge;
  const { everyMinutes } = connection.settings;
  const fromDay = known.today - DAYS_SHOWN + 1;
  const count = (filter: UserFilter) => countUsers(db, connection.id, filter, asked.judge);
  const [
    { states, stamp },
    days,
    told,
    admins,
    changes,
    holding,
    withoutEmail,
    stops,
    leavers,
    findings,
    proposed,
  ] = await Promise.all([
    statesOf(asked),
    daysOf(asked, fromDay, known.today),
    recruitingDaysIn(asked, fromDay, known.today),
    siteAdmins(asked),
    changesOfWeek(asked, now),
    count(HOLDING),
    count(WITHOUT_EMAIL),
    stopsOf(asked),
    leaversOf(asked, now),
    countOpen(db, { connection: connection.id, on: rulesOn(connection.settings.findings), now }),
    countProposed(db, connection.id, now),
  ]);
  const people = states.filter((each) => !each.serviceAccount);
  const active = people.filter((each) => each.status === "active");
  const { assigned, couldBeFreed } = countLicenses(holdersOf(states, asked.licenses.rules));
  return {
    listing: stamp.listing,
    grantsAsOf: stamp.grantsListing?.completedAt ?? null,
    usageUpTo: stamp.coverage.at(-1)?.to ?? null,
    people: {
      active: sum(active),
      byLevel: Object.fromEntries(
        LEVELS.map((level) => [level, sum(active.filter((each) => each.level === level))]),
      ) as Record<Level, number>,
      deactivated: sum(people.filter((each) => each.status === "deactivated")),
      missing: sum(people.filter((each) => each.status === "missing")),
      serviceAccounts: sum(states.filter((each) => each.serviceAccount && each.status === "active")),
    },
    window: windowView(asked),
    use: useOfPeople(asked, active),
    licenses: { sentence: LICENSE_SENTENCE, assigned, couldBeFreed },
    siteAdmins: { total: sum(states.filter(isSiteAdmin)), items: admins },
    leftButActive: leavers,
    changes7Days: changes,
    days: dayUses(asked, fromDay, known.today, days, told),
    recruiting:
      connection.credentialKind === "harvest_v1"
        ? null
        : {
            since: isoOrNull(recruitingSince(asked.deeds, everyMinutes.recruiting_activity, asked.now)),
            inUse: active.reduce((people, { byDeed }) => people + byDeed, 0),
            read: readOf(asked),
          },
    needsYou: [
      ...leaversNeed(leavers),
      ...approvalNeed(proposed),
      ...stops,
      ...needsOf(states, { holding, withoutEmail }),
    ],
    findings,
    stamp,
  };
}

function sum(states: readonly StateCount[]): number {
  return states.reduce((total, { people }) => total + people, 0);
}

function useOfPeople({ judge, zone, coverage }: Question, active: readonly StateCount[]): Overview["use"] {
  const { known } = judge;
  const of = (use: string) => sum(active.filter((each) => each.use === use));
  const unknown = of("unknown");
  const weekAgo = known.fromDay - 7;
  const weekAgoCovered =
    coveredDaysIn(coverage.effective.spans, zone, weekAgo, known.toDay) === known.toDay - weekAgo + 1;
  return {
    inUse: of("in_use"),
    unused: of("unused"),
    neverUsed: of("never_used"),
    neverUsedSince: known.covered ? iso(known.since!) : null,
    unknown,
    unknownReason: unknown === 0 ? null : (gapOf(judge)?.text ?? "too new"),
    newlyUnused: weekAgoCovered ? active.reduce((people, each) => people + each.newlyUnused, 0) : null,
    of: sum(active),
  };
}

/** Why somebody's window isn't covered: the common one, else the longest. */
function gapOf({ known, windows }: Question["judge"]) {
  return known.gap ?? windows.find((each) => each.known.gap)?.known.gap ?? null;
}

/** Those who used it last come last: the longest unused, and the never used before them, are what to look at. */
async function siteAdmins(asked: Question): Promise<PersonLine[]> {
  const { db, connection, judge } = asked;
  const order = { sort: "lastUsed", descending: true } as const;
  const page = { after: null, limit: ADMINS_SHOWN };
  const { places } = await selectUserIds(db, connection.id, SITE_ADMINS, judge, order, page);
  const rows = await rowsOf(
    asked,
    places.map(({ id }) => id),
  );
  const views = await userViews(asked, rows);
  return views.map(({ id, name, lastUsed, usage }) => ({ id, name, lastUsed, usage }));
}

/** The same as SITE_ADMINS. */
function isSiteAdmin({ level, status, serviceAccount }: StateCount): boolean {
  return level === "site_admin" && status === "active" && !serviceAccount;
}

/** Matches must be fresh. */
async function leaversOf({ db, connection }: Question, now: number): Promise<Overview["leftButActive"]> {
  if (!(await hasEmployees(db))) return null;
  const [{ items, total }, missing] = await Promise.all([
    leftButActive(db, connection, now, { limit: LEAVERS_SHOWN }),
    countMissingLeavers(db, await scopeOf(db, connection, true, now)),
  ]);
  return {
    total: total!,
    missing,
    items: items.map(({ user, stillActive: { leftOn, daysSince, used } }) => {
      const { id, name, level, grants, status } = user;
      return {
        id,
        name,
        level,
        grants,
        missing: status === "missing",
        leftOn,
        daysSince,
        daysUsed: used.days,
      };
    }),
  };
}

/** What needs somebody first of all. */
function leaversNeed(leavers: Overview["leftButActive"]): NeedsYou[] {
  if (!leavers || leavers.total === 0) return [];
  const { total: count, missing } = leavers;
  const text = leaversText(count - missing, missing);
  return [{ code: "left_but_active", count, text, filter: null, stream: null }];
}

/** Nobody is told of them otherwise, and after three days they can't be approved any more. */
function approvalNeed(count: number): NeedsYou[] {
  if (count === 0) return [];
  const text = `${grouped(count)} ${count === 1 ? "action waits" : "actions wait"} for another admin's approval`;
  return [{ code: "actions_to_approve", count, text, filter: null, stream: null }];
}

/** null: nothing was listed completely before this week began to be looked at. */
async function changesOfWeek({ db, connection }: Question, now: number): Promise<Overview["changes7Days"]> {
  const first = await lastListing(db, connection.id, "users");
  return first ? sumChanges(db, connection.id, now - WEEK_MS) : null;
}

const HOLDING = { deactivatedWithGrants: true } satisfies UserFilter;
const WITHOUT_EMAIL = { status: ["active"], serviceAccounts: "exclude", noEmail: true } satisfies UserFilter;

/** Each line with the filter of the list that has those whom it counts. */
function needsOf(
  states: readonly StateCount[],
  { holding, withoutEmail }: { holding: number; withoutEmail: number },
): NeedsYou[] {
  const count = (fits: (state: StateCount) => boolean) => sum(states.filter(fits));
  const services = count(({ status, serviceAccount }) => status === "missing" && serviceAccount);
  const lines: [
    code: NeedsYou["code"],
    filter: NonNullable<NeedsYou["filter"]>,
    count: number,
    one: string,
    many: string,
  ][] = [
    [
      "deactivated_with_grants",
      HOLDING,
      holding,
      "deactivated user still holds grants",
      "deactivated users still hold grants",
    ],
    [
      "site_admins_without_use",
      { ...SITE_ADMINS, use: ["unused", "never_used"] },
      count((state) => isSiteAdmin(state) && (state.use === "unused" || state.use === "never_used")),
      "Site Admin without use",
      "Site Admins without use",
    ],
    [
      "missing_users",
      { status: ["missing"] },
      count(({ status }) => status === "missing"),
      `user is missing${services === 1 ? ", a service account" : ""}`,
      `users are missing${services === 0 ? "" : `, ${grouped(services)} of them ${services === 1 ? "a service account" : "service accounts"}`}`,
    ],
    [
      "users_without_email",
      WITHOUT_EMAIL,
      withoutEmail,
      "active user has no e-mail address",
      "active users have no e-mail address",
    ],
  ];
  return lines.flatMap(([code, filter, count, one, many]) =>
    count === 0
      ? []
      : [{ code, count, text: `${grouped(count)} ${count === 1 ? one : many}`, filter, stream: null }],
  );
}

async function stopsOf({ db, connection }: Question): Promise<NeedsYou[]> {
  const verdicts = await listVerdicts(db, connection.id);
  return verdicts.flatMap(({ verdict }): NeedsYou[] =>
    verdict.state === "stopped"
      ? [{ code: "verdict", count: 1, text: verdict.text ?? "", filter: null, stream: verdict.stream }]
      : [],
  );
}
