import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { sql } from "kysely";
import { doubtOf, employeeState, isSettled, keyOf, utcDay, wayOf } from "../../model/employees/employee.ts";
import type { EmployeeFacts } from "../../model/employees/employee-plan.ts";
import type { ImportRow } from "../../model/employees/import-rows.ts";
import { accounts, user } from "../listings/listing-testing.ts";
import type { Store } from "../store.ts";
import { importEmployees } from "./employee-import.ts";
import { countEmployeeRows, type EmployeeScope, selectEmployeeRows } from "./employee-lists.ts";
import { allMatchesStale, freshMatches, linkUser, matchesOfUsers, unlinkUser } from "./employee-matches.ts";
import { employeeStateOf } from "./employee-sql.ts";
import { addEmployees, employeesByIds, lockEmployees, saveEmployees } from "./employees.ts";

const NOW = Date.parse("2026-11-23T09:14:00Z");
const opened = accounts();

/** Its directory is empty: they share one store. */
async function open() {
  const account = await opened();
  await account.store.write(async (tx) => {
    for (const table of ["employee", "employee_email"] as const) await tx.deleteFrom(table).execute();
    await allMatchesStale(tx);
  });
  return account;
}
type Account = Awaited<ReturnType<typeof open>>;

function facts(given: Partial<EmployeeFacts> = {}): EmployeeFacts {
  return {
    number: null,
    emails: [],
    name: null,
    department: null,
    manager: null,
    startedDay: null,
    leftDay: null,
    leftAt: null,
    told: "employed",
    toldAt: NOW,
    backAt: null,
    wasLeftDay: null,
    source: "csv",
    ...given,
  };
}

const add = (store: Store, ...all: EmployeeFacts[]) =>
  store.write(async (tx) => {
    await lockEmployees(tx);
    return addEmployees(tx, all, NOW);
  });

async function matches({ store, connection }: Account, users: readonly string[]) {
  await freshMatches(store, connection);
  const found = await matchesOfUsers(store.read, connection, users);
  return found.map(({ userId, employee, rung, key, settled, ...fit }) => ({
    userId,
    employee,
    way: wayOf(rung),
    key,
    settled,
    doubt: settled ? "" : doubtOf({ rung, ...fit }),
    agrees: isSettled({ rung, ...fit }) === settled,
  }));
}

test("a user is found by employee ID, then by any address, then by what a person has said", async () => {
  const account = await open();
  const { store } = account;
  await account.list("users", [
    user(1, { employeeId: " e-1 ", email: "old@a.example", emails: ["old@a.example"] }),
    user(2, { email: "Bob@A.example", emails: ["bob@a.example"] }),
    user(3, { email: null, emails: ["private@mail.example", "Çy@a.example"] }),
    user(4, { email: "dee@login.example", emails: [] }),
    user(5, { email: "nobody@b.example", emails: [] }),
  ]);
  await account.list("user_emails", [{ id: "40", userId: "4", email: "dee@a.example", verified: true }]);
  await add(
    store,
    facts({ number: "E-1", emails: ["bob@other.example"] }),
    facts({ number: "E-2", emails: ["bob@a.example"] }),
    facts({ emails: ["ÇY@a.example"] }),
    facts({ emails: ["dee@a.example"] }),
    facts({ number: "E-5", emails: ["eve@a.example"] }),
  );
  const users = ["1", "2", "3", "4", "5"];
  assert.deepEqual(
    (await matches(account, users)).map(({ userId, employee, way, key, settled }) => [
      userId,
      employee,
      way,
      key,
      settled,
    ]),
    [
      ["1", 1, "employee_id", "E-1", true],
      ["2", 2, "email", "bob@a.example", true],
      ["3", 3, "email", "ÇY@a.example", true],
      ["4", 4, "email", "dee@a.example", true],
    ],
  );
  await store.write((tx) =>
    linkUser(tx, account.connection, { userId: "5", employee: 5, by: "M. Ito", at: NOW }),
  );
  await store.write((tx) =>
    linkUser(tx, account.connection, { userId: "2", employee: null, by: "M. Ito", at: NOW }),
  );
  assert.deepEqual(
    (await matches(account, ["2", "5"])).map(({ userId, employee, way }) => [userId, employee, way]),
    [["5", 5, "link"]],
  );
  await store.write((tx) => unlinkUser(tx, account.connection, "2"));
  assert.equal((await matches(account, ["2"])).length, 1);
});

