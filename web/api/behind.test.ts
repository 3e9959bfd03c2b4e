import assert from "node:assert/strict";
import { test } from "node:test";
import { type ReadPage, whyBehind } from "./behind.ts";

const page = (run: number, facts: Partial<ReadPage> = {}): ReadPage => ({
  items: [{ id: "1", name: "Mara Quill" }],
  total: 428,
  stamp: { listing: { run }, grantsListing: { run: 7 }, at: "2026-11-23T09:02:00.000Z" },
  ...facts,
});
const later = { ...page(3).stamp!, at: "2026-11-23T10:00:00.000Z" };

for (const [name, pages, now, ofWhatIs, expected] of [
  ["nothing read yet", [], undefined, true, null],
  ["one reading, not looked at again", [page(3), page(3)], undefined, true, null],
  ["asked again, and only the clock has gone on", [page(3)], page(3, { stamp: later }), true, null],
  ["a page of a newer listing", [page(3), page(3), page(4)], undefined, true, "mixed"],
  [
    "a page after a newer listing of grants",
    [page(3), page(3, { stamp: { ...later, grantsListing: { run: 8 } } })],
    undefined,
    true,
    "mixed",
  ],
  ["what happened stays, whatever was listed since", [page(3), page(4)], undefined, false, null],
  ["a newer listing", [page(3)], page(4), true, "newer"],
  ["a newer listing in which nothing happened", [page(3)], page(4), false, null],
  ["another first row", [page(3)], page(3, { items: [{ id: "2" }] }), false, "newer"],
  ["its first row was changed", [page(3)], page(3, { items: [{ id: "1", name: "Mara Q." }] }), true, "newer"],
  ["one row less somewhere", [page(3)], page(3, { total: 427 }), false, "newer"],
  ["changed by somebody here", [page(3, { changed: true })], undefined, false, "newer"],
] as const) {
  test(`a list that is shown: ${name}`, () => {
    assert.equal(whyBehind(pages, now, ofWhatIs), expected);
  });
}
