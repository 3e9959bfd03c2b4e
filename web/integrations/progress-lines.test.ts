import assert from "node:assert/strict";
import { test } from "node:test";
import { linesOf, progressText } from "./progress-lines.ts";
import type { Connection, Verdict } from "./troubles.ts";
import type { Reading } from "./use-progress.ts";

type Facts = Pick<Verdict, "state"> & Partial<Pick<Verdict, "lastSuccessAt" | "rows" | "lost">>;

const AT = "2026-11-23T09:02:00.000Z";

/** Of a connection with this one stream. */
function told(facts: Facts, reading: Partial<Reading> | null, off: Verdict["stream"][] = []) {
  const verdict = { stream: "jobs", label: "Jobs", lastSuccessAt: null, rows: null, lost: null, ...facts };
  const connection = { streams: [verdict], settings: { off } } as unknown as Connection;
  const shown = { stream: "jobs", label: "Jobs", expectedRows: null, note: null, remainingMs: null };
  const readings = reading ? [{ waitingUntil: null, ...shown, ...reading } as Reading] : [];
  const [line] = linesOf(connection, readings);
  return [line!.state, progressText(line!)];
}

for (const [name, got, expected] of [
  ["not begun", told({ state: "not_read_yet" }, null), ["waiting", "waiting"]],
  ["told to wait", told({ state: "not_read_yet" }, { state: "waiting", rows: 0 }), ["waiting", "waiting"]],
  ["under way", told({ state: "reading" }, { state: "reading", rows: 3 }), ["reading", "3 read"]],
  [
    "read before anybody looked",
    told({ state: "well", lastSuccessAt: AT, rows: 48 }, null),
    ["done", "48 read"],
  ],
  [
    "not allowed and optional is no failure, and no 0",
    told({ state: "off", lost: "job names (you see job IDs)" }, { state: "failed", rows: 0 }),
    ["off", "not allowed, optional: you do without job names (you see job IDs)"],
  ],
  ["off by choice", told({ state: "off" }, null, ["jobs"]), ["off", "off, your choice"]],
  ["off before, and read now", told({ state: "off" }, { state: "reading", rows: 5 }), ["reading", "5 read"]],
  ["failed", told({ state: "stopped" }, { state: "failed", rows: 0 }), ["failed", "not read"]],
  ["failed halfway", told({ state: "stopped" }, { state: "failed", rows: 7 }), ["failed", "7 read"]],
] as const) {
  test(`a stream of a sync: ${name}`, () => assert.deepEqual(got, expected));
}