test("two who fit are in doubt, and a link settles it", async () => {
  const account = await open();
  const { store } = account;
  await account.list("users", [
    user(1, { email: "ann@a.example", emails: [] }),
    user(2, { email: "ann.b@a.example", emails: [] }),
    user(3, { employeeId: "E-3", email: "cy@a.example", emails: [] }),
    user(4, { email: "cy@a.example", emails: [] }),
    user(5, { email: "dee@a.example", emails: [] }),
  ]);
  const [ann, cy, dee, again] = await add(
    store,
    facts({ emails: ["ann@a.example", "ann.b@a.example"] }),
    facts({ number: "E-3", emails: ["cy@a.example"] }),
    facts({ number: "E-4", emails: ["dee@a.example"] }),
    facts({ number: "E-5", emails: ["dee@a.example"] }),
  );
  const users = ["1", "2", "3", "4", "5"];
  assert.deepEqual(
    (await matches(account, users)).map(({ userId, employee, doubt }) => [userId, employee, doubt]),
    [
      ["1", ann, "2 users fit this employee"],
      ["2", ann, "2 users fit this employee"],
      ["3", cy, ""],
      ["4", cy, "another user is this employee by employee ID"],
      ["5", dee, "2 employees fit this user"],
      ["5", again, "2 employees fit this user"],
    ],
  );
  await store.write((tx) =>
    linkUser(tx, account.connection, { userId: "1", employee: ann!, by: "M. Ito", at: NOW }),
  );
  assert.deepEqual(
    (await matches(account, ["1", "2"])).map(({ settled, doubt }) => [settled, doubt]),
    [
      [true, ""],
      [false, "another user is this employee by a link made here"],
    ],
  );
});

test("matches are counted anew when users or employees change, and only then", async () => {
  const account = await open();
  const { store } = account;
  const generation = async () => {
    await freshMatches(store, account.connection);
    const { rows } = await sql<{ generation: number }>`
      select generation from employee_match_state where connection = ${account.connection}`.execute(
      store.read,
    );
    return rows[0]!.generation;
  };
  await account.list("users", [user(1, { email: "ann@a.example", emails: [] })]);
  assert.equal(await generation(), 1);
  assert.equal(await generation(), 1, "nothing has changed");
  await account.list("users", [user(1, { email: "ann@a.example", emails: [] })]);
  assert.equal(await generation(), 1, "a listing without a change");
  const [id] = await add(store, facts({ emails: ["bea@a.example"] }));
  assert.equal(await generation(), 2);
  assert.deepEqual(await matches(account, ["1"]), []);
  await account.list("users", [user(1, { email: "bea@a.example", emails: [] })]);
  assert.equal(await generation(), 3);
  assert.equal((await matches(account, ["1"]))[0]!.employee, id);
  await store.write((tx) =>
    saveEmployees(tx, [{ id: id!, facts: facts({ emails: ["cy@a.example"] }) }], NOW),
  );
  assert.deepEqual(await matches(account, ["1"]), []);
});

/** The same as the SQL, the long way round. */
function matchAll(
  users: readonly {
    id: string;
    number: string | null;
    emails: readonly string[];
    link: number | null | undefined;
  }[],
  employees: readonly { id: number; number: string | null; emails: readonly string[] }[],
) {
  const same = (a: string | null, b: string | null) => a !== null && b !== null && keyOf(a) === keyOf(b);
  const ways = users.flatMap((each) => {
    if (each.link !== undefined)
      return each.link === null ? [] : [{ user: each.id, employee: each.link, rung: 0 }];
    const byNumber = employees.filter(({ number }) => same(number, each.number));
    const byEmail = employees.filter(({ emails }) => emails.some((a) => each.emails.some((b) => same(a, b))));
    const [rung, found] = byNumber.length > 0 ? [1, byNumber] : [2, byEmail];
    return found.map(({ id }) => ({ user: each.id, employee: id, rung }));
  });
  return ways
    .map(({ user, employee, rung }) => ({
      user,
      employee,
      settled: isSettled({
        rung,
        employees: ways.filter((each) => each.user === user).length,
        bestOfEmployee: Math.min(
          ...ways.filter((each) => each.employee === employee).map((each) => each.rung),
        ),
        users: ways.filter((each) => each.employee === employee && each.rung === rung).length,
      }),
    }))
    .sort((a, b) => Number(a.user) - Number(b.user) || a.employee - b.employee);
}

