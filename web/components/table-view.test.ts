import assert from "node:assert/strict";
import { test } from "node:test";
import { utc } from "../format/time.ts";
import {
  chipOf,
  type Filter,
  fieldOf,
  filtersOf,
  leaving,
  setting,
  sortedBy,
  sortOf,
  stillOnTheirWay,
  toggled,
} from "./table-view.ts";

const license: Filter = {
  key: "license",
  label: "License",
  options: [
    ["in_use", "In use"],
    ["unused", "Unused"],
  ],
};
const status: Filter = { key: "status", label: "Status", options: [["active", "Active"]], default: "active" };
const noEmail: Filter = { key: "noEmail", label: "No e-mail", flag: true };
const role: Filter = { key: "role", label: "Role", word: (id) => `Role ${id}` };
const from: Filter = { key: "from", label: "From", input: "date" };
const since = "2026-11-19T10:26:22.123Z";
const columns = [
  { id: "name", sort: "name", usual: true },
  { id: "days" },
  { id: "lastUsed", sort: "lastUsed" },
];
const all = [license, status, noEmail, role];

for (const [name, got, expected] of [
  ["nothing in the address: the default narrows", filtersOf({}, all), { status: "active" }],
  ["`any` takes the default away", filtersOf({ status: "any" }, all), {}],
  [
    "other parameters of the address are not asked for",
    filtersOf({ c: "1", license: "unused", sort: "name" }, all),
    { license: "unused", status: "active" },
  ],
  ["removing a filter takes it out of the address", setting(license, undefined), { license: undefined }],
  ["removing a default says so", setting(status, undefined), { status: "any" }],
  ["choosing the default leaves the address clean", setting(status, "active"), { status: undefined }],
  ["a chip names filter and value", chipOf(license, "unused"), "License: Unused"],
  ["a chip of several", chipOf(license, "in_use,unused"), "License: In use, Unused"],
  ["a chip of a flag", chipOf(noEmail, "true"), "No e-mail"],
  ["a chip of an id says its name", chipOf(role, "48"), "Role: Role 48"],
  ["ticking keeps the order of the options", toggled(license, "unused", "in_use", true), "in_use,unused"],
  ["unticking the last leaves nothing", toggled(license, "unused", "unused", false), ""],
  ["a chip of a day", chipOf(from, "2026-11-19"), "From: 2026-11-19"],
  ["a chip of a time says its zone", chipOf(from, since), `From: ${utc(since)}`],
  ["the field of a time shows its day", fieldOf(from, since), "2026-11-19"],
  ["passing by a field writes nothing", leaving(from, "2026-11-19", "2026-11-19"), null],
  ["passing by the field of a time keeps the time", leaving(from, since, "2026-11-19"), null],
  ["passing by an empty field writes nothing", leaving(from, undefined, ""), null],
  ["another day takes the time's place", leaving(from, since, "2026-11-20"), { from: "2026-11-20" }],
  ["an emptied field takes the filter away", leaving(from, since, ""), { from: undefined }],
  ["what a search box wrote has come", stillOnTheirWay(["ab"], "ab"), []],
  ["more was typed meanwhile", stillOnTheirWay(["ab", "abc"], "ab"), ["abc"]],
  ["what was passed over isn't waited for", stillOnTheirWay(["ab", "abc"], "abc"), []],
  ["somebody else's words", stillOnTheirWay(["ab"], "mara"), null],
  ["no sort", sortOf({}), {}],
  ["sort", sortOf({ sort: "name" }), { sort: "name", descending: false }],
  ["by default the rows stand by the usual column", sortedBy(columns, {}), [{ id: "name", desc: false }]],
  [
    "rows stand by the column asked for",
    sortedBy(columns, { sort: "lastUsed", descending: "true" }),
    [{ id: "lastUsed", desc: true }],
  ],
  ["as of a date they stand by none", sortedBy(columns, { sort: "name", asOf: "2026-11-01" }), []],
  ["sort descending", sortOf({ sort: "name", descending: "true" }), { sort: "name", descending: true }],
] as const) {
  test(name, () => assert.deepEqual(got, expected));
}
