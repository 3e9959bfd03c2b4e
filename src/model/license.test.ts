import assert from "node:assert/strict";
import { test } from "node:test";
import { DayZone, dayText, parseDay } from "./day.ts";
import {
  DEFAULT_RULES,
  type Holder,
  knownFor,
  knowUse,
  knowWindows,
  licenseOf,
  licenseTypeOf,
  type TypeRule,
  type UseFacts,
  type UseSource,
  useOf,
} from "./license.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const zone = new DayZone("Europe/Zurich");
const at = (text: string): number => Date.parse(text);
const NOW = at("2026-11-23T09:14:00Z");
const today = zone.day(NOW);
/** Noon, so many days ago. */
const daysAgo = (days: number): number => zone.start(today - days) + 12 * HOUR;
/** Read without a break for so many whole days, up to an hour ago. */
const read = (days: number) => [{ from: zone.start(today - days), to: NOW - HOUR }];

const source = (changed: Partial<UseSource>): UseSource => ({
  coverage: read(28),
  off: false,
  silentSince: null,
  ...changed,
});
const facts = (changed: Partial<UseFacts>): UseFacts => ({
  lastUsedAt: null,
  createdAt: at("2020-01-01T00:00:00Z"),
  firstSeenAt: daysAgo(20),
  activeDays: 0,
  ...changed,
});
const judge = (user: Partial<UseFacts>, known: Partial<UseSource>, now = NOW) =>
  useOf(facts(user), knowUse(source(known), zone, 28, now));

type Case = [name: string, user: Partial<UseFacts>, known: Partial<UseSource>, state: string, reason: string];
const cases: Case[] = [
  ["used yesterday", { lastUsedAt: daysAgo(1) }, {}, "in_use", "last used 22 Nov"],
  ["used today", { lastUsedAt: NOW - 60_000, lastUsedBy: "audit_log" }, {}, "in_use", "last used 23 Nov"],
  [
    "used on the window's first moment",
    { lastUsedAt: zone.start(today - 28) },
    {},
    "in_use",
    "last used 26 Oct",
  ],
  [
    "used a moment before the window",
    { lastUsedAt: zone.start(today - 28) - 1 },
    {},
    "unused",
    "last used 25 Oct",
  ],
  ["used long ago, before a hole", { lastUsedAt: daysAgo(200) }, {}, "unused", "last used 7 May"],
  ["no use, the window covered", {}, {}, "never_used", "none since 26 Oct"],
  ["no use, covered for longer", {}, { coverage: read(93) }, "never_used", "none since 22 Aug"],
  [
    "no use, created after coverage began but before the window",
    { createdAt: daysAgo(40) },
    { coverage: read(93) },
    "never_used",
    "none since 14 Oct",
  ],
  [
    "no use, created inside the window",
    { createdAt: at("2026-11-16T10:00:00Z") },
    {},
    "unknown",
    "too new (created 16 Nov)",
  ],
  [
    "used, created inside the window",
    { createdAt: daysAgo(7), lastUsedAt: daysAgo(2) },
    {},
    "in_use",
    "last used 21 Nov",
  ],
  [
    "no use, created at the window's first moment",
    { createdAt: zone.start(today - 28) },
    {},
    "never_used",
    "none since 26 Oct",
  ],
  [
    "creation not told, first listed inside the window",
    { createdAt: null },
    {},
    "unknown",
    "too new (created 3 Nov)",
  ],
  [
    "creation not told, listed long before",
    { createdAt: null, firstSeenAt: daysAgo(90) },
    {},
    "never_used",
    "none since 26 Oct",
  ],
  [
    "no use, 12 days covered",
    {},
    { coverage: read(12) },
    "unknown",
    "only 12 of 28 days covered, known from 9 Dec",
  ],
  [
    "used before the 12 days that are covered",
    { lastUsedAt: daysAgo(60) },
    { coverage: read(12) },
    "unknown",
    "only 12 of 28 days covered, known from 9 Dec",
  ],
  [
    "used within the 12 days that are covered",
    { lastUsedAt: daysAgo(3) },
    { coverage: read(12) },
    "in_use",
    "last used 20 Nov",
  ],
  [
    "the add-on on for three days",
    {},
    { coverage: read(3) },
    "unknown",
    "only 3 of 28 days covered, known from 18 Dec",
  ],
  [
    "the add-on off for two days and on again",
    {},
    {
      coverage: [
        { from: daysAgo(90), to: zone.start(today - 10) },
        { from: zone.start(today - 8), to: NOW - HOUR },
      ],
    },
    "unknown",
    "only 26 of 28 days covered, known from 13 Dec",
  ],
  [
    "a hole of one second",
    {},
    {
      coverage: [
        { from: daysAgo(90), to: daysAgo(5) },
        { from: daysAgo(5) + 1000, to: NOW - HOUR },
      ],
    },
    "unknown",
    "only 27 of 28 days covered, known from 17 Dec",
  ],
  [
    "reading stopped two days ago",
    {},
    { coverage: [{ from: daysAgo(90), to: at("2026-11-21T15:40:00Z") }] },
    "unknown",
    "use not read since 21 Nov",
  ],
  [
    "reading stopped two days ago, used before",
    { lastUsedAt: daysAgo(20) },
    { coverage: [{ from: daysAgo(90), to: at("2026-11-21T15:40:00Z") }] },
    "in_use",
    "last used 3 Nov",
  ],
  [
    "the log silent",
    {},
    {
      coverage: [{ from: daysAgo(90), to: at("2026-11-16T15:40:00Z") }],
      silentSince: at("2026-11-16T15:40:00Z"),
    },
    "unknown",
    "the audit log has been silent since 16 Nov",
  ],
  [
    "the log silent since before we came",
    {},
    { coverage: [], silentSince: daysAgo(25) },
    "unknown",
    "the audit log has been silent since 29 Oct",
  ],
  ["usage never read", {}, { coverage: [] }, "unknown", "use was never read"],
  ["usage off", {}, { coverage: [], off: true }, "unknown", "usage is off"],
  [
    "usage off since last week",
    {},
    { coverage: [{ from: daysAgo(90), to: daysAgo(7) }], off: true },
    "unknown",
    "use not read since 16 Nov",
  ],
  [
    "without the audit log, seen by a recruiting list in the window",
    { lastUsedAt: daysAgo(3), lastUsedBy: "scorecard" },
    { coverage: [], off: true, recruitingSince: daysAgo(400) },
    "in_use",
    "last used 20 Nov (scorecard)",
  ],
  [
    "without the audit log, last seen by one before the window",
    { lastUsedAt: daysAgo(103) },
    { coverage: [], recruitingSince: daysAgo(400) },
    "unknown",
    "no audit log; no recruiting activity since 12 Aug, which is no proof",
  ],
  [
    "without the audit log, never seen by one",
    {},
    { coverage: [], off: true, recruitingSince: daysAgo(50) },
    "unknown",
    "no audit log; no recruiting activity since 4 Oct, which is no proof",
  ],
  [
    "without the audit log, created later than the lists were read from",
    { createdAt: daysAgo(40) },
    { coverage: [], off: true, recruitingSince: daysAgo(400) },
    "unknown",
    "no audit log; no recruiting activity since 14 Oct, which is no proof",
  ],
  [
    "seen by a list before a window that the log covers: the log shows that they are unused",
    { lastUsedAt: daysAgo(60) },
    { recruitingSince: daysAgo(400) },
    "unused",
    "last used 24 Sep",
  ],
  [
    "seen by none, while the log covers part of the window",
    {},
    { coverage: read(12), recruitingSince: daysAgo(400) },
    "unknown",
    "only 12 of 28 days covered, known from 9 Dec",
  ],
  [
    "coverage a moment short of the window",
    {},
    { coverage: [{ from: zone.start(today - 28) + 1, to: NOW }] },
    "unknown",
    "only 27 of 28 days covered, known from 24 Nov",
  ],
];
for (const [name, user, known, state, reason] of cases) {
  test(`somebody ${name}: ${state}, ${reason}`, () => {
    const use = judge(user, known);
    assert.equal(use.state, state);
    assert.equal(use.reason, reason);
  });
}

