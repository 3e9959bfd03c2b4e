import assert from "node:assert/strict";
import { test } from "node:test";
import { type SimulatorOptions, startSimulator } from "../../../../simulator/index.ts";
import type { Credential } from "../../../model/connection.ts";
import { contains } from "../../../model/span.ts";
import { auditTransport } from "../audit-transport.ts";
import { parts, sessionOptions } from "../testing.ts";
import { FakeStore, KEY } from "./fake-log.ts";
import { readActivity } from "./reader.ts";
import { claimable, HOUR } from "./slices.ts";

const NOW = "2026-11-23T12:00:00Z";
const SCALE = 200;

/** A simulator with 6,000 events, read through the real transport at its limits. */
async function read(options: SimulatorOptions, runs = 1) {
  const sim = await startSimulator({
    users: 30,
    eventsPerDay: 200,
    now: NOW,
    freeze: true,
    timeScale: SCALE,
    ...options,
  });
  try {
    const credential: Credential = { kind: "harvest_v3", clientId: sim.clientId, secret: sim.clientSecret };
    const { caller, authorization } = parts(sessionOptions(sim.urls, credential, { timeScale: SCALE }));
    const transport = auditTransport(caller, authorization);
    const store = new FakeStore();
    for (let n = 0; n < runs; n += 1) {
      const { checkpoint, coverage } = store;
      const activity = { checkpoint, coverage, oldestEvent: null, full: n > 0 };
      for await (const page of readActivity(transport, activity, { eventKey: KEY, now: Date.now })) {
        store.apply(page);
      }
    }
    const [span] = store.coverage;
    const range = { after: new Date(span!.from).toISOString(), before: new Date(span!.to - 1).toISOString() };
    const truth = await sim.control.truth(range);
    return { store, truth: truth.events, counters: sim.control.counters(), scenario: sim.control };
  } finally {
    await sim.close();
  }
}

const CASES: [string, SimulatorOptions["scenario"]][] = [
  ["as it is by default", {}],
  ["a cap of 500", { "audit.unpagedCap": 500 }],
  ["no cap", { "audit.unpagedCap": null }],
  ["unpaged answers refused", { "audit.unpagedCap": "refuse" }],
  [
    "exclusive bounds, hits of the whole",
    { "audit.beforeBound": "exclusive", "audit.afterBound": "exclusive", "audit.hits": "total" },
  ],
  ["only seconds taken, hits of the log", { "audit.timeFormat": "seconds", "audit.hits": "log" }],
  ["oldest first", { "audit.order": "oldest first" }],
  ["cursors of one integer", { "audit.cursorShape": "integer", "audit.unpagedCap": "refuse" }],
  ["cursors that are lists", { "audit.cursorShape": "list", "audit.unpagedCap": "refuse" }],
  ["cursors of three parts", { "audit.cursorShape": "three", "audit.unpagedCap": "refuse" }],
  [
    "cursors of any shape, short pages",
    { "audit.cursorShape": "mixed", "audit.unpagedCap": "refuse", "audit.shortPages": 0.5 },
  ],
  ["position as a parameter", { "audit.pagingPlace": "query", "audit.unpagedCap": "refuse" }],
  ["size as a parameter", { "audit.sizePlace": "query" }],
  ["a last page with results", { "audit.lastPage": "with results", "audit.unpagedCap": "refuse" }],
  [
    "events that come half an hour late",
    { "audit.lagSeconds": 1800, "audit.lateShare": 0.1, "audit.lateSeconds": 900 },
  ],
];

for (const [name, scenario] of CASES) {
  test(`the simulator's log is read whole, without one 429: ${name}`, async () => {
    const { store, truth, counters } = await read({ scenario });
    const { from, to } = claimable(Date.parse(NOW), HOUR);
    assert.equal(store.coverage.length, 1);
    assert.ok(contains(store.coverage, { from, to }));
    const inside = [...store.events.values()].filter((at) => contains(store.coverage, at));
    assert.equal(inside.length, truth);
    assert.ok(truth > 4000);
    assert.equal(counters.total.throttled, 0);
  });
}

test("reading everything again stores nothing twice", async () => {
  const { store, truth } = await read({}, 2);
  assert.equal([...store.events.values()].filter((at) => contains(store.coverage, at)).length, truth);
});