test("SQL matches whom the rule matches, of any users and employees", async () => {
  const word = fc.constantFrom("a", "b", "c", "d", "e");
  const someUser = fc.record({
    number: fc.option(word, { freq: 1 }),
    emails: fc.uniqueArray(word, { maxLength: 2 }),
    link: fc.option(fc.option(fc.nat({ max: 3 }), { freq: 3 }), { nil: undefined, freq: 1 }),
  });
  const someEmployee = fc.record({ numbered: fc.boolean(), emails: fc.uniqueArray(word, { maxLength: 2 }) });
  await fc.assert(
    fc.asyncProperty(
      fc.array(someUser, { minLength: 1, maxLength: 6 }),
      fc.array(someEmployee, { minLength: 4, maxLength: 5 }),
      async (users, employees) => {
        const account = await open();
        const { store } = account;
        const address = (each: string) => `${each}@a.example`;
        const people = employees.map(({ numbered, emails }, i) => ({
          id: i + 1,
          number: numbered ? "abcde"[i]! : null,
          emails: emails.map(address),
        }));
        await add(store, ...people.map(({ number, emails }) => facts({ number, emails })));
        const listed = users.map(({ number, emails, link }, i) => ({
          id: String(i + 1),
          number: number?.toUpperCase() ?? null,
          emails: emails.map(address),
          link: typeof link === "number" ? link + 1 : link,
        }));
        await account.list(
          "users",
          listed.map(({ id, number, emails }) =>
            user(id, { employeeId: number, email: emails[0] ?? null, emails }),
          ),
        );
        for (const { id: userId, link } of listed) {
          if (link !== undefined)
            await store.write((tx) =>
              linkUser(tx, account.connection, { userId, employee: link, by: "x", at: NOW }),
            );
        }
        const found = await matches(
          account,
          listed.map(({ id }) => id),
        );
        assert.deepEqual(
          found.map(({ userId, employee, settled }) => ({ user: userId, employee, settled })),
          matchAll(listed, people),
        );
        assert.ok(found.every(({ agrees }) => agrees));
      },
    ),
    { numRuns: 25 },
  );
});

test("SQL tells the state that the rule tells", async () => {
  const { store } = await open();
  const today = utcDay(NOW);
  const days = [null, today - 40, today - 1, today, today + 1];
  const all = [null, "employed", "on_leave", "not_started", "left"].flatMap((told) =>
    days.flatMap((startedDay) =>
      days.flatMap((leftDay) =>
        [NOW, NOW - 30 * 86_400_000, NOW - 90 * 86_400_000].map((toldAt) =>
          facts({ told: told as EmployeeFacts["told"], startedDay, leftDay, toldAt }),
        ),
      ),
    ),
  );
  const ids = await add(store, ...all);
  const { rows } = await sql<{ employee: number; state: string }>`
    select employee, ${employeeStateOf(today)} as state from employee e order by employee`.execute(
    store.read,
  );
  assert.deepEqual(
    rows.map(({ state }) => state),
    all.map((each) => employeeState(each, today)),
  );
  assert.equal(rows.length, ids.length);
});

// --- imports

let line = 0;
const row = (given: Partial<ImportRow>): ImportRow => ({ line: ++line, emails: [], ...given });

async function imports(store: Store, rows: ImportRow[], { everybody = false, now = NOW, dry = false } = {}) {
  const terms = { source: "csv", now, everybody } as const;
  const { shown: _, ...outcome } = dry
    ? await importEmployees(store.read, rows, terms, null)
    : await store.write((tx) => importEmployees(tx, rows, terms, tx));
  return outcome;
}
const some = async (store: Store, ...ids: number[]) =>
  (await employeesByIds(store.read, ids)).map(({ updatedAt: _, ...each }) => each);

