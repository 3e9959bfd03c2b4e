import assert from "node:assert/strict";
import { test } from "node:test";
import { nextDue } from "./due.ts";

const minutes = (n: number) => n * 60_000;
const run = { outcome: "complete", failures: 0, everyMinutes: 60, startedAt: 0, now: minutes(2) } as const;

const cases: [string, Parameters<typeof nextDue>[0], number, number][] = [
  ["an hour after the start of a short run", run, 60, 0],
  ["a partial run counts like a complete one", { ...run, outcome: "partial" }, 60, 0],
  ["a run of 50 minutes rests as long", { ...run, now: minutes(50) }, 100, 0],
  ["a run of 3 hours rests as long", { ...run, now: minutes(180) }, 360, 0],
  ["a failed run is tried again after 2 minutes", { ...run, outcome: "failed" }, 4, 1],
  ["a third failure waits 8 minutes", { ...run, outcome: "failed", failures: 2 }, 10, 3],
  ["failures never wait longer than the interval", { ...run, outcome: "failed", failures: 40 }, 62, 41],
  ["a stopped run goes on at the next chance", { ...run, outcome: "stopped", failures: 1 }, 2, 1],
  ["a run stopped by a person waits", { ...run, outcome: "stopped", byPerson: true }, 62, 0],
];
for (const [name, facts, dueMinute, failures] of cases) {
  test(`next due: ${name}`, () => assert.deepEqual(nextDue(facts), { dueAt: minutes(dueMinute), failures }));
}
