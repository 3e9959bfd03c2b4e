import assert from "node:assert/strict";
import { test } from "node:test";
import type { GrantQuery } from "../model/query.ts";
import { countPresent } from "../store/listings/listed.ts";
import { accounts, futureGrant, jobGrant, user } from "../store/listings/listing-testing.ts";
import { InvalidCursor, NotKnownThen, QueryRefused } from "./errors.ts";
import { listGrants } from "./grants.ts";
import { listRoles } from "./roles.ts";
import { alive, type Company, company, deed, NOW, whole } from "./testing.ts";
import type { GrantView } from "./types.ts";
import { listUsers } from "./users.ts";

const account = accounts();

let made: Promise<Company> | undefined;
/** For tests that only read. */
const shared = () => (made ??= listed());

async function listed(): Promise<Company> {
  const aldermoor = await company(await account());
  await aldermoor.list();
  return aldermoor;
}

/** `1000` for a grant, `admin 1` for a Site Admin. */
const short = ({ id, user }: GrantView) => id ?? `admin ${user.id}`;
const OF_JOBS = ["1000", "1001", "1002", "1003", "1004"];
const RULES = ["2000", "2001", "2002"];

const queries: [name: string, query: GrantQuery, found: string[], total?: number | null][] = [
  ["nothing: all", {}, [...OF_JOBS, ...RULES]],
  ["a user", { user: "3" }, ["1000", "1001", "1002", "2000"]],
  ["a role", { role: "10" }, ["1000", "1002", "1004", "2000", "2001"]],
  ["a role and one kind", { role: "10", kind: ["future_job"] }, ["2000", "2001"], null],
  ["future-job rules", { kind: ["future_job"] }, RULES],
  ["made by a rule", { made: ["by_rule"] }, ["1001"], null],
  ["made by hand", { made: ["by_hand"] }, ["1000"], null],
  [
    "made by hand or not told how, and jobs",
    { made: ["not_told", "by_hand"], kind: ["job"] },
    ["1000", "1002", "1003", "1004"],
    null,
  ],
  ["made in any way", { made: ["by_hand", "by_rule", "not_told", "by_hand"] }, [...OF_JOBS, ...RULES], null],
  ["made in no way", { made: [] }, [], null],
  ["not told how", { made: ["not_told"], user: "3" }, ["1002", "2000"]],
  ["closed jobs", { jobStatus: ["closed"] }, ["1001"], null],
  ["deactivated users", { userStatus: ["deactivated"] }, ["1004"]],
  ["agencies", { agency: true }, ["1003", "2001"]],
  ["no agencies, and closed jobs", { agency: false, jobStatus: ["closed"] }, ["1001"], null],
  ["a user and closed jobs", { user: "3", jobStatus: ["closed"] }, ["1001"]],
  ["a role and agencies", { role: "10", agency: true }, ["2001"], null],
  ["rules for every future job", { everyFutureJob: true }, ["2002"]],
  ["these, of active users", { everyFutureJob: true, userStatus: ["active"] }, ["2002"]],
  ["all but these", { everyFutureJob: false }, [...OF_JOBS, "2000", "2001"], null],
  ["a job and rules for every one", { job: "100", everyFutureJob: true }, ["2002"]],
  [
    "a job: Site Admins, grants, and the rules that fit",
    { job: "100" },
    ["admin 1", "admin 9", "admin 2", "1000", "1003", "1004", "2000", "2002"],
  ],
  ["a confidential job: no Site Admins", { job: "102" }, ["1002", "2000", "2002"]],
  ["a job that no list has", { job: "555" }, ["admin 1", "admin 9", "admin 2", "2002"]],
  ["a job and a user", { job: "100", user: "3" }, ["1000", "2000"]],
  ["a job and a kind", { job: "100", kind: ["job"] }, ["1000", "1003", "1004"]],
  ["a job and agencies", { job: "100", agency: true }, ["1003"]],
  ["a job and a role", { job: "100", role: "99" }, ["1003"]],
];
for (const [name, query, found, total = found.length] of queries) {
  test(`grants that fit ${name}`, async () => {
    const { db, connection } = await shared();
    const answer = await listGrants(db, connection, query, NOW);
    assert.deepEqual(answer.items.map(short), found);
    assert.equal(answer.total, total);
  });

  test(`grants that fit ${name}, one a page`, async () => {
    const { db, connection } = await shared();
    const paged: string[] = [];
    let cursor: string | null = null;
    do {
      const page: Awaited<ReturnType<typeof listGrants>> = await listGrants(
        db,
        connection,
        { ...query, limit: 1, cursor },
        NOW,
      );
      paged.push(...page.items.map(short));
      cursor = page.nextCursor;
    } while (cursor && paged.length < 50);
    assert.deepEqual(paged.sort(), [...found].sort());
  });
}

