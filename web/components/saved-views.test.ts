import assert from "node:assert/strict";
import { test } from "node:test";
import { queryOf, type SavedView, searchOf, viewIn } from "./saved-views.ts";

for (const [name, search, expected] of [
  [
    "filters in the order of their names",
    { status: "active", license: "unused" },
    "license=unused&status=active",
  ],
  ["not the connection", { c: "2", status: "active" }, "status=active"],
  ["not the event that is open", { event: "77", day: "2026-11-20" }, "day=2026-11-20"],
  ["not what is empty or absent", { search: "", status: undefined, sort: "name" }, "sort=name"],
  ["a name with blanks and signs", { search: "Mara & Søren" }, "search=Mara+%26+S%C3%B8ren"],
  ["nothing", { c: "1" }, ""],
] as const) {
  test(`a saved view keeps ${name}`, () => assert.equal(queryOf(search), expected));
}

for (const [name, query, now, expected] of [
  [
    "the connection shown now stays",
    "status=active",
    { c: "2", license: "unused" },
    { status: "active", c: "2" },
  ],
  ["without a connection in the address", "status=active", {}, { status: "active" }],
  [
    "a connection in an old view is not followed",
    "c=9&status=active",
    { c: "2" },
    { status: "active", c: "2" },
  ],
  ["a filter of digits stays text", "role=0045", {}, { role: "0045" }],
] as const) {
  test(`opening a view: ${name}`, () => assert.deepEqual(searchOf(query, now), expected));
}

const view = (id: number, query: string, mine: boolean): SavedView => ({
  id,
  page: "users",
  name: `View ${id}`,
  query,
  shared: !mine,
  mine,
  owner: null,
  createdAt: "2026-11-23T09:00:00.000Z",
});
const views = [view(1, "status=active&license=unused", false), view(2, "license=unused&status=active", true)];

for (const [name, search, expected] of [
  ["the same filters, in any order: the own one first", { c: "1", license: "unused", status: "active" }, 2],
  ["one filter more", { license: "unused", status: "active", agency: "true" }, null],
  ["no filter", { c: "1" }, null],
] as const) {
  test(`which view an address shows, ${name}`, () => {
    assert.equal(viewIn(views, search)?.id ?? null, expected);
  });
}
test("which view an address shows, where only somebody else has it", () => {
  assert.equal(viewIn(views.slice(0, 1), { status: "active", license: "unused" })?.id, 1);
});
