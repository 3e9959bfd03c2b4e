import assert from "node:assert/strict";
import { test } from "node:test";
import { TimeAsked } from "./kit.ts";

const cases: [string, string, number | null][] = [
  ["a date begins at midnight UTC", "2026-11-23", Date.UTC(2026, 10, 23)],
  ["a time with its zone", "2026-11-23T09:02Z", Date.UTC(2026, 10, 23, 9, 2)],
  ["a time east of UTC", "2026-11-23T09:02:30+01:00", Date.UTC(2026, 10, 23, 8, 2, 30)],
  ["a leap day", "2028-02-29", Date.UTC(2028, 1, 29)],
  ["a day that no month has", "2026-02-30", null],
  ["a day that no month has, with a time", "2026-02-30T10:00:00Z", null],
  ["a month that no year has", "2026-13-01", null],
  ["an hour that no day has", "2026-11-23T25:00Z", null],
  ["a time without its zone", "2026-11-23T09:02", null],
  ["words", "yesterday", null],
];
for (const [name, text, expected] of cases) {
  test(`time asked: ${name}`, () => {
    const parsed = TimeAsked.safeParse(text);
    assert.equal(parsed.success ? parsed.data : null, expected);
  });
}
