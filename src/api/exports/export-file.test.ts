import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { type ExportSource, jsonOf, zipOf } from "./export-file.ts";

/** Pages for ever, each counted, until something fails or goes. */
function endless(signal: AbortSignal, failAt = Number.POSITIVE_INFINITY) {
  const asked = { pages: 0, ended: false };
  async function* pages() {
    try {
      for (;;) {
        if (++asked.pages > failAt) throw new Error("the store is gone");
        yield Array.from({ length: 500 }, (_, i) => ({ n: `${asked.pages} ${i} ${Math.random()}` }));
      }
    } finally {
      asked.ended = true;
    }
  }
  const source: ExportSource<{ n: string }> = {
    name: "rows",
    columns: [{ name: "n", value: ({ n }) => n }],
    pages: pages(),
    stamp: async () => ({ json: {}, text: "" }),
    at: new Date(0),
    signal,
  };
  return { asked, source };
}

test("a reader that stops reading stops the reads", async () => {
  const { asked, source } = endless(new AbortController().signal);
  const out = zipOf(source);
  await once(out, "readable");
  out.read(1);
  // What was read before is still being compressed, in threads of its own: however long that takes, it ends.
  for (let before = -1; before < asked.pages; ) {
    before = asked.pages;
    assert.ok(before < 1000, "nothing is read ahead of a reader that waits");
    await setTimeout(250);
  }
  out.destroy();
});

test("a client that has gone ends the reading", async () => {
  const gone = new AbortController();
  const { asked, source } = endless(gone.signal);
  const out = zipOf(source);
  out.on("error", () => {});
  out.resume();
  while (asked.pages < 3) await new Promise(setImmediate);
  gone.abort();
  while (!asked.ended) await new Promise(setImmediate);
  const after = asked.pages;
  for (let turn = 0; turn < 50; turn++) await new Promise(setImmediate);
  assert.equal(asked.pages, after);
});

test("a read that fails breaks the zip off", async () => {
  const { source } = endless(new AbortController().signal, 3);
  const out = zipOf(source);
  await assert.rejects(async () => {
    for await (const _ of out);
  }, /the store is gone/);
});

test("a read that fails breaks the JSON off", async () => {
  const { source } = endless(new AbortController().signal, 3);
  await assert.rejects(async () => {
    for await (const _ of jsonOf(source));
  }, /the store is gone/);
});
