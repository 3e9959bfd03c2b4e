import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { watchReader } from "./attended.ts";
import { answeredAt, call } from "./client.ts";

test("what a page asks while nobody is at it says so, and doesn't put off the end of its session", async (t) => {
  mock.timers.enable({ apis: ["Date"], now: Date.now() });
  t.after(() => mock.timers.reset());
  const sent: (string | null)[] = [];
  t.mock.method(globalThis, "fetch", async (_url: string, { headers }: RequestInit) => {
    sent.push(new Headers(headers).get("glasshouse-unattended"));
    return new Response("{}");
  });
  const page = new EventTarget();
  watchReader(page);
  const ask = async () => {
    await call("getSession", {});
    return [sent.at(-1), Date.now() - answeredAt()];
  };
  page.dispatchEvent(new Event("keydown"));
  mock.timers.tick(4 * 60_000);
  assert.deepEqual(await ask(), [null, 0]);
  mock.timers.tick(60_000);
  assert.deepEqual(await ask(), ["true", 60_000]);
  page.dispatchEvent(new Event("pointerdown"));
  assert.deepEqual(await ask(), [null, 0]);
});
