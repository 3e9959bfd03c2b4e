import assert from "node:assert/strict";
import { test } from "node:test";
import { type Employee, othersOf } from "./view.ts";

const employee = (id: number) => ({ id }) as Employee;
const [ines, mara, tomas, zoe] = [1, 2, 3, 4].map(employee) as [Employee, Employee, Employee, Employee];

for (const [name, found, chosen, shown] of [
  ["nobody is found yet", [], null, []],
  ["a candidate is found too", [ines, mara], null, [mara]],
  ["somebody is chosen, and still found", [mara, tomas], mara, [mara, tomas]],
  ["somebody is chosen, and the search goes on", [tomas, zoe], mara, [mara, tomas, zoe]],
  ["somebody is chosen, and the search is emptied", [], mara, [mara]],
  ["a candidate is chosen, and the search goes on", [tomas], ines, [tomas]],
] as const) {
  test(`whom one can choose when ${name}`, () => {
    assert.deepEqual(othersOf([ines], found, chosen), shown);
  });
}
