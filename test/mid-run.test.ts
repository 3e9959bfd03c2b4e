/** What happens to credential, admin user, users, log and clocks while syncs run and between them. The list: docs/reliability.md. */
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { length, subtract } from "../src/model/span.ts";
import { updateConnection } from "../src/store/connections/connections.ts";
import { coverageSpans } from "../src/store/usage/coverage.ts";
import { causes } from "./harness.ts";
import { assertCoverage, assertEqualsNow, assertUse, assertWell, storedNow } from "./history/checks.ts";
import type { Change } from "./history/steps.ts";
import { World } from "./history/world.ts";

const DAY = 86_400_000;
const HOUR = 3_600_000;

async function begin(t: TestContext): Promise<World> {
  const world = await World.begin({ seed: 3, page: 7, cap: 100, lagSeconds: 0 });
  t.after(() => world.end());
  await world.sync();
  return world;
}

async function assertWhole(world: World): Promise<void> {
  await assertEqualsNow(world, await world.truth());
  await assertWell(world);
  await assertUse(world);
}

const during = (change: Change, after: number) => ({ cut: null, midway: { after, change } });

test("the admin user is deactivated in the middle of a run: told as such, no row is lost, and cured by another try", async (t) => {
  const world = await begin(t);
  world.sim.control.patchScenario({ "token.subjectCheck": "call" });
  const before = await storedNow(world, "job_grants");
  await world.sync(during({ what: "admin user down" }, 6));
  const told = Object.values(await causes(world.house, world.connection));
  assert.ok(told.includes("admin_user_deactivated"), String(told));
  assert.deepEqual(await storedNow(world, "job_grants"), before);
  world.change({ what: "admin user up" });
  world.pass(600);
  await world.sync();
  await assertWhole(world);
});

test("the credential is narrowed in the middle of a run: what it may not read stays as it was", async (t) => {
  const world = await begin(t);
  const before = await storedNow(world, "job_grants");
  // The first commit: the runs have begun, and none has asked for grants. Later ones may come before or after that.
  await world.sync(during({ what: "scope off", scope: 2 }, 1));
  const { job_grants, users } = await causes(world.house, world.connection);
  assert.deepEqual({ job_grants, users }, { job_grants: "permission_missing", users: null });
  assert.deepEqual(await storedNow(world, "job_grants"), before);
  world.change({ what: "scopes back" });
  world.pass(600);
  await world.sync();
  await assertWhole(world);
});

test("another minting revokes the token in the middle of a run: a new one is minted, and the run ends well", async (t) => {
  const world = await begin(t);
  world.change({ what: "add user", siteAdmin: false, service: false });
  const { mints } = world.sim.control.counters();
  await world.sync(during({ what: "other minting" }, 6));
  assert.ok(world.sim.control.counters().mints > mints, "revoked while it was in use");
  await assertWhole(world);
});

test("users vanish, are missing, and come back as who they were", async (t) => {
  const world = await begin(t);
  const status = async () => {
    const rows = await world.house.store.read.selectFrom("user").select(["user_id", "status"]).execute();
    return rows.filter((row) => row.status === "missing").length;
  };
  const all = world.sim.control.ids().users;
  const others = all.keys().filter((user) => all[user] !== world.sim.siteAdminId);
  for (const user of others.take(3)) world.change({ what: "hide", user });
  world.pass(3600);
  await world.sync();
  assert.equal(await status(), 3);
  await assertWhole(world);
  world.change({ what: "show all" });
  world.pass(3600);
  await world.sync();
  assert.equal(await status(), 0);
  await assertWhole(world);
  // The list slips over one, who is there when asked for: nobody is missing.
  const [before] = [...world.sim.control.ids().users.map(String)].sort((a, b) => Number(b) - Number(a));
  world.sim.control.addFaults({
    match: { path: "/v3/users", query: "per_page=500&fields" },
    fault: { kind: "field", row: 1, field: "id", action: "replace", to: Number(before) },
  });
  world.sim.control.clearRequests();
  world.pass(3600);
  await world.sync();
  assert.equal(await status(), 0);
  assert.ok(world.sim.control.requests().some(({ query }) => /ids=\d+&.*per_page=500$/.test(query)));
});

