import assert from "node:assert/strict";
import { test } from "node:test";
import type { UserFilter, UserQuery } from "../model/query.ts";
import { accounts, user } from "../store/listings/listing-testing.ts";
import { InvalidCursor, NotKnownThen, QueryRefused } from "./errors.ts";
import { overview } from "./overview.ts";
import { alive, type Company, company, daysAgo, deed, NOW, whole } from "./testing.ts";
import { getUser } from "./user.ts";
import { listUsers } from "./users.ts";

const account = accounts();

/** 93 days read. Ines used it today, Mara 41 days ago, Søren last week, Lou long ago. */
let made: Promise<Company> | undefined;
const used = () => (made ??= make());

async function make(): Promise<Company> {
  const aldermoor = await company(await account());
  await aldermoor.list();
  await aldermoor.account.list("user_emails", [
    { id: "70", userId: "3", email: "u3@example.com", verified: true },
    { id: "71", userId: "3", email: "Mara@Home.example", verified: false },
    { id: "72", userId: "5", email: "u5@example.com", verified: false },
  ]);
  const mara = deed(3, 41, { requestType: "scorecards#show" });
  await aldermoor.read(
    [...alive(93), deed(1, 0), deed(1, 3), mara, deed(4, 7), deed(6, 60), deed(9, 1)],
    whole(93),
  );
  return aldermoor;
}

const filters: [name: string, filter: UserFilter, ids: string[]][] = [
  [
    "nothing: everybody, by name, and who has none by address",
    {},
    ["8", "1", "6", "3", "9", "5", "4", "2", "7"],
  ],
  ["active people", { status: ["active"], serviceAccounts: "exclude" }, ["8", "1", "3", "5", "4", "2", "7"]],
  ["service accounts", { serviceAccounts: "only" }, ["9"]],
  ["Site Admins", { level: ["site_admin"] }, ["1", "9", "2"]],
  ["Job Admins, and who was one", { level: ["job_admin"] }, ["6", "3", "4", "7"]],
  ["two levels", { level: ["basic", "unknown"] }, ["8", "5"]],
  ["licenses in use", { license: ["in_use"] }, ["1", "4"]],
  ["unused licenses", { license: ["unused"] }, ["3"]],
  ["never used licenses", { license: ["never_used"] }, ["8", "5", "2"]],
  ["licenses nobody can tell", { license: ["unknown"] }, ["7"]],
  ["no license", { licenseType: ["none"] }, ["6", "9"]],
  ["a license type", { licenseType: ["Basic"] }, ["8", "5"]],
  ["use, whoever they are", { use: ["unused"] }, ["6", "3"]],
  ["a role", { role: "10" }, ["6", "3", "4"]],
  ["a role that the list lacks", { role: "99" }, ["4"]],
  ["a department", { department: "50" }, ["3"]],
  ["an office", { office: "61" }, ["3"]],
  ["a part of a department's id", { department: "5" }, []],
  ["agencies", { agency: true }, ["4"]],
  ["no agencies", { agency: false, level: ["job_admin"] }, ["6", "3", "7"]],
  ["deactivated with grants", { deactivatedWithGrants: true }, ["6"]],
  ["no e-mail address", { noEmail: true }, ["8", "9"]],
  ["a name without its accents", { search: "soren adeyemi" }, ["4"]],
  ["a part of an address", { search: "INES@" }, ["1"]],
  ["a part of an address that was never confirmed", { search: "mara@HOME" }, ["3"]],
  ["an employee id that two share", { search: "e-7" }, ["3", "4"]],
  ["a user id", { search: "8" }, ["8"]],
  ["a sign that SQL takes for anything", { search: "%" }, []],
  ["newly unused", { newlyUnused: true }, []],
  ["who stopped: active, and used in the window before this one", { stopped: true }, ["3"]],
  ["who stopped not", { stopped: false, serviceAccounts: "only" }, ["9"]],
  ["use since a day", { usedFrom: "2026-10-20" }, ["1", "4"]],
  ["use on days of a span", { usedFrom: "2026-10-12", usedTo: "2026-10-14" }, ["3"]],
  ["use up to a day", { usedTo: "2026-10-14", status: ["active"] }, ["3"]],
  ["a kind of use", { usedKind: "viewed", usedFrom: "2026-10-12", status: ["active"] }, ["1", "3", "4"]],
  ["a kind of use that nobody showed", { usedKind: "changed" }, []],
  ["no status at all", { status: [] }, []],
];
for (const [name, filter, ids] of filters) {
  test(`users that fit ${name}`, async () => {
    const { db, connection } = await used();
    const found = await listUsers(db, connection, filter, NOW);
    assert.deepEqual(
      found.items.map(({ id }) => id),
      ids,
    );
    assert.equal(found.total, ids.length);
    assert.equal(found.nextCursor, null);
  });
}