test("an import adds and updates by employee ID, else by e-mail; what it doesn't tell stays", async () => {
  const { store } = await open();
  const first = [
    row({ number: "E-1", emails: ["ann@a.example"], name: "Ann", department: "Talent", told: "employed" }),
    row({ emails: ["bob@a.example"], told: "employed" }),
  ];
  const foreseen = await imports(store, first, { dry: true });
  assert.deepEqual(await imports(store, first), foreseen, "a dry run tells what will be");
  assert.deepEqual([foreseen.added, foreseen.changed, foreseen.unchanged], [2, 0, 0]);
  assert.deepEqual((await imports(store, first)).unchanged, 2, "a second time changes nothing");
  const next = await imports(store, [
    row({ number: "e-1", emails: ["ann.new@a.example"], manager: "Ines" }),
    row({ number: "E-2", emails: ["BOB@a.example"], name: "Bob" }),
    row({ number: "E-3", emails: ["bob@a.example"], name: "Another Bob" }),
  ]);
  assert.deepEqual([next.added, next.changed, next.sameAddress], [1, 2, 1]);
  const [ann, bob, other] = await some(store, 1, 2, 3);
  assert.deepEqual(
    [ann!.number, ann!.emails, ann!.department, ann!.manager],
    ["e-1", ["ann.new@a.example"], "Talent", "Ines"],
  );
  assert.deepEqual([bob!.number, bob!.name], ["E-2", "Bob"]);
  assert.equal(other!.name, "Another Bob");
  const { problems } = await imports(store, [row({ emails: ["bob@a.example"] })], { dry: true });
  assert.match(problems[0]!.text, /several employees/);
});

test("leaving, coming back, and a date that is known only later", async () => {
  const { store } = await open();
  const ann = (told: Partial<ImportRow>, now: number) =>
    imports(store, [row({ emails: ["ann@a.example"], ...told })], { now });
  const days = (n: number) => NOW + n * 86_400_000;
  await ann({ told: "employed" }, NOW);
  assert.deepEqual((await ann({ told: "left" }, days(2))).leave, 1);
  const [gone] = await some(store, 1);
  assert.deepEqual([gone!.leftDay, gone!.leftAt], [null, days(2)], "told without a date");
  assert.deepEqual((await ann({ told: "left" }, days(3))).unchanged, 1);
  await ann({ told: "left", leftDay: utcDay(days(1)) }, days(4));
  const [dated] = await some(store, 1);
  assert.deepEqual([dated!.leftDay, dated!.leftAt], [utcDay(days(1)), null]);
  const again = await ann({ told: "employed", leftDay: utcDay(days(1)) }, days(9));
  assert.deepEqual([again.comeBack, again.dateOver], [1, 1]);
  const [back] = await some(store, 1);
  assert.deepEqual(
    [back!.told, back!.leftDay, back!.backAt, back!.wasLeftDay],
    ["employed", null, days(9), utcDay(days(1))],
  );
});

test("who is absent from a file of everybody has left; who is unknown has not", async () => {
  const { store } = await open();
  const people = Array.from({ length: 12 }, (_, i) =>
    row({ number: `E-${i}`, emails: [`p${i}@a.example`], told: i === 11 ? "left" : "employed" }),
  );
  await imports(store, people);
  const part = people
    .slice(0, 9)
    .map(({ number, emails }) => row({ number: number!, emails, told: "employed" }));
  const foreseen = await imports(store, part, { everybody: true, dry: true });
  assert.deepEqual([foreseen.absent, foreseen.working], [2, 11]);
  const done = await imports(store, [...part, row({ number: "new", told: "employed" })], { everybody: true });
  assert.deepEqual([done.absent, done.added], [2, 1]);
  const states = (await some(store, 10, 11, 12, 13)).map((each) => employeeState(each, utcDay(NOW)));
  assert.deepEqual(states, ["left", "left", "left", "employed"]);
});