test("shortly after midnight, while the last hour isn't read yet, the window ends a day earlier", () => {
  const night = zone.start(today) + 20 * 60_000;
  const coverage = [{ from: night - 30 * DAY + 10 * 60_000, to: night - 75 * 60_000 }];
  const known = knowUse(source({ coverage }), zone, 28, night);
  assert.deepEqual([dayText(known.fromDay), dayText(known.toDay)], ["2026-10-25", "2026-11-21"]);
  assert.equal(known.covered, true, "30 days less the edges hold 28 whole days even then");
});

test("28 whole days are covered on the first day, at every hour of it, though Greenhouse keeps only 30", () => {
  for (let hour = 0; hour < 24; hour += 1) {
    const now = zone.start(today) + hour * HOUR;
    const coverage = [{ from: now - 30 * DAY + 10 * 60_000, to: now - HOUR }];
    assert.equal(knowUse(source({ coverage }), zone, 28, now).covered, true, `${hour} o'clock`);
  }
});

for (const [name, date, days, hours] of [
  ["forward", "2026-03-29", 28, 28 * 24 - 1],
  ["back", "2026-10-25", 28, 28 * 24 + 1],
] as const) {
  test(`a window over the day the clocks go ${name} has 28 whole days and ${hours} hours`, () => {
    const last = parseDay(date)! + 10;
    const now = zone.start(last + 1) + 9 * HOUR;
    const coverage = [{ from: zone.start(last - 27), to: now - HOUR }];
    const known = knowUse(source({ coverage }), zone, 28, now);
    assert.equal(known.coveredDays, days);
    assert.equal((known.to - known.from) / HOUR, hours);
    const missingHour = knowUse(
      source({ coverage: [{ ...coverage[0]!, from: coverage[0]!.from + HOUR }] }),
      zone,
      28,
      now,
    );
    assert.equal(missingHour.coveredDays, 27);
  });
}

