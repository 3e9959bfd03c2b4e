/** Where we are led by what others answer or set: no request, and so no credential, goes where it shouldn't. */
import assert from "node:assert/strict";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { type TestContext, test } from "node:test";
import fc from "fast-check";
import { SingleSignOn } from "../../src/access/oidc.ts";
import { chooseOrigins, isGreenhouse } from "../../src/api/connections/origins.ts";
import { overHttp } from "../../src/cli/transport.ts";
import { readConfig } from "../../src/config.ts";
import { LinkTrail } from "../../src/connectors/greenhouse/next-link.ts";
import { exchange } from "../../src/connectors/http.ts";
import { GREENHOUSE_ORIGINS } from "../../src/model/connection.ts";
import { connect, draftFor, open, simulate } from "../harness.ts";
import { issuer } from "../issuer.ts";

async function listening(t: TestContext, answer: RequestListener): Promise<string> {
  const server = createServer(answer);
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Somebody who waits for a credential. */
async function thief(t: TestContext) {
  const got: string[] = [];
  const url = await listening(t, (request, response) => {
    got.push(`${request.method} ${request.url} ${request.headers.authorization ?? ""}`);
    response.writeHead(200, { "content-type": "application/json" }).end('{"access_token":"a.b.c"}');
  });
  return { url, got };
}

for (const status of [301, 302, 303, 307, 308]) {
  test(`Greenhouse answers ${status}: the credential and the token stay with Greenhouse`, async (t) => {
    const { url, got } = await thief(t);
    const sim = await simulate(t, { users: 5, eventsPerDay: 5 });
    const house = await open(t);
    for (const path of ["/token", "/v3/users", "/events"]) {
      sim.control.addFaults({
        match: { path },
        fault: { kind: "status", status, body: "", headers: { location: `${url}${path}` } },
      });
      await connect(house, draftFor(sim, "harvest_v3", { name: path })).catch(() => {});
      sim.control.clearFaults();
    }
    assert.deepEqual(got, []);
  });
}

test("an issuer that leads elsewhere, with what it tells of itself or with a token's request, gets no client secret there", async (t) => {
  const { url, got } = await thief(t);
  const real = await issuer(t);
  real.serve("http://localhost/sign-in/sso");
  const checks = { state: "s".repeat(43), nonce: "n".repeat(43), verifier: "v".repeat(43) };
  const answer = new URL(
    `http://localhost/sign-in/sso?code=abc&state=${checks.state}&iss=${encodeURIComponent(real.settings.issuer.origin)}`,
  );
  for (const path of ["/.well-known/openid-configuration", "/token"]) {
    for (const status of [302, 307]) {
      real.instead((request, response) => {
        if (!request.url!.startsWith(path)) return false;
        return response.writeHead(status, { location: url + path }).end();
      });
      const sso = new SingleSignOn(real.settings);
      await assert.rejects(sso.person(answer, checks), { name: "AccessRefused" });
    }
  }
  assert.ok(real.asked.some((each) => each === "POST /token"));
  assert.deepEqual(got, []);
});

test("an issuer can't send a browser to an address that is no page", async (t) => {
  const real = await issuer(t);
  for (const address of ["javascript:alert(1)//", "data:text/html,x", "file:///etc/passwd"]) {
    real.instead((_request, response) => {
      const origin = real.settings.issuer.origin;
      const told = {
        issuer: origin,
        authorization_endpoint: address,
        token_endpoint: `${origin}/token`,
        jwks_uri: `${origin}/jwks`,
      };
      response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(told));
    });
    const asked = new SingleSignOn(real.settings).addressFor(new URL("http://localhost/sign-in/sso"), {
      state: "s",
      nonce: "n",
      verifier: "v",
    });
    await assert.rejects(asked, { name: "AccessRefused" }, address);
  }
});

test("a server that the command line talks to can't lead its token elsewhere", async (t) => {
  const { url, got } = await thief(t);
  const server = await listening(t, (_request, response) => response.writeHead(307, { location: url }).end());
  const { status, body } = await overHttp(
    new URL(server),
    "glasshouse_token",
  )({ method: "GET", path: "/api/v1/connections", accept: "application/json" });
  body.resume();
  assert.equal(status, 307);
  assert.deepEqual(got, []);
});

/** Addresses that look like one of ours, or are read differently by different programs. */
const LOOKALIKES = [
  "https://harvest.greenhouse.io.evil.example",
  "https://evilgreenhouse.io",
  "https://greenhouse.io",
  "https://harvest.greenhouse.io@evil.example",
  "https://evil.example#.greenhouse.io",
  "https://evil.example/.greenhouse.io",
  "https://evil.example\\.greenhouse.io",
  "https://harvest.greenhouse.io:8443",
  "http://harvest.greenhouse.io",
  "ftp://harvest.greenhouse.io",
  "file://harvest.greenhouse.io/etc/passwd",
  "https://harvest.greenhouse.io.",
  "https://169.254.169.254/latest/meta-data",
  "http://127.0.0.1:9200",
  "http://[::1]:22",
  "https://xn--greenhouse-.io",
  "https://ｇreenhouse.io.evil.example",
];

/** Our own host by its other scheme: asked as ever, over https. */
const SAME = "http://harvest.greenhouse.io";

