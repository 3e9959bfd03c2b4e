import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { createConnection, freezeConnection, replaceCredential, updateConnection } from "./connections.ts";
import {
  claimLane,
  dueLanes,
  FenceLost,
  freeAllLeases,
  type LaneClaim,
  laneState,
  releaseLane,
  renewLane,
  requestLane,
  saveCheckpoint,
} from "./lanes.ts";
import { endRun, getRun, resumeOrStartRun } from "./runs.ts";
import { loadSeal } from "./seal.ts";
import { newConnection, testStore } from "./testing.ts";

/** An hour: on PostgreSQL the database's clock judges it, and a slow machine is no reason to fail. */
const LEASE = 3_600_000;

async function connected(t: TestContext) {
  const store = await testStore(t);
  const seal = await loadSeal(store.dir, {});
  const { id } = await store.write((tx) => createConnection(tx, seal, newConnection(seal)));
  const claim = (owner: string, now: number) =>
    store.write((tx) => claimLane(tx, id, "directory", owner, LEASE, now));
  /** As if so much time had gone by. */
  const lapse = (ms: number) =>
    store.write((tx) =>
      tx
        .updateTable("lane")
        .set((eb) => ({ lease_until_at: eb("lease_until_at", "-", ms) }))
        .execute(),
    );
  /** Another worker, once the lease of the first has ended. */
  const overtake = async (owner: string) => {
    await lapse(LEASE);
    return claim(owner, 0);
  };
  const due = async (now: number) => (await dueLanes(store.read, now)).map((each) => each.lane);
  return { ...store, seal, id, claim, lapse, overtake, due };
}

test("a lane is leased to one worker at a time", async (t) => {
  const { claim, overtake } = await connected(t);
  const first = await claim("a", 0);
  assert.equal(first?.fence, 1);
  assert.equal(await claim("b", 0), null);
  assert.equal((await overtake("b"))?.fence, 2);
});

test("a renewed lease holds on", async (t) => {
  const { claim, lapse, write } = await connected(t);
  const mine = (await claim("a", 0))!;
  await lapse(LEASE);
  await write((tx) => renewLane(tx, mine, LEASE, 0));
  assert.equal(await claim("b", 0), null);
});

test("a claim tells where the work stands", async (t) => {
  const { claim, overtake, write } = await connected(t);
  const mine = (await claim("a", 0))!;
  assert.equal(mine.checkpoint, null);
  await write((tx) => saveCheckpoint(tx, mine, { next: "page 7" }));
  assert.deepEqual((await overtake("b"))?.checkpoint, { next: "page 7" });
});

const stale: [string, (tx: Parameters<typeof saveCheckpoint>[0], claim: LaneClaim) => Promise<void>][] = [
  ["save a checkpoint", (tx, claim) => saveCheckpoint(tx, claim, {})],
  ["renew its lease", (tx, claim) => renewLane(tx, claim, LEASE, 0)],
  ["release the lane", (tx, claim) => releaseLane(tx, claim, { dueAt: 0, failures: 0 })],
];

for (const [name, act] of stale) {
  test(`a worker that was overtaken can't ${name}, and what it wrote is rolled back`, async (t) => {
    const { claim, overtake, write, read } = await connected(t);
    const old = (await claim("a", 0))!;
    const now = (await overtake("b"))!;
    const late = write(async (tx) => {
      await tx.insertInto("setting").values({ name: "late", value_json: "1" }).execute();
      await act(tx, old);
    });
    await assert.rejects(late, FenceLost);
    assert.deepEqual(await read.selectFrom("setting").selectAll().execute(), []);
    await write((tx) => saveCheckpoint(tx, now, { mine: true }));
  });
}

test("a new connection's lanes are due at once; a released one when told", async (t) => {
  const { claim, write, due } = await connected(t);
  assert.deepEqual((await due(0)).sort(), ["directory", "grants", "usage"]);
  const mine = (await claim("a", 0))!;
  assert.ok(!(await due(1)).includes("directory"));
  await write((tx) => releaseLane(tx, mine, { dueAt: 5000, failures: 0 }));
  assert.ok(!(await due(4999)).includes("directory"));
  assert.ok((await due(5000)).includes("directory"));
});

