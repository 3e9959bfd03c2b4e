import assert from "node:assert/strict";
import { test } from "node:test";
import { underWay, withNewer } from "./following.ts";

const is = (id: number, state: "connected" | "syncing" | "not_synced_yet" | "paused") => ({ id, state });

for (const [name, connections, ids] of [
  ["nothing is read", [is(1, "connected"), is(2, "paused")], []],
  ["one of a thousand is read", [is(1, "connected"), is(2, "syncing")], ["2"]],
  ["one was connected just now", [is(1, "connected"), is(3, "not_synced_yet")], ["3"]],
] as const) {
  test(`when ${name}, asked for again are ${ids.join() || "none"}`, () =>
    assert.deepEqual(underWay(connections), ids));
}

test("one request names a hundred at most", () => {
  const all = Array.from({ length: 1000 }, (_, id) => is(id, "syncing"));
  assert.equal(underWay(all).length, 100);
});

test("what was asked for since stands in its place, and nothing is added", () => {
  const all = [is(1, "connected"), is(2, "syncing")];
  const newer = [is(2, "connected"), is(7, "connected")];
  assert.deepEqual(withNewer(all, newer), [is(1, "connected"), is(2, "connected")]);
});
