import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import type { Verdict } from "../../model/verdict.ts";
import {
  createConnection,
  freezeConnection,
  replaceCredential,
  updateConnection,
} from "../connections/connections.ts";
import { saveVerdict } from "../connections/verdicts.ts";
import { loadSeal } from "../secrets/seal.ts";
import type { Tx } from "../store.ts";
import { newConnection, testStore } from "../testing.ts";
import { claimLane, claimLanes, readyLanes } from "./lane-claims.ts";
import { askToStop, requestLane } from "./lane-requests.ts";
import { laneState, lanesAtWork } from "./lane-state.ts";
import {
  FenceLost,
  freeAllLeases,
  type LaneClaim,
  releaseLane,
  renewLanes,
  saveCheckpoint,
  setLaneRun,
} from "./lanes.ts";
import { endRun, getRun, resumeOrStartRun } from "./runs.ts";

const LEASE = 30_000;

async function connected(t: TestContext) {
  const store = await testStore(t);
  const seal = await loadSeal(store.dir, {});
  const { id } = await store.write((tx) =>
    createConnection(tx, seal, { ...newConnection(seal), by: { kind: "member", member: 1, name: "Ada" } }),
  );
  const claim = (owner: string, now: number) =>
    store.write((tx) => claimLane(tx, id, "directory", owner, LEASE, now));
  /** As if each lease had lapsed. */
  const lapse = () =>
    store.write((tx) =>
      tx.updateTable("lane").set({ lease_until_at: 1 }).where("lease_until_at", "is not", null).execute(),
    );
  const ready = (now: number, scheduled = true) => readyLanes(store.read, { scheduled, limit: 100 }, now);
  const due = async (now: number) => (await ready(now)).map((each) => each.lane);
  const another = async (name: string, at = 0) => {
    const { id } = await store.write((tx) =>
      createConnection(tx, seal, newConnection(seal, { name, now: at })),
    );
    return id;
  };
  return { ...store, seal, id, claim, lapse, due, ready, another };
}

test("a lane is leased to one worker at a time", async (t) => {
  const { claim, lapse } = await connected(t);
  const first = await claim("a", 1);
  assert.equal(first?.fence, 1);
  assert.equal(await claim("b", LEASE), null);
  await lapse();
  assert.equal((await claim("b", LEASE))?.fence, 2);
});

test("a renewed lease holds on", async (t) => {
  const { claim, lapse, write, read, id } = await connected(t);
  const mine = (await claim("a", 0))!;
  const told = { rows: 7 };
  await lapse();
  const renewed = await write((tx) => renewLanes(tx, [{ claim: mine, progress: told }], LEASE, 20_000));
  assert.deepEqual(renewed, { lost: [], toStop: new Map() });
  assert.equal(await claim("b", LEASE), null);
  const [lane] = await lanesAtWork(read, id, LEASE);
  assert.deepEqual([lane?.lane, lane?.running, lane?.progress], ["directory", true, told]);
});

test("a lane that was given back is not renewed by a heartbeat that comes late", async (t) => {
  const { claim, write } = await connected(t);
  const mine = (await claim("a", 0))!;
  await write((tx) => releaseLane(tx, mine, { dueAt: 0, failures: 0 }));
  await write((tx) => renewLanes(tx, [{ claim: mine, progress: null }], LEASE, 0));
  assert.ok(await claim("b", 0), "free for the next one at once");
});

test("a claim tells where the work stands", async (t) => {
  const { claim, lapse, write } = await connected(t);
  const mine = (await claim("a", 0))!;
  assert.equal(mine.checkpoint, null);
  await write((tx) => saveCheckpoint(tx, mine, { next: "page 7" }));
  await lapse();
  assert.deepEqual((await claim("b", LEASE))?.checkpoint, { next: "page 7" });
});

const stale: [string, (tx: Parameters<typeof saveCheckpoint>[0], claim: LaneClaim) => Promise<void>][] = [
  ["save a checkpoint", (tx, claim) => saveCheckpoint(tx, claim, {})],
  ["release the lane", (tx, claim) => releaseLane(tx, claim, { dueAt: 0, failures: 0 })],
];

for (const [name, act] of stale) {
  test(`a worker that was overtaken can't ${name}, and what it wrote is rolled back`, async (t) => {
    const { claim, lapse, write, read } = await connected(t);
    const old = (await claim("a", 0))!;
    await lapse();
    const now = (await claim("b", LEASE))!;
    const late = write(async (tx) => {
      await tx.insertInto("setting").values({ name: "late", value_json: "1" }).execute();
      await act(tx, old);
    });
    await assert.rejects(late, FenceLost);
    const written = read.selectFrom("setting").selectAll().where("name", "=", "late");
    assert.deepEqual(await written.execute(), []);
    await write((tx) => saveCheckpoint(tx, now, { mine: true }));
  });
}

