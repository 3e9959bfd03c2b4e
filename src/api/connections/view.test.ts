import assert from "node:assert/strict";
import { test } from "node:test";
import { claimLane } from "../../store/lanes/lane-claims.ts";
import { endStep, resumeOrStartRun, startStep } from "../../store/lanes/runs.ts";
import { Account, user } from "../../store/listings/listing-testing.ts";
import { NOW, testContext } from "../testing.ts";
import { connectionView, connectionViews } from "./view.ts";

test("a stream is reading while a run has its step open, and its lane's lease lives", async (t) => {
  const { store, connect } = await testContext(t);
  const connection = await connect("Aldermoor");
  const states = async (now: number) => {
    const { streams } = await connectionView(store.read, connection, now, { works: true });
    return streams.flatMap(({ stream, state }) => (state === "reading" ? [stream] : []));
  };
  const run = await store.write(async (tx) => {
    const claim = (await claimLane(tx, connection.id, "directory", "test", 60_000, NOW))!;
    const started = await resumeOrStartRun(tx, claim, NOW);
    await startStep(tx, started, "users", NOW);
    await startStep(tx, started, "roles", NOW);
    return started;
  });
  assert.deepEqual(await states(NOW), ["users", "roles"]);
  assert.deepEqual(await states(NOW + 60_001), [], "whoever read it is gone");
  await store.write((tx) =>
    endStep(tx, run, "users", { outcome: "complete", now: NOW + 1, requests: 1, waitedMs: 0, error: null }),
  );
  assert.deepEqual(await states(NOW + 2), ["roles"]);
});

test("the admin user is told by name once the users are read, and by the ID alone before", async (t) => {
  const { store, connect } = await testContext(t);
  const connection = { ...(await connect("Aldermoor")), adminUserId: "1" };
  const name = async () => (await connectionView(store.read, connection, NOW, { works: true })).adminUserName;
  assert.equal(await name(), null);
  await new Account(store, connection.id).list("users", [user(1, { name: "Ines Okafor" })]);
  assert.equal(await name(), "Ines Okafor");
});

test("a thousand connections are no thousand reads: each is told as by itself, all in as many as one", async (t) => {
  const { store, connect } = await testContext(t);
  let reads = 0;
  const counted = store.read.withPlugin({
    transformQuery: ({ node }) => {
      reads++;
      return node;
    },
    transformResult: async ({ result }) => result,
  });
  const all = [];
  for (const name of ["Aldermoor", "Brook", "Cole"]) all.push({ ...(await connect(name)), adminUserId: "1" });
  await new Account(store, all[1]!.id).list("users", [user(1, { name: "Ines Okafor" })]);
  const views = await connectionViews(counted, all, NOW, { works: true });
  const ofAll = reads;
  assert.deepEqual(
    views,
    await Promise.all(all.map((each) => connectionView(counted, each, NOW, { works: true }))),
  );
  assert.equal(reads - ofAll, 3 * ofAll);
  assert.deepEqual(
    views.map(({ adminUserName }) => adminUserName),
    [null, "Ines Okafor", null],
  );
});
