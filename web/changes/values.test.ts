import assert from "node:assert/strict";
import { test } from "node:test";
import { number } from "../format/number.ts";
import { fieldsOf } from "./values.ts";

const told = (facts: Record<string, unknown> | null, kind: "added" | "changed" | "level") =>
  fieldsOf(facts, { kind }, (ms) => new Date(ms).toISOString().slice(0, 10))?.map(
    ({ name, value }) => `${name} ${value}`,
  ) ?? null;

for (const [name, got, expected] of [
  ["no row is no list of fields", told(null, "added"), null],
  ["a row without its ids", told({ id: "1", jobId: "2", name: "Auditor" }, "added"), ["name Auditor"]],
  ["a row's empty fields are left out", told({ name: "A", email: null, emails: [] }, "added"), ["name A"]],
  [
    "a difference tells what is empty",
    told({ email: "", emails: [] }, "changed"),
    ["e-mail address Not given", "e-mail addresses None"],
  ],
  ["a difference tells ids", told({ jobId: "2" }, "changed"), ["job 2"]],
  ["a level in words", told({ level: "job_admin" }, "level"), ["level Job Admin"]],
  ["yes and no", told({ deactivated: false }, "changed"), ["deactivated no"]],
  ["a time as a date", told({ createdAt: 0 }, "changed"), ["made on 1970-01-01"]],
  ["a number that is no time", told({ rows: 0 }, "changed"), ["rows 0"]],
  ["a large number is grouped", told({ rows: 4003 }, "changed"), [`rows ${number(4003)}`]],
] as const) {
  test(name, () => assert.deepEqual(got, expected));
}
