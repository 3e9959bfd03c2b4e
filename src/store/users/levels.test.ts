import assert from "node:assert/strict";
import { test } from "node:test";
import { type Account, accounts, futureGrant, jobGrant, user } from "../listings/listing-testing.ts";
import { acceptHeld, applyPage } from "../listings/listings.ts";

const account = accounts();
const upTo = (n: number) => Array.from({ length: n }, (_, i) => i + 1);

async function counts(acme: Account) {
  const roleCounts = await acme.store.read
    .selectFrom("user_role")
    .where("connection", "=", acme.connection)
    .selectAll()
    .orderBy("user_id")
    .orderBy("role_id")
    .execute();
  const users = await acme.store.read
    .selectFrom("user")
    .where("connection", "=", acme.connection)
    .select(["user_id", "job_grants", "future_job_grants"])
    .execute();
  return {
    byRole: roleCounts.map((row) => `${row.user_id}/${row.role_id}: ${row.n}`),
    byUser: users.map((row) => `${row.user_id}: ${row.job_grants}+${row.future_job_grants}`),
  };
}

test("grants are counted by user and role through every kind of change", async () => {
  const acme = await account();
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

test("a first listing that was begun twice is counted once, without what the second lacked", async () => {
  const acme = await account();
  await acme.list("users", [user(1)]);
  await acme.list("future_job_grants", [futureGrant(1)]);
  await acme.list("job_grants", [jobGrant(1), jobGrant(2)], { end: false });
  await acme.list("users", [user(1), user(2)]);
  await acme.list("job_grants", [jobGrant(2), jobGrant(3), jobGrant(4, { roleId: null })]);
  assert.deepEqual(await counts(acme), { byRole: ["1/0: 1", "1/10: 3"], byUser: ["1: 3+1", "2: 0+0"] });
});

test("a user stored after the grants has their counts", async () => {
  const acme = await account();
  await acme.list("users", [user(1)]);
  await acme.list("job_grants", [jobGrant(1), jobGrant(2, { userId: "2" })]);
  await acme.list("users", [user(1), user(2)]);
  assert.deepEqual((await counts(acme)).byUser, ["1: 1+0", "2: 1+0"]);
});

test("a grant that moves to a user read later is not absent", async () => {
  const acme = await account();
  await acme.list("job_grants", [jobGrant(1), jobGrant(2)]);
  const page = {
    connection: acme.connection,
    stream: "job_grants",
    run: 9,
    now: 9,
    after: 8,
    baseline: false,
  } as const;
  const moved = jobGrant(1, { userId: "2" });
  await acme.store.write(async (tx) => {
    await applyPage(tx, page, [{ kind: "absent", id: "1", before: jobGrant(1), after: null }]);
    await applyPage(tx, { ...page, grantsOf: "2" }, [
      { kind: "update", id: "1", before: jobGrant(1), after: moved },
    ]);
  });
  assert.deepEqual(
    await acme.store.read
      .selectFrom("absent")
      .where("connection", "=", acme.connection)
      .selectAll()
      .execute(),
    [],
  );
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
  test(`level of ${name}: ${expected}`, async () => {
    const acme = await account();
    await acme.list("users", [user(1, facts)]);
    if (jobsRead) await acme.list("job_grants", granted ? [jobGrant(1)] : []);
    if (futureRead) await acme.list("future_job_grants", []);
    await acme.levels();
    const row = await acme.store.read
      .selectFrom("user")
      .where("connection", "=", acme.connection)
      .select("level")
      .executeTakeFirstOrThrow();
    assert.equal(row.level, expected);
    assert.ok(
      (await acme.ledger()).every((entry) => entry.startsWith("baseline")),
      "the first derivation is no change",
    );
  });
}

test("a level that differs from the one derived before is an entry, once", async () => {
  const acme = await account();
  await acme.list("users", [user(1), user(2), user(3)]);
  await acme.list("job_grants", [jobGrant(1), jobGrant(2, { userId: "3" })]);
  const lastSeen = acme.now;
  await acme.list("future_job_grants", []);
  await acme.levels();
  await acme.list("users", [user(1), user(2, { siteAdmin: true }), user(3, { deactivated: true })]);
  await acme.list("job_grants", []);
  await acme.list("job_grants", []);
  await acme.store.write((tx) => acceptHeld(tx, acme.connection, "job_grants", acme.now));
  await acme.levels();
  await acme.levels();
  const entries = (await acme.ledger()).filter((entry) => entry.startsWith("level"));
  assert.deepEqual(entries, [
    'level users 1: {"level":"job_admin"} → {"level":"basic"}',
    'level users 2: {"level":"basic"} → {"level":"site_admin"}',
  ]);
  const row = await acme.store.read
    .selectFrom("user")
    .where("connection", "=", acme.connection)
    .select("level")
    .where("user_id", "=", "3")
    .executeTakeFirst();
  assert.equal(row?.level, "job_admin", "somebody deactivated keeps the last one");
  const first = await acme.store.read
    .selectFrom("change")
    .where("connection", "=", acme.connection)
    .select("after_at")
    .where("kind", "=", "level")
    .executeTakeFirst();
  assert.equal(first?.after_at, lastSeen, "the listing that still had the grant");
});

test("whoever holds only a grant that can't be read is a Job Admin, until it is gone", async () => {
  const acme = await account();
  const levelsNow = async () => {
    await acme.levels();
    const rows = await acme.store.read
      .selectFrom("user")
      .where("connection", "=", acme.connection)
      .select("level")
      .orderBy("user_id")
      .execute();
    return rows.map(({ level }) => level);
  };
  await acme.list("users", [user(1), user(2)]);
  await acme.list("job_grants", [], { unread: [{ id: "7", userId: "1" }] });
  await acme.list("future_job_grants", []);
  assert.deepEqual(await levelsNow(), ["job_admin", "basic"]);
  await acme.list("job_grants", [], { unread: [{ id: "7", userId: "2" }] });
  assert.deepEqual(await levelsNow(), ["basic", "job_admin"]);
  await acme.list("job_grants", []);
  assert.deepEqual(await levelsNow(), ["basic", "basic"]);
});

test("a loss of more rows than fit in one step is applied whole", async () => {
  const acme = await account();
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
