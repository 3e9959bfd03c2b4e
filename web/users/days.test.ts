import assert from "node:assert/strict";
import { test } from "node:test";
import { daysOf } from "./days.ts";

for (const [name, activeDays, coveredDays, text] of [
  ["all of the window was read", 4, 28, "4 of 28"],
  ["a longer window of their level", 4, 180, "4 of 180"],
  ["a part of it was read", 4, 12, "4 of 12"],
  ["none, and all was read", 0, 28, "0 of 28"],
  ["recruiting activity tells of days that were not read", 4, 0, "≥ 4"],
  ["nothing tells", null, 0, null],
] as const) {
  test(`days of use when ${name}: ${text}`, () => assert.equal(daysOf({ activeDays, coveredDays }), text));
}