test("half a list of addresses tells of nobody that none is confirmed", async () => {
  const it = await company(await account());
  await it.list();
  const lists = async () => {
    const { items } = await listUsers(it.db, it.connection, { search: "u5@" }, NOW);
    const { total } = await listUsers(it.db, it.connection, { unconfirmed: true }, NOW);
    return [items.map(({ emailConfirmed }) => emailConfirmed), total];
  };
  // The newest ids come first: an older address, which is confirmed, is still to come.
  const newest = { id: "72", userId: "5", email: "priya@home.example", verified: false };
  await it.account.list("user_emails", [newest], { end: false });
  assert.deepEqual(await lists(), [[null], 0]);
  await it.account.list("user_emails", [newest]);
  assert.deepEqual(await lists(), [[false], 1]);
});

test("an address is confirmed, or not, or that isn't told", async () => {
  const { db, connection } = await used();
  const { items } = await listUsers(db, connection, {}, NOW);
  const told = Object.fromEntries(items.map(({ id, emailConfirmed }) => [id, emailConfirmed]));
  assert.deepEqual(
    ["3", "5", "1", "8"].map((id) => told[id]),
    [true, false, null, null],
    "one of two is; none is; no list has it; there is none",
  );
});

test("a user has everything that the design promises", async () => {
  const { db, connection } = await used();
  const [mara] = (await listUsers(db, connection, { search: "Mara" }, NOW)).items;
  const event = mara!.lastUsed!.event!;
  assert.deepEqual(
    { ...mara, lastUsed: { ...mara!.lastUsed, event: { ...event, id: null } } },
    {
      id: "3",
      name: "Mara Quill",
      email: "u3@example.com",
      emails: ["u3@example.com"],
      emailConfirmed: true,
      employeeId: "E-7",
      jobTitle: null,
      status: "active",
      serviceAccount: false,
      level: "job_admin",
      roles: [
        { id: "10", name: "Standard", grants: 3 },
        { id: "11", name: "Private", grants: 1 },
      ],
      departments: [{ id: "50", name: "Engineering" }],
      offices: [
        { id: "60", name: "Zürich" },
        { id: "61", name: null },
      ],
      license: { type: "Job Admin", state: "unused", reason: "last used 13 Oct" },
      lastUsed: {
        at: new Date(daysAgo(41)).toISOString(),
        source: "audit_log",
        event: { id: null, kind: "viewed", what: "PII Page Accessed", requestType: "scorecards#show" },
      },
      usage: {
        state: "unused",
        reason: "last used 13 Oct",
        activeDays: 0,
        coveredDays: 28,
        windowDays: 28,
        since: mara!.usage.since,
      },
      createdAt: new Date(daysAgo(900)).toISOString(),
      updatedAt: null,
      firstSeenAt: mara!.firstSeenAt,
      lastSeenAt: mara!.firstSeenAt,
      agency: false,
      grants: { jobs: 3, futureJobs: 1 },
      grantsReadAt: null,
    },
  );
  assert.match(event.id, /^\d+-[0-9a-f]{32}-0$/);
});

test("a number's list has as many rows, page by page, and a cursor belongs to its order", async () => {
  const { db, connection } = await used();
  const ids: string[] = [];
  const query: UserQuery = { limit: 4, sort: "lastUsed", descending: true };
  let cursor: string | null = null;
  let pages = 0;
  do {
    const page: Awaited<ReturnType<typeof listUsers>> = await listUsers(
      db,
      connection,
      { ...query, cursor },
      NOW,
    );
    ids.push(...page.items.map(({ id }) => id));
    assert.equal(page.total, pages === 0 ? 9 : null);
    cursor = page.nextCursor;
    pages += 1;
  } while (cursor);
  assert.equal(pages, 3);
  // Used, then never used, then who isn't known: too new, and the service account, which isn't judged by use.
  assert.deepEqual(ids.slice(0, 4), ["1", "4", "3", "6"]);
  assert.equal(new Set(ids).size, 9);
  const { nextCursor } = await listUsers(db, connection, query, NOW);
  const others = [
    { ...query, sort: "name" },
    { ...query, descending: false },
  ] as UserQuery[];
  for (const other of others) {
    await assert.rejects(listUsers(db, connection, { ...other, cursor: nextCursor }, NOW), InvalidCursor);
  }
});

for (const [name, cursor] of [
  ["no base64", "%%%"],
  ["no JSON", "aGVsbG8"],
  ["another list's", Buffer.from('["changes",5]').toString("base64url")],
  ["an id that isn't one", Buffer.from('["users name false","ada","1; drop table"]').toString("base64url")],
  ["an object for a key", Buffer.from('["users name false",{"a":1},"5"]').toString("base64url")],
  ["too short", Buffer.from('["users name false"]').toString("base64url")],
] as const) {
  test(`a cursor that is ${name} is refused`, async () => {
    const { db, connection } = await company(await account());
    await assert.rejects(listUsers(db, connection, { cursor }, NOW), InvalidCursor);
  });
}