for (const address of LOOKALIKES) {
  test(`over HTTP no connection is made to ${address}`, () => {
    for (const part of ["harvest", "auth", "audit"] as const) {
      assert.throws(() => chooseOrigins({ [part]: address }, GREENHOUSE_ORIGINS, false), {
        code: "origin_refused",
      });
    }
  });
  test(`a next link to ${address} is not followed there`, () => {
    const ask = { method: "GET", path: "/v3/users", host: "h", status: 200, at: 0, requestId: null } as const;
    const trail = new LinkTrail(GREENHOUSE_ORIGINS.harvest);
    const from = new URL("/v3/users", GREENHOUSE_ORIGINS.harvest);
    const headers = { link: `<${address}/v3/users?cursor=a>; rel="next"` };
    const next = () => trail.next({ headers, ask }, from, 1);
    if (address === SAME) assert.equal(next()!.href, `${GREENHOUSE_ORIGINS.harvest}/v3/users?cursor=a`);
    else assert.throws(next, { name: "ConnectorError" });
  });
}

test("whatever a next link says, it is followed to the connection's own origin or not at all", () => {
  const ask = { method: "GET", path: "/v3/users", host: "h", status: 200, at: 0, requestId: null } as const;
  const { harvest } = GREENHOUSE_ORIGINS;
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string({ unit: "binary" }),
        fc.webUrl(),
        fc.constantFrom(...LOOKALIKES, "//evil.example", "/\\evil.example", "\t//evil.example"),
      ),
      (link) => {
        try {
          const next = new LinkTrail(harvest).next(
            { headers: { link: `<${link}>; rel=next` }, ask },
            new URL("/v3/users", harvest),
            1,
          );
          assert.ok(next === null || next.origin === harvest);
        } catch (error) {
          assert.equal((error as Error).name, "ConnectorError");
        }
      },
    ),
    { numRuns: process.env.GLASSHOUSE_TEST_LONG ? 20_000 : 500 },
  );
});

test("what counts as Greenhouse is https at a name below greenhouse.io, whatever else is in the address", () => {
  fc.assert(
    fc.property(
      fc.webUrl({ validSchemes: ["https", "http"], withQueryParameters: true, withFragments: true }),
      fc.constantFrom("", ".greenhouse.io", "@greenhouse.io", "#.greenhouse.io", "\\.greenhouse.io"),
      (url, end) => {
        if (!URL.canParse(url + end)) return;
        const { hostname, protocol, port, origin } = new URL(url + end);
        const is =
          protocol === "https:" &&
          port === "" &&
          /(^|\.)greenhouse\.io$/.test(hostname) &&
          hostname !== "greenhouse.io";
        assert.equal(isGreenhouse(origin), is);
      },
    ),
    { numRuns: 500 },
  );
});

test("a request to any origin but the connection's own is refused before a name is looked up", async () => {
  const about = {
    method: "GET",
    headers: {},
    maxBytes: 1,
    idleMs: 1,
    totalMs: 1000,
    signal: AbortSignal.timeout(5000),
    now: Date.now,
  } as const;
  for (const address of LOOKALIKES.filter((each) => URL.canParse(each))) {
    await assert.rejects(
      exchange({ ...about, url: new URL(address), origins: [GREENHOUSE_ORIGINS.harvest] }),
      { fault: "foreign" },
      address,
    );
  }
});

for (const [name, value] of [
  ["GLASSHOUSE_GREENHOUSE_AUTH_URL", "http://harvest.greenhouse.io"],
  ["GLASSHOUSE_GREENHOUSE_HARVEST_URL", "http://127.0.0.1.evil.example"],
  ["GLASSHOUSE_GREENHOUSE_AUDIT_URL", "file:///etc/passwd"],
  ["GLASSHOUSE_OIDC_ISSUER", "http://login.example.com"],
  ["GLASSHOUSE_OIDC_ISSUER", "javascript:alert(1)"],
  ["GLASSHOUSE_OIDC_ISSUER", "https://user:pass@login.example.com"],
  ["GLASSHOUSE_PUBLIC_URL", "javascript:alert(1)"],
  ["GLASSHOUSE_URL", "http://glasshouse.example.com"],
  ["GLASSHOUSE_SMTP_URL", "http://169.254.169.254/latest/meta-data"],
  ["GLASSHOUSE_SMTP_URL", "smtp://u:p@mail.example.com/?tls.rejectUnauthorized=false"],
  ["GLASSHOUSE_SMTP_URL", "smtp:///var/run/socket"],
  ["GLASSHOUSE_DATABASE_URL", "postgres://glasshouse:p@db.example.com/glasshouse"],
  ["GLASSHOUSE_DATABASE_URL", "file:///etc/passwd"],
  ["GLASSHOUSE_TRUST_PROXY", "proxy.example.com"],
] as const) {
  test(`the setting ${name}=${value} is refused`, () => {
    const env = {
      [name]: value,
      GLASSHOUSE_TOKEN: "t",
      GLASSHOUSE_OIDC_CLIENT_ID: "i",
      GLASSHOUSE_OIDC_CLIENT_SECRET: "s",
    };
    assert.throws(
      () => readConfig(env),
      (error: Error) => error.message.includes(`${name}:`),
    );
  });
}
