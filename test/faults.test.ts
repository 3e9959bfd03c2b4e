/** What may happen to the account in the middle of it all. Faults of the machine: test/disk.test.ts; the list: docs/reliability.md. */
import assert from "node:assert/strict";
import { test } from "node:test";
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
