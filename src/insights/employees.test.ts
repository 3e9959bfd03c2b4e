import assert from "node:assert/strict";
import { test } from "node:test";
import { dayText, parseDay } from "../model/day.ts";
import type { EmployeeFacts } from "../model/employees/employee-plan.ts";
import type { DeedSource } from "../model/recruiting.ts";
import { freshMatches, linkUser } from "../store/employees/employee-matches.ts";
import { addEmployees, lockEmployees, setOwnDomains } from "../store/employees/employees.ts";
import { Account } from "../store/listings/listing-testing.ts";
import { testStore } from "../store/testing.ts";
import { storeDeeds } from "../store/usage/deeds.ts";
import { employeeSummary } from "./employee-summary.ts";
import { leftButActive, listEmployees } from "./employees.ts";
import { overview } from "./overview.ts";
import { alive, company, daysAgo, deed, NOW, zone } from "./testing.ts";
import { getUser } from "./user.ts";

type Context = Parameters<typeof testStore>[0];
const DAY = 86_400_000;
const dayAgo = (n: number) => parseDay(dayText(zone.day(NOW)))! - n;

async function directory(t: Context, ...people: Partial<EmployeeFacts>[]) {
  const house = await company(new Account(await testStore(t)));
  await house.list();
  const { store } = house.account;
  const plain = {
    number: null,
    emails: [],
    name: null,
    department: null,
    manager: null,
    startedDay: null,
    leftDay: null,
    leftAt: null,
    told: null,
    toldAt: NOW - 60 * DAY,
    backAt: null,
    wasLeftDay: null,
    source: "csv",
  } as const;
  await store.write(async (tx) => {
    await lockEmployees(tx);
    await addEmployees(
      tx,
      people.map((each) => ({ ...plain, emails: [], ...each })),
      NOW,
    );
  });
  const fresh = () => freshMatches(store, house.connection.id);
  await fresh();
  return { house, store, db: house.db, fresh };
}

test("people who have left and are active still: since when, and their use after it", async (t) => {
  const { house, store, db } = await directory(
    t,
    { emails: ["tomas@aldermoor.example"], leftDay: dayAgo(11) },
    { emails: ["ines@aldermoor.example"], leftDay: dayAgo(3) },
    { emails: ["u5@example.com"], told: "left", leftAt: NOW - 2 * DAY },
    { emails: ["u6@example.com"], leftDay: dayAgo(30) },
    { emails: ["u7@example.com"], leftDay: dayAgo(-4), told: "employed", toldAt: NOW },
  );
  await house.read([deed(2, 20), deed(2, 9), deed(2, 4), deed(1, 5), ...alive(28)], {
    from: zone.start(zone.day(NOW) - 28),
    to: zone.start(zone.day(NOW)),
  });
  // Her calendar declined by itself, and somebody else moved an interview that is hers: neither is her use.
  const since = (source: DeedSource) => ({ source, rowId: "1", userId: "1", at: daysAgo(1) });
  const deeds = { deeds: [since("reply"), since("scheduling")], claim: null };
  await store.write((tx) => storeDeeds(tx, house.connection.id, "interviews", deeds, zone));
  const { items, total } = await leftButActive(db, house.connection, NOW, { limit: 10 });
  assert.equal(total, 3);
  assert.deepEqual(
    items.map(({ user, match, stillActive: { leftOn, daysSince, used } }) => [
      user.name,
      match!.reason,
      leftOn,
      daysSince,
      used.days,
      used.lastAt,
      used.lastBy,
      used.period!.days,
      used.period!.coveredDays,
    ]),
    [
      [
        "Tomas Wren",
        "by e-mail tomas@aldermoor.example",
        dayText(dayAgo(11)),
        11,
        2,
        new Date(daysAgo(4)).toISOString(),
        "audit_log",
        11,
        10,
      ],
      ["Ines Okafor", "by e-mail ines@aldermoor.example", dayText(dayAgo(3)), 3, 0, null, null, 3, 2],
      ["Priya Halvorsen", "by e-mail u5@example.com", null, 2, 0, null, null, 2, 1],
    ],
  );
  const view = await overview(db, house.connection, NOW);
  assert.equal(view.needsYou[0]!.text, "3 people have left and are still active");
  assert.deepEqual(
    view.leftButActive!.items.map(({ name, daysSince, level, grants }) => [name, daysSince, level, grants]),
    [
      ["Tomas Wren", 11, "site_admin", "all jobs"],
      ["Ines Okafor", 3, "site_admin", "all jobs"],
      ["Priya Halvorsen", 2, "basic", { jobs: 0, futureJobs: 0 }],
    ],
  );
});

