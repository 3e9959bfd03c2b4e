import assert from "node:assert/strict";
import { test } from "node:test";
import { dayText, parseDay } from "../model/day.ts";
import type { EventRecord } from "../model/records.ts";
import type { Span } from "../model/span.ts";
import { accounts } from "../store/listings/listing-testing.ts";
import { QueryRefused } from "./errors.ts";
import { licenses, previewLicenseRules } from "./licenses.ts";
import { overview } from "./overview.ts";
import { alive, type Company, company, daysAgo, deed, NOW, whole, zone } from "./testing.ts";
import { usage } from "./usage.ts";
import { listUsers } from "./users.ts";

const account = accounts();

async function used(events: EventRecord[], ...spans: Span[]): Promise<Company> {
  const aldermoor = await company(await account());
  await aldermoor.list();
  await aldermoor.read(events, ...spans);
  return aldermoor;
}

/** State and reason of Ines (used 2 days ago), Mara (41 days ago), Priya (no use) and Zoë (created 5 days ago). */
async function judged({ db, connection }: Company): Promise<string[]> {
  const { items } = await listUsers(db, connection, {}, NOW);
  return ["1", "3", "5", "7"].map((id) => {
    const { usage } = items.find((each) => each.id === id)!;
    return `${usage.state}: ${usage.reason}`;
  });
}

const deeds = [deed(1, 2), deed(3, 41)];
const inUse = "in_use: last used 21 Nov";
type Scenario = [name: string, events: EventRecord[], spans: Span[], states: string[], holes: string[]];
const scenarios: Scenario[] = [
  [
    "93 days read",
    [...alive(93), ...deeds],
    [whole(93)],
    [inUse, "unused: last used 13 Oct", "never_used: none since 22 Aug", "unknown: too new (created 18 Nov)"],
    [],
  ],
  [
    "the add-on on for three days, though 28 days were asked for and answered empty",
    [...alive(3), deed(1, 2)],
    [whole(28)],
    [inUse, ...Array(3).fill("unknown: only 2 of 28 days covered, known from 19 Dec")],
    [],
  ],
  [
    "the add-on off for five days and on again",
    [...alive(93, 20), ...alive(14), ...deeds],
    [whole(93)],
    [inUse, ...Array(3).fill("unknown: only 22 of 28 days covered, known from 7 Dec")],
    ["silent"],
  ],
  [
    "the log silent for a week until now",
    [...alive(93, 7), ...deeds.slice(1), deed(1, 9)],
    [whole(93)],
    ["in_use: last used 14 Nov", ...Array(3).fill("unknown: the audit log has been silent since 16 Nov")],
    [],
  ],
  [
    "a long weekend without anybody",
    [...alive(93, 12), ...alive(9), ...deeds],
    [whole(93)],
    [inUse, "unused: last used 13 Oct", "never_used: none since 22 Aug", "unknown: too new (created 18 Nov)"],
    [],
  ],
  [
    "reading stopped two days ago",
    [...alive(93), ...deeds],
    [whole(93, 2)],
    [inUse, ...Array(3).fill("unknown: use not read since 21 Nov")],
    [],
  ],
  [
    "a day in the middle never read",
    [...alive(93), ...deeds],
    [whole(93, 10), whole(9)],
    [inUse, ...Array(3).fill("unknown: only 27 of 28 days covered, known from 12 Dec")],
    ["not_read"],
  ],
  ["nothing read", [], [], Array(4).fill("unknown: use was never read"), []],
];
for (const [name, events, spans, states, holes] of scenarios) {
  test(`with ${name}, everybody's use is told so`, async () => {
    const aldermoor = await used(events, ...spans);
    assert.deepEqual(await judged(aldermoor), states);
    const { total } = await licenses(aldermoor.db, aldermoor.connection, NOW);
    const unseen = spans.length === 0;
    const numbers = [total.inUse, total.unused, total.neverUsed];
    assert.deepEqual(
      numbers.map((n) => n === null),
      Array(3).fill(unseen),
    );
    const { stamp } = await usage(aldermoor.db, aldermoor.connection, {}, NOW);
    assert.deepEqual(
      stamp.holes.map(({ cause }) => cause),
      holes,
    );
  });
}

test("the day the clocks went back is one day, with 25 hours of use", async () => {
  const long = Date.parse("2026-10-25T00:00:00+02:00");
  const atHour = (hour: number) =>
    deed(3, 0, { at: long + hour * 3_600_000, hash: `${hour}`.padStart(32, "0") });
  const aldermoor = await used([...alive(93), atHour(0), atHour(24), atHour(25)], whole(93));
  const { days } = await usage(
    aldermoor.db,
    aldermoor.connection,
    { from: "2026-10-24", to: "2026-10-26" },
    NOW,
  );
  assert.deepEqual(
    days.map(({ day, people, deeds }) => [day, people, deeds]),
    [
      ["2026-10-24", 0, 0],
      ["2026-10-25", 1, 2],
      ["2026-10-26", 1, 1],
    ],
  );
});

