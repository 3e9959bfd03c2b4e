import assert from "node:assert/strict";
import { test } from "node:test";
import { IdSet } from "./id-set.ts";

test("a set of ids holds what was added, and nothing else, however long they are", () => {
  const set = new IdSet();
  // As Greenhouse gives them: close together, by silo, and up to 63 bits.
  const ids = Array.from({ length: 5000 }, (_, i) => [`${4_000_000_000 + i}`, `${4_109_876_543 + i * 7}004`]);
  const all = [...ids.flat(), "0", "1", String(2n ** 63n - 1n), "9007199254740993"];
  for (const id of all) assert.ok(!set.has(id), id);
  for (const id of [...all, ...all]) set.add(id);
  for (const id of all) assert.ok(set.has(id), id);
  for (const id of ["2", "9007199254740992", `${4_000_005_000}`, "4109876543005"])
    assert.ok(!set.has(id), id);
});