test("use after leaving is unknown where nothing was read", async (t) => {
  const { house, db } = await directory(t, { emails: ["tomas@aldermoor.example"], leftDay: dayAgo(11) });
  const [row] = (await leftButActive(db, house.connection, NOW, { limit: 10 })).items;
  assert.deepEqual(row!.stillActive.used.days, null);
  assert.equal(row!.stillActive.used.period!.coveredDays, 0);
});

test("a leaver's row is closed only by a sync that sees them deactivated, and the time is measured", async (t) => {
  const { house, db, fresh } = await directory(
    t,
    { emails: ["u5@example.com"], leftDay: dayAgo(3) },
    { emails: ["u6@example.com"], leftDay: dayAgo(30) },
    { emails: ["u7@example.com"], told: "left", leftAt: NOW - 9 * DAY },
  );
  const { account, connection } = house;
  const open = async () => (await leftButActive(db, connection, NOW, { limit: 10 })).total;
  assert.equal(await open(), 2);
  const before = account.now;
  await listAgain(house, [5, 7]);
  await fresh();
  assert.equal(await open(), 0);
  const { items } = await listEmployees(db, connection, { list: "removed" }, true, NOW);
  const seen = new Date(account.now).toISOString();
  assert.deepEqual(
    items.map(({ user, removal }) => [
      user!.name,
      removal!.after !== null,
      removal!.by,
      removal!.days === null,
    ]),
    [
      ["Priya Halvorsen", true, seen, false],
      ["Zoë New", true, seen, true],
      ["Lou Castellane", false, null, true],
    ],
    "who left without a date, and who was deactivated before the first listing, are not measured",
  );
  const days = (account.now - zone.end(dayAgo(3))) / DAY;
  assert.ok(before < account.now && Math.abs(items[0]!.removal!.days! - days) < 1e-9);
  const summary = await employeeSummary(db, connection, true, NOW);
  assert.deepEqual([summary.removal.measured, summary.removal.notMeasured], [1, 2]);
  assert.equal(summary.removal.median, items[0]!.removal!.days);
});

/** Everybody of the company once more, these deactivated. */
async function listAgain(
  { account }: Awaited<ReturnType<typeof company>>,
  deactivated: readonly number[],
  without: readonly number[] = [],
): Promise<void> {
  const { user } = await import("../store/listings/listing-testing.ts");
  const old = { createdAt: daysAgo(900) };
  const off = (id: number) => ({ deactivated: deactivated.includes(id) });
  const everybody = [
    user(1, { ...old, name: "Ines Okafor", siteAdmin: true, email: "ines@aldermoor.example" }),
    user(2, { ...old, name: "Tomas Wren", siteAdmin: true, email: "tomas@aldermoor.example", ...off(2) }),
    user(3, {
      ...old,
      name: "Mara Quill",
      employeeId: "E-7",
      departmentIds: ["50"],
      officeIds: ["60", "61"],
    }),
    user(4, { ...old, name: "Søren Ådeyemi", employeeId: "E-7", agencyId: "900", departmentIds: ["51"] }),
    user(5, { ...old, name: "Priya Halvorsen", ...off(5) }),
    user(6, { ...old, name: "Lou Castellane", deactivated: true }),
    user(7, { createdAt: daysAgo(5), name: "Zoë New", ...off(7) }),
    user(8, { ...old, name: null, email: null, emails: [] }),
    user(9, { ...old, name: "Payroll ISU", siteAdmin: true, serviceAccount: true, email: null, emails: [] }),
  ];
  await account.list(
    "users",
    everybody.filter(({ id }) => !without.includes(Number(id))),
  );
}

test("of a leaver whom Greenhouse lists no longer it isn't known whether they are active", async (t) => {
  const { house, db, fresh } = await directory(
    t,
    { emails: ["tomas@aldermoor.example"], leftDay: dayAgo(11) },
    { emails: ["u5@example.com"], leftDay: dayAgo(3) },
  );
  for (const [deactivated, missing, text] of [
    [
      [],
      [5],
      "1 person has left and is still active; of 1 more that isn't known: Greenhouse lists the user no longer",
    ],
    [
      [2],
      [5],
      "1 person has left, and whether they are still active isn't known: Greenhouse lists the user no longer",
    ],
  ] as const) {
    await listAgain(house, deactivated, missing);
    await fresh();
    const { needsYou, leftButActive: left } = await overview(db, house.connection, NOW);
    assert.equal(needsYou[0]!.text, text);
    assert.equal(left!.missing, 1);
    assert.deepEqual(
      left!.items.map((each) => [each.name, each.missing]),
      [...(deactivated.length > 0 ? [] : [["Tomas Wren", false]]), ["Priya Halvorsen", true]],
    );
  }
});

