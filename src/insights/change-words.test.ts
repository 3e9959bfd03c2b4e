import assert from "node:assert/strict";
import { test } from "node:test";
import type { ChangeRow } from "../store/ledger/changes.ts";
import { changeWords, type Facts } from "./change-words.ts";

const row = (
  stream: ChangeRow["stream"],
  kind: ChangeRow["kind"],
  before: Facts | null = null,
  after: Facts | null = null,
): ChangeRow => ({
  seq: 1,
  stream,
  kind,
  rowId: "1",
  userId: null,
  userName: null,
  before,
  after,
  run: 1,
  afterAt: null,
  seenAt: 0,
  event: null,
  by: null,
  action: null,
});

const NAMES: Record<string, string> = {
  "role 1": "Standard",
  "job 2": "Data Analyst",
  "department 3": "Sales",
};
const nameOf = (kind: string, id: unknown) =>
  typeof id === "string" ? (NAMES[`${kind} ${id}`] ?? `${kind} ${id}`) : null;

for (const [change, words] of [
  [row("users", "baseline"), "Users: first complete listing"],
  [row("users", "level", { level: "basic" }, { level: "job_admin" }), "level Basic → Job Admin"],
  [
    row("users", "changed", { deactivated: false, updatedAt: 1 }, { deactivated: true, updatedAt: 2 }),
    "user deactivated",
  ],
  [row("users", "changed", { deactivated: true }, { deactivated: false }), "user activated again"],
  [
    row("users", "changed", { siteAdmin: false, updatedAt: 1 }, { siteAdmin: true, updatedAt: 2 }),
    "user made Site Admin",
  ],
  [
    row("users", "changed", { siteAdmin: true, deactivated: false }, { siteAdmin: false, deactivated: true }),
    "user no longer Site Admin, deactivated",
  ],
  [
    row("users", "changed", { jobTitle: null, siteAdmin: true }, { jobTitle: "Lead", siteAdmin: false }),
    "user no longer Site Admin; job title Not given → Lead",
  ],
  [
    row("users", "changed", { departmentIds: [] }, { departmentIds: ["3", "4"] }),
    "user changed: departments None → Sales + department 4",
  ],
  [row("users", "changed", { updatedAt: 1 }, { updatedAt: 2 }), "user updated in Greenhouse"],
  [row("users", "removed", { name: "A" }), "user missing: no longer listed by Greenhouse"],
  [row("users", "added", null, { name: "Mara Quill" }), "user added: Mara Quill"],
  [row("jobs", "changed", { status: "open" }, { status: "closed" }), "job changed: status open → closed"],
  [row("jobs", "changed", { confidential: null }, { confidential: true }), "job now confidential"],
  [row("job_grants", "added", null, { roleId: "1", jobId: "2" }), "grant added: Standard on Data Analyst"],
  [
    row("job_grants", "changed", { automated: true }, { automated: false }),
    "grant changed: made by a rule → by hand",
  ],
  [
    row("future_job_grants", "removed", { roleId: "9", departmentId: "3", officeId: null }),
    "grant removed: role 9 on every future job in Sales, every office",
  ],
] as const) {
  test(`in words: ${words}`, () => assert.equal(changeWords(change, nameOf), words));
}
