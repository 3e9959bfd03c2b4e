import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import type { Verdict } from "../../model/verdict.ts";
import { listVerdicts, saveVerdict } from "../connections/verdicts.ts";
import { testStore } from "../testing.ts";
import { endRun, endStep, getRun, listRuns, startRun, startStep, updateStep } from "./runs.ts";

const ASKED = { trigger: "request", who: { kind: "machine" } } as const;

async function started(t: TestContext) {
  const store = await testStore(t);
  const start = (connection = 1) =>
    store.write((tx) => startRun(tx, { connection, lane: "directory", asked: ASKED, now: 5 }));
  return { ...store, start, run: await start() };
}

test("a run tells what it did, step by step", async (t) => {
  const { read, write, run } = await started(t);
  const bad = { id: "9", field: "name", reason: "is not a text" };
  await write(async (tx) => {
    await startStep(tx, run, "users", 6);
    await updateStep(tx, run, "users", { rows: 500, added: 3, changed: 1, unreadable: [] });
    await updateStep(tx, run, "users", { rows: 700, added: 2, changed: 0, removed: 4, unreadable: [bad] });
    await endStep(tx, run, "users", { outcome: "complete", now: 8, requests: 2, waitedMs: 30, error: null });
    await startStep(tx, run, "roles", 8);
    await endRun(tx, run, {
      outcome: "partial",
      now: 9,
      requests: 3,
      waitedMs: 40,
      throttled: 1,
      error: { why: "x" },
    });
  });
  assert.deepEqual(await getRun(read, run), {
    id: run,
    connection: 1,
    lane: "directory",
    trigger: "request",
    asker: ASKED.who,
    startedAt: 5,
    endedAt: 9,
    outcome: "partial",
    requests: 3,
    waitedMs: 40,
    throttled: 1,
    error: { why: "x" },
    steps: [
      {
        stream: "users",
        outcome: "complete",
        startedAt: 6,
        endedAt: 8,
        rows: 700,
        added: 5,
        changed: 1,
        removed: 4,
        unreadable: [bad],
        requests: 2,
        waitedMs: 30,
        error: null,
      },
      {
        stream: "roles",
        outcome: null,
        startedAt: 8,
        endedAt: null,
        rows: 0,
        added: 0,
        changed: 0,
        removed: 0,
        unreadable: [],
        requests: 0,
        waitedMs: 0,
        error: null,
      },
    ],
  });
  assert.equal(await getRun(read, run + 1), null);
});

test("a step that was cut goes on with its counts", async (t) => {
  const { read, write, run } = await started(t);
  await write(async (tx) => {
    await startStep(tx, run, "users", 6);
    await updateStep(tx, run, "users", { rows: 500, added: 3, changed: 1, unreadable: [] });
    await endStep(tx, run, "users", {
      outcome: "stopped",
      now: 7,
      requests: 1,
      waitedMs: 0,
      error: { why: "x" },
    });
    await startStep(tx, run, "users", 100);
    await updateStep(tx, run, "users", { rows: 600, added: 1, changed: 0, unreadable: [] });
  });
  const [step] = (await getRun(read, run))!.steps;
  assert.deepEqual(
    [step?.startedAt, step?.endedAt, step?.outcome, step?.error, step?.rows, step?.added, step?.requests],
    [6, null, null, null, 600, 4, 1],
  );
});

test("of a broken listing's records only some are kept", async (t) => {
  const { read, write, run } = await started(t);
  const unreadable = Array.from({ length: 40 }, (_, i) => ({ id: String(i), field: "f", reason: "r" }));
  await write(async (tx) => {
    await startStep(tx, run, "users", 6);
    for (let i = 0; i < 3; i++)
      await updateStep(tx, run, "users", { rows: 0, added: 0, changed: 0, unreadable });
  });
  assert.equal((await getRun(read, run))!.steps[0]!.unreadable.length, 50);
});

test("runs are paged, newest first, each connection's its own", async (t) => {
  const { read, start, run } = await started(t);
  await start(2);
  const [second, third] = [await start(), await start()];
  const ids = async (page: Parameters<typeof listRuns>[2]) =>
    (await listRuns(read, 1, page)).map((each) => each.id);
  assert.deepEqual(await ids({ limit: 2 }), [third, second]);
  assert.deepEqual(await ids({ limit: 2, before: second }), [run]);
  assert.deepEqual(await ids({ limit: 2, before: run }), []);
});

const verdict = (facts: Partial<Verdict> = {}): Verdict => ({
  stream: "users",
  state: "stopped",
  cause: "network",
  text: "t",
  cure: "c",
  ask: null,
  facts: {},
  ...facts,
});

const verdicts: [string, Verdict, { rows: number } | undefined, (number | null)[]][] = [
  [
    "the same cause in other words is as old as before",
    verdict({ text: "later" }),
    undefined,
    [10, null, null],
  ],
  ["another cause begins now", verdict({ cause: "tls" }), undefined, [20, null, null]],
  ["another state begins now", verdict({ state: "off" }), undefined, [20, null, null]],
  ["a read is a success, well or not", verdict({ state: "well", cause: null }), { rows: 7 }, [20, 20, 7]],
];

for (const [name, second, success, expected] of verdicts) {
  test(`verdicts: ${name}`, async (t) => {
    const { read, write } = await testStore(t);
    await write((tx) => saveVerdict(tx, 1, verdict(), 10));
    await write((tx) => saveVerdict(tx, 1, second, 20, success));
    const [stored] = await listVerdicts(read, 1);
    assert.deepEqual(stored?.verdict, second);
    assert.deepEqual([stored?.since, stored?.lastSuccessAt, stored?.rows], expected);
  });
}

test("verdicts: a failure keeps the last success, and streams come in their order", async (t) => {
  const { read, write } = await testStore(t);
  await write((tx) => saveVerdict(tx, 1, verdict({ stream: "roles" }), 5));
  await write((tx) => saveVerdict(tx, 1, verdict({ state: "well", cause: null }), 10, { rows: 3 }));
  await write((tx) => saveVerdict(tx, 1, verdict(), 20));
  const stored = await listVerdicts(read, 1);
  assert.deepEqual(
    stored.map((each) => [each.verdict.stream, each.since, each.lastSuccessAt, each.rows]),
    [
      ["users", 20, 10, 3],
      ["roles", 5, null, null],
    ],
  );
  assert.deepEqual(await listVerdicts(read, 2), []);
});
