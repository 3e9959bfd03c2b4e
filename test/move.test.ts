/** An embedded installation moves into PostgreSQL. Needs a server of it: test/engines.ts names this file. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { type TestContext, test } from "node:test";
import type { Glasshouse } from "../src/glasshouse.ts";
import { getConnection } from "../src/store/connections.ts";
import { laneState } from "../src/store/lane-state.ts";
import { createMember } from "../src/store/members.ts";
import { moveToPostgres } from "../src/store/move.ts";
import { databaseFile } from "../src/store/open.ts";
import { createSession } from "../src/store/sessions.ts";
import { emptyDatabase } from "../src/store/testing.ts";
import { causes, connect, draftFor, open, simulate, sync, temporaryFolder } from "./harness.ts";
import { skip } from "./several.ts";

async function target(t: TestContext): Promise<string> {
  const { options, discard } = await emptyDatabase({ migrated: false });
  t.after(discard);
  return (options as { url: string }).url;
}

/** What is known, by questions that both engines answer alike. */
async function known({ store: { read } }: Glasshouse, connection: number) {
  return {
    users: await read.selectFrom("user").selectAll().orderBy("user_id").execute(),
    grants: await read.selectFrom("job_grant").selectAll().orderBy("grant_id").execute(),
    events: await read.selectFrom("event").selectAll().orderBy("at").orderBy("hash").orderBy("n").execute(),
    days: await read.selectFrom("usage_day").selectAll().orderBy("day").orderBy("user_id").execute(),
    changes: await read.selectFrom("change").selectAll().orderBy("seq").execute(),
    members: await read.selectFrom("member").selectAll().execute(),
    lanes: await read.selectFrom("lane").selectAll().orderBy("lane").execute(),
    state: await laneState(read, connection),
    connection: await getConnection(read, connection),
  };
}

test("an embedded installation moves whole, and goes on where it was", { skip }, async (t) => {
  const sim = await simulate(t, { freeze: true });
  const dataDir = temporaryFolder(t);
  const embedded = { databaseUrl: null, dataDir };
  const before = await open(t, embedded);
  const { connection } = await connect(before, draftFor(sim, "harvest_v3"));
  await sync(before, connection, { lanes: ["directory", "grants"] });
  await before.store.write(async (tx) => {
    const facts = {
      email: "ada@aldermoor.example",
      name: "Ada",
      role: "admin",
      password: null,
      now: 0,
    } as const;
    const member = await createMember(tx, facts);
    const session = { member, hash: new Uint8Array(32), now: 0, endsAt: 9, ip: null, agent: null };
    await createSession(tx, session);
  });
  // The log is read in part.
  sim.control.addFaults({ match: { path: "/events", nth: 3 }, fault: { kind: "stall" } });
  await before.services.startSync(connection, { lanes: ["usage"], streams: null, full: false });
  while ((await before.store.read.selectFrom("event").select("at").limit(1).execute()).length === 0)
    await new Promise((done) => setTimeout(done, 20));
  await before.close();
  sim.control.clearFaults();
  const again = await open(t, embedded);
  const expected = await known(again, connection.id);
  assert.ok(expected.lanes.some(({ checkpoint_json, run }) => checkpoint_json !== null && run !== null));
  await again.close();

  const url = await target(t);
  const options = { dataDir, url, env: {} };
  const cut = moveToPostgres({
    ...options,
    onTable(name) {
      if (name === "usage_day") throw new Error("cut");
    },
  });
  await assert.rejects(cut, /cut/);
  assert.ok(existsSync(databaseFile(dataDir)), "it is where it was");
  const moved = await moveToPostgres(options);
  assert.ok(moved.rows > expected.events.length + expected.grants.length + expected.changes.length);
  await assert.rejects(open(t, embedded), { name: "DatabaseRefused", message: /GLASSHOUSE_DATABASE_URL/ });

  const after = await open(t, { databaseUrl: url, dataDir });
  assert.deepEqual(await known(after, connection.id), expected);
  assert.deepEqual(await after.store.read.selectFrom("session").selectAll().execute(), []);
  await sync(after, connection);
  const told = await causes(after, connection);
  assert.ok(
    Object.values(told).every((cause) => cause === null),
    JSON.stringify(told),
  );
  const runs = await after.store.read.selectFrom("run").select(["lane", "outcome"]).orderBy("run").execute();
  assert.deepEqual(runs.at(-1)?.outcome, "complete");
  const { total } = sim.control.counters();
  assert.equal(total.throttled, 0);
  await after.close();

  const other = temporaryFolder(t);
  await (await open(t, { databaseUrl: null, dataDir: other })).close();
  const used = moveToPostgres({ ...options, dataDir: other });
  await assert.rejects(used, { name: /KeyRefused|DatabaseRefused/, message: /already|another key/ });
  assert.ok(existsSync(databaseFile(other)));
});
