import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import type { RecordOf } from "../model/records.ts";
import type { ListStream } from "../model/stream.ts";
import { Account, futureGrant, jobGrant, MINUTE, role, user } from "./listing-testing.ts";
import {
  acceptHeld,
  applyPage,
  beginListing,
  heldIds,
  heldListing,
  lastListing,
  markAbsentExcept,
  storedRows,
} from "./listings.ts";
import { testStore } from "./testing.ts";

const BIG = "9007199254740993";

async function account(t: TestContext): Promise<Account> {
  return new Account(await testStore(t));
}
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

for (const stream of Object.keys(everything) as ListStream[]) {
  test(`${stream}: a record read back equals the one stored, and an equal listing changes nothing`, async (t) => {
    const acme = await account(t);
    const records = [everything[stream], bare[stream]] as RecordOf[typeof stream][];
    await acme.list(stream, records);
    const covers = { by: "ids", from: "0", to: null } as const;
    const stored = await storedRows(acme.store.read, 1, stream, covers, []);
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
  test(`a page is compared with ${name}`, async (t) => {
    const acme = await account(t);
    const grants = [1, 2, 3].map((id) => jobGrant(id)).concat(jobGrant(4, { userId: "8" }));
    await acme.list("job_grants", [...grants, jobGrant(5), jobGrant(6)]);
    await acme.list("job_grants", grants);
    const rows = await storedRows(acme.store.read, 1, "job_grants", covers, ids);
    assert.deepEqual(rows.map((row) => row.record.id).sort(), expected);
  });
}

test("the first complete listing is one entry, however often it was begun", async (t) => {
  const acme = await account(t);
  await acme.list("roles", roles(1, 2), { end: false });
  await acme.list("roles", [role(1, "renamed"), role(3)]);
  assert.deepEqual(await acme.ledger(), ['baseline roles null: null → {"rows":2}']);
  assert.deepEqual(await acme.states("roles"), { 1: "present", 2: "removed", 3: "present" });
});

test("from then on every difference is an entry, with who, what, and between which listings", async (t) => {
  const acme = await account(t);
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

test("changes and listings share one order", async (t) => {
  const acme = await account(t);
  await acme.list("roles", roles(1));
  await acme.list("offices", []);
  await acme.list("roles", roles(1, 2));
  const changes = await acme.store.read.selectFrom("change").select("seq").orderBy("seq").execute();
  const listings = await acme.store.read.selectFrom("listing").select("seq").orderBy("seq").execute();
  assert.deepEqual(
    [changes.map((row) => row.seq), listings.map((row) => row.seq)],
    [
      [1, 3, 5],
      [2, 4, 6],
    ],
  );
});

test("a user who is not returned is missing since then, and comes back with an entry", async (t) => {
  const acme = await account(t);
  await acme.list("users", [user(1), user(2)]);
  await acme.list("users", [user(1), user(2, { deactivated: true })]);
  const since = acme.now;
  const row = () =>
    acme.store.read
      .selectFrom("user")
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

test("another value doesn't move the time since when somebody has the status", async (t) => {
  const acme = await account(t);
  await acme.list("users", [user(1)]);
  await acme.list("users", [user(1), user(2)]);
  const since = acme.now;
  await acme.list("users", [user(1), user(2, { name: "Bo" })]);
  const rows = await acme.store.read.selectFrom("user").select(["user_id", "status_since_at"]).execute();
  assert.deepEqual(rows, [
    { user_id: "1", status_since_at: null },
    { user_id: "2", status_since_at: since },
  ]);
});

test("after the viewer changed, what is absent is not visible, and nobody is missing", async (t) => {
  const acme = await account(t);
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

test("beside a record whose id can't be read nothing is taken for absent", async (t) => {
  const acme = await account(t);
  await acme.list("roles", roles(1, 2));
  assert.deepEqual(await acme.list("roles", roles(1), { blind: true }), {
    added: 0,
    changed: 0,
    removed: 0,
    held: false,
  });
  assert.deepEqual(await acme.states("roles"), { 1: "present", 2: "present" });
});

test("a large loss is held: the rows stay, and so does the proof of the last good listing", async (t) => {
  const acme = await account(t);
  await acme.list("roles", roles(...upTo(20)));
  const proof = await lastListing(acme.store.read, 1, "roles");
  assert.deepEqual(await acme.list("roles", roles(...upTo(12))), {
    added: 0,
    changed: 0,
    removed: 0,
    held: true,
  });
  assert.deepEqual(await lastListing(acme.store.read, 1, "roles"), proof);
  assert.equal(Object.values(await acme.states("roles")).filter((state) => state === "present").length, 20);
  const held = await heldListing(acme.store.read, 1, "roles");
  assert.deepEqual(held, {
    stream: "roles",
    run: acme.run,
    since: acme.now,
    rowsBefore: 20,
    rowsAbsent: 8,
    listed: 12,
    lastSeenAt: acme.now,
    needsPerson: false,
  });
  assert.deepEqual(await heldIds(acme.store.read, 1, "roles", 3), ["13", "14", "15"]);
});

test("a later listing that agrees lets the held rows go", async (t) => {
  const acme = await account(t);
  await acme.list("roles", roles(...upTo(20)));
  await acme.list("roles", roles(...upTo(12)));
  assert.equal((await acme.list("roles", roles(...upTo(12)), { later: 9 * MINUTE })).held, true);
  assert.deepEqual(await acme.list("roles", roles(...upTo(11)), { later: MINUTE }), {
    added: 0,
    changed: 0,
    removed: 9,
    held: false,
  });
  assert.equal(await heldListing(acme.store.read, 1, "roles"), null);
});

test("what came back is no longer held, and another loss is held anew", async (t) => {
  const acme = await account(t);
  await acme.list("roles", roles(...upTo(20)));
  await acme.list("roles", roles(...upTo(12)));
  await acme.list("roles", roles(...upTo(20).slice(8)));
  assert.equal((await heldListing(acme.store.read, 1, "roles"))?.since, acme.now);
  assert.equal((await acme.list("roles", roles(...upTo(20)))).held, false);
  assert.equal(await heldListing(acme.store.read, 1, "roles"), null);
  assert.deepEqual(await heldIds(acme.store.read, 1, "roles", 9), []);
});

for (const [name, stream, before, after] of [
  ["users", "users", upTo(20).map((id) => user(id)), upTo(9).map((id) => user(id))],
  ["an empty listing", "roles", roles(1, 2, 3), []],
] as [string, ListStream, RecordOf[ListStream][], RecordOf[ListStream][]][]) {
  test(`${name}: a held loss waits for a person, who applies it`, async (t) => {
    const acme = await account(t);
    await acme.list(stream, before as never);
    await acme.list(stream, after as never);
    await acme.list(stream, after as never);
    assert.equal((await heldListing(acme.store.read, 1, stream))?.needsPerson, true);
    const lost = before.length - after.length;
    const ended = acme.now;
    const accepted = await acme.store.write((tx) => acceptHeld(tx, 1, stream, acme.now + 5));
    assert.deepEqual(accepted, { removed: lost });
    assert.equal(
      Object.values(await acme.states(stream)).filter((state) => state === "removed").length,
      lost,
    );
    assert.equal((await acme.ledger()).filter((entry) => entry.startsWith("removed")).length, lost);
    const proof = await lastListing(acme.store.read, 1, stream);
    assert.deepEqual([proof?.endedAt, proof?.rows], [ended, after.length]);
    assert.equal(await acme.store.write((tx) => acceptHeld(tx, 1, stream, acme.now)), null);
    assert.equal((await acme.list(stream, after as never)).held, false);
  });
}

test("accepted after the viewer had changed, rows are not visible", async (t) => {
  const acme = await account(t);
  await acme.list(
    "users",
    upTo(20).map((id) => user(id)),
  );
  acme.viewerVersion++;
  await acme.list("users", [user(1)]);
  await acme.store.write((tx) => acceptHeld(tx, 1, "users", acme.now));
  assert.equal((await acme.states("users"))[2], "not_visible");
});

test("a listing in no order speaks only at its end", async (t) => {
  const acme = await account(t);
  await acme.list("roles", roles(1, 2, 3));
  await acme.store.write((tx) => markAbsentExcept(tx, 1, "roles", ["3", "1"]));
  const absent = await acme.store.read.selectFrom("absent").select("row_id").execute();
  assert.deepEqual(absent, [{ row_id: "2" }]);
});

test("a listing that starts over forgets what the first attempt lacked", async (t) => {
  const acme = await account(t);
  await acme.list("roles", roles(1, 2));
  await acme.list("roles", roles(1), { end: false });
  await acme.store.write((tx) => beginListing(tx, 1, "roles"));
  assert.deepEqual(await acme.store.read.selectFrom("absent").selectAll().execute(), []);
});

async function counts(acme: Account) {
  const roleCounts = await acme.store.read
    .selectFrom("user_role")
    .selectAll()
    .orderBy("user_id")
    .orderBy("role_id")
    .execute();
  const users = await acme.store.read
    .selectFrom("user")
    .select(["user_id", "job_grants", "future_job_grants"])
    .execute();
  return {
    byRole: roleCounts.map((row) => `${row.user_id}/${row.role_id}: ${row.n}`),
    byUser: users.map((row) => `${row.user_id}: ${row.job_grants}+${row.future_job_grants}`),
  };
}

test("grants are counted by user and role through every kind of change", async (t) => {
  const acme = await account(t);
  await acme.list("users", [user(1), user(2)]);
  await acme.list("job_grants", [
    jobGrant(1),
    jobGrant(2),
    jobGrant(3, { roleId: null }),
    jobGrant(4, { userId: "2" }),
  ]);
  await acme.list("future_job_grants", [futureGrant(1)]);
  assert.deepEqual(await counts(acme), {
    byRole: ["1/0: 1", "1/10: 3", "2/10: 1"],
    byUser: ["1: 3+1", "2: 1+0"],
  });
  await acme.list("job_grants", [
    jobGrant(1, { roleId: "11" }),
    jobGrant(2, { userId: "2" }),
    jobGrant(4, { userId: "2" }),
    jobGrant(5),
  ]);
  assert.deepEqual(await counts(acme), {
    byRole: ["1/10: 2", "1/11: 1", "2/10: 2"],
    byUser: ["1: 2+1", "2: 2+0"],
  });
  await acme.list("job_grants", [
    jobGrant(1, { roleId: "11" }),
    jobGrant(3),
    jobGrant(4, { userId: "2" }),
    jobGrant(5),
  ]);
  assert.deepEqual(await counts(acme), {
    byRole: ["1/10: 3", "1/11: 1", "2/10: 1"],
    byUser: ["1: 3+1", "2: 1+0"],
  });
});

test("a user stored after the grants has their counts", async (t) => {
  const acme = await account(t);
  await acme.list("users", [user(1)]);
  await acme.list("job_grants", [jobGrant(1), jobGrant(2, { userId: "2" })]);
  await acme.list("users", [user(1), user(2)]);
  assert.deepEqual((await counts(acme)).byUser, ["1: 1+0", "2: 1+0"]);
});

test("a grant that moves to a user read later is not absent", async (t) => {
  const acme = await account(t);
  await acme.list("job_grants", [jobGrant(1), jobGrant(2)]);
  const page = { connection: 1, stream: "job_grants", run: 9, now: 9, after: 8, baseline: false } as const;
  const moved = jobGrant(1, { userId: "2" });
  await acme.store.write(async (tx) => {
    await applyPage(tx, page, [{ kind: "absent", id: "1", before: jobGrant(1), after: null }]);
    await applyPage(tx, { ...page, grantsOf: "2" }, [
      { kind: "update", id: "1", before: jobGrant(1), after: moved },
    ]);
  });
  assert.deepEqual(await acme.store.read.selectFrom("absent").selectAll().execute(), []);
});

const levels: [string, Parameters<typeof user>[1], boolean, boolean, boolean, string][] = [
  ["a Site Admin, grants not read", { siteAdmin: true }, false, false, false, "site_admin"],
  ["anybody else, grants not read", {}, false, false, false, "unknown"],
  ["somebody with a grant, future grants not read", {}, true, true, false, "unknown"],
  ["nobody's grant, both read", {}, false, true, true, "basic"],
  ["a job grant, both read", {}, true, true, true, "job_admin"],
  ["a deactivated user first seen with a grant", { deactivated: true }, true, true, true, "job_admin"],
  ["a deactivated Site Admin", { deactivated: true, siteAdmin: true }, false, true, true, "site_admin"],
];

for (const [name, facts, granted, jobsRead, futureRead, expected] of levels) {
  test(`level of ${name}: ${expected}`, async (t) => {
    const acme = await account(t);
    await acme.list("users", [user(1, facts)]);
    if (jobsRead) await acme.list("job_grants", granted ? [jobGrant(1)] : []);
    if (futureRead) await acme.list("future_job_grants", []);
    await acme.levels();
    const row = await acme.store.read.selectFrom("user").select("level").executeTakeFirstOrThrow();
    assert.equal(row.level, expected);
    assert.ok(
      (await acme.ledger()).every((entry) => entry.startsWith("baseline")),
      "the first derivation is no change",
    );
  });
}

test("a level that differs from the one derived before is an entry, once", async (t) => {
  const acme = await account(t);
  await acme.list("users", [user(1), user(2), user(3)]);
  await acme.list("job_grants", [jobGrant(1), jobGrant(2, { userId: "3" })]);
  await acme.list("future_job_grants", []);
  await acme.levels();
  const derived = acme.now;
  await acme.list("users", [user(1), user(2, { siteAdmin: true }), user(3, { deactivated: true })]);
  await acme.list("job_grants", []);
  await acme.list("job_grants", []);
  await acme.store.write((tx) => acceptHeld(tx, 1, "job_grants", acme.now));
  await acme.levels();
  await acme.levels();
  const entries = (await acme.ledger()).filter((entry) => entry.startsWith("level"));
  assert.deepEqual(entries, [
    'level users 1: {"level":"job_admin"} → {"level":"basic"}',
    'level users 2: {"level":"basic"} → {"level":"site_admin"}',
  ]);
  const row = await acme.store.read
    .selectFrom("user")
    .select("level")
    .where("user_id", "=", "3")
    .executeTakeFirst();
  assert.equal(row?.level, "job_admin", "somebody deactivated keeps the last one");
  const first = await acme.store.read
    .selectFrom("change")
    .select("after_at")
    .where("kind", "=", "level")
    .executeTakeFirst();
  assert.equal(first?.after_at, derived);
});

test("a loss of more rows than fit in one step is applied whole", async (t) => {
  const acme = await account(t);
  await acme.list(
    "job_grants",
    upTo(12_000).map((id) => jobGrant(id)),
  );
  const { removed } = await acme.list(
    "job_grants",
    upTo(10_900).map((id) => jobGrant(id)),
  );
  assert.equal(removed, 1100);
  assert.deepEqual((await counts(acme)).byRole, ["1/10: 10900"]);
});
