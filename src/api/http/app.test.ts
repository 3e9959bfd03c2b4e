import assert from "node:assert/strict";
import { test } from "node:test";
import { connectionHandlers } from "../connections/connections.ts";
import { runHandlers } from "../connections/runs.ts";
import { ApiError } from "../errors.ts";
import type { Handlers } from "../handler.ts";
import type { TestStep } from "../services.ts";
import { testContext } from "../testing.ts";
import { buildApp } from "./app.ts";

const handlers = { ...connectionHandlers, ...runHandlers } as Handlers;
const SSE = { accept: "text/event-stream" };

type Fakes = Parameters<typeof testContext>[1];
async function api(t: Parameters<typeof testContext>[0], fakes: Fakes = {}) {
  const built = await testContext(t, fakes);
  const app = await buildApp(built.context, { guard: null, handlers });
  t.after(() => app.close());
  return { ...built, app };
}

const step = (more: Partial<TestStep>): TestStep => ({
  step: "reach",
  state: "well",
  text: "3 hosts answer",
  verdict: null,
  tookMs: 200,
  ...more,
});

const DRAFT = { name: "Aldermoor", credential: { kind: "harvest_v3", clientId: "abc-12", secret: "shh" } };

test("lists connections with their state in words", async (t) => {
  const { app, connect } = await api(t);
  await connect("Aldermoor");
  const answer = await app.inject("/api/v1/connections");
  assert.equal(answer.statusCode, 200);
  const [connection] = answer.json().items;
  assert.equal(connection.name, "Aldermoor");
  assert.equal(connection.stateText, "Not synced yet");
  assert.equal(connection.streams.length, 14);
  assert.equal(connection.notGreenhouse, false);
  assert.doesNotMatch(answer.body, /Aldermoor-1/, "the client id stays here");
});

for (const [name, url, code] of [
  ["a connection that isn't there", "/api/v1/connections/nobody", "connection_not_found"],
  ["an endpoint that isn't there", "/api/v1/nothing", "not_found"],
  ["a limit that isn't one", "/api/v1/connections/1/runs?limit=-3", "invalid_request"],
  ["a cursor of no list", "/api/v1/connections/Aldermoor/runs?cursor=x", "invalid_cursor"],
  ["a run that isn't there", "/api/v1/connections/Aldermoor/runs/7", "run_not_found"],
] as const) {
  test(`refuses ${name}: ${code}`, async (t) => {
    const { app, connect } = await api(t);
    await connect("Aldermoor");
    const answer = await app.inject(url);
    assert.equal(answer.json().error.code, code);
    assert.ok(answer.statusCode >= 400 && answer.statusCode < 500);
  });
}

for (const [name, body, code, says] of [
  ["an empty secret", { secret: " \n " }, "credential_malformed", /secret is empty/],
  [
    "id and secret that are the same",
    { clientId: "abc-12", secret: "abc-12" },
    "credential_malformed",
    /same/,
  ],
  ["a secret with a letter that none has", { secret: "shhé" }, "credential_malformed", /characters/],
  ["no body at all", null, "invalid_request", /./],
] as const) {
  test(`connecting refuses ${name}`, async (t) => {
    const { app } = await api(t);
    const payload = body && { ...DRAFT, credential: { ...DRAFT.credential, ...body } };
    const answer = await app.inject({
      method: "POST",
      url: "/api/v1/connections",
      ...(payload ? { payload } : {}),
    });
    assert.equal(answer.json().error.code, code);
    assert.match(answer.json().error.message, says);
  });
}

