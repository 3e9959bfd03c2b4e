import assert from "node:assert/strict";
import { test } from "node:test";
import { parseDay } from "./day.ts";
import { daysToRemoval, domainOf, employeeState, isEmail, removalTimes } from "./employee.ts";

const day = (text: string) => parseDay(text)!;
const today = day("2026-11-23");
const at = (text: string) => Date.parse(`${text}T12:00:00Z`);
const facts = { told: null, toldAt: at("2026-11-01"), startedDay: null, leftDay: null } as const;

for (const [name, given, expected] of [
  ["of whom nothing is told", {}, "employed"],
  ["said to have left", { told: "left" }, "left"],
  ["said to have left, with a date ahead", { told: "left", leftDay: day("2026-12-31") }, "left"],
  ["whose last day is today", { leftDay: today }, "employed"],
  ["whose last day was yesterday", { leftDay: today - 1 }, "left"],
  ["said to be active before their last day", { told: "employed", leftDay: day("2026-11-10") }, "left"],
  ["said to be active after an old last day", { told: "employed", leftDay: day("2025-03-31") }, "employed"],
  ["on leave", { told: "on_leave" }, "on_leave"],
  ["on leave until a last day that has passed", { told: "on_leave", leftDay: day("2026-11-20") }, "left"],
  ["who begins tomorrow", { startedDay: today + 1 }, "not_started"],
  ["who begins today", { startedDay: today }, "employed"],
  [
    "said not to have begun, and has since",
    { told: "not_started", startedDay: day("2026-11-20") },
    "employed",
  ],
  ["said not to have begun, without a date", { told: "not_started" }, "not_started"],
] as const) {
  test(`somebody ${name} is ${expected}`, () => {
    assert.equal(employeeState({ ...facts, ...given }, today), expected);
  });
}

test("time to removal is counted to the moment when access had surely ended", () => {
  const leftAt = at("2026-11-10");
  const ended = (by: string | null) =>
    daysToRemoval({ leftAt, after: null, by: by === null ? null : at(by) });
  assert.equal(ended("2026-11-12"), 2);
  assert.equal(ended("2026-11-09"), 0, "in time");
  assert.equal(ended(null), null, "deactivated before the first listing");
  assert.equal(daysToRemoval({ leftAt: null, after: null, by: at("2026-11-12") }), null, "no leave date");
});

test("a distribution of removals", () => {
  assert.deepEqual(removalTimes([]), { measured: 0, median: null, p90: null, steps: [0, 0, 0, 0, 0, 0, 0] });
  const { median, p90, steps } = removalTimes([0, 0.5, 1, 2, 3, 6, 8, 20, 31, 90]);
  assert.deepEqual([median, p90, steps], [3, 31, [1, 2, 2, 1, 1, 1, 2]]);
});

test("addresses", () => {
  for (const good of ["a@b", "ann.o'neil+x@sub.example.com", "ünal@example.de"])
    assert.ok(isEmail(good), good);
  for (const bad of ["", "a", "a@", "@b", "a@b@c", "a b@c", "<a@b>"]) assert.ok(!isEmail(bad), bad);
  assert.equal(domainOf("Ann@Example.COM"), "example.com");
});