test("before anything was read nothing is claimed: grants, levels without the flag, and use are unknown, not 0", async () => {
  const aldermoor = await company(await account());
  await aldermoor.account.list("users", [user(1, { siteAdmin: true }), user(2)]);
  const { items, stamp } = await listUsers(aldermoor.db, aldermoor.connection, {}, NOW);
  assert.deepEqual(
    items.map(({ level, roles, grants, usage, license }) => [
      level,
      roles,
      grants,
      usage.state,
      usage.activeDays,
      license.state,
    ]),
    [
      ["site_admin", null, "all jobs", "unknown", null, "unknown"],
      ["unknown", null, { jobs: null, futureJobs: null }, "unknown", null, "unknown"],
    ],
  );
  assert.equal(items[0]!.usage.reason, "use was never read");
  assert.deepEqual([stamp.coverage, stamp.grantsListing], [[], null]);
  assert.equal(stamp.listing!.complete, true);
});

test("a user who is listed no more was last seen in the last listing that had them", async () => {
  const aldermoor = await company(await account());
  const all = [1, 2, 3, 4, 5, 6, 7].map((id) => user(id, { siteAdmin: id === 1, serviceAccount: id === 7 }));
  await aldermoor.account.list("users", all);
  const seen = aldermoor.account.now;
  for (const _ of [1, 2, 3]) await aldermoor.account.list("users", all.slice(0, 6));
  const { items } = await listUsers(aldermoor.db, aldermoor.connection, { status: ["missing"] }, NOW);
  assert.deepEqual(
    items.map(({ id, lastSeenAt }) => [id, lastSeenAt]),
    [["7", new Date(seen).toISOString()]],
  );
  // Among people none is missing: the line says whom it counts beside them.
  const { people, needsYou } = await overview(aldermoor.db, aldermoor.connection, NOW);
  assert.equal(people.missing, 0);
  assert.equal(
    needsYou.find(({ code }) => code === "missing_users")?.text,
    "1 user is missing, a service account",
  );
});

test("a user's page: why this level, which grants, use by day, who shares an employee id", async () => {
  const { db, connection } = await used();
  const mara = (await getUser(db, connection, "3", NOW))!;
  assert.equal(mara.levelReason, "Job Admin, because of 4 grants, and not a Site Admin.");
  assert.deepEqual(
    mara.grantList.map(({ kind, id }) => [kind, id]),
    [
      ["job", "1000"],
      ["job", "1001"],
      ["job", "1002"],
      ["future_job", "2000"],
    ],
  );
  assert.deepEqual(mara.sharing, [{ user: { id: "4", name: "Søren Ådeyemi" }, what: "employeeId" }]);
  assert.deepEqual(mara.addresses, [
    { email: "u3@example.com", confirmed: true },
    { email: "Mara@Home.example", confirmed: false },
  ]);
  assert.equal(mara.useByDay.length, 92);
  assert.deepEqual(
    mara.useByDay.filter(({ deeds }) => deeds !== 0),
    [
      {
        day: "2026-10-13",
        covered: "all",
        people: 1,
        deeds: 1,
        kinds: { viewed: 1, changed: 0, acted: 0, other: 0 },
        recruiting: null,
      },
    ],
  );
  assert.equal(await getUser(db, connection, "404", NOW), null);
  assert.equal(await getUser(db, connection, "no id", NOW), null);
});

test("as of an earlier time the list stands as it stood; before the first listing it isn't known", async () => {
  const aldermoor = await company(await account());
  const { account: acme, db, connection } = aldermoor;
  const before = acme.now;
  await acme.list("users", [
    user(1, { siteAdmin: true, name: "Ada" }),
    user(2, { name: "Bo" }),
    user(3, { name: "Cy" }),
  ]);
  const then = acme.now;
  await acme.list("users", [
    user(1, { siteAdmin: true, name: "Ada" }),
    user(2, { name: "Bo Renamed", deactivated: true }),
    user(3, { name: "Cy" }),
  ]);
  const ask = (query: UserQuery) => listUsers(db, connection, { ...query, asOf: then }, NOW);
  const whole = await ask({});
  assert.deepEqual(
    whole.items.map(({ name, status }) => [name, status]),
    [
      ["Ada", "active"],
      ["Bo", "active"],
      ["Cy", "active"],
    ],
  );
  assert.equal(whole.stamp.asOf, new Date(then).toISOString());
  assert.equal(whole.stamp.listing!.completedAt, new Date(then).toISOString());
  assert.deepEqual((await ask({ search: "renamed" })).items, []);
  assert.deepEqual(
    (await ask({ search: "bo" })).items.map(({ id }) => id),
    ["2"],
  );
  const first = await ask({ limit: 2 });
  assert.deepEqual(
    (await ask({ limit: 2, cursor: first.nextCursor })).items.map(({ id }) => id),
    ["3"],
  );
  await assert.rejects(ask({ license: ["unused"] }), QueryRefused);
  await assert.rejects(ask({ sort: "name" }), /by ID/);
  await assert.rejects(ask({ descending: true }), /by ID/);
  await assert.rejects(listUsers(db, connection, { asOf: NOW + 1 }, NOW), /has not come yet/);
  await assert.rejects(listUsers(db, connection, { asOf: before }, NOW), NotKnownThen);
});
