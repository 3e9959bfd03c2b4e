import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";
import { sql } from "kysely";
import type { RecordOf } from "../../model/records.ts";
import type { ListStream } from "../../model/stream.ts";
import { LONGEST_ADDRESS, LONGEST_EMPLOYEE_ID } from "../../model/text.ts";
import { accounts, futureGrant, jobGrant, role, user } from "./listing-testing.ts";
import { beginListing, markAbsentExcept, storedRows } from "./listings.ts";

const BIG = "9007199254740993";

const account = accounts();
const roles = (...ids: number[]) => ids.map((id) => role(id));
const upTo = (n: number) => Array.from({ length: n }, (_, i) => i + 1);

const everything: { [S in ListStream]: RecordOf[S] } = {
  users: user(BIG, {
    emails: ["a@x", "b@x"],
    employeeId: "e",
    jobTitle: "j",
    siteAdmin: true,
    serviceAccount: true,
    agencyId: BIG,
    departmentIds: ["2", BIG],
    officeIds: ["3"],
    createdAt: 1,
    updatedAt: 2,
  }),
  user_emails: { id: BIG, userId: BIG, email: "a@x", verified: true },
  roles: { id: BIG, name: "n", type: "something new" },
  departments: { id: BIG, name: "n", parentId: BIG, externalId: "x" },
  offices: { id: BIG, name: "n", parentId: BIG, externalId: "x", location: "l" },
  jobs: { id: BIG, name: "n", status: "open", confidential: true, departmentId: BIG, officeIds: [BIG] },
  job_grants: jobGrant(BIG, { userId: BIG, roleId: BIG, jobId: BIG, automated: false, createdAt: 3 }),
  future_job_grants: futureGrant(BIG, { userId: BIG, departmentId: BIG, officeId: BIG, createdAt: 3 }),
};
const bare: { [S in ListStream]: RecordOf[S] } = {
  users: user("1", { name: null, email: null, emails: [] }),
  user_emails: { id: "1", userId: "1", email: "", verified: false },
  roles: { id: "1", name: null, type: null },
  departments: { id: "1", name: null, parentId: null, externalId: null },
  offices: { id: "1", name: null, parentId: null, externalId: null, location: null },
  jobs: { id: "1", name: null, status: null, confidential: null, departmentId: null, officeIds: [] },
  job_grants: jobGrant("1", { roleId: null }),
  future_job_grants: futureGrant("1", { roleId: null }),
};

/** Longer than what an index of PostgreSQL can hold, and not to be compressed. */
const LONG = randomBytes(6_000).toString("base64");
const long: { [S in ListStream]: RecordOf[S] } = {
  users: user("2", { name: LONG, employeeId: LONG.slice(0, LONGEST_EMPLOYEE_ID), jobTitle: LONG }),
  user_emails: { id: "2", userId: "2", email: LONG.slice(0, LONGEST_ADDRESS), verified: true },
  roles: { id: "2", name: LONG, type: LONG },
  departments: { id: "2", name: LONG, parentId: null, externalId: LONG },
  offices: { id: "2", name: LONG, parentId: null, externalId: LONG, location: LONG },
  jobs: { id: "2", name: LONG, status: LONG, confidential: null, departmentId: null, officeIds: [] },
  job_grants: jobGrant("2"),
  future_job_grants: futureGrant("2"),
};

for (const stream of Object.keys(everything) as ListStream[]) {
  test(`${stream}: a record read back equals the one stored, and an equal listing changes nothing`, async () => {
    const acme = await account();
    const records = [everything[stream], bare[stream], long[stream]] as RecordOf[typeof stream][];
    await acme.list(stream, records);
    const covers = { by: "ids", from: "0", to: null } as const;
    const stored = await storedRows(acme.store.read, acme.connection, stream, covers, []);
    assert.deepEqual(
      stored.map((row) => row.record),
      records.toSorted((a, b) => Number(BigInt(a.id) - BigInt(b.id))),
    );
    const ledger = await acme.ledger();
    const again = await acme.list(stream, records);
    assert.deepEqual(again, { added: 0, changed: 0, removed: 0, held: false });
    assert.deepEqual(await acme.ledger(), ledger);
  });
}

