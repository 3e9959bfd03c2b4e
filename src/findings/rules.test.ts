/** What each rule says of the facts it is told. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type Candidate, FINDING_RULES } from "../model/finding.ts";
import type { WatchedEvent } from "../store/usage/watched.ts";
import { agencyWideAccess } from "./rules/agency-wide-access.ts";
import { agingCredential } from "./rules/credential-aging.ts";
import { deactivatedWithGrants } from "./rules/deactivated-with-grants.ts";
import { dormantSiteAdmins } from "./rules/dormant-site-admin.ts";
import { futureRulesForEverything } from "./rules/future-rule-for-everything.ts";
import { closedJobs } from "./rules/grants-on-closed-jobs.ts";
import { changedLately } from "./rules/key-or-webhook-changed.ts";
import { leavers } from "./rules/left-but-active.ts";
import { ofWhoHasLeft } from "./rules/maker-has-left.ts";
import { missingUsers } from "./rules/missing-users.ts";
import { neverUsedLicenses } from "./rules/never-used-licenses.ts";
import { appointed } from "./rules/new-site-admin.ts";
import { privateGrants } from "./rules/private-grants.ts";
import { sharedAddresses } from "./rules/shared-address.ts";
import { unusedLicenses } from "./rules/unused-licenses.ts";
import { useByDeactivated } from "./rules/use-by-deactivated.ts";
import { RULES } from "./rules.ts";

const date = (at: number) => `day ${at}`;
const dayOf = (at: number) => `day ${at / DAY}`;
const DAY = 86_400_000;
const ines = { id: "1", name: "Ines Okafor" };
const nameless = { id: "8", name: null };

const none = new Map<string, number>();
const became = { seenAt: 9, afterAt: 8, eventAt: null, by: null, added: false, createdAt: null };
const dated = { email: "ines@example.org", missing: false, leftOn: "2026-11-01", leftAt: 1, toldAt: 2 };
const maker = { ...ines, status: "active" };
const left = { ...ines, status: "deactivated" };
const key = (label: string, at: number, user: WatchedEvent["user"] = maker): WatchedEvent => ({
  at,
  thing: "api_key",
  target: "77",
  label,
  user,
  performer: null,
});

const CASES: [what: string, found: Candidate[], texts: string[]][] = [
  [
    "somebody who left, and one of whom we were told without a day",
    leavers([
      { ...ines, ...dated, daysSince: 22, daysUsed: 2, lastUsed: { at: 9, source: "approval" } },
      { ...nameless, ...dated, leftOn: null, daysSince: 1, daysUsed: null, lastUsed: null },
      { ...ines, ...dated, missing: true, daysSince: 1, daysUsed: 0, lastUsed: null },
    ]),
    [
      "Ines Okafor left 22 days ago and is an active user, with use on 2 days since.",
      "User 8 has left and is an active user.",
      "Ines Okafor left 1 day ago and is not known to be deactivated: Greenhouse lists the user no longer.",
    ],
  ],
  ["no deactivated user holds a grant", deactivatedWithGrants(0, []), []],
  [
    "deactivated users hold grants: one finding counts them",
    deactivatedWithGrants(2, [{ ...ines, jobGrants: 2, futureJobGrants: 1, statusSince: 5 }]),
    ["2 deactivated users still hold grants."],
  ],
  [
    "use after deactivation is told with both days, whatever tells of it",
    useByDeactivated(
      [
        { ...ines, usedAt: 9, source: "audit_log", deactivatedSeenAt: 5 },
        { ...nameless, usedAt: 8, source: "scorecard", deactivatedSeenAt: 5 },
      ],
      date,
    ),
    [
      "Ines Okafor was seen deactivated on day 5, and used Greenhouse on day 9.",
      "User 8 was seen deactivated on day 5, and used Greenhouse on day 8.",
    ],
  ],
  [
    "a Site Admin whose use is long ago, and one without any: each is one, with its day",
    dormantSiteAdmins(
      [
        { ...ines, lastUsed: { at: 3, source: "scorecard" } },
        { ...nameless, lastUsed: null },
      ],
      2,
      date,
    ),
    [
      "Ines Okafor is a Site Admin, last used on day 3 (scorecard).",
      "User 8 is a Site Admin, with no recorded use since day 2.",
    ],
  ],
  [
    "a new Site Admin, of whom no event tells: between two listings, by nobody told",
    appointed([{ ...ines, ...became }], date),
    ["Ines Okafor became a Site Admin between day 8 and day 9, by whom Greenhouse doesn't tell."],
  ],
  [
    "a new Site Admin, of whom an event tells: the day, and who did it",
    appointed([{ ...ines, ...became, eventAt: 8, by: "Tomas Wren" }], date),
    ["Ines Okafor became a Site Admin on day 8, by Tomas Wren."],
  ],
  [
    "a new Site Admin of before the first listing: the log alone tells",
    appointed(
      [{ ...ines, ...became, seenAt: null, afterAt: null, eventAt: 8, by: "Greenhouse staff" }],
      date,
    ),
    ["Ines Okafor became a Site Admin on day 8, by Greenhouse staff."],
  ],
  [
    "a new user who is a Site Admin",
    appointed([{ ...ines, ...became, afterAt: 9, added: true }], date),
    ["Ines Okafor was added as a Site Admin on day 9, by whom Greenhouse doesn't tell."],
  ],
  [
    "a Site Admin who was there before, and is first listed now: since when isn't told",
    appointed([{ ...ines, ...became, added: true, createdAt: 2 }], date),
    [
      "Ines Okafor was created on day 2 and first listed, as a Site Admin, on day 9, by whom Greenhouse doesn't tell.",
    ],
  ],
  ["nobody is missing", missingUsers(0, []), []],
  [
    "a missing user",
    missingUsers(1, [{ ...ines, goneAt: 4 }]),
    ["Greenhouse stopped listing 1 user. It never deletes users."],
  ],
  [
    "an address of two, and an employee ID of two: each is one",
    sharedAddresses([
      { kind: "email", value: "ines@example.org", users: [ines, nameless] },
      { kind: "employee ID", value: "E-7", users: [ines, nameless] },
    ]),
    ["2 active users have the address ines@example.org.", "2 active users have the employee ID E-7."],
  ],
  [
    "an agency's Site Admin, and an agency's user with grants and rules",
    agencyWideAccess([
      { ...ines, siteAdmin: true, jobGrants: 0, everyFutureJob: 0 },
      { ...nameless, siteAdmin: false, jobGrants: 41, everyFutureJob: 1 },
    ]),
    [
      "Ines Okafor of an agency is a Site Admin.",
      "User 8 of an agency gets a role on every future job, holds 41 job grants.",
    ],
  ],
  [
    "rules for every future job are one finding",
    futureRulesForEverything(3, [{ ...ines, role: null, since: 1 }]),
    ["3 rules give a role on every future job, in every department and office."],
  ],
  [
    "each private role is one finding",
    privateGrants([
      { roleId: "11", name: "Private", grants: 30, people: 2, first: [{ ...ines, grants: 29 }] },
    ]),
    ["2 active users hold the role Private, by 30 grants."],
  ],
  ["no grant on a closed job", closedJobs({ grants: 0, jobs: 0, first: [] }), []],
  [
    "grants on closed jobs are one finding",
    closedJobs({ grants: 5_112, jobs: 1, first: [{ jobId: "101", name: null, grants: 5_112 }] }),
    ["5,112 grants on 1 closed job."],
  ],
  ["no unused license", unusedLicenses(0, [28], []), []],
  ["unused licenses", unusedLicenses(57, [28], []), ["57 licenses without recorded use in 28 days."]],
  [
    "unused licenses where some have a window of their own",
    unusedLicenses(57, [28, 180, 14], []),
    ["57 licenses without recorded use in the days that count for them, 14 to 180."],
  ],
  [
    "licenses never used",
    neverUsedLicenses(1, "22 Aug", [ines]),
    ["1 license with no recorded use since 22 Aug."],
  ],
  [
    "keys and a webhook of one person are one",
    changedLately(
      [
        key("API Key Created", 40 * DAY),
        { ...key("Web Hook Changed", 40 * DAY), thing: "webhook" },
        key("API Key Updated", 41 * DAY),
      ],
      none,
      41 * DAY,
      dayOf,
    ),
    ["Ines Okafor made or changed 1 API key and 1 webhook, last on day 41."],
  ],
  [
    "of keys without an id it isn't known whether they are one or two",
    changedLately(
      [
        { ...key("API Key Created", DAY), target: null },
        { ...key("API Key Created", DAY), target: null },
      ],
      none,
      DAY,
      dayOf,
    ),
    ["Ines Okafor made or changed API keys without an ID in the log, 2 times, last on day 1."],
  ],
  ["a key made long ago is no news", changedLately([key("API Key Created", 0)], none, 41 * DAY, dayOf), []],
  [
    "one that was found when it was news is found as long as it lives, and none that was old then",
    changedLately(
      [{ ...key("API Key Created", 0), target: "old" }, key("API Key Created", 40 * DAY)],
      new Map([["1", 41 * DAY]]),
      400 * DAY,
      dayOf,
    ),
    ["Ines Okafor made or changed 1 API key, last on day 40."],
  ],
  [
    "a key made and revoked is gone",
    changedLately(
      [key("API Key Created", 40 * DAY), key("API Key Revoked", 40 * DAY)],
      new Map([["1", 41 * DAY]]),
      41 * DAY,
      dayOf,
    ),
    [],
  ],
  [
    "a key that is enabled again lives again",
    changedLately(
      [key("API Key Revoked", 40 * DAY), key("API Key Re-Enabled", 40 * DAY)],
      none,
      41 * DAY,
      dayOf,
    ),
    ["Ines Okafor made or changed 1 API key, last on day 40."],
  ],
  ["a key whose maker is here", ofWhoHasLeft([key("API Key Created", 3)]), []],
  [
    "a key whose maker has left, whoever changed it since",
    ofWhoHasLeft([key("API Key Created", 3, left), key("API Key Permissions Updated", 4)]),
    ["Ines Okafor, who is deactivated, made or changed 1 API key that still lives."],
  ],
  [
    "a key of an active user who has left by the directory",
    ofWhoHasLeft([key("API Key Created", 3)], new Set([ines.id])),
    ["Ines Okafor, who has left by the directory of employees, made or changed 1 API key that still lives."],
  ],
  [
    "two of them, and a webhook without an id",
    ofWhoHasLeft([
      key("API Key Created", 3, left),
      { ...key("API Key Created", 3, left), target: "78" },
      { ...key("Web Hook Created", 4, left), thing: "webhook", target: null },
    ]),
    [
      "Ines Okafor, who is deactivated, made or changed 2 API keys that still live, and others without an ID in the log, once.",
    ],
  ],
  ["the same, revoked", ofWhoHasLeft([key("API Key Created", 3, left), key("API Key Revoked", 4)]), []],
  ["a young v3 credential", agingCredential({ kind: "harvest_v3", since: 0 }, 365, 365 * DAY, date), []],
  [
    "an old v3 credential",
    agingCredential({ kind: "harvest_v3", since: 0 }, 365, 366 * DAY, date),
    ["The credential is 366 days old: this connection has had it since day 0."],
  ],
  [
    "a v1 key, whatever its age",
    agingCredential({ kind: "harvest_v1", since: 0 }, 365, 0, date),
    ["A Harvest v1 key, which Greenhouse announced to end on 31 Aug 2026."],
  ],
];

for (const [what, found, texts] of CASES) {
  test(what, () => {
    assert.deepEqual(
      found.map(({ text }) => text),
      texts,
    );
  });
}

test("every rule is there, once, in the order of its code", () => {
  assert.deepEqual(
    RULES.map(({ code }) => code),
    [...FINDING_RULES],
  );
});

test("one person's finding leads to the rows of that person", () => {
  const admin = { ...ines, siteAdmin: true, jobGrants: 0, everyFutureJob: 0 };
  const leaver = { ...ines, ...dated, daysSince: 1, daysUsed: 0, lastUsed: null };
  const found = [
    ...leavers([leaver, { ...leaver, email: null }]),
    ...dormantSiteAdmins([{ ...ines, lastUsed: null }], 2, date),
    ...agencyWideAccess([admin, { ...admin, siteAdmin: false }]),
  ];
  assert.deepEqual(
    found.map(({ rowsAt }) => [rowsAt!.list, rowsAt!.filter]),
    [
      ["employees", { list: "left_active", search: "ines@example.org" }],
      ["employees", { list: "left_active" }],
      ["users", { search: "1" }],
      ["users", { search: "1" }],
      ["grants", { user: "1" }],
    ],
  );
});
