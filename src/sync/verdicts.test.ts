import assert from "node:assert/strict";
import { test } from "node:test";
import { held } from "./verdicts.ts";

for (const [name, facts, says] of [
  ["fewer", { listed: 216, before: 428, absent: 212 }, /^212 users fewer than before\. Complete listing, 216 of 428\./],
  [
    "fewer, and one who had been missing",
    { listed: 51, before: 62, absent: 12 },
    /^12 users fewer than before, and 1 new or back\. Complete listing, 51 of 62\./,
  ],
] as const) {
  test(`a held listing of ${name}: its numbers agree`, () => {
    assert.match(held("users", { ...facts, needsPerson: false }).text!, says);
  });
}
