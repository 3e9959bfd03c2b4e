/** Answers that take long end with the rights of whom they are for. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { office } from "../office-testing.ts";
import type { Progress } from "../services.ts";
import { GOING_ON } from "./member-limits.ts";

type Office = Awaited<ReturnType<typeof office>>;

const EVENT: Progress = { type: "run", run: 1, lane: "usage", outcome: null };

/** Progress that goes on, an event each time the test says so. */
function steps() {
  let next = Promise.withResolvers<void>();
  async function* progress(_: unknown, signal: AbortSignal): AsyncGenerator<Progress, void, void> {
    while (!signal.aborted) {
      yield EVENT;
      await next.promise;
    }
  }
  const go = () => {
    const now = next;
    next = Promise.withResolvers<void>();
    now.resolve();
  };
  return { progress, go };
}

type Act = (id: number) => [call: string, body?: object];
const acts: [name: string, act: Act, code: string | null][] = [
  ["the member is removed", (id: number) => [`DELETE /members/${id}`], "not_authorized"],
  ["their sessions are ended", (id: number) => [`DELETE /members/${id}/sessions`], "not_authorized"],
  ["their role is taken away", (id: number) => [`PATCH /members/${id}`, { role: null }], "not_authorized"],
  [
    "they are limited to other connections",
    (id: number) => [`PATCH /members/${id}`, { connections: [] }],
    "connection_not_found",
  ],
  [
    "their role is lowered, to one that may see it too",
    (id: number) => [`PATCH /members/${id}`, { role: "viewer" }],
    null,
  ],
];
for (const [name, act, code] of acts) {
  test(`a stream that is open when ${name}: ${code ?? "goes on"}`, async (t) => {
    const { progress, go } = steps();
    const { url, ask, somebody, connect, clock }: Office = await office(t, { progress });
    const connection = await connect("Aldermoor");
    const [admin, other] = [await somebody("admin"), await somebody("operator")];
    const gone = new AbortController();
    t.after(() => gone.abort());
    const answer = await fetch(`${url}/api/v1/connections/${connection}/progress`, {
      headers: { ...other.headers, accept: "text/event-stream" },
      signal: gone.signal,
    });
    const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader();
    const read = async () => (await reader.read()).value ?? "";
    assert.match(await read(), /^data: /);
    go();
    assert.match(await read(), /^data: /);
    const [call, body] = act(other.id);
    await ask(admin.headers, call, body, 200);
    clock.now += 1000;
    go();
    const last = await read();
    if (code === null) return assert.match(last, /^data: /);
    assert.match(last, new RegExp(`^event: error\ndata: \\{"error":\\{"code":"${code}"`));
    assert.equal(await read(), "", "and it ends");
  });
}

test("a member follows so many things at once, and no more; one that is closed makes room", async (t) => {
  const { progress } = steps();
  const { url, somebody, connect }: Office = await office(t, { progress });
  const connection = await connect("Aldermoor");
  const [one, other] = [await somebody("viewer"), await somebody("viewer")];
  const follow = async ({ headers }: typeof one) => {
    const gone = new AbortController();
    t.after(() => gone.abort());
    const { status } = await fetch(`${url}/api/v1/connections/${connection}/progress`, {
      headers: { ...headers, accept: "text/event-stream" },
      signal: gone.signal,
    });
    return { status, gone };
  };
  const all = await Promise.all(Array.from({ length: GOING_ON }, () => follow(one)));
  assert.ok(all.every(({ status }) => status === 200));
  assert.equal((await follow(one)).status, 429);
  assert.equal((await follow(other)).status, 200, "each for themselves");
  all[0]!.gone.abort();
  while ((await follow(one)).status === 429);
});

test("an export breaks off when the rights of whom it is for are gone: no whole file, and a row that says so", async (t) => {
  const { url, ask, somebody, clock, store, trail } = await office(t);
  const [admin, other] = [await somebody("admin"), await somebody("admin")];
  await store.write(async (tx) => {
    const row = { at: 1, by_: "machine", name: "x".repeat(2000), action: "backup", result: "ok" } as const;
    for (let i = 0; i < 3000; i++) await tx.insertInto("trail").values(row).execute();
  });
  const answer = await fetch(`${url}/api/v1/trail/export?format=json`, { headers: other.headers });
  const reader = answer.body!.getReader();
  assert.ok((await reader.read()).value!.length > 0);
  await ask(admin.headers, `PATCH /members/${other.id}`, { role: "viewer" }, 200);
  clock.now += 1000;
  await assert.rejects(async () => {
    while (!(await reader.read()).done);
  });
  for (;;) {
    const row = (await trail()).find(({ action }) => action === "exportTrail");
    if (row) return assert.equal(row.result, "not_allowed");
    await new Promise((done) => setTimeout(done, 20));
  }
});
