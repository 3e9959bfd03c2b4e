/** When runs begin, join and stop. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { askerView } from "../src/api/connections/asker.ts";
import type { Glasshouse } from "../src/glasshouse.ts";
import type { Connection } from "../src/model/connection.ts";
import { LANE_NAMES } from "../src/model/stream.ts";
import { laneState } from "../src/store/lanes/lane-state.ts";
import { listRuns } from "../src/store/lanes/runs.ts";
import { KEEP_RUNS_DAYS } from "../src/sync/forget.ts";
import { causes, connect, draftFor, open, simulate, sync } from "./harness.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

async function outcomes(house: Glasshouse, connection: Connection): Promise<string[]> {
  const runs = await listRuns(house.store.read, connection.id, { limit: 50 });
  return runs.map((run) => `${run.lane} ${run.outcome}`).sort();
}

async function until(condition: () => Promise<boolean> | boolean): Promise<void> {
  for (let tries = 0; tries < 1200; tries++) {
    if (await condition()) return;
    await sleep(50);
  }
  assert.fail("it did not happen within a minute");
}

const idle = async (house: Glasshouse, connection: Connection) => {
  for await (const _ of house.services.progress(connection, AbortSignal.timeout(60_000)));
};

test("with a schedule a new connection is synced by itself, directory first, each lane once", async (t) => {
  const sim = await simulate(t, { users: 20, eventsPerDay: 20 });
  const house = await open(t, { scheduled: true });
  const { connection } = await connect(house, draftFor(sim, "harvest_v3"));
  await until(async () => (await causes(house, connection)).audit_log === null);
  await idle(house, connection);
  assert.deepEqual(await outcomes(house, connection), [
    "directory complete",
    "grants complete",
    "usage complete",
  ]);
});

test("a sync asked for while its lane's listing is under way gets one more listing", async (t) => {
  const sim = await simulate(t, { users: 20, eventsPerDay: 20, scenario: { "http.latencyMs": 60 } });
  const listing = Promise.withResolvers<void>();
  const house = await open(t, {
    onCommit: (committed) => committed === "page_stored" && listing.resolve(),
  });
  const { connection } = await connect(house, draftFor(sim, "harvest_v3"));
  const directory = { lanes: ["directory" as const], streams: null, full: false };
  const ines = { kind: "member", member: 1, name: "Ines Okafor" } as const;
  const token = { kind: "token", member: 2, name: "Tomas Wren", token: 3, tokenName: "nightly" } as const;
  await house.services.startSync(connection, directory, token);
  await listing.promise;
  const joined = await house.services.startSync(connection, directory, ines);
  assert.equal(joined[0]!.joined, true);
  await idle(house, connection);
  assert.deepEqual(await outcomes(house, connection), ["directory complete", "directory complete"]);
  const wanted = (await listRuns(house.store.read, connection.id, { limit: 5 })).map((run) => ({
    trigger: run.trigger,
    ...askerView(run.asker, { kind: "machine" }),
  }));
  assert.deepEqual(wanted, [
    { trigger: "request", by: "Ines Okafor", byToken: null },
    { trigger: "connect", by: null, byToken: null },
  ]);
});

test("a run that is asked to stop keeps its place, and the same run goes on", async (t) => {
  const sim = await simulate(t, { users: 60, eventsPerDay: 300, scenario: { "http.latencyMs": 40 } });
  const house = await open(t);
  const { connection } = await connect(house, draftFor(sim, "harvest_v3"));
  await house.services.startSync(connection, { lanes: ["directory", "usage"], streams: null, full: false });
  await until(async () => {
    const runs = await listRuns(house.store.read, connection.id, { limit: 5 });
    return runs.some((run) => run.lane === "usage" && run.steps.some((step) => step.rows > 300));
  });
  await house.services.stopSync(connection);
  const stopped = (await listRuns(house.store.read, connection.id, { limit: 5 })).find(
    (run) => run.lane === "usage",
  )!;
  assert.equal(stopped.outcome, "stopped");
  assert.equal(stopped.endedAt, null);
  await sync(house, connection, { lanes: ["usage"] });
  const runs = await listRuns(house.store.read, connection.id, { limit: 5 });
  assert.deepEqual(
    runs.filter((run) => run.lane === "usage").map((run) => `${run.id} ${run.outcome}`),
    [`${stopped.id} complete`],
  );
});

test("with a schedule, what a person stops doesn't begin again by itself, nor does what was still to come", async (t) => {
  const sim = await simulate(t, { users: 20, eventsPerDay: 20 });
  const begun = Promise.withResolvers<void>();
  const house = await open(t, { onCommit: (committed) => committed === "listing_begun" && begun.resolve() });
  const { connection } = await connect(house, draftFor(sim, "harvest_v3"));
  sim.control.addFaults({ match: { endpoint: "v3.users" }, fault: { kind: "stall" } });
  house.worker.schedule();
  await begun.promise;
  await house.services.stopSync(connection);
  await idle(house, connection);
  assert.deepEqual(await outcomes(house, connection), ["directory stopped"]);
  const due = (await laneState(house.store.read, connection.id)).map(({ dueAt, requestedAt }) => [
    dueAt > Date.now(),
    requestedAt,
  ]);
  assert.deepEqual(due, Array(LANE_NAMES.length).fill([true, null]));

  sim.control.clearFaults();
  await sync(house, connection);
  assert.deepEqual(await outcomes(house, connection), [
    "directory complete",
    "grants complete",
    "usage complete",
  ]);
});

test("one stream alone can be synced; the others are left as they are", async (t) => {
  const sim = await simulate(t, { users: 20, eventsPerDay: 20 });
  const house = await open(t);
  const { connection } = await connect(house, draftFor(sim, "harvest_v3"));
  await sync(house, connection);
  sim.control.clearRequests();
  await sync(house, connection, { lanes: ["directory"], streams: ["roles"] });
  const asked = new Set(sim.control.requests({ limit: 100 }).map((request) => request.endpoint));
  assert.deepEqual([...asked], ["v3.user_roles"]);
});

test("the first directory run of a day forgets runs of more than 90 days ago, but those that listings and changes name", async (t) => {
  const sim = await simulate(t, { users: 12, eventsPerDay: 0 });
  const midnight = Math.floor(Date.now() / DAY) * DAY;
  let now = midnight + 2 * HOUR;
  const house = await open(t, { now: () => now });
  const { connection } = await connect(house, draftFor(sim, "harvest_v3"));
  const run = async () => {
    await sync(house, connection, { lanes: ["directory"] });
    return (await listRuns(house.store.read, connection.id, { limit: 1 }))[0]!.id;
  };
  const left = async () =>
    (await listRuns(house.store.read, connection.id, { limit: 50 })).map(({ id }) => id);
  const first = await run();
  now += HOUR;
  const unchanged = await run();
  now += HOUR;
  sim.control.mutate({ op: "addRole", name: "Sourcer", roleType: "job_admin" });
  const changed = await run();
  now += HOUR;
  const again = await run();
  now += HOUR;
  const last = await run();
  assert.deepEqual(await left(), [last, again, changed, unchanged, first]);

  now = midnight + (KEEP_RUNS_DAYS + 1) * DAY + HOUR;
  const early = await run();
  assert.deepEqual(
    await left(),
    [early, last, again, changed, unchanged, first],
    "by our clock alone nothing is forgotten",
  );
  now += DAY;
  sim.control.patchScenario({ "http.dateOffsetSeconds": Math.round((now - Date.now()) / 1000) });
  const later = await run();
  assert.deepEqual(await left(), [later, early, last, changed, first]);
});
