/** What may happen to the account in the middle of it all. Faults of the machine: machine.test.ts; the list: docs/reliability.md. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { listUsers } from "../src/insights/users.ts";
import { getConnection } from "../src/store/connections/connections.ts";
import { heldListings } from "../src/store/listings/listings.ts";
import { causes, connect, draftFor, open, simulate, sync } from "./harness.ts";

test("grants that are all of users who aren't listed yet are stored; those of another account are not", async (t) => {
  const sim = await simulate(t, { users: 12, eventsPerDay: 0, freeze: true });
  const { futureJobPermissions } = await sim.control.dump({ parts: ["futureJobPermissions"] });
  for (const rule of futureJobPermissions)
    sim.control.mutate({ op: "removeFuturePermission", id: rule.id as number });
  const house = await open(t);
  const { connection } = await connect(house, draftFor(sim, "harvest_v3", { adminUserId: null }));
  await sync(house, connection);

  const [added] = sim.control.mutate({ op: "addUser", firstName: "New", lastName: "Comer" });
  sim.control.mutate({ op: "addFuturePermission", userId: added!.userId as number });
  await sync(house, connection, { lanes: ["grants"] });
  assert.equal((await causes(house, connection)).future_job_grants, null);
  const rules = await house.store.read.selectFrom("future_job_grant").select("user_id").execute();
  assert.deepEqual(
    rules.map((rule) => rule.user_id),
    [String(added!.userId)],
  );

  sim.control.mutate({ op: "otherAccount" });
  const before = await house.store.read.selectFrom("job_grant").selectAll().execute();
  await sync(house, connection, { lanes: ["grants"] });
  const { job_grants, future_job_grants } = await causes(house, connection);
  assert.deepEqual([job_grants, future_job_grants], ["other_account", "other_account"]);
  assert.deepEqual(await house.store.read.selectFrom("job_grant").selectAll().execute(), before);
});

test("somebody who was taken for a service account: what they did counts once it is known better", async (t) => {
  const sim = await simulate(t, { users: 12, eventsPerDay: 0, freeze: true });
  const { users } = await sim.control.dump({ parts: ["users"] });
  const nameless = users.find((user) => !user.primary_email && !user.deactivated)!;
  // Well within what is read: the log's newest second may still be under way.
  const event = { userId: nameless.id as number, event_time: new Date(Date.now() - 300_000).toISOString() };
  sim.control.mutate({ op: "insertEvents", events: [event] });
  const house = await open(t);
  const { connection } = await connect(house, draftFor(sim, "harvest_v3"));
  // Who is not shown without being asked for is a service account.
  const [fault] = sim.control.addFaults({
    match: { path: "/v3/users", query: "ids=" },
    fault: { kind: "status", status: 200, body: "[]" },
  });
  const found = async () => {
    const current = (await getConnection(house.store.read, connection.id))!;
    const { items } = await listUsers(house.store.read, current, { limit: 100 }, Date.now());
    return items.find((user) => user.id === String(nameless.id))!;
  };
  await sync(house, connection);
  const before = await found();
  assert.deepEqual([before.serviceAccount, before.lastUsed], [true, null]);
  sim.control.clearFaults(fault!);
  // The log needn't be read again: it may be off by now.
  await sync(house, connection, { lanes: ["directory"] });
  const after = await found();
  assert.equal(after.serviceAccount, false);
  assert.ok(after.lastUsed !== null);
});

test("what a person accepts counts at once: nobody keeps a level that rests on grants which are gone", async (t) => {
  const sim = await simulate(t, { users: 12, eventsPerDay: 0, freeze: true });
  const house = await open(t);
  const { connection } = await connect(house, draftFor(sim, "harvest_v3"));
  await sync(house, connection);
  const { userJobPermissions, futureJobPermissions } = await sim.control.dump({
    parts: ["userJobPermissions", "futureJobPermissions"],
  });
  for (const { id } of userJobPermissions)
    sim.control.mutate({ op: "removeJobPermission", id: id as number });
  for (const { id } of futureJobPermissions)
    sim.control.mutate({ op: "removeFuturePermission", id: id as number });
  await sync(house, connection, { lanes: ["grants"] });
  const levels = async () => {
    const rows = await house.store.read
      .selectFrom("user")
      .select("level")
      .where("status", "=", "active")
      .execute();
    return new Set(rows.map((row) => row.level));
  };
  assert.ok((await levels()).has("job_admin"), "held");
  for (const { stream, rowsAbsent } of await heldListings(house.store.read, connection.id)) {
    await assert.rejects(house.services.acceptHeld(connection, stream, rowsAbsent - 1), {
      code: "count_wrong",
    });
    await house.services.acceptHeld(connection, stream, rowsAbsent);
    await assert.rejects(house.services.acceptHeld(connection, stream, rowsAbsent), { code: "nothing_held" });
  }
  assert.ok(!(await levels()).has("job_admin"));
});