const covered: [string, Parameters<typeof storedRows>[3], string[], string[]][] = [
  ["a range of ids, its end excluded", { by: "ids", from: "2", to: "4" }, [], ["2", "3"]],
  ["a range without an end", { by: "ids", from: "3", to: null }, [], ["3", "4"]],
  ["ids beside the range", { by: "ids", from: "3", to: "4" }, ["1", "3", "99"], ["1", "3"]],
  ["nothing but ids", { by: "nothing" }, ["2"], ["2"]],
  ["a user", { by: "user", userId: "8" }, [], ["4"]],
  ["a removed row only by its id", { by: "ids", from: "5", to: "7" }, ["6"], ["6"]],
];

for (const [name, covers, ids, expected] of covered) {
  test(`a page is compared with ${name}`, async () => {
    const acme = await account();
    const grants = [1, 2, 3].map((id) => jobGrant(id)).concat(jobGrant(4, { userId: "8" }));
    await acme.list("job_grants", [...grants, jobGrant(5), jobGrant(6)]);
    await acme.list("job_grants", grants);
    const rows = await storedRows(acme.store.read, acme.connection, "job_grants", covers, ids);
    assert.deepEqual(rows.map((row) => row.record.id).sort(), expected);
  });
}

test("the first complete listing is one entry, however often it was begun", async () => {
  const acme = await account();
  await acme.list("roles", roles(1, 2), { end: false });
  await acme.list("roles", [role(1, "renamed"), role(3)]);
  assert.deepEqual(await acme.ledger(), ['baseline roles null: null → {"rows":2}']);
  assert.deepEqual(await acme.states("roles"), { 1: "present", 2: "removed", 3: "present" });
});

test("from then on every difference is an entry, with who, what, and between which listings", async () => {
  const acme = await account();
  await acme.list("users", [user(1), user(2), user(3)]);
  const first = acme.now;
  await acme.list("users", [user(1, { name: "Ann", jobTitle: "Boss" }), user(2), user(4)]);
  const before = { name: "User 1", jobTitle: null };
  assert.deepEqual(await acme.ledger(), [
    'baseline users null: null → {"rows":3}',
    `added users 4: null → ${JSON.stringify(user(4))}`,
    `changed users 1: ${JSON.stringify(before)} → {"name":"Ann","jobTitle":"Boss"}`,
    `removed users 3: ${JSON.stringify(user(3))} → null`,
  ]);
  const rows = await acme.store.read
    .selectFrom("change")
    .where("connection", "=", acme.connection)
    .selectAll()
    .where("kind", "<>", "baseline")
    .execute();
  for (const row of rows) {
    assert.deepEqual(
      [row.run, row.after_at, row.seen_at, row.user_id],
      [acme.run, first, acme.now, row.row_id],
    );
  }
});

test("changes and listings share one order", async () => {
  const acme = await account();
  await acme.list("roles", roles(1));
  await acme.list("offices", []);
  await acme.list("roles", roles(1, 2));
  const changes = await acme.store.read
    .selectFrom("change")
    .where("connection", "=", acme.connection)
    .select("seq")
    .orderBy("seq")
    .execute();
  const listings = await acme.store.read
    .selectFrom("listing")
    .where("connection", "=", acme.connection)
    .select("seq")
    .orderBy("seq")
    .execute();
  assert.deepEqual(
    [changes.map((row) => row.seq), listings.map((row) => row.seq)],
    [
      [1, 3, 5],
      [2, 4, 6],
    ],
  );
});

test("a user who is not returned is missing since then, and comes back with an entry", async () => {
  const acme = await account();
  await acme.list("users", [user(1), user(2)]);
  await acme.list("users", [user(1), user(2, { deactivated: true })]);
  const since = acme.now;
  const row = () =>
    acme.store.read
      .selectFrom("user")
      .where("connection", "=", acme.connection)
      .select(["status", "status_since_at", "state", "gone_at"])
      .where("user_id", "=", "2")
      .executeTakeFirstOrThrow();
  assert.deepEqual(await row(), {
    status: "deactivated",
    status_since_at: since,
    state: "present",
    gone_at: null,
  });
  await acme.list("users", [user(1)]);
  const gone = acme.now;
  assert.deepEqual(await row(), {
    status: "missing",
    status_since_at: gone,
    state: "removed",
    gone_at: gone,
  });
  await acme.list("users", [user(1), user(2)]);
  assert.deepEqual(await row(), {
    status: "active",
    status_since_at: acme.now,
    state: "present",
    gone_at: null,
  });
  assert.deepEqual(
    (await acme.ledger()).slice(1).map((entry) => entry.split(":")[0]),
    ["changed users 2", "removed users 2", "returned users 2"],
  );
});

