import assert from "node:assert/strict";
import { suite, type TestContext, test } from "node:test";
import { type Simulator, type SimulatorOptions, startSimulator } from "../../../simulator/index.ts";
import { auditTransport } from "./audit-transport.ts";
import { memoryTokens, parts, readAll, sessionOptions, tinyServer } from "./testing.ts";

async function simulator(t: TestContext, more: SimulatorOptions = {}) {
  const sim = await startSimulator({ users: 20, eventsPerDay: 100, rateLimits: false, ...more });
  t.after(() => sim.close());
  return sim;
}
const v3 = (sim: Simulator) =>
  ({ kind: "harvest_v3", clientId: sim.clientId, secret: sim.clientSecret }) as const;
const mints = (sim: Simulator) =>
  sim.control.requests().filter((request) => request.path === "/token").length;

suite("one token for all", () => {
  test("many calls at once mint one token", async (t) => {
    const sim = await simulator(t);
    const { list } = parts(sessionOptions(sim.urls, v3(sim)));
    await Promise.all(
      ["users", "roles", "jobs", "offices"].map((stream) => readAll(list(stream as "users"))),
    );
    assert.equal(mints(sim), 1);
  });

  test("two sessions of one credential share it, and a third after it was ended", async (t) => {
    const sim = await simulator(t);
    const options = sessionOptions(sim.urls, v3(sim));
    await readAll(parts(options).list("roles"));
    await readAll(parts(options).list("roles"));
    assert.equal(mints(sim), 1);
    await fetch(`${sim.urls.auth}/token`, {
      method: "POST",
      headers: {
        authorization: `Basic ${btoa(`${sim.clientId}:${sim.clientSecret}`)}`,
        "content-type": "application/x-www-form-urlencoded",
      },
      body: "grant_type=client_credentials",
    });
    const third = parts(options);
    await readAll(third.list("roles"));
    assert.equal(mints(sim), 3);
    const ended = await third.authorization.endedEarly();
    assert.equal(ended.length, 1);
    assert.match(ended[0]!.path, /user_roles/);
  });

  test("a token that we ended ourselves, with another subject, is nobody else's doing", async (t) => {
    const sim = await simulator(t);
    const options = sessionOptions(sim.urls, v3(sim), { adminUserId: String(sim.siteAdminId) });
    const { list, authorization } = parts(options);
    await readAll(list("roles"));
    await authorization.token(null);
    await readAll(list("roles"));
    assert.deepEqual(await authorization.endedEarly(), []);
  });

  test("the admin user is the token's subject", async (t) => {
    const sim = await simulator(t);
    const tokens = memoryTokens();
    await readAll(
      parts(sessionOptions(sim.urls, v3(sim), { adminUserId: String(sim.siteAdminId), tokens })).list(
        "roles",
      ),
    );
    const [token] = [...tokens.tokens.values()];
    const payload = JSON.parse(Buffer.from(token!.accessToken.split(".")[1]!, "base64url").toString());
    assert.equal(String(payload.sub), String(sim.siteAdminId));
  });

  test("a token near its end is renewed before it is refused", async (t) => {
    const sim = await simulator(t, { scenario: { "token.ttlSeconds": 3600 } });
    const tokens = memoryTokens();
    const options = sessionOptions(sim.urls, v3(sim), { tokens });
    await readAll(parts(options).list("roles"));
    for (const token of tokens.tokens.values())
      Object.assign(token, { mintedAt: Date.now() - 3_599_000, expiresAt: Date.now() + 1000 });
    sim.control.clearRequests();
    await readAll(parts(options).list("roles"));
    assert.equal(mints(sim), 1);
    assert.ok(sim.control.requests().every((request) => request.status === 200));
  });

  test("a token that ends while the limit is waited for is not sent", async (t) => {
    const sim = await simulator(t);
    const tokens = memoryTokens();
    const options = sessionOptions(sim.urls, v3(sim), { tokens });
    const { caller, list } = parts(options);
    await readAll(list("roles"));
    endWhileWaiting(t, caller, tokens);
    sim.control.clearRequests();
    await readAll(list("jobs"));
    assert.ok(sim.control.requests().every((request) => request.status === 200));
    assert.ok(mints(sim) >= 1);
  });

  test("the token that is sent in its place is in no error either", async (t) => {
    let minted = 0;
    const origins = await tinyServer(t, (request, response) => {
      response.setHeader("content-type", "application/json");
      if (!request.url?.startsWith("/token")) {
        response.writeHead(422).end(JSON.stringify({ message: request.headers.authorization!.slice(7) }));
        return;
      }
      minted += 1;
      response.end(JSON.stringify({ access_token: `opaque_${minted}_token`, expires_in: 3600 }));
    });
    const tokens = memoryTokens();
    const { caller, list } = parts(
      sessionOptions(
        origins,
        { kind: "harvest_v3", clientId: "id-of-one", secret: "its-secret" },
        { tokens },
      ),
    );
    endWhileWaiting(t, caller, tokens);
    const error = await readAll(list("roles")).then(
      () => null,
      (thrown) => thrown,
    );
    assert.ok(minted > 1, "another one was sent");
    assert.doesNotMatch(`${error.message} ${error.said}`, /opaque/);
  });

  test("a server's clock that is a day behind doesn't make every token old", async (t) => {
    const sim = await simulator(t, { now: "2020-01-01T00:00:00Z" });
    const { list } = parts(sessionOptions(sim.urls, v3(sim)));
    await readAll(list("roles"));
    await readAll(list("jobs"));
    assert.equal(mints(sim), 1);
  });
});

