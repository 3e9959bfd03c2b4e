import assert from "node:assert/strict";
import { test } from "node:test";
import { isShown, jobIdIn, PRESETS } from "./view.ts";

for (const [name, typed, expected] of [
  ["a number", " 4100055004 ", "4100055004"],
  ["the address of a job's page", "https://app.greenhouse.io/plans/4100055004/candidates", "4100055004"],
  ["its dashboard", "https://app4.greenhouse.io/sdash/4100055004", "4100055004"],
  ["a number in the query", "https://app.greenhouse.io/people?hiring_plan_id=4100055004&x=1", "4100055004"],
  ["another page's address", "https://app.greenhouse.io/people/77", null],
  ["a name", "Data Analyst 3", null],
  ["more digits than an id has", "12345678901234567890", null],
] as const) {
  test(`the job in what was typed: ${name}`, () => assert.equal(jobIdIn(typed), expected));
}

test("a shortcut is shown only while nothing else narrows", () => {
  assert.equal(isShown({ c: "1", jobStatus: "closed" }, PRESETS.closed), true);
  assert.equal(isShown({ jobStatus: "closed", user: "7" }, PRESETS.closed), false);
  assert.equal(isShown({ asOf: "2026-11-01" }, PRESETS.all), true);
});
