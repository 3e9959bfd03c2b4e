import assert from "node:assert/strict";
import { test } from "node:test";
import { DEFAULT_SETTINGS } from "../../model/connection.ts";
import { changed } from "./trail-changes.ts";

const before = { name: "Aldermoor", paused: false, ...DEFAULT_SETTINGS };
const { everyMinutes, findings } = DEFAULT_SETTINGS;

for (const [name, given, told] of [
  [
    "events are kept for 35 days only",
    { keepEventsDays: 35 },
    { keepEventsDays: 35, keepEventsDaysBefore: 400 },
  ],
  ["for ever is null", { keepEventsDays: null }, { keepEventsDays: null, keepEventsDaysBefore: 400 }],
  [
    "one lane of four",
    { everyMinutes: { ...everyMinutes, usage: 30 } },
    { "everyMinutes.usage": 30, "everyMinutes.usageBefore": 15 },
  ],
  [
    "a threshold of findings",
    { findings: { agencyGrants: 5 } },
    { "findings.agencyGrants": 5, "findings.agencyGrantsBefore": 20 },
  ],
  [
    "a window of a level",
    { windows: [{ level: "basic", role: null, days: 90 }] },
    { windows: "level basic days 90", windowsBefore: "none" },
  ],
  ["usage off", { off: ["audit_log"] }, { off: "audit_log", offBefore: "none" }],
  [
    "a new name, and nothing of what stays",
    { name: "Acme", paused: false, settings: undefined },
    { name: "Acme", nameBefore: "Aldermoor" },
  ],
  ["the same settings again", { ...DEFAULT_SETTINGS, findings: { ...findings } }, null],
] as const) {
  test(`a change is told: ${name}`, () => assert.deepEqual(changed(before, given), told));
}

test("a list of hundreds is cut, and says how long it was", () => {
  const told = changed({ off: [] }, { off: Array(500).fill("audit_log") })!;
  assert.match(String(told.off), /^audit_log, .{900,}… \(5498 characters\)$/);
});
