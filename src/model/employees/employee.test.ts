import assert from "node:assert/strict";
import { test } from "node:test";
import { parseDay } from "../day.ts";
import { daysToRemoval, domainOf, employeeState, isEmail, removalTimes } from "./employee.ts";
import { planEmployee, type StoredEmployee, type ToldEmployee } from "./employee-plan.ts";

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

/** What becomes of somebody whom these rows tell of, one after another. */
function after(...rows: readonly [on: string, row: ToldEmployee][]) {
  let stored: StoredEmployee | null = null;
  let back = false;
  for (const [on, row] of rows) {
    const { next, comesBack }: ReturnType<typeof planEmployee> = planEmployee(
      stored,
      row,
      "csv",
      at(on),
      true,
    );
    stored = { id: 1, ...next };
    back = comesBack;
  }
  const { leftDay, leftAt } = stored!;
  return [employeeState(stored!, today), leftDay, leftAt, back];
}

const DATE = day("2026-11-10");
for (const [name, rows, expected] of [
  [
    "said to have left at a day that lies ahead",
    [["2026-11-20", { told: "left", leftDay: today + 3 }]],
    ["employed", today + 3, null, false],
  ],
  [
    "said so on that very day",
    [["2026-11-23", { told: "left", leftDay: today }]],
    ["left", today, null, false],
  ],
  [
    "whose leave date was moved",
    [
      ["2026-11-20", { told: "left" }],
      ["2026-11-21", { told: "left", leftDay: today + 3 }],
    ],
    ["employed", today + 3, null, false],
  ],
  [
    "told of twice by one file, with their last day in between",
    [
      ["2026-11-01", { told: "employed", leftDay: DATE }],
      ["2026-11-20", { told: "employed", leftDay: DATE }],
    ],
    ["left", DATE, null, false],
  ],
  [
    "said to have left, and then to be active beside the old date",
    [
      ["2026-11-12", { told: "left", leftDay: DATE }],
      ["2026-11-20", { told: "employed", leftDay: DATE }],
    ],
    ["employed", null, null, true],
  ],
  [
    "said to have left, and then told nothing of",
    [
      ["2026-11-12", { told: "left", leftDay: DATE }],
      ["2026-11-20", { leftDay: null, department: "Talent" }],
    ],
    ["left", DATE, null, false],
  ],
  [
    "seen to leave, and said to have left without a date",
    [
      ["2026-11-10", { told: "left", leftDay: DATE, leftAt: at("2026-11-10") }],
      ["2026-11-20", { told: "left", leftDay: null }],
    ],
    ["left", DATE, at("2026-11-10"), false],
  ],
  [
    "whose leave date alone told it, and was a mistake",
    [
      ["2026-11-12", { told: null, leftDay: DATE }],
      ["2026-11-20", { leftDay: null }],
    ],
    ["employed", null, null, true],
  ],
] as const satisfies readonly [string, readonly [string, ToldEmployee][], unknown[]][]) {
  test(`somebody ${name}`, () => assert.deepEqual(after(...rows), expected));
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
  for (const good of ["a@b", "ann.o'neil+x@sub.example.com", "ünal@example.de", "a@corp_int.example"])
    assert.ok(isEmail(good), good);
  for (const bad of ["", "a", "a@", "@b", "a@b@c", "a b@c", "<a@b>", "a@b.", "a@b'", "a@b/c"])
    assert.ok(!isEmail(bad), bad);
  assert.equal(domainOf("Ann@Example.COM"), "example.com");
});
