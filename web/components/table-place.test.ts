import assert from "node:assert/strict";
import { test } from "node:test";
import { placeOf } from "./table-place.ts";

for (const [name, offset, height, rows, from, to] of [
  ["at the top", 0, 500, 200, 1, 10],
  ["a row that is cut off is in sight", 25, 500, 200, 1, 11],
  ["a row that is gone is not", 50, 500, 200, 2, 11],
  ["at the end", 9_500, 500, 200, 191, 200],
  ["fewer rows than room", 0, 500, 3, 1, 3],
  ["not measured yet", 0, 0, 200, 1, 1],
  ["the list has become shorter, and the bar has not followed", 9_500, 500, 20, 20, 20],
] as const) {
  test(`rows in sight: ${name}`, () => {
    assert.deepEqual(placeOf(offset, height, 50, rows), { from, to });
  });
}
