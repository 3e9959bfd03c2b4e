import assert from "node:assert/strict";
import { test } from "node:test";
import { healings } from "./healings.ts";

const at = (day: number, hour = 10) => `2026-11-${String(day).padStart(2, "0")}T${hour}:00:00.000Z`;
const back = { at: at(23), readBefore: at(21) };
const users = { stream: "users", label: "Users", lane: "directory", healed: back } as const;
const roles = {
  stream: "roles",
  label: "Roles",
  lane: "directory",
  healed: { ...back, at: at(23, 11) },
} as const;
const log = { stream: "audit_log", label: "Audit log", lane: "usage", healed: back } as const;
const hole = (from: number, to: number) => ({ from: at(from), to: at(to), cause: "not read" });

for (const [name, streams, holes, expected] of [
  ["none that had stopped", [{ ...users, healed: null }], [], []],
  [
    "two of one lane, as one, with the later time",
    [users, roles],
    [],
    [{ labels: ["Users", "Roles"], at: at(23, 11), lost: [] }],
  ],
  ["usage, all of it read later", [log], [hole(1, 3)], [{ labels: ["Usage"], at: at(23), lost: [] }]],
  [
    "usage, with a hole from before the stop into it",
    [log],
    [hole(1, 3), hole(20, 22)],
    [{ labels: ["Usage"], at: at(23), lost: [hole(20, 22)] }],
  ],
  ["a list, whatever use lacks", [users], [hole(21, 22)], [{ labels: ["Users"], at: at(23), lost: [] }]],
] as const) {
  test(`what is back: ${name}`, () => assert.deepEqual(healings(streams, holes), expected));
}
