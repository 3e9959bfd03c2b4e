import assert from "node:assert/strict";
import { test } from "node:test";
import { isPicked, NONE, type Picked, toggled } from "./picked.ts";

const of = (...keys: string[]): Picked => ({ keys: new Set(keys), all: false });

for (const [name, before, key, after] of [
  ["the first", NONE, "mara", of("mara")],
  ["another", of("mara"), "zoe", of("mara", "zoe")],
  ["one taken out", of("mara", "zoe"), "mara", of("zoe")],
  ["one taken out of all: it isn't the one that is meant", { ...NONE, all: true }, "mara", NONE],
  ["one taken out of all, of some picked before", { ...of("mara", "zoe"), all: true }, "mara", of("zoe")],
] as const) {
  test(`choosing: ${name}`, () => {
    assert.deepEqual(toggled(before, key), after);
    assert.equal(isPicked(toggled(before, key), key), after.keys.has(key));
  });
}
