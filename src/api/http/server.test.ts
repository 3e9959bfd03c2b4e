import assert from "node:assert/strict";
import { request } from "node:http";
import { createServer } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import { pino } from "pino";
import { handlers } from "../handlers.ts";
import { NOW, testContext } from "../testing.ts";
import { serveHttp } from "./server.ts";

type TestContext = Parameters<typeof testContext>[0];

async function server(t: TestContext, publicUrl: string | null = null) {
  const { context, store, ...people } = await testContext(t);
  const http = await serveHttp(context, {
    config: { host: "127.0.0.1", port: 0, publicUrl: publicUrl === null ? null : new URL(publicUrl) },
    handlers,
    consoleDir: join(store.dir, "console"),
  });
  t.after(() => http.close());
  const { authorization } = await people.token("operator");
  return { ...http, ...people, token: authorization.replace("Bearer ", "") };
}

/** fetch() would not send a Host of our choice. */
function ask(url: string, headers: Record<string, string>): Promise<{ status: number; code: string | null }> {
  return new Promise((done, failed) => {
    request(url, { headers }, async (answer) => {
      let text = "";
      for await (const chunk of answer) text += chunk;
      const body = text.startsWith("{") ? JSON.parse(text) : {};
      done({ status: answer.statusCode!, code: body.error?.code ?? null });
    })
      .on("error", failed)
      .end();
  });
}

test("an API token opens, and only a whole one", async (t) => {
  const { url, token, session } = await server(t);
  const at = `${url}/api/v1/connections`;
  assert.equal((await ask(at, { authorization: `Bearer ${token}` })).status, 200);
  for (const headers of [
    {},
    { authorization: "Bearer x" },
    { authorization: token },
    { authorization: `Basic ${token}` },
  ]) {
    assert.deepEqual(await ask(at, headers as Record<string, string>), {
      status: 401,
      code: "not_authorized",
    });
  }
  assert.equal((await ask(`${url}/api/v1/openapi.json`, {})).status, 401);
  assert.equal((await ask(`${url}/metrics`, {})).status, 401);
  for (const [connections, status] of [
    [null, 200],
    [[], 403],
  ] as const) {
    const { cookie } = await session("operator", connections && [...connections]);
    assert.equal((await ask(`${url}/metrics`, { cookie })).status, status, "counts of all connections");
  }
  assert.equal((await ask(`${url}/api/v1/nothing`, {})).status, 401, "what exists is not told either");
});

test("health needs no token", async (t) => {
  const { url } = await server(t);
  for (const path of ["/healthz", "/readyz", "/healthz?probe=1"])
    assert.equal((await ask(url + path, {})).status, 200);
});

for (const [name, headers, status, code] of [
  ["another host's name", { host: "evil.example" }, 403, "host_not_allowed"],
  ["this machine's name with another port", { host: "localhost:1" }, 403, "host_not_allowed"],
  ["a page of another site", { origin: "https://evil.example" }, 403, "origin_not_allowed"],
  ["a page without an origin", { origin: "null" }, 403, "origin_not_allowed"],
  ["the public name", { host: "glasshouse.example.com" }, 200, null],
  ["a page of the public name", { origin: "https://glasshouse.example.com" }, 200, null],
] as const) {
  test(`with the token, ${name}: ${code ?? "let in"}`, async (t) => {
    const { url, token } = await server(t, "https://glasshouse.example.com");
    const answer = await ask(`${url}/api/v1/connections`, { authorization: `Bearer ${token}`, ...headers });
    assert.deepEqual(answer, { status, code });
  });
}

test("localhost is this machine too", async (t) => {
  const { url, token } = await server(t);
  const { port } = new URL(url);
  const headers = {
    host: `localhost:${port}`,
    origin: `http://localhost:${port}`,
    authorization: `Bearer ${token}`,
  };
  assert.equal((await ask(`${url}/api/v1/connections`, headers)).status, 200);
});

test("a port in use says which setting to change", async (t) => {
  const { context, store } = await testContext(t);
  const taken = createServer().listen(0, "127.0.0.1");
  await new Promise((done) => taken.once("listening", done));
  t.after(() => taken.close());
  const { port } = taken.address() as { port: number };
  const config = { host: "127.0.0.1", port, publicUrl: null };
  await assert.rejects(serveHttp(context, { config, handlers, consoleDir: store.dir }), /GLASSHOUSE_PORT/);
});

test("whoever is turned away by host, origin or too many tries is in the log, a line a minute of each kind", async (t) => {
  const { context, store } = await testContext(t);
  let now = NOW;
  const lines: { code?: string; from?: string; othersBefore?: number }[] = [];
  const logger = pino({ level: "warn" }, { write: (line: string) => lines.push(JSON.parse(line)) });
  const http = await serveHttp(
    { ...context, now: () => now },
    {
      config: { host: "127.0.0.1", port: 0, publicUrl: null },
      handlers,
      consoleDir: join(store.dir, "console"),
      logger,
    },
  );
  t.after(() => http.close());
  const at = `${http.url}/api/v1/session`;
  for (let i = 0; i < 3; i++) await ask(at, { host: "evil.example" });
  await ask(at, { origin: "https://evil.example" });
  now += 60_000;
  await ask(at, { host: "evil.example" });
  // Not signed in is no try to get around anything.
  await ask(`${http.url}/api/v1/connections`, {});
  assert.deepEqual(
    lines.map(({ code, from, othersBefore }) => [code, from, othersBefore]),
    [
      ["host_not_allowed", "127.0.0.1", 0],
      ["origin_not_allowed", "127.0.0.1", 0],
      ["host_not_allowed", "127.0.0.1", 2],
    ],
  );
});
