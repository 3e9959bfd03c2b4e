import assert from "node:assert/strict";
import { test } from "node:test";
import type { RecordOf } from "../../model/records.ts";
import { accounts, futureGrant, jobGrant, role, user } from "../listings/listing-testing.ts";
import { acceptHeld } from "../listings/listings.ts";
import { countGrantsAsOf, grantsAsOf, rolesAsOf, usersAsOf } from "./as-of.ts";

const ALL = { after: null, limit: 100 };

const account = accounts();

const keep = role(99, "stays");
const [a, b, c] = [role(1, "a"), role(1, "b"), role(1, "c")];
type Listed = RecordOf["roles"] | null;

/** What one role was in each of three listings, beside one that stays. */
const histories: [string, [Listed, Listed, Listed]][] = [
  ["never changed", [a, a, a]],
  ["changed once", [a, a, b]],
  ["changed twice", [a, b, c]],
  ["changed and changed back", [a, b, a]],
  ["removed", [a, a, null]],
  ["removed and returned as it was", [a, null, a]],
  ["removed and returned with another name", [a, null, b]],
  ["added", [null, a, a]],
  ["added, then changed", [null, a, b]],
  ["added, then removed", [null, a, null]],
  ["changed, then removed", [a, b, null]],
];

for (const [name, history] of histories) {
  test(`as of each listing, a role or user that was ${name} is what it was then`, async () => {
    const acme = await account();
    const ends: { roles: number; users: number }[] = [];
    for (const listed of history) {
      await acme.list("roles", listed ? [keep, listed] : [keep]);
      const roles = acme.now;
      await acme.list("users", listed ? [user(99), user(1, { name: listed.name })] : [user(99)]);
      ends.push({ roles, users: acme.now });
    }
    for (const [i, listed] of history.entries()) {
      const [end, next] = [ends[i]!, ends[i + 1]];
      for (const moment of [end.roles, (next?.roles ?? end.roles + 1e9) - 1]) {
        const then = await rolesAsOf(acme.store.read, acme.connection, moment, ALL);
        assert.deepEqual(then.items, listed ? [listed, keep] : [keep]);
        assert.equal(then.listing?.endedAt, end.roles);
      }
      const { items } = await usersAsOf(acme.store.read, acme.connection, end.users, ALL);
      const found = items.find((each) => each.record.id === "1");
      const wasKnown = history.slice(0, i).some((earlier) => earlier !== null);
      if (listed) assert.deepEqual([found?.record.name, found?.status], [listed.name, "active"]);
      else assert.equal(found?.status, wasKnown ? "missing" : undefined);
    }
  });
}

test("before the first complete listing nothing is known, and it says since when it is", async () => {
  const acme = await account();
  assert.deepEqual(await rolesAsOf(acme.store.read, acme.connection, acme.now, ALL), {
    listing: null,
    knownSince: null,
    items: [],
    next: null,
  });
  await acme.list("roles", [a]);
  const before = await rolesAsOf(acme.store.read, acme.connection, acme.now - 1, ALL);
  assert.deepEqual([before.listing, before.items, before.knownSince], [null, [], acme.now]);
});

test("rows of a listing that has not ended are not known yet", async () => {
  const acme = await account();
  await acme.list("roles", [a]);
  await acme.list("roles", [b, role(2)], { end: false });
  assert.deepEqual((await rolesAsOf(acme.store.read, acme.connection, acme.now + 1, ALL)).items, [a]);
});

test("a held loss changes nothing until it is accepted, and then since the listing that lacked it", async () => {
  const acme = await account();
  const first = [1, 2, 3].map((id) => role(id));
  await acme.list("roles", first);
  await acme.list("roles", []);
  const held = acme.now;
  assert.deepEqual((await rolesAsOf(acme.store.read, acme.connection, held, ALL)).items, first);
  await acme.store.write((tx) => acceptHeld(tx, acme.connection, "roles", held + 500));
  assert.deepEqual((await rolesAsOf(acme.store.read, acme.connection, held - 1, ALL)).items, first);
  assert.deepEqual((await rolesAsOf(acme.store.read, acme.connection, held, ALL)).items, []);
});

test("a user out of the viewer's sight is told apart from a missing one", async () => {
  const acme = await account();
  const users = [1, 2, 3, 4, 5, 6, 7].map((id) => user(id));
  await acme.list("users", users);
  acme.viewerVersion++;
  await acme.list("users", users.slice(1));
  const hidden = acme.now;
  await acme.list("users", users.slice(2));
  const missing = acme.now;
  await acme.list("users", users);
  const stateOf = async (at: number, id: string) =>
    (await usersAsOf(acme.store.read, acme.connection, at, ALL)).items.find((each) => each.record.id === id)
      ?.state;
  assert.deepEqual([await stateOf(hidden, "1"), await stateOf(hidden, "2")], ["not_visible", "present"]);
  assert.deepEqual([await stateOf(missing, "1"), await stateOf(missing, "2")], ["not_visible", "removed"]);
  assert.deepEqual([await stateOf(acme.now, "1"), await stateOf(acme.now, "2")], ["present", "present"]);
});

