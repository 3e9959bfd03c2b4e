import assert from "node:assert/strict";
import { test } from "node:test";
import { levelReason } from "./words.ts";

const LAST = "The level is the one last known: the user is";

for (const [level, facts, says] of [
  ["job_admin", { status: "active", grants: 2 }, "Job Admin, because of 2 grants, and not a Site Admin."],
  ["job_admin", { status: "active", grants: null }, "Job Admin, because of grants, and not a Site Admin."],
  [
    "job_admin",
    { status: "active", grants: 0 },
    "Job Admin, because of a grant that can't be read, or is gone since, and not a Site Admin.",
  ],
  [
    "job_admin",
    { status: "deactivated", grants: 0 },
    `Job Admin, because of grants that are gone since, and not a Site Admin. ${LAST} deactivated.`,
  ],
  ["site_admin", { status: "active", grants: 0 }, "Site Admin, because Greenhouse says so."],
  [
    "site_admin",
    { status: "deactivated", grants: 0 },
    `Site Admin, because Greenhouse said so. ${LAST} deactivated.`,
  ],
  ["basic", { status: "missing", grants: 0 }, `Basic: no grant, and not a Site Admin. ${LAST} missing.`],
] as const) {
  test(`why ${level}, ${facts.status}, ${facts.grants} grants`, () => {
    assert.equal(levelReason(level, facts), says);
  });
}