test("a grant tells who, which role, on what, how and since when, and unknown ids keep their place", async () => {
  const aldermoor = await listed();
  await aldermoor.read([deed(3, 2)], whole(93));
  const { db, connection } = aldermoor;
  const { items } = await listGrants(db, connection, {}, NOW);
  const grant = (id: string) => items.find((each) => each.id === id)!;
  assert.deepEqual(
    { ...grant("1001"), seenSince: null, user: grant("1001").user.name },
    {
      kind: "job",
      id: "1001",
      user: "Mara Quill",
      role: { id: "11", name: "Private" },
      job: { id: "101", name: "Job 101", status: "closed", confidential: false },
      department: null,
      office: null,
      made: "by_rule",
      since: null,
      seenSince: null,
      lastUsed: new Date(NOW - 2 * 86_400_000).toISOString().replace(/T.*/, "T11:00:00.000Z"),
      lastUsedBy: "audit_log",
    },
  );
  assert.deepEqual(grant("1003").role, { id: "99", name: null });
  assert.equal(grant("1004").user.status, "deactivated");
  assert.deepEqual(
    [grant("2000").department, grant("2000").office],
    [
      { id: "50", name: "Engineering" },
      { id: "60", name: "Zürich" },
    ],
  );
  assert.deepEqual(
    [grant("2002").department, grant("2002").office, grant("2002").role],
    ["every", "every", null],
  );
  assert.deepEqual(grant("2001").department, { id: "51", name: null });
});

test("a cursor belongs to its list", async () => {
  const { db, connection } = await shared();
  const { nextCursor } = await listGrants(db, connection, { limit: 1 }, NOW);
  for (const other of [
    { role: "10" },
    { job: "100" },
    { kind: ["job" as const] },
    { userStatus: ["active" as const] },
  ]) {
    await assert.rejects(listGrants(db, connection, { ...other, cursor: nextCursor }, NOW), InvalidCursor);
  }
});

test("a grant whose holder no list of users has is counted as it is listed, until one has them and then", async () => {
  const { account: acme, db, connection } = await listed();
  const before = [1000, 1001, 1002].map((id) => jobGrant(id, { userId: "3", jobId: "100" }));
  await acme.list("job_grants", [...before, jobGrant(1006, { userId: "77", jobId: "100" })]);
  await acme.list("future_job_grants", [
    futureGrant(2000, { userId: "3" }),
    futureGrant(2003, { userId: "78" }),
  ]);
  const totals = async (query: GrantQuery) => {
    const { items, total } = await listGrants(db, connection, query, NOW);
    return [items.length, total, items.filter(({ user }) => user.id > "70").length];
  };
  const present = (stream: "job_grants" | "future_job_grants") => countPresent(db, connection.id, stream);
  for (const known of [false, true]) {
    if (known) await acme.list("users", [user(77), user(78)], { end: false });
    assert.deepEqual(await totals({}), [6, 6, 2]);
    assert.deepEqual(await totals({ kind: ["job"] }), [4, 4, 1]);
    assert.deepEqual(await totals({ userStatus: ["active"] }), known ? [6, 6, 2] : [4, 4, 0]);
    assert.deepEqual([await present("job_grants"), await present("future_job_grants")], [4, 2]);
  }
});

test("as of an earlier time, grants that have gone since are there", async () => {
  const aldermoor = await listed();
  const { account: acme, db, connection } = aldermoor;
  const then = acme.now;
  await acme.list("job_grants", [
    ...["1000", "1001", "1002"].map((id) => jobGrant(id, { userId: "3", roleId: "10", jobId: "100" })),
    jobGrant(1003, { userId: "4", roleId: "99", jobId: "100" }),
    jobGrant(1005, { userId: "5", roleId: "10", jobId: "100" }),
  ]);
  const ask = async (query: GrantQuery) => (await listGrants(db, connection, query, NOW)).items.map(short);
  assert.deepEqual(await ask({ job: "100", kind: ["job"] }), ["1000", "1001", "1002", "1003", "1005"]);
  assert.deepEqual(await ask({ job: "100", asOf: then }), ["1000", "1003", "1004"]);
  assert.deepEqual(await ask({ user: "6", asOf: then }), ["1004"]);
  assert.deepEqual(await ask({ made: ["by_rule"], asOf: then }), ["1001"]);
  const first = await listGrants(db, connection, { asOf: then, limit: 6 }, NOW);
  assert.deepEqual(await ask({ asOf: then, limit: 6, cursor: first.nextCursor }), ["2001", "2002"]);
  await assert.rejects(ask({ asOf: then, agency: true }), QueryRefused);
  await assert.rejects(ask({ asOf: 5 }), NotKnownThen);
});

