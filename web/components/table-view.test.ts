import assert from "node:assert/strict";
import { test } from "node:test";
import { chipOf, type Filter, filtersOf, setting, sortOf, toggled } from "./table-view.ts";

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
  ["no sort", sortOf({}), {}],
  ["sort", sortOf({ sort: "name" }), { sort: "name", descending: false }],
  ["sort descending", sortOf({ sort: "name", descending: "true" }), { sort: "name", descending: true }],
] as const) {
  test(name, () => assert.deepEqual(got, expected));
}
