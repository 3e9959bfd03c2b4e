import assert from "node:assert/strict";
import { test } from "node:test";
import type { Stamp } from "../contract/kit.ts";
import { changedMeanwhile } from "./export-stamp.ts";

const restsOn = ([users, grants]: readonly (number | null)[]) => {
  const listing = (run: number | null | undefined) =>
    run == null ? null : { run, completedAt: "2026-11-22T09:00:00Z", complete: true as const };
  return { listing: listing(users), grantsListing: listing(grants) } as Stamp;
};

for (const [name, first, last, changed] of [
  ["the same listings", [7, 8], [7, 8], false],
  ["another listing of users", [7, 8], [9, 8], true],
  ["another listing of grants alone", [7, 8], [7, 9], true],
  ["grants listed for the first time", [7, null], [7, 8], true],
  ["never listed", [null, null], [null, null], false],
] as const) {
  test(`rows that rest on ${name}: ${changed ? "some may be newer" : "all are of one"}`, () => {
    assert.equal(changedMeanwhile(restsOn(first), restsOn(last)), changed);
  });
}
