import assert from "node:assert/strict";
import { test } from "node:test";
import { utc } from "../format/time.ts";
import { restsOn, type Stamp, shownAt } from "./stamp-parts.ts";

const listing = (run: number) => ({
  run,
  completedAt: `2026-11-23T09:0${run}:00.000Z`,
  complete: true as const,
});
const at = "2026-11-25T18:05:00.000Z";
const stamp: Stamp = {
  connection: "Aldermoor",
  listing: listing(1),
  grantsListing: listing(2),
  coverage: [],
  holes: [],
  sentence: "",
  asOf: null,
  at,
  sample: false,
};
const told = (run: number) => `sync run ${run}, complete listing, ${utc(listing(run).completedAt)}`;

for (const [name, got, expected] of [
  ["users", restsOn(stamp, "users"), told(1)],
  ["grants", restsOn(stamp, "grants"), told(2)],
  ["roles, whose counts are of grants", restsOn(stamp, "roles"), `${told(1)} · grants: ${told(2)}`],
  [
    "roles while grants were never read",
    restsOn({ ...stamp, grantsListing: null }, "roles"),
    `${told(1)} · grants: no complete listing yet`,
  ],
  ["roles of an earlier time, which count nobody", restsOn({ ...stamp, asOf: at }, "roles"), told(1)],
  ["use, of which nothing was read", restsOn(stamp, "usage"), "audit log not read yet"],
  ["what a stamp doesn't name", restsOn(stamp, "none"), null],
] as const) {
  test(`what rows rest on: ${name}`, () => assert.equal(got, expected));
}

test("rows are as old as their answer, however long the page has been open", () => {
  const now = Date.parse("2026-11-26T09:12:00Z");
  assert.match(shownAt(undefined, now, now), /^09:12 UTC$/);
  assert.match(shownAt(undefined, Date.parse(at), now), /25.*18:05 UTC$/);
  assert.match(shownAt(stamp, now, now), /25.*18:05 UTC$/);
});