test("as of an earlier time, holders and jobs are what they were then, and nothing is said of their use", async () => {
  const aldermoor = await listed();
  const { account: acme, db, connection } = aldermoor;
  const then = acme.now;
  await acme.list("users", [user(4, { siteAdmin: true, email: null }), user(6)]);
  await acme.list("jobs", [
    { id: "100", name: "Job 100", status: "closed", confidential: true, departmentId: null, officeIds: [] },
  ]);
  await acme.levels();
  await aldermoor.read(alive(93), whole(93));
  const told = async (query: GrantQuery) => {
    const { items } = await listGrants(db, connection, { job: "100", kind: ["job"], ...query }, NOW);
    return items.map(({ user, job }) => [
      user.status,
      user.level,
      user.email,
      job!.status,
      job!.confidential,
    ]);
  };
  assert.deepEqual(await told({}), [
    ["active", "job_admin", "u3@example.com", "closed", true],
    ["active", "site_admin", null, "closed", true],
    ["active", "job_admin", "u6@example.com", "closed", true],
  ]);
  assert.deepEqual(await told({ asOf: then }), [
    ["active", "job_admin", "u3@example.com", "open", false],
    ["active", "job_admin", "u4@example.com", "open", false],
    ["deactivated", "job_admin", "u6@example.com", "open", false],
  ]);
  const { items } = await listGrants(db, connection, { asOf: then }, NOW);
  const uses = new Set(items.map(({ user }) => JSON.stringify(user.usage)));
  const unknown = { state: "unknown", reason: "not told as of an earlier time", since: null };
  assert.deepEqual([...uses], [JSON.stringify(unknown)]);
});

test("use of who holds a grant is what the list of users says of them", async () => {
  const aldermoor = await listed();
  await aldermoor.read([...alive(93), deed(2, 3)], whole(93));
  const { db } = aldermoor;
  const windows = [{ level: null, role: "10", days: 120 }];
  const connection = { ...aldermoor.connection, settings: { ...aldermoor.connection.settings, windows } };
  const { items: users } = await listUsers(db, connection, {}, NOW);
  const { items } = await listGrants(db, connection, { job: "100" }, NOW);
  for (const { user, lastUsed } of items) {
    const { usage, lastUsed: newest } = users.find(({ id }) => id === user.id)!;
    assert.deepEqual(user.usage, { state: usage.state, reason: usage.reason, since: usage.since });
    assert.equal(lastUsed, newest?.at ?? null);
  }
  assert.deepEqual(
    items.map(({ user }) => `${user.id} ${user.usage.reason}`),
    [
      "1 none since 22 Aug",
      "9 none since 22 Aug",
      "2 last used 20 Nov",
      ...["3", "4", "6", "3"].map((id) => `${id} only 92 of 120 days covered, known from 21 Dec`),
      "7 too new (created 18 Nov)",
    ],
  );
});

test("roles are listed with who holds them; one that grants name and no list has stands among them", async () => {
  const { db, connection } = await shared();
  const { items, total, stamp } = await listRoles(db, connection, {}, NOW);
  assert.equal(total, 4);
  assert.deepEqual([stamp.listing?.run, stamp.grantsListing?.run], [2, 6], "of roles and of grants");
  assert.deepEqual(
    items.map(({ id, name, type, inList, users, grants }) => [id, name, type, inList, users, grants]),
    [
      ["12", "Nobody's", "job_admin", true, 0, 0],
      ["11", "Private", "job_admin", true, 1, 1],
      ["10", "Standard", "job_admin", true, 3, 5],
      ["99", null, null, false, 1, 1],
    ],
  );
  for (const [inList, ids] of [
    [true, ["12", "11", "10"]],
    [false, ["99"]],
  ] as const) {
    const some = await listRoles(db, connection, { inList }, NOW);
    assert.deepEqual(
      [some.items.map(({ id }) => id), some.total],
      [ids, ids.length],
      `in the list: ${inList}`,
    );
  }
  const first = await listRoles(db, connection, { limit: 3 }, NOW);
  const second = await listRoles(db, connection, { limit: 3, cursor: first.nextCursor }, NOW);
  assert.deepEqual([...first.items, ...second.items], items);
  assert.equal(second.nextCursor, null);
  assert.deepEqual(
    (await listRoles(db, connection, { search: "STAND" }, NOW)).items.map(({ id }) => id),
    ["10"],
  );
  assert.deepEqual(
    (await listRoles(db, connection, { search: "99" }, NOW)).items.map(({ id }) => id),
    ["99"],
  );
});

test("the role of Site Admins says how many there are, who need no grants", async () => {
  const aldermoor = await company(await account());
  await aldermoor.list();
  await aldermoor.account.list("roles", [{ id: "20", name: "Site Admin", type: "site_admin" }]);
  const { items } = await listRoles(aldermoor.db, aldermoor.connection, { search: "site admin" }, NOW);
  const told = items.map(({ id, users, grants }) => [id, users, grants]);
  assert.deepEqual(told, [["20", 2, "all jobs"]]);
});

test("while grants were never read, who holds a role is not known", async () => {
  const aldermoor = await company(await account());
  await aldermoor.account.list("roles", [{ id: "10", name: "Standard", type: "job_admin" }]);
  const { items } = await listRoles(aldermoor.db, aldermoor.connection, {}, NOW);
  assert.deepEqual([items[0]!.users, items[0]!.grants], [null, null]);
});
