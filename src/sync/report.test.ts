import assert from "node:assert/strict";
import { test } from "node:test";
import type { RunContext } from "./context.ts";
import type { Progress } from "./progress.ts";
import { reporter } from "./report.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** What is told of a run, each time it reports: minutes left. */
function board() {
  const told: (number | null)[] = [];
  let now = 0;
  const deps = {
    now: () => now,
    progress: { report: ({ leftMs }: Progress) => told.push(leftMs === null ? null : leftMs / MINUTE) },
  };
  const context = { deps, connection: { id: 1 }, lane: "usage", run: 1 } as unknown as RunContext;
  const report = reporter(context, null, 0);
  return {
    told,
    at(minute: number, change: Partial<Progress>) {
      now = minute * MINUTE;
      report(change);
    },
  };
}

test("what is left follows from what was done in which time, and falls while nothing more is known to be done", () => {
  const { told, at } = board();
  at(0, { stream: "audit_log", rows: 0, ofRows: null });
  at(0, { rows: 10, remainingMs: 100 * HOUR });
  at(4, { rows: 500, remainingMs: 80 * HOUR });
  at(6, { rows: 900, remainingMs: 80 * HOUR });
  at(8, { rows: 1300, remainingMs: 80 * HOUR });
  assert.deepEqual(told, [null, null, 16, 14, 12]);
});

test("a long span that counts as done only at its end: nothing is said, and never ever more", () => {
  const { told, at } = board();
  at(0, { stream: "audit_log", rows: 0, ofRows: null });
  at(0, { rows: 10, remainingMs: 720 * HOUR });
  at(1, { rows: 500, remainingMs: 696 * HOUR });
  for (let minute = 2; minute < 6; minute += 1) at(minute, { rows: minute * 500, remainingMs: 696 * HOUR });
  assert.deepEqual(told, [null, null, 29, 28, null, null, null]);
  at(6, { rows: 3000, remainingMs: 0 });
  assert.equal(told.at(-1), 0);
});

test("of a list with a known length it is the rows that count, and another stream begins anew", () => {
  const { told, at } = board();
  at(0, { stream: "audit_log", rows: 0, ofRows: null, remainingMs: 50 * HOUR });
  at(10, { stream: "users", rows: 0, ofRows: 1000 });
  at(11, { rows: 250 });
  assert.deepEqual(told, [null, null, 3]);
});
