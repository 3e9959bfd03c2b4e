import assert from "node:assert/strict";
import { test } from "node:test";
import { PRESETS, type Preset, presetIn, queryOf, usersFilters, viewOf } from "./filter.ts";

const filters = usersFilters((_, id) => id);

for (const [name, view, expected] of [
  ["nothing", {}, {}],
  [
    "filters under the API's names",
    { status: "active", license: "unused" },
    { status: "active", license: "unused" },
  ],
  [
    "search and order",
    { search: "mara", sort: "name", descending: "true" },
    { search: "mara", sort: "name", descending: true },
  ],
  ["what is none of its filters", { c: "2", columns: "name", tab: "x" }, {}],
  ["an order as of a date", { asOf: "2026-11-01", sort: "lastUsed" }, { asOf: "2026-11-01" }],
] as const) {
  test(`what the list of users asks for: ${name}`, () => assert.deepEqual(queryOf(view, filters), expected));
}

for (const id of Object.keys(PRESETS) as Preset[]) {
  test(`the preset ${id} is found again in the address that it sets`, () => {
    assert.equal(presetIn({ ...PRESETS[id], c: "1" }, filters), id);
  });
}

for (const [name, view] of [
  ["one filter more", { ...PRESETS.unused, agency: "true" }],
  ["another value", { ...PRESETS.unused, license: "in_use" }],
  ["a search beside it", { ...PRESETS.unused, search: "mara" }],
] as const) {
  test(`no preset is shown with ${name}`, () => assert.equal(presetIn(view, filters), null));
}

for (const [name, filter, expected] of [
  ["several values as one", { status: ["active", "missing"] }, { status: "active,missing" }],
  ["a flag and a number", { agency: true, run: 4 }, { agency: "true", run: "4" }],
  ["nothing of what is not set", { role: null, office: undefined }, {}],
] as const) {
  test(`the list behind a number: ${name}`, () => assert.deepEqual(viewOf(filter), expected));
}
