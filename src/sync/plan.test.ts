import assert from "node:assert/strict";
import { test } from "node:test";
import type { RoleRecord, UnreadableRecord } from "../model/records.ts";
import type { StoredRow } from "../model/row-change.ts";
import { plan } from "./plan.ts";

const role = (id: string, name = `role ${id}`): RoleRecord => ({ id, name, type: "job_admin" });
const row = (record: RoleRecord, state: StoredRow<RoleRecord>["state"] = "present") => ({ record, state });
const unreadable = (id: string | null): UnreadableRecord => ({ id, field: "name", reason: "is not a text" });

const cases: [string, StoredRow<RoleRecord>[], RoleRecord[], UnreadableRecord[], string[]][] = [
  ["nothing stored, nothing listed", [], [], [], []],
  ["a new record is added", [], [role("1")], [], ["add 1"]],
  ["an equal record changes nothing", [row(role("1"))], [role("1")], [], []],
  ["a different record is an update", [row(role("1", "old"))], [role("1")], [], ["update 1"]],
  ["a removed row that is listed again returns", [row(role("1"), "removed")], [role("1")], [], ["return 1"]],
  [
    "a row not visible that is listed again returns",
    [row(role("1"), "not_visible")],
    [role("1")],
    [],
    ["return 1"],
  ],
  [
    "a present row that is not listed is absent",
    [row(role("1")), row(role("2"))],
    [role("2")],
    [],
    ["absent 1"],
  ],
  ["a removed row that is not listed stays so", [row(role("1"), "removed")], [], [], []],
  ["an unreadable record is not absent", [row(role("1"))], [], [unreadable("1")], []],
  [
    "beside an unreadable record without an id nothing is absent",
    [row(role("1"))],
    [],
    [unreadable(null)],
    [],
  ],
  ["of two records with one id the first counts", [], [role("1", "a"), role("1", "b")], [], ["add 1"]],
];

for (const [name, stored, records, failed, expected] of cases) {
  test(`plan: ${name}`, () => {
    const changes = plan(stored, { records, unreadable: failed });
    assert.deepEqual(
      changes.map((change) => `${change.kind} ${change.id}`),
      expected,
    );
  });
}
