/** Sample data beside a server: who may start it, where it can't be, what the trail keeps of it. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { markSample } from "../../store/upkeep/sample.ts";
import type { SampleView } from "../contract/sample.ts";
import { handlers } from "../handlers.ts";
import { serveHttp } from "../http/server.ts";
import { testContext } from "../testing.ts";
import type { SampleHouse } from "./sample.ts";

const CODE = "abcd-efgh-jkmn-pqrs";

function pretended(refused: string | null) {
  let now: SampleView = { state: "none", step: null, url: null, why: null };
  const house: SampleHouse = {
    refused,
    view: () => now,
    async start() {
      now = { state: "ready", step: "ready", url: "http://localhost:4181", why: null };
    },
    newCode: async () => ({ code: CODE, endsAt: "2026-11-23T09:44:00.000Z" }),
    async stop() {
      now = { state: "none", step: null, url: null, why: null };
    },
  };
  return house;
}

test("sample data: an admin in a browser starts, enters and stops it; nobody else; the trail has each step and no code", async (t) => {
  const { context, store, session, token } = await testContext(t);
  const server = async (sample?: SampleHouse) => {
    const config = { host: "127.0.0.1", port: 0, publicUrl: null };
    const consoleDir = join(store.dir, "console");
    const http = await serveHttp(
      { ...context, ...(sample ? { sample } : {}) },
      { config, handlers, consoleDir },
    );
    t.after(() => http.close());
    return async (call: string, headers: Record<string, string>, origin: string | null = http.url) => {
      const [method, url] = call.split(" ") as [string, string];
      const from = origin === null ? {} : { origin };
      const answer = await fetch(`${http.url}/api/v1${url}`, { method, headers: { ...headers, ...from } });
      // biome-ignore lint/suspicious/noExplicitAny: answers of many kinds
      return { status: answer.status, body: (await answer.json()) as any };
    };
  };
  const ask = await server(pretended(null));
  const admin = await session("admin");
  const starts = ["POST /sample", "POST /sample/code", "DELETE /sample"];

  assert.equal((await ask("POST /sample/code", admin)).body.error.code, "not_possible", "nothing runs yet");
  const operator = await session("operator");
  for (const call of starts) {
    assert.equal((await ask(call, operator)).body.error.code, "not_allowed");
    assert.equal((await ask(call, await token("admin"))).body.error.code, "session_needed");
    assert.equal((await ask(call, admin, null)).body.error.code, "origin_not_allowed");
    assert.equal((await ask(call, admin, "http://localhost:4181")).body.error.code, "origin_not_allowed");
  }
  assert.equal((await ask("GET /sample", operator)).status, 403);
  assert.equal((await ask("GET /sample", admin)).body.state, "none");

  const started = await ask("POST /sample", admin);
  assert.deepEqual([started.status, started.body.state], [202, "ready"]);
  assert.equal((await ask("POST /sample/code", admin)).body.code, CODE);
  assert.equal((await ask("DELETE /sample", admin)).body.state, "none");
  const rows = await store.read.selectFrom("trail").selectAll().where("result", "=", "ok").execute();
  assert.deepEqual(
    rows.map(({ action }) => action),
    ["startSample", "newSampleCode", "stopSample"],
  );
  assert.ok(!JSON.stringify(rows).includes(CODE));

  // Where it can't be started the answer says why, and the page shows the command.
  const proxied = await server(pretended("This server is for other machines too."));
  assert.deepEqual((await proxied("GET /sample", admin)).body, {
    state: "elsewhere",
    step: null,
    url: null,
    why: "This server is for other machines too.",
  });
  const refused = await proxied("POST /sample", admin);
  assert.deepEqual([refused.status, refused.body.error.code], [422, "not_possible"]);
  assert.match(refused.body.error.cure, /npm run demo/);
  assert.equal((await (await server())("GET /sample", admin)).body.state, "elsewhere");
  await store.write(markSample);
  assert.match((await ask("GET /sample", admin)).body.why, /This is sample data/);
});