test("who renews learns of lanes taken over, and of runs that somebody asks to stop", async (t) => {
  const { claim, lapse, write, id } = await connected(t);
  const renew = (mine: LaneClaim, now: number) =>
    write((tx) => renewLanes(tx, [{ claim: mine, progress: undefined }], LEASE, now));
  const old = (await claim("a", 0))!;
  await lapse();
  const mine = (await claim("b", LEASE))!;
  assert.deepEqual(await renew(old, LEASE + 1), { lost: [old], toStop: new Map() });
  await write((tx) => askToStop(tx, id, "put_off", LEASE + 2));
  assert.deepEqual(await renew(mine, LEASE + 3), { lost: [], toStop: new Map([[mine, "put_off"]]) });
  await write((tx) => releaseLane(tx, mine, { dueAt: 0, failures: 0 }));
  const next = (await claim("c", LEASE + 4))!;
  assert.deepEqual(await renew(next, LEASE + 5), { lost: [], toStop: new Map() });
});

test("a run that writes without a pause keeps its lane, whether or not anybody finds the time to renew it", async (t) => {
  const { claim, lapse, write, engine } = await connected(t);
  const mine = (await claim("a", 0))!;
  await lapse();
  await write((tx) => saveCheckpoint(tx, mine, {}));
  const another = await claim("b", LEASE);
  // SQLite's only process renews by itself, and there is nobody else.
  if (engine === "sqlite") return assert.equal(another?.fence, 2);
  assert.equal(another, null);
  await write((tx) => releaseLane(tx, mine, { dueAt: 0, failures: 0 }));
  await write((tx) => saveCheckpoint(tx, mine, {}));
  assert.equal((await claim("b", LEASE))?.fence, 2, "a lane that was given back is free");
});

test("a new connection's directory is due at once; a released one when told", async (t) => {
  const { claim, write, due } = await connected(t);
  assert.deepEqual(await due(0), ["directory"]);
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
  await write((tx) => requestLane(tx, id, "directory", { full: true, only: null, asked: SYNC_NOW }, 10));
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
  await write((tx) => requestLane(tx, id, "directory", { full: false, only: null, asked: SYNC_NOW }, 10));
  await write((tx) => releaseLane(tx, mine, { dueAt: 1e9, failures: 0 }));
  assert.ok((await due(20)).includes("directory"));
});

test("what was asked for adds up until a run answers it", async (t) => {
  const { claim, write, id } = await connected(t);
  const ask = (only: LaneClaim["requestedOnly"], now: number) =>
    write((tx) => requestLane(tx, id, "directory", { full: false, only, asked: SYNC_NOW }, now));
  const release = (mine: LaneClaim, kept = false) =>
    write((tx) => releaseLane(tx, mine, { dueAt: 1e9, failures: 0, kept }));
  await ask(["users"], 1);
  await ask(["roles"], 2);
  const first = (await claim("a", 3))!;
  assert.deepEqual(first.requestedOnly, ["users", "roles"]);
  await ask(["jobs"], 4);
  await release(first);
  const second = (await claim("a", 5))!;
  assert.deepEqual(second.requestedOnly, ["jobs"], "what the run under way answers is not asked for again");
  await release(second, true);
  const third = (await claim("b", 6))!;
  assert.deepEqual(third.requestedOnly, ["jobs"], "handed on by a process that ended");
  await ask(null, 7);
  await release(third);
  assert.equal((await claim("b", 8))?.requestedOnly, null);
});

test("a run keeps why it began and who wanted it: of several who wait for it the first", async (t) => {
  const { claim, write, read, id } = await connected(t);
  const ask = (name: string, now: number) => {
    const asked = { trigger: "request", who: { kind: "member", member: 1, name } } as const;
    return write((tx) => requestLane(tx, id, "directory", { full: false, only: null, asked }, now));
  };
  const begun = async (owner: string, now: number) => {
    const mine = (await claim(owner, now))!;
    const run = (await getRun(read, await write((tx) => resumeOrStartRun(tx, mine, now))))!;
    return { mine, told: [run.trigger, run.asker?.kind === "member" ? run.asker.name : null] };
  };
  const ended = ({ mine }: { mine: LaneClaim }, kept = false) =>
    write(async (tx) => {
      await setLaneRun(tx, mine, null);
      await releaseLane(tx, mine, { dueAt: 10, failures: 0, kept });
    });
  await ask("Ines", 1);
  const first = await begun("a", 2);
  assert.deepEqual(first.told, ["connect", "Ada"], "it was wanted before Ines asked");
  await ask("Tomas", 3);
  await ask("Priya", 4);
  await ended(first);
  const second = await begun("b", 5);
  assert.deepEqual(
    second.told,
    ["request", "Tomas"],
    "asked for while the first ran; any process answers it",
  );
  await ended(second, true);
  await ask("Lou", 6);
  const handedOn = await begun("c", 7);
  assert.deepEqual(handedOn.told, ["request", "Tomas"], "handed on by a process that ended");
  await ended(handedOn);
  const due = await begun("d", 11);
  assert.deepEqual(due.told, ["schedule", null]);
});

const SYNC_NOW = { trigger: "request", who: null } as const;

const usersVerdict = (state: Verdict["state"]): Verdict => ({
  stream: "users",
  state,
  cause: null,
  text: null,
  cure: null,
  ask: null,
  facts: {},
});

