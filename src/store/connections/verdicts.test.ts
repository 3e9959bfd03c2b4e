import assert from "node:assert/strict";
import { test } from "node:test";
import type { CauseCode, StreamState, Verdict } from "../../model/verdict.ts";
import { loadSeal } from "../secrets/seal.ts";
import { newConnection, testStore } from "../testing.ts";
import { createConnection } from "./connections.ts";
import { listVerdicts, saveVerdict } from "./verdicts.ts";

const told = (state: StreamState, cause: CauseCode | null): Verdict => ({
  stream: "users",
  state,
  cause,
  text: null,
  cure: null,
  ask: null,
  facts: {},
});
const WELL = told("well", null);
const STOPPED = told("stopped", "network");

for (const [name, judged, facts] of [
  ["well from the first", [WELL, WELL], {}],
  ["well again", [WELL, STOPPED, STOPPED, WELL], { stoppedAt: 2, stoppedBy: "network", readBefore: 1 }],
  ["still well", [WELL, STOPPED, WELL, WELL], { stoppedAt: 2, stoppedBy: "network", readBefore: 1 }],
  [
    "well after it waited for users",
    [WELL, told("waiting_for_users", "waiting_for_users"), WELL],
    { stoppedAt: 2, stoppedBy: "waiting_for_users", readBefore: 1 },
  ],
  ["well for the first time", [STOPPED, WELL], {}],
  ["stopped", [WELL, STOPPED], {}],
  ["switched on again", [WELL, told("off", "switched_off"), WELL], {}],
] as const) {
  test(`what a verdict keeps of the stop before it: ${name}`, async (t) => {
    const store = await testStore(t);
    const seal = await loadSeal(store.dir, {});
    const connection = await store.write((tx) => createConnection(tx, seal, newConnection(seal)));
    for (const [i, verdict] of judged.entries()) {
      const success = verdict.state === "well" ? { rows: 3 } : undefined;
      await store.write((tx) => saveVerdict(tx, connection.id, verdict, i + 1, success));
    }
    const [stored] = await listVerdicts(store.read, connection.id);
    assert.deepEqual(stored!.verdict.facts, facts);
  });
}

test("a held listing is none that succeeded: its rows are told, and the last one that was believed stays", async (t) => {
  const store = await testStore(t);
  const seal = await loadSeal(store.dir, {});
  const { id } = await store.write((tx) => createConnection(tx, seal, newConnection(seal)));
  await store.write((tx) => saveVerdict(tx, id, WELL, 1, { rows: 62 }));
  const held = told("stopped", "listing_held");
  await store.write((tx) => saveVerdict(tx, id, held, 2, { rows: 63, at: null }));
  const [stored] = await listVerdicts(store.read, id);
  assert.deepEqual([stored!.lastSuccessAt, stored!.rows, stored!.since], [1, 63, 2]);
});