for (const [name, hours] of [
  ["on by a hundred days", 100 * 24],
  ["back by an hour", -1],
] as const) {
  test(`our clock is set ${name} between two syncs, and right again: nothing is read wrongly, or forgotten before its time`, async (t) => {
    const world = await begin(t);
    const { id } = world.connection;
    await world.house.store.write((tx) => updateConnection(tx, id, { settings: { keepEventsDays: 35 } }));
    const runs = async () =>
      (await world.house.store.read.selectFrom("run").select("run").execute()).map(({ run }) => run);
    let known = await runs();
    for (const off of [hours, 0]) {
      world.change({ what: "our clock", hours: off });
      world.change({ what: "events", user: 2, count: 3, sameMillisecond: false });
      world.change({ what: "rename", user: 4 });
      world.pass(1800);
      await world.sync();
      await assertCoverage(world, [{ from: 0, to: world.simNow() }]);
      assert.equal((await causes(world.house, world.connection)).audit_log, off === 0 ? null : "clock_wrong");
      const kept = await runs();
      assert.deepEqual(new Set(known).difference(new Set(kept)), new Set(), "no run is forgotten");
      known = kept;
    }
    await assertWhole(world);
  });
}

test("Greenhouse dates its answers forty days ahead, and rightly again: nothing stored is lost, nothing to come is claimed", async (t) => {
  const world = await begin(t);
  const { store } = world.house;
  await store.write((tx) => updateConnection(tx, world.connection.id, { settings: { keepEventsDays: 35 } }));
  const events = () => store.read.selectFrom("event").select("hash").execute();
  const before = (await events()).length;
  assert.ok(before > 0);
  for (const days of [40, 0]) {
    world.sim.control.patchScenario({ "http.dateOffsetSeconds": days * 86_400 });
    world.pass(1800);
    await world.sync();
    assert.ok((await events()).length >= before, `${days} days ahead`);
  }
  await assertCoverage(world, [{ from: 0, to: world.simNow() }]);
  await assertWhole(world);
});

test("over the end of daylight-saving time a day has 25 hours, and use lies on its own day", async (t) => {
  const world = await begin(t);
  const [added] = world.sim.control.mutate({ op: "addUser", firstName: "New", lastName: "Comer" });
  const user = String(added!.userId);
  // The clocks of Zurich go back on the 25th at 01:00 UTC.
  for (const at of ["24T21:59:59Z", "24T22:00:00Z", "25T22:59:59Z", "25T23:00:00Z"]) {
    world.sim.control.clock({ now: `2026-10-${at}` });
    world.pass(0);
    world.sim.control.mutate({ op: "insertEvents", events: [{ userId: added!.userId as number }] });
    await world.sync();
  }
  world.pass(2 * 3600);
  await world.sync();
  const days = await world.house.store.read
    .selectFrom("usage_day")
    .select(["day", "viewed"])
    .where("user_id", "=", user)
    .orderBy("day")
    .execute();
  assert.deepEqual(
    days.map(({ day, viewed }) => [new Date(day * DAY).toISOString().slice(0, 10), viewed]),
    [
      ["2026-10-24", 1],
      ["2026-10-25", 2],
      ["2026-10-26", 1],
    ],
  );
});

test("what Greenhouse has forgotten before it was read is a hole for ever, and claimed by nobody", async (t) => {
  const world = await begin(t);
  const lastRead = world.simNow();
  const readable = [{ from: 0, to: lastRead }];
  const gaps = async () => {
    const spans = await coverageSpans(world.house.store.read, world.connection.id, "audit_log");
    return subtract([{ from: spans[0]!.from, to: spans.at(-1)!.to }], spans);
  };
  assert.deepEqual(await gaps(), []);
  world.sim.control.addFaults({ match: { endpoint: "audit.*" }, fault: { kind: "status", status: 503 } });
  world.pass(35 * 86_400);
  await world.sync();
  world.sim.control.clearFaults();
  for (let days = 0; days < 2; days++) {
    readable.push({ from: world.simNow() - 30 * DAY, to: world.simNow() });
    await world.sync();
    const [gap, ...others] = await gaps();
    assert.deepEqual(others, []);
    assert.ok(length([gap!]) >= 5 * DAY && gap!.from >= lastRead - HOUR - 1000, JSON.stringify(gap));
    await assertCoverage(world, readable);
    world.pass(86_400);
  }
});