test("grants and use wait for a directory that runs or will, while users were never listed or are stopped", async (t) => {
  const { claim, write, due, ready, id } = await connected(t);
  const directory = (await claim("a", 0))!;
  assert.deepEqual(await due(1), [], "users were never listed");
  await write((tx) => recordListing(tx, id));
  assert.deepEqual(await due(1), ["grants", "usage", "recruiting_activity"]);
  await write((tx) => saveVerdict(tx, id, usersVerdict("stopped"), 1));
  assert.deepEqual(await due(1), [], "users are stopped, and read right now");
  await write((tx) => releaseLane(tx, directory, { dueAt: 100, failures: 1 }));
  assert.deepEqual(
    await due(2),
    ["grants", "usage", "recruiting_activity"],
    "the directory doesn't run for a while",
  );
  await write((tx) => requestLane(tx, id, "usage", { full: false, only: null, asked: SYNC_NOW }, 3));
  assert.deepEqual(
    (await ready(101, false)).map(({ lane }) => lane),
    ["usage"],
    "of what was asked for",
  );
  await write((tx) => requestLane(tx, id, "directory", { full: false, only: null, asked: SYNC_NOW }, 4));
  assert.deepEqual(
    (await ready(5, false)).map(({ lane }) => lane),
    ["directory"],
  );
});

test("the longest waiting lanes of all connections are claimed first, no more than there is room for", async (t) => {
  const { write, id, another } = await connected(t);
  const [young, old] = [await another("young", 50), await another("old", -50)];
  const claim = (owner: string, limit: number, now: number) =>
    write((tx) => claimLanes(tx, { owner, leaseMs: LEASE, now }, { scheduled: true, limit }));
  const names = (claims: LaneClaim[]) => claims.map((each) => each.connection).sort((a, b) => a - b);
  assert.deepEqual(
    names(await claim("a", 2, 60)),
    [id, old].sort((a, b) => a - b),
  );
  assert.deepEqual(names(await claim("b", 2, 60)), [young]);
  assert.deepEqual(names(await claim("b", 2, 60)), []);
});

test("only named lanes are claimed where names are given", async (t) => {
  const { write, id, another } = await connected(t);
  await another("other");
  const named = { scheduled: true, of: [{ connection: id, lane: "directory" as const }], limit: 9 };
  const claims = await write((tx) => claimLanes(tx, { owner: "a", leaseMs: LEASE, now: 0 }, named));
  assert.deepEqual(
    claims.map(({ connection, lane }) => [connection, lane]),
    [[id, "directory"]],
  );
});

test("a request is answered by its run also when the clock was set back meanwhile; one more in the same moment is not", async (t) => {
  const { claim, write, due, id } = await connected(t);
  const ask = (now: number) =>
    write((tx) => requestLane(tx, id, "directory", { full: false, only: null, asked: SYNC_NOW }, now));
  const release = (mine: LaneClaim) => write((tx) => releaseLane(tx, mine, { dueAt: 1e9, failures: 0 }));
  await release((await claim("a", 0))!);
  await ask(7_200_000);
  await release((await claim("a", 3_600_000))!);
  assert.ok(!(await due(3_600_001)).includes("directory"));
  await ask(50);
  const third = (await claim("a", 50))!;
  await ask(50);
  await release(third);
  assert.ok((await due(60)).includes("directory"));
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
  await write((tx) => replaceCredential(tx, seal, id, other.credential, other.fingerprint, null, 0));
  await assert.rejects(
    write((tx) => saveCheckpoint(tx, mine, {})),
    FenceLost,
  );
  assert.ok(await claim("b", 1));
});

test("a run that was cut is resumed by the next claim; one that ended is not", async (t) => {
  const { claim, lapse, write, read } = await connected(t);
  const begin = (mine: LaneClaim, now: number) => write((tx) => resumeOrStartRun(tx, mine, now));
  const run = await begin((await claim("a", 0))!, 0);
  await lapse();
  const taken = (await claim("b", LEASE))!;
  assert.equal(await begin(taken, LEASE), run);
  const used = { requests: 3, waitedMs: 10, throttled: 0, error: null };
  await write((tx) => endRun(tx, run, { outcome: "stopped", now: 1, open: true, ...used }));
  assert.equal((await getRun(read, run))?.endedAt, null);
  await lapse();
  assert.equal(await begin((await claim("c", 2 * LEASE))!, 2 * LEASE), run);
  await write((tx) => endRun(tx, run, { outcome: "complete", now: 9, ...used }));
  const ended = await getRun(read, run);
  assert.deepEqual([ended?.outcome, ended?.endedAt, ended?.requests], ["complete", 9, 6]);
  await lapse();
  assert.notEqual(await begin((await claim("d", 3 * LEASE))!, 3 * LEASE), run);
});

/** Users were listed once. */
async function recordListing(tx: Tx, connection: number): Promise<void> {
  await tx
    .insertInto("listing")
    .values({
      connection,
      stream: "users",
      seq: 1,
      run: 1,
      started_at: 0,
      ended_at: 0,
      rows: 1,
      viewer_version: 1,
    })
    .execute();
}