test("a request makes a lane due; the run that was claimed after it has answered it", async (t) => {
  const { claim, write, due, id } = await connected(t);
  const first = (await claim("a", 0))!;
  await write((tx) => releaseLane(tx, first, { dueAt: 1e9, failures: 0 }));
  await write((tx) => requestLane(tx, id, "directory", true, 10));
  assert.ok((await due(11)).includes("directory"));
  const second = (await claim("a", 20))!;
  assert.equal(second.requestedFull, true);
  await write((tx) => releaseLane(tx, second, { dueAt: 1e9, failures: 0 }));
  assert.ok(!(await due(30)).includes("directory"));
  assert.equal((await claim("a", 40))?.requestedFull, false);
});

test("a request made during a run gets one more run", async (t) => {
  const { claim, write, due, id } = await connected(t);
  const mine = (await claim("a", 0))!;
  await write((tx) => requestLane(tx, id, "directory", false, 10));
  await write((tx) => releaseLane(tx, mine, { dueAt: 1e9, failures: 0 }));
  assert.ok((await due(20)).includes("directory"));
});

test("after a start no lease is left", async (t) => {
  const { claim, write, read, id } = await connected(t);
  const dead = (await claim("a", 0))!;
  await write((tx) => freeAllLeases(tx));
  assert.ok((await laneState(read, id)).every((lane) => lane.owner === null));
  assert.ok(await claim("b", 1));
  await assert.rejects(
    write((tx) => saveCheckpoint(tx, dead, {})),
    FenceLost,
  );
});

test("a paused connection is not claimed", async (t) => {
  const { claim, write, due, id } = await connected(t);
  await write((tx) => updateConnection(tx, id, { paused: true }));
  assert.equal(await claim("a", 0), null);
  assert.deepEqual(await due(0), []);
});

test("freezing takes the lanes away, and none can be claimed", async (t) => {
  const { claim, write, id } = await connected(t);
  const mine = (await claim("a", 0))!;
  await write((tx) => freezeConnection(tx, id, 5));
  await assert.rejects(
    write((tx) => saveCheckpoint(tx, mine, {})),
    FenceLost,
  );
  assert.equal(await claim("b", 1e9), null);
});

test("a replaced credential ends what runs with the old one", async (t) => {
  const { claim, write, id, seal } = await connected(t);
  const mine = (await claim("a", 0))!;
  const other = newConnection(seal, { clientId: "other" });
  await write((tx) => replaceCredential(tx, seal, id, other.credential, other.fingerprint, null));
  await assert.rejects(
    write((tx) => saveCheckpoint(tx, mine, {})),
    FenceLost,
  );
  assert.ok(await claim("b", 1));
});

test("a run that was cut is resumed by the next claim; one that ended is not", async (t) => {
  const { claim, overtake, write, read } = await connected(t);
  const begin = (mine: LaneClaim, now: number) =>
    write((tx) => resumeOrStartRun(tx, mine, { lane: "directory", trigger: "schedule", now }));
  const run = await begin((await claim("a", 0))!, 0);
  const taken = (await overtake("b"))!;
  assert.equal(await begin(taken, LEASE), run);
  const used = { requests: 3, waitedMs: 10, throttled: 0, error: null };
  await write((tx) => endRun(tx, run, { outcome: "stopped", now: 1, open: true, ...used }));
  assert.equal((await getRun(read, run))?.endedAt, null);
  assert.equal(await begin((await overtake("c"))!, 2 * LEASE), run);
  await write((tx) => endRun(tx, run, { outcome: "complete", now: 9, ...used }));
  const ended = await getRun(read, run);
  assert.deepEqual([ended?.outcome, ended?.endedAt, ended?.requests], ["complete", 9, 6]);
  assert.notEqual(await begin((await overtake("d"))!, 3 * LEASE), run);
});