test("usage over a range: distinct people, in all and by kind, level, role, department and office", async () => {
  const events = [
    deed(1, 1),
    deed(3, 1),
    deed(3, 2, { type: "data_change_update", targetType: "Job", meta: null }),
    deed(4, 20, { type: "action", targetType: "Candidate rejected", meta: null }),
    deed(5, 40),
    deed(9, 1),
  ];
  const { db, connection } = await used([...alive(93), ...events], whole(93));
  const answer = await usage(db, connection, {}, NOW);
  assert.deepEqual(answer.people, { range: 3, lastDay: 2, last7Days: 2, last28Days: 3, of: 7 });
  assert.equal(answer.stopped, 1);
  const stopped = await listUsers(db, connection, { stopped: true }, NOW);
  assert.deepEqual([stopped.total, stopped.items.map(({ id }) => id)], [1, ["5"]]);
  const by = Object.fromEntries(
    Object.entries(answer.by!).map(([dimension, parts]) => [
      dimension,
      parts.map(({ id, name, people, of }) => [id, name, people, of]),
    ]),
  );
  assert.deepEqual(by, {
    kind: [
      ["viewed", null, 2, null],
      ["changed", null, 1, null],
      ["acted", null, 1, null],
      ["other", null, 0, null],
    ],
    level: [
      ["job_admin", null, 2, 3],
      ["site_admin", null, 1, 2],
      ["basic", null, 0, 2],
    ],
    role: [
      ["10", "Standard", 2, 2],
      ["11", "Private", 1, 1],
      ["99", null, 1, 1],
    ],
    department: [
      ["50", "Engineering", 1, 1],
      ["51", null, 1, 1],
    ],
    office: [
      ["60", "Zürich", 1, 1],
      ["61", null, 1, 1],
    ],
  });
  assert.deepEqual(
    answer.notCounted.map(({ performerType }) => performerType),
    ["api_key", "service_account"],
  );
  assert.deepEqual(answer.range, {
    from: "2026-10-26",
    to: "2026-11-22",
    days: 28,
    coveredDays: 28,
    timeZone: zone.timeZone,
    startsAt: new Date(zone.start(parseDay("2026-10-26")!)).toISOString(),
    endsAt: new Date(zone.end(parseDay("2026-11-22")!)).toISOString(),
  });
  const older = await usage(db, connection, { from: "2026-10-01", to: "2026-10-31" }, NOW);
  assert.equal(older.people.range, 1);
});

test("days that were never read have no numbers; use read before its time is covered does", async () => {
  const { db, connection } = await used([...alive(3), deed(1, 1), deed(1, 0)], whole(1, 0));
  const { days } = await usage(db, connection, { from: dayText(zone.day(daysAgo(2))) }, NOW);
  assert.deepEqual(
    days.map(({ covered, people }) => [covered, people]),
    [
      ["none", null],
      ["all", 1],
      ["none", 1],
    ],
  );
});

test("while a run is under way, and after a kill, days tell the use that was read as at its end", async () => {
  const aldermoor = await used([...alive(93), deed(1, 2), deed(3, 2)], whole(93));
  const changed = { type: "data_change_update", targetType: "Job", meta: null };
  const more = [deed(4, 2), deed(1, 2, { ...changed, hash: "c".repeat(32) }), deed(5, 1), deed(9, 1)];
  await aldermoor.readWithoutEnd(more);
  const { db, connection } = aldermoor;
  const days = async () => [
    (await usage(db, connection, {}, NOW)).days,
    (await overview(db, connection, NOW)).days,
  ];
  const under = await days();
  assert.deepEqual(
    under[0]!.slice(-2).map(({ people, deeds, kinds }) => [people, deeds, kinds]),
    [
      [3, 4, { viewed: 3, changed: 1, acted: 0, other: 0 }],
      [1, 1, { viewed: 1, changed: 0, acted: 0, other: 0 }],
    ],
  );
  await aldermoor.read([]);
  assert.deepEqual(await days(), under);
});

for (const [name, query] of [
  ["a day that isn't", { from: "2026-02-30" }],
  ["an end before the start", { from: "2026-11-02", to: "2026-11-01" }],
  ["more than 400 days", { from: "2025-01-01", to: "2026-11-01" }],
] as const) {
  test(`usage of ${name} is refused`, async () => {
    const { db, connection } = await company(await account());
    await assert.rejects(usage(db, connection, query, NOW), QueryRefused);
  });
}