test("who came back: employed again, or an active user again after leaving", async (t) => {
  const { house, db, fresh } = await directory(
    t,
    {
      emails: ["u5@example.com"],
      told: "employed",
      backAt: NOW - DAY,
      wasLeftDay: dayAgo(40),
      name: "Priya H",
    },
    { emails: ["u7@example.com"], leftDay: dayAgo(3), name: "Zoë N" },
    { emails: ["nobody@example.com"], told: "employed", backAt: NOW - DAY, name: "Without a user" },
  );
  const { connection } = house;
  const names = async (everybody = true) =>
    (await listEmployees(db, connection, { list: "came_back" }, everybody, NOW)).items.map(
      ({ employee }) => employee!.name,
    );
  assert.deepEqual(await names(), ["Priya H", "Without a user"]);
  assert.deepEqual(await names(false), ["Priya H"], "limited to who is a user here");
  await listAgain(house, [7]);
  await listAgain(house, []);
  await fresh();
  assert.deepEqual(await names(), ["Priya H", "Without a user", "Zoë N"]);
});

test("two users with one employee ID are in doubt, until somebody says who it is", async (t) => {
  const { house, store, db, fresh } = await directory(t, {
    number: "E-7",
    name: "Mara Q",
    emails: ["mq@aldermoor.example"],
  });
  const { connection } = house;
  const doubtful = async () => (await listEmployees(db, connection, { list: "ambiguous" }, true, NOW)).items;
  assert.deepEqual(
    (await doubtful()).map(({ user, candidates }) => [
      user!.name,
      candidates[0]!.match.reason,
      candidates[0]!.match.doubt,
    ]),
    [
      ["Mara Quill", "by employee ID E-7", "2 users fit this employee"],
      ["Søren Ådeyemi", "by employee ID E-7", "2 users fit this employee"],
    ],
  );
  await store.write((tx) => linkUser(tx, connection.id, { userId: "3", employee: 1, by: "M. Ito", at: NOW }));
  await store.write((tx) =>
    linkUser(tx, connection.id, { userId: "4", employee: null, by: "M. Ito", at: NOW }),
  );
  await fresh();
  assert.deepEqual(await doubtful(), []);
  const mara = await getUser(db, connection, "3", NOW);
  assert.deepEqual(
    [mara!.employee!.employee!.name, mara!.employee!.match!.reason],
    ["Mara Q", "linked by M. Ito, 2026-11-23"],
  );
  assert.equal((await getUser(db, connection, "4", NOW))!.employee!.nobody!.by, "M. Ito");
});

test("the summary counts each list as it is, and tells external domains apart", async (t) => {
  const { house, db, store } = await directory(
    t,
    { emails: ["ines@aldermoor.example"] },
    { emails: ["tomas@aldermoor.example"] },
    { emails: ["x@aldermoor.example"] },
  );
  const { connection } = house;
  const summary = await employeeSummary(db, connection, true, NOW);
  for (const [list, n] of Object.entries(summary.lists)) {
    const { items } = await listEmployees(db, connection, { list: list as "all" }, true, NOW);
    assert.equal(items.length, n, list);
  }
  assert.deepEqual(summary.domains.domains, ["aldermoor.example"], "guessed from the directory");
  assert.deepEqual(summary.noEmployee, {
    ours: 0,
    external: 3,
    no_email: 1,
    agency: 1,
    service_account: 1,
    by_hand: 0,
  });
  assert.deepEqual(summary.externalDomains, [{ domain: "example.com", users: 3 }]);
  for (const [domain, total] of [
    ["example.com", 3],
    ["aldermoor.example", 0],
  ] as const) {
    const query = { list: "no_employee" as const, kind: ["external" as const], domain };
    assert.equal((await listEmployees(db, connection, query, true, NOW)).total, total, domain);
  }
  await store.write((tx) => setOwnDomains(tx, ["example.com"]));
  const said = await employeeSummary(db, connection, true, NOW);
  assert.deepEqual([said.noEmployee.ours, said.noEmployee.external], [3, 0]);
  const limited = await employeeSummary(db, connection, false, NOW);
  assert.deepEqual([limited.directory, limited.lists.all, limited.lists.no_user], [null, null, null]);
});

test("without a directory nothing is said of leavers", async (t) => {
  const { house, db } = await directory(t);
  const view = await overview(db, house.connection, NOW);
  assert.equal(view.leftButActive, null);
  assert.equal((await getUser(db, house.connection, "3", NOW))!.employee, null);
});