test("the same file again leaves everybody as they are, and nobody who works here is no everybody", async () => {
  const { store } = await open();
  const days = (n: number) => NOW + n * 86_400_000;
  const file = () => [
    row({ number: "E-1", told: "employed", leftDay: utcDay(days(3)) }),
    row({ number: "E-2", told: "employed", leftDay: null }),
    row({ number: "E-3", told: "not_started", startedDay: utcDay(days(30)) }),
  ];
  await imports(store, file());
  for (const day of [5, 9]) {
    const again = await imports(store, file(), { now: days(day) });
    assert.deepEqual([again.unchanged, again.comeBack], [3, 0]);
    const states = (await some(store, 1, 2, 3)).map((each) => employeeState(each, utcDay(days(day))));
    assert.deepEqual(states, ["left", "employed", "not_started"]);
  }
  const part = await imports(store, [row({ number: "E-9", told: "employed" })], {
    everybody: true,
    dry: true,
  });
  assert.deepEqual([part.absent, part.working], [2, 2], "who has not begun is in no such file");
  for (const rows of [[], [row({ number: "E-2", told: "left" })]]) {
    const { absent, problems } = await imports(store, rows, { everybody: true, dry: true });
    assert.deepEqual([absent, problems.length], [0, 1]);
    assert.match(problems[0]!.text, /Nobody in it works here/);
  }
});

test("the lists, page by page", async () => {
  const account = await open();
  const { store } = account;
  const today = utcDay(NOW);
  await account.list("users", [
    ...Array.from({ length: 5 }, (_, i) => user(i + 1, { employeeId: `E-${i + 1}`, name: `User ${i + 1}` })),
    user(6, { email: "guest@partner.example", emails: [] }),
    user(7, { email: "ours@a.example", emails: [] }),
    user(8, { agencyId: "9" }),
    user(9, { serviceAccount: true }),
    user(10, { email: null, emails: [] }),
    user(11, { deactivated: true }),
  ]);
  await add(
    store,
    ...Array.from({ length: 5 }, (_, i) =>
      facts({ number: `E-${i + 1}`, told: "left", leftDay: today - 10 - i, name: `Employee ${i + 1}` }),
    ),
    facts({ number: "E-6", name: "No user", emails: ["no@a.example"] }),
  );
  await freshMatches(store, account.connection);
  const scope: EmployeeScope = {
    connection: account.connection,
    today,
    ours: ["a.example"],
    everybody: true,
  };
  const pages = async (list: Parameters<typeof selectEmployeeRows>[1], query = {}) => {
    const all: (string | number | null)[] = [];
    for (let after = null as Awaited<ReturnType<typeof selectEmployeeRows>>[number] | null; ; ) {
      const page = await selectEmployeeRows(store.read, list, query, scope, { after, limit: 2 });
      all.push(...page.map(({ userId, employee }) => userId ?? employee));
      if (page.length < 2) break;
      after = page.at(-1)!;
    }
    assert.equal(await countEmployeeRows(store.read, list, query, scope), all.length);
    return all;
  };
  assert.deepEqual(await pages("left_active"), ["5", "4", "3", "2", "1"], "the longest ago first");
  assert.deepEqual(await pages("left_active", { search: "employee 3" }), ["3"]);
  assert.deepEqual(await pages("all", { state: ["employed"] }), [6]);
  assert.deepEqual(await pages("no_user"), [6]);
  assert.deepEqual((await pages("no_employee")).sort(), ["10", "6", "7", "8", "9"]);
  for (const [kind, id] of [
    ["external", "6"],
    ["ours", "7"],
    ["agency", "8"],
    ["service_account", "9"],
    ["no_email", "10"],
  ] as const) {
    assert.deepEqual(await pages("no_employee", { kind: [kind] }), [id], kind);
  }
  await account.list("users", [
    ...Array.from({ length: 5 }, (_, i) =>
      user(i + 1, { employeeId: `E-${i + 1}`, name: `User ${i + 1}`, deactivated: i > 2 }),
    ),
  ]);
  await freshMatches(store, account.connection);
  assert.deepEqual(
    await pages("left_active"),
    ["3", "2", "1"],
    "closed by a sync that sees them deactivated",
  );
  assert.deepEqual(await pages("removed"), ["4", "5"]);
});