test("licenses: what could be freed is a range, and every number is the length of its list", async () => {
  const aldermoor = await used([...alive(93), deed(1, 2), deed(3, 41), deed(6, 50)], whole(93));
  const { db, connection } = aldermoor;
  const answer = await licenses(db, connection, NOW);
  assert.deepEqual(
    answer.types.map(({ type, assigned, inUse, unused, neverUsed, unknown, couldBeFreed }) => [
      type,
      assigned,
      inUse,
      unused,
      neverUsed,
      unknown,
      couldBeFreed,
    ]),
    [
      ["Site Admin", 2, 1, 0, 1, 0, { low: 1, high: 1 }],
      ["Job Admin", 3, 0, 1, 1, 1, { low: 2, high: 3 }],
      ["Basic", 2, 0, 0, 2, 0, { low: 2, high: 2 }],
      ["Unknown", 0, 0, 0, 0, 0, { low: 0, high: 0 }],
    ],
  );
  assert.deepEqual(answer.total.couldBeFreed, { low: 5, high: 6 });
  assert.equal(answer.neverUsedSince, "2026-08-21T22:30:00.000Z");
  const states = {
    inUse: "in_use",
    unused: "unused",
    neverUsed: "never_used",
    unknown: "unknown",
    heldByDeactivated: "held_by_deactivated",
  } as const;
  for (const each of answer.types) {
    for (const [count, state] of Object.entries(states) as [
      keyof typeof states,
      (typeof states)["inUse"],
    ][]) {
      const { total } = await listUsers(db, connection, { licenseType: [each.type], license: [state] }, NOW);
      assert.equal(total, each[count], `${each.type} ${state}`);
    }
  }
});

test("a preview tells who would move, and moves nobody", async () => {
  const { db, connection } = await used([], whole(93));
  const rules = [
    { level: "any", status: "deactivated", type: "Archive" },
    { level: "site_admin", status: "any", type: "Site Admin" },
    { level: "any", status: "active", type: "Full" },
  ] as const;
  const preview = await previewLicenseRules(db, connection, [...rules], NOW);
  assert.deepEqual(preview.before, { "Site Admin": 2, "Job Admin": 3, Basic: 2 });
  assert.deepEqual(preview.after, { "Site Admin": 2, Full: 5, Archive: 1 });
  const moves = preview.moves.map(
    ({ level, status, people, from, to }) => `${level} ${status} ${people}: ${from} > ${to}`,
  );
  assert.deepEqual(moves.sort(), [
    "basic active 2: Basic > Full",
    "job_admin active 3: Job Admin > Full",
    "job_admin deactivated 1: null > Archive",
  ]);
  assert.equal((await licenses(db, connection, NOW)).total.assigned, 7);
});

test("the overview's numbers are the lengths of the lists they open", async () => {
  const { db, connection } = await used(
    [...alive(93), deed(1, 2), deed(3, 41), deed(4, 30), deed(6, 50)],
    whole(93),
  );
  const view = await overview(db, connection, NOW);
  const people = { serviceAccounts: "exclude", status: ["active"] } as const;
  const count = async (filter: object) => (await listUsers(db, connection, filter, NOW)).total;
  assert.equal(view.people.active, await count(people));
  for (const level of ["site_admin", "job_admin", "basic", "unknown"] as const) {
    assert.equal(view.people.byLevel[level], await count({ ...people, level: [level] }), level);
  }
  assert.equal(view.people.deactivated, await count({ ...people, status: ["deactivated"] }));
  assert.equal(view.people.serviceAccounts, await count({ serviceAccounts: "only" }));
  assert.equal(view.use.inUse, await count({ ...people, use: ["in_use"] }));
  assert.equal(view.use.unused, await count({ ...people, use: ["unused"] }));
  assert.equal(view.use.neverUsed, await count({ ...people, use: ["never_used"] }));
  assert.equal(view.use.unknown, await count({ ...people, use: ["unknown"] }));
  assert.equal(view.use.newlyUnused, await count({ ...people, newlyUnused: true }));
  assert.deepEqual([view.use.newlyUnused, view.use.unknownReason], [1, "too new"]);
  for (const { count: n, filter, code } of view.needsYou) assert.equal(n, await count(filter!), code);
  assert.deepEqual(
    view.needsYou.map(({ text }) => text),
    [
      "1 deactivated user still holds grants",
      "1 Site Admin without use",
      "1 active user has no e-mail address",
    ],
  );
  assert.deepEqual(
    view.siteAdmins.items.map(({ name, usage }) => [name, usage.reason]),
    [
      ["Ines Okafor", "last used 21 Nov"],
      ["Tomas Wren", "none since 22 Aug"],
    ],
  );
});