test("connecting streams each step, then what was saved", async (t) => {
  const built = await api(t, {
    async *connect(draft) {
      assert.equal(draft.credential.secret, "shh");
      assert.deepEqual(draft.settings.off, ["audit_log"]);
      yield step({ state: "asking", text: "asking" });
      yield step({});
      return (await built.connect("Aldermoor")).id;
    },
  });
  const payload = { ...DRAFT, credential: { ...DRAFT.credential, secret: "s\r\nhh" }, usage: false };
  const answer = await built.app.inject({
    method: "POST",
    url: "/api/v1/connections",
    payload,
    headers: SSE,
  });
  assert.equal(answer.statusCode, 201);
  assert.match(answer.headers["content-type"] as string, /event-stream/);
  const events = answer.body
    .split("\n\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line.replace(/^data: /, "")));
  assert.deepEqual(
    events.map((each) => each.type),
    ["note", "step", "step", "saved"],
  );
  assert.match(events[0].text, /line break was removed/);
  assert.equal(events[3].connection.name, "Aldermoor");
});

test("a client without streams gets what was saved", async (t) => {
  const built = await api(t, {
    async *connect() {
      yield step({});
      return (await built.connect("Aldermoor")).id;
    },
  });
  const answer = await built.app.inject({ method: "POST", url: "/api/v1/connections", payload: DRAFT });
  assert.equal(answer.statusCode, 201);
  assert.equal(answer.json().name, "Aldermoor");
});

test("a refusal in the middle of a stream is its last event", async (t) => {
  const { app } = await api(t, {
    async *connect() {
      yield step({ state: "failed" });
      throw new ApiError("test_failed", "Users can't be read.", "Tick the scopes.");
    },
  });
  const answer = await app.inject({
    method: "POST",
    url: "/api/v1/connections",
    payload: DRAFT,
    headers: SSE,
  });
  const last = answer.body.trim().split("\n\n").at(-1)!;
  assert.match(last, /^event: error\ndata: /);
  const body = JSON.parse(last.split("data: ")[1]!);
  assert.deepEqual(body, {
    error: { code: "test_failed", message: "Users can't be read.", cure: "Tick the scopes." },
  });
});

test("a fault of ours tells nothing of itself", async (t) => {
  const { app, connect } = await api(t, {
    stopSync: async () => {
      throw new Error("secret path /home/x");
    },
  });
  await connect("Aldermoor");
  const answer = await app.inject({ method: "POST", url: "/api/v1/connections/1/sync/stop" });
  assert.equal(answer.statusCode, 500);
  assert.equal(answer.json().error.code, "internal");
  assert.doesNotMatch(answer.body, /home|stack/);
});

test("an answer that breaks the contract is a fault of ours, not sent", async (t) => {
  const { app, connect } = await api(t, {
    startSync: async () => [{ lane: "directory", run: "seven" as unknown as number, joined: false }],
  });
  await connect("Aldermoor");
  const answer = await app.inject({ method: "POST", url: "/api/v1/connections/1/sync" });
  assert.equal(answer.json().error.code, "internal");
});

for (const [name, body, asked] of [
  [
    "every lane unless told otherwise",
    undefined,
    { lanes: ["directory", "grants", "usage", "recruiting_activity"], streams: null, full: false },
  ],
  [
    "the lanes of the streams asked for",
    { streams: ["users"] },
    { lanes: ["directory"], streams: ["users"], full: false },
  ],
  [
    "all again",
    { full: true },
    { lanes: ["directory", "grants", "usage", "recruiting_activity"], streams: null, full: true },
  ],
] as const) {
  test(`syncs ${name}`, async (t) => {
    let seen: unknown;
    const { app, connect } = await api(t, {
      startSync: async (_connection, request) => {
        seen = request;
        return request.lanes.map((lane) => ({ lane, run: null, joined: false }));
      },
    });
    await connect("Aldermoor");
    const answer = await app.inject({
      method: "POST",
      url: "/api/v1/connections/Aldermoor/sync",
      ...(body ? { payload: body } : {}),
    });
    assert.equal(answer.statusCode, 202);
    assert.deepEqual(seen, asked);
  });
}

test("deeply nested and poisoned bodies are refused before anything looks at them", async (t) => {
  const { app } = await api(t);
  for (const payload of [`${"[".repeat(50_000)}`, '{"__proto__":{"x":1}}', "{", '"\\ud800"']) {
    const answer = await app.inject({
      method: "POST",
      url: "/api/v1/connections",
      headers: { "content-type": "application/json" },
      payload,
    });
    assert.equal(answer.statusCode, 400, payload.slice(0, 20));
    assert.equal(answer.json().error.code, "invalid_request");
  }
});

test("a body over 1 MB is refused", async (t) => {
  const { app } = await api(t);
  const payload = JSON.stringify({ name: "x".repeat(1_100_000) });
  const answer = await app.inject({
    method: "POST",
    url: "/api/v1/connections",
    headers: { "content-type": "application/json" },
    payload,
  });
  assert.equal(answer.statusCode, 413);
  assert.equal(answer.json().error.code, "body_too_large");
});

test("metrics are Prometheus text", async (t) => {
  const { app } = await api(t, {
    metrics: async () => ({
      runs: [{ lane: "usage", outcome: "complete", count: 3 }],
      runningRuns: 1,
      requests: 50,
      throttled: 0,
      waitedMs: 1500,
      workers: [
        { worker: "a 1 x", alive: true, seenAt: 5, running: 2 },
        { worker: "b 1 y", alive: false, seenAt: 1, running: 3 },
      ],
      messages: { waiting: 4, givenUp: 1 },
    }),
  });
  const metrics = (await app.inject("/metrics")).body;
  assert.match(metrics, /^glasshouse_runs_total\{lane="usage",outcome="complete"\} 3$/m);
  assert.match(metrics, /^glasshouse_greenhouse_wait_seconds_total 1.5$/m);
  assert.match(metrics, /^glasshouse_workers 1$/m);
  assert.match(metrics, /^glasshouse_worker_runs_running\{worker="a 1 x"\} 2$/m);
  assert.ok(!metrics.includes("b 1 y"), "who has died runs nothing");
  assert.match(metrics, /^glasshouse_alert_messages_waiting 4$/m);
  assert.match(metrics, /^glasshouse_alert_messages_given_up 1$/m);
});

test("ready only when the parts are", async (t) => {
  let why: string | null = "the database is being migrated";
  const { app } = await api(t, { notReady: async () => why });
  assert.equal((await app.inject("/readyz")).statusCode, 503);
  why = null;
  assert.equal((await app.inject("/readyz")).statusCode, 200);
});
