import assert from "node:assert/strict";
import { test } from "node:test";
import { EXPORT_COLUMNS } from "../../src/api/contract/exports.ts";
import { FILE_COLUMNS, fileColumns } from "./file-columns.ts";

for (const list of Object.keys(FILE_COLUMNS) as (keyof typeof FILE_COLUMNS)[]) {
  test(`what stands for the columns of ${list} are columns of its file`, () => {
    const { always, of } = FILE_COLUMNS[list];
    const columns: readonly { name: string }[] = EXPORT_COLUMNS[list];
    const known = new Set(columns.map(({ name }) => name));
    const wanted = [...always, ...Object.values<readonly string[]>(of).flat()];
    assert.deepEqual(
      wanted.filter((name) => !known.has(name)),
      [],
    );
  });
}

const user = { id: "user", fixed: true };
const status = { id: "status", optional: true };
const [role, made] = [{ id: "role" }, { id: "made" }];
for (const [name, picked, expected] of [
  ["as they come: those not optional", undefined, ["user_id", "user", "email", "role_id", "role", "made"]],
  ["picked: those, and what is fixed", "status,made", ["user_id", "user", "email", "status", "made"]],
] as const) {
  test(`a file has the columns that are shown, in their order; ${name}`, () => {
    assert.deepEqual(fileColumns("grants", [user, status, role, made], picked), ["kind", "id", ...expected]);
  });
}

test("nothing stands twice in a file", () => {
  const columns = [{ id: "name" }, { id: "agency" }, { id: "id" }];
  assert.deepEqual(fileColumns("users", columns, undefined), [
    "id",
    "name",
    "email",
    "service_account",
    "agency",
  ]);
});