test("the longest window that fits a person is theirs; what is known of each differs", () => {
  const rules = [
    { level: "basic" as const, role: null, days: 20 },
    { level: null, role: "7", days: 90 },
    { level: null, role: "8", days: 60 },
  ];
  const windows = knowWindows(source({ coverage: read(70) }), zone, { windowDays: 28, windows: rules }, NOW);
  for (const [level, roleIds, days, covered] of [
    ["job_admin", [], 28, true],
    ["basic", [], 20, true],
    ["basic", ["8"], 60, true],
    ["job_admin", ["8", "7"], 90, false],
    ["unknown", ["9"], 28, true],
  ] as const) {
    const known = knownFor({ level, roleIds }, windows);
    assert.deepEqual([known.windowDays, known.covered], [days, covered], `${level} ${roleIds}`);
  }
  const long = windows.windows[0]!.known;
  assert.equal(useOf(facts({ createdAt: 0 }), long).reason, "only 70 of 90 days covered, known from 13 Dec");
});

test("active days aren't told while no day is covered, and are told as far as some are", () => {
  assert.equal(judge({}, { coverage: [] }).activeDays, null);
  assert.equal(judge({}, { coverage: read(12) }).activeDays, 0);
  assert.equal(judge({ activeDays: 4, lastUsedAt: daysAgo(1) }, { coverage: read(12) }).coveredDays, 12);
});

test("use would be known since coverage began, or since creation if that is later", () => {
  assert.equal(judge({}, { coverage: read(93) }).since, zone.start(today - 93));
  assert.equal(judge({ createdAt: daysAgo(40) }, { coverage: read(93) }).since, daysAgo(40));
  assert.equal(judge({}, { coverage: [] }).since, null);
});

const person: Holder = { level: "basic", status: "active", serviceAccount: false };
const OWN_RULES: TypeRule[] = [
  { level: "any", status: "deactivated", type: "Archive" },
  { level: "basic", status: "any", type: null },
  { level: "any", status: "active", type: "Full" },
];
for (const [name, holder, rules, type] of [
  ["an active Site Admin", { ...person, level: "site_admin" }, DEFAULT_RULES, "Site Admin"],
  ["an active Job Admin", { ...person, level: "job_admin" }, DEFAULT_RULES, "Job Admin"],
  ["an active Basic user", person, DEFAULT_RULES, "Basic"],
  ["an active user whose grants can't be read", { ...person, level: "unknown" }, DEFAULT_RULES, "Unknown"],
  [
    "a deactivated Site Admin",
    { ...person, level: "site_admin", status: "deactivated" },
    DEFAULT_RULES,
    null,
  ],
  ["a missing user", { ...person, status: "missing" }, DEFAULT_RULES, null],
  ["a service account", { ...person, level: "site_admin", serviceAccount: true }, DEFAULT_RULES, null],
  [
    "a deactivated Basic user, the first rule that fits",
    { ...person, status: "deactivated" },
    OWN_RULES,
    "Archive",
  ],
  ["a Basic user under a rule for none", person, OWN_RULES, null],
  ["a Job Admin under a rule for all", { ...person, level: "job_admin" }, OWN_RULES, "Full"],
  [
    "a missing Job Admin that no rule fits",
    { ...person, level: "job_admin", status: "missing" },
    OWN_RULES,
    null,
  ],
] as [string, Holder, readonly TypeRule[], string | null][]) {
  test(`${name} takes up ${type ?? "no license"}`, () => assert.equal(licenseTypeOf(holder, rules), type));
}

const used = judge({ lastUsedAt: daysAgo(1) }, {});
for (const [name, holder, rules, expected] of [
  ["an active user", person, DEFAULT_RULES, { type: "Basic", state: "in_use", reason: "last used 22 Nov" }],
  [
    "a deactivated user by default",
    { ...person, status: "deactivated" },
    DEFAULT_RULES,
    { type: null, state: null, reason: "deactivated" },
  ],
  [
    "a deactivated user whom a rule gives one",
    { ...person, status: "deactivated" },
    OWN_RULES,
    { type: "Archive", state: "held_by_deactivated", reason: "deactivated" },
  ],
  [
    "a service account",
    { ...person, serviceAccount: true },
    DEFAULT_RULES,
    { type: null, state: null, reason: "service account" },
  ],
] as [string, Holder, readonly TypeRule[], object][]) {
  test(`the license of ${name}`, () => assert.deepEqual(licenseOf(holder, used, rules), expected));
}