/** As if the wait for the limit had been longer than the life of the token that was there. */
function endWhileWaiting(
  t: TestContext,
  { limiter }: ReturnType<typeof parts>["caller"],
  { tokens }: ReturnType<typeof memoryTokens>,
): void {
  const { slot } = limiter;
  t.mock.method(limiter, "slot", (...asked: Parameters<typeof slot>) => {
    if (!asked[0].includes("token"))
      for (const token of tokens.values())
        Object.assign(token, { mintedAt: Date.now() - 20_000, expiresAt: Date.now() - 1000 });
    return slot.apply(limiter, asked);
  });
}

suite("the audit log", () => {
  for (const [name, scenario] of [
    ["v3", {}],
    ["v1", {}],
    ["v1, whose expiry isn't quoted", { "v1.expiresQuoted": false }],
    ["v1, where On-Behalf-Of is required", { "v1.onBehalfOf": "required" }],
  ] as const) {
    test(`${name}: read with its token, newest first`, async (t) => {
      const sim = await simulator(t, { scenario });
      const credential =
        name === "v3" ? v3(sim) : ({ kind: "harvest_v1", clientId: null, secret: sim.v1Key } as const);
      const { caller, authorization } = parts(
        sessionOptions(sim.urls, credential, { adminUserId: String(sim.siteAdminId) }),
      );
      const audit = auditTransport(caller, authorization);
      const after = new Date(Date.now() - 86_400_000 * 4).toISOString().replace(/\.\d+/, "");
      const answer = await audit.get({ after_time: after }, {}, false);
      assert.equal(answer.status, 200);
      assert.ok((answer.body as { results: unknown[] }).results.length > 0);
      assert.ok(answer.bytes > 0 && answer.date !== null);
      const page = await audit.get({ after_time: after, paging: "true" }, { Size: "100" }, true);
      assert.ok((page.body as { paging: { pit_id: string } }).paging.pit_id);
    });
  }

  test("paged reading waits for its own limit, not one 429", async (t) => {
    const sim = await simulator(t, { rateLimits: true, timeScale: 100 });
    const { caller, authorization } = parts(sessionOptions(sim.urls, v3(sim)));
    const audit = auditTransport(caller, authorization);
    for (let page = 0; page < 8; page += 1) await audit.get({ paging: "true" }, { Size: "100" }, true);
    assert.equal(caller.meter.throttled, 0);
    assert.ok(caller.meter.waitedMs > 0);
  });

  test("an answer that is too large is the reader's to deal with: not asked again", async (t) => {
    const sim = await simulator(t, {
      faults: [{ match: { path: "/events" }, fault: { kind: "gzipBomb", megabytes: 64 } }],
    });
    const { caller, authorization } = parts(sessionOptions(sim.urls, v3(sim)));
    await assert.rejects(auditTransport(caller, authorization).get({}, {}, false), {
      family: "unreadable",
      fault: "too_large",
    });
    assert.equal(caller.meter.requests, 2);
  });
});