test("the level as of then is unknown until grants had been read, and follows its changes", async () => {
  const acme = await account();
  const levelOf = async (at: number, id: string) =>
    (await usersAsOf(acme.store.read, acme.connection, at, ALL)).items.find((each) => each.record.id === id)
      ?.level;
  await acme.list("users", [user(1), user(2, { siteAdmin: true })]);
  const before = acme.now;
  await acme.list("job_grants", [jobGrant(1)]);
  await acme.list("future_job_grants", []);
  await acme.levels();
  const derived = acme.now;
  await acme.list("users", [user(1, { siteAdmin: true }), user(2)]);
  await acme.levels();
  const admin = acme.now;
  await acme.list("users", [user(1), user(2)]);
  await acme.levels();
  assert.deepEqual([await levelOf(before, "1"), await levelOf(before, "2")], ["unknown", "site_admin"]);
  assert.deepEqual([await levelOf(derived, "1"), await levelOf(derived, "2")], ["job_admin", "site_admin"]);
  assert.deepEqual([await levelOf(admin, "1"), await levelOf(admin, "2")], ["site_admin", "basic"]);
  assert.deepEqual([await levelOf(acme.now, "1"), await levelOf(acme.now, "2")], ["job_admin", "basic"]);
});

const BY_ROLE_10 = ["1", "3"];
const filters: [string, Parameters<typeof grantsAsOf>[4], string[]][] = [
  ["all", ALL, ["1", "2", "3", "4"]],
  ["of a user", { ...ALL, userId: "1" }, ["1", "2"]],
  ["of a role", { ...ALL, roleId: "10" }, BY_ROLE_10],
  ["of a job", { ...ALL, jobId: "101" }, ["4"]],
  ["of a user and a role", { ...ALL, userId: "2", roleId: "10" }, ["3"]],
  ["of several users", { ...ALL, userId: ["1", "9", "2"] }, ["1", "2", "3", "4"]],
  ["of a user who had none", { ...ALL, userId: "9" }, []],
];

for (const [name, page, expected] of filters) {
  test(`grants as of then, ${name}, whatever has become of them`, async () => {
    const acme = await account();
    await acme.list("job_grants", [
      jobGrant(1),
      jobGrant(2, { roleId: "11" }),
      jobGrant(3, { userId: "2" }),
      jobGrant(4, { userId: "2", roleId: "11", jobId: "101" }),
    ]);
    const then = acme.now;
    // One is gone, one has another role and user, one another job; a new one was not there.
    await acme.list("job_grants", [
      jobGrant(2, { roleId: "10" }),
      jobGrant(3, { userId: "9", roleId: "11" }),
      jobGrant(4, { userId: "2", roleId: "11", jobId: "100" }),
      jobGrant(5),
    ]);
    const { items } = await grantsAsOf(acme.store.read, acme.connection, "job_grants", then, page);
    assert.deepEqual(
      items.map((grant) => grant.id),
      expected,
    );
  });
}

test("future-job grants as of then", async () => {
  const acme = await account();
  await acme.list("future_job_grants", [futureGrant(1, { departmentId: "7" }), futureGrant(2)]);
  const then = acme.now;
  await acme.list("future_job_grants", [futureGrant(1), futureGrant(3)]);
  const { items } = await grantsAsOf(acme.store.read, acme.connection, "future_job_grants", then, {
    ...ALL,
    userId: "1",
  });
  assert.deepEqual(items, [futureGrant(1, { departmentId: "7" }), futureGrant(2)]);
});

for (const limit of [1, 2, 3, 100]) {
  test(`pages of ${limit} hold every role of then once, in order`, async () => {
    const acme = await account();
    const ids = [1, 2, 3, 4, 5, 6, 7];
    await acme.list(
      "roles",
      ids.map((id) => role(id)),
    );
    const then = acme.now;
    await acme.list(
      "roles",
      [8, 9, 3, 5, 7, 1].map((id) => role(id, "renamed")),
    );
    const found: string[] = [];
    for (let after: string | null = null; ; ) {
      const page = await rolesAsOf(acme.store.read, acme.connection, then, { after, limit });
      assert.ok(page.items.length <= limit);
      found.push(...page.items.map((each) => each.id));
      after = page.next;
      if (after === null) break;
    }
    assert.deepEqual(found, ids.map(String));
  });
}

const [standard, priv] = [
  jobGrant(1, { userId: "1", roleId: "10" }),
  jobGrant(1, { userId: "1", roleId: "11" }),
];
const others = [
  jobGrant(2, { userId: "1", roleId: "10" }),
  jobGrant(3, { userId: "1", roleId: null }),
  jobGrant(4, { userId: "2", roleId: "10" }),
];
for (const [name, history] of [
  ["never changed", [standard, standard, standard]],
  ["given another role", [standard, priv, priv]],
  ["given another role and the first again", [standard, priv, standard]],
  ["removed", [standard, null, null]],
  ["removed and given again", [standard, null, standard]],
  ["given later", [null, null, standard]],
] as const) {
  test(`grants counted as of each listing are those listed then: one that was ${name}`, async () => {
    const acme = await account();
    const ends: number[] = [];
    for (const grant of history) {
      await acme.list("job_grants", grant ? [...others, grant] : others);
      ends.push(acme.now);
    }
    for (const end of ends) {
      const listed = await grantsAsOf(acme.store.read, acme.connection, "job_grants", end, {
        ...ALL,
        userId: ["1"],
      });
      const counted = await countGrantsAsOf(acme.store.read, acme.connection, "job_grants", end, ["1"]);
      const perRole = (roleId: string | null) =>
        counted!.filter((each) => each.roleId === roleId).reduce((sum, { n }) => sum + n, 0);
      for (const roleId of ["10", "11", null])
        assert.equal(
          perRole(roleId),
          listed.items.filter((each) => each.roleId === roleId).length,
          `role ${roleId}`,
        );
      assert.ok(counted!.every(({ userId }) => userId === "1"));
    }
    assert.equal(await countGrantsAsOf(acme.store.read, acme.connection, "job_grants", 0, ["1"]), null);
  });
}