test("another value doesn't move the time since when somebody has the status", async () => {
  const acme = await account();
  await acme.list("users", [user(1)]);
  await acme.list("users", [user(1), user(2)]);
  const since = acme.now;
  await acme.list("users", [user(1), user(2, { name: "Bo" })]);
  const rows = await acme.store.read
    .selectFrom("user")
    .where("connection", "=", acme.connection)
    .select(["user_id", "status_since_at"])
    .execute();
  assert.deepEqual(rows, [
    { user_id: "1", status_since_at: null },
    { user_id: "2", status_since_at: since },
  ]);
});

test("who is of a department or an office changes with each listing", async () => {
  const acme = await account();
  const at = (departments: string[], offices: string[]) => ({
    departmentIds: departments,
    officeIds: offices,
  });
  await acme.list("users", [user(1, at(["50", "51"], [])), user(2, at(["50"], ["60"]))]);
  await acme.list("users", [user(1, at(["51", "52"], ["60"]))]);
  const departments = () =>
    acme.store.read
      .selectFrom("user_department")
      .where("connection", "=", acme.connection)
      .select(["department_id", "user_id"])
      .orderBy("user_id")
      .orderBy("department_id")
      .execute();
  const of = (user_id: string, ...ids: string[]) => ids.map((department_id) => ({ department_id, user_id }));
  assert.deepEqual(
    await departments(),
    [...of("1", "51", "52"), ...of("2", "50")],
    "who is missing was there",
  );
  await acme.list("users", [user(1, at(["52", "52"], [])), user(2, at(["53"], []))]);
  assert.deepEqual(await departments(), [...of("1", "52"), ...of("2", "53")]);
  const { rows } = await sql`select 1 from user_office where connection = ${acme.connection}`.execute(
    acme.store.read,
  );
  assert.deepEqual(rows, []);
  const known = await acme.store.read
    .selectFrom("user_address")
    .select(["address", "user_id"])
    .where("connection", "=", acme.connection)
    .orderBy("user_id")
    .execute();
  assert.deepEqual(
    known.map(({ user_id }) => user_id),
    ["1", "2"],
  );
});

test("after the viewer changed, what is absent is not visible, and nobody is missing", async () => {
  const acme = await account();
  await acme.list(
    "users",
    upTo(9).map((id) => user(id)),
  );
  acme.viewerVersion++;
  await acme.list(
    "users",
    upTo(8).map((id) => user(id)),
  );
  assert.equal((await acme.states("users"))[9], "not_visible");
  const row = await acme.store.read
    .selectFrom("user")
    .where("connection", "=", acme.connection)
    .select("status")
    .where("user_id", "=", "9")
    .executeTakeFirst();
  assert.equal(row?.status, "active");
  assert.match((await acme.ledger()).at(-1)!, /^not_visible users 9:/);
  await acme.list(
    "users",
    upTo(7).map((id) => user(id)),
  );
  assert.equal((await acme.states("users"))[8], "removed");
});

test("beside a record whose id can't be read nothing is taken for absent", async () => {
  const acme = await account();
  await acme.list("roles", roles(1, 2));
  assert.deepEqual(await acme.list("roles", roles(1), { blind: true }), {
    added: 0,
    changed: 0,
    removed: 0,
    held: false,
  });
  assert.deepEqual(await acme.states("roles"), { 1: "present", 2: "present" });
});

test("a listing in no order speaks only at its end", async () => {
  const acme = await account();
  await acme.list("roles", roles(1, 2, 3));
  await acme.store.write((tx) => markAbsentExcept(tx, acme.connection, "roles", new Set(["3", "1"])));
  const absent = await acme.store.read
    .selectFrom("absent")
    .where("connection", "=", acme.connection)
    .select("row_id")
    .execute();
  assert.deepEqual(absent, [{ row_id: "2" }]);
});

test("a listing that starts over forgets what the first attempt lacked", async () => {
  const acme = await account();
  await acme.list("roles", roles(1, 2));
  await acme.list("roles", roles(1), { end: false });
  await acme.store.write((tx) => beginListing(tx, acme.connection, "roles"));
  assert.deepEqual(
    await acme.store.read
      .selectFrom("absent")
      .where("connection", "=", acme.connection)
      .selectAll()
      .execute(),
    [],
  );
});
