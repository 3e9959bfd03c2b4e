import assert from "node:assert/strict";
import { after, beforeEach, suite, test } from "node:test";
import { startSimulator } from "../../../simulator/index.ts";
import { greenhouse } from "./index.ts";
import { type BrokenCase, PLAYED, RECENTLY, Stage } from "./stage.ts";
import { knowsNothing, sessionOptions, tinyServer } from "./testing.ts";

const stage = new Stage(await startSimulator(PLAYED));
after(() => stage.sim.close());
beforeEach(() => stage.reset());

suite("what says itself what it is", () => {
  for (const broken of [
    [
      "a storm of 429s",
      "users",
      () => ({}),
      stage.faults({
        match: { path: "/v3/users" },
        fault: { kind: "status", status: 429, headers: { "retry-after": "900" } },
      }),
      "rate_limited",
      /wait until \d\d:\d\d:\d\d UTC/,
    ],
    [
      "trouble at Greenhouse",
      "users",
      () => ({}),
      stage.faults({ match: { path: "/v3/users" }, fault: { kind: "status", status: 503 } }),
      "greenhouse_unavailable",
      /answered 503 .* 4 tries/,
    ],
    [
      "trouble at Greenhouse that will take an hour",
      "users",
      () => ({}),
      stage.faults({
        match: { path: "/v3/users" },
        fault: { kind: "status", status: 503, headers: { "retry-after": "3600" } },
      }),
      "greenhouse_unavailable",
      /answered 503 .* 1 try; it wants to be left alone until \d\d:\d\d:\d\d UTC/,
    ],
    [
      "a firewall's page for every list",
      "users",
      () => ({}),
      stage.faults({
        match: { endpoint: "v3.*" },
        fault: { kind: "status", status: 403, body: "<html>Blocked</html>", contentType: "text/html" },
      }),
      "lists_refused",
      /answered 403.*an HTML page, not as JSON: a firewall may have sent it/,
    ],
    ...[403, 401].map(
      (status): BrokenCase => [
        `a firewall's page for the audit log alone, ${status}`,
        "audit_log",
        () => ({}),
        stage.faults({
          match: { endpoint: "audit.*" },
          fault: { kind: "status", status, body: "<html>Blocked</html>", contentType: "text/html" },
        }),
        "audit_log_refused",
        new RegExp(`audit log refuses us.*The ${status} came as an HTML page, not as JSON: a firewall`),
      ],
    ),
    [
      "trouble at Greenhouse while a refusal is looked into",
      "roles",
      () => ({}),
      () => {
        stage.scopes("harvest:users:list")();
        stage.faults({ match: { path: "/v3/users" }, fault: { kind: "status", status: 500 } })();
      },
      "greenhouse_unavailable",
      /GET \/v3\/users answered 500/,
    ],
    [
      "a gateway's HTML",
      "users",
      () => ({}),
      stage.faults({
        match: { path: "/v3/users" },
        fault: { kind: "status", status: 200, body: "<html>hello</html>", contentType: "text/html" },
      }),
      "answer_unreadable",
      /an HTML page/,
    ],
    [
      "an error that comes with a good status",
      "users",
      () => ({}),
      stage.faults({
        match: { path: "/v3/users" },
        fault: { kind: "status", status: 200, body: '{"message":"Forbidden"}' },
      }),
      "answer_unreadable",
      /answered 200.*: not a list; it says: Forbidden\./,
    ],
    [
      "a cut answer",
      "users",
      () => ({}),
      stage.faults({ match: { path: "/v3/users" }, fault: { kind: "cut", how: "length" } }),
      "answer_unreadable",
      /cut off after [\d,]+ bytes/,
    ],
    [
      "a redirect to a sign-in page",
      "users",
      () => ({}),
      stage.scenario({ "v3.redirectToLogin": true }),
      "answer_unreadable",
      /a redirect to/,
    ],
    [
      "a next link to another host",
      "users",
      () => ({}),
      stage.faults({
        match: { path: "/v3/users" },
        fault: {
          kind: "headers",
          headers: { link: "<https://elsewhere.example/v3/users?cursor=a>; rel=next" },
        },
      }),
      "answer_unreadable",
      /another host, https:\/\/elsewhere\.example/,
    ],
  ] as BrokenCase[]) {
    test(`${broken[0]}: ${broken[4]}`, () => stage.goesGreen(broken));
  }
});

suite("the audit log", () => {
  for (const broken of [
    [
      "the audit scope that isn't ticked",
      "audit_log",
      () => ({ adminUserId: stage.sim.siteAdminId }),
      stage.scopes("harvest:users:list"),
      "audit_log_refused",
      /is an active Site Admin/,
    ],
    [
      "no add-on, and an answer that doesn't say so",
      "audit_log",
      () => ({}),
      stage.faults({
        match: { path: "/events" },
        fault: { kind: "status", status: 403, body: '{"message":"Forbidden"}' },
      }),
      "audit_log_refused",
      /doesn't say which/,
    ],
    [
      "no add-on (403)",
      "audit_log",
      () => ({ adminUserId: stage.sim.siteAdminId }),
      stage.scenario({ "audit.addon": "off" }),
      "audit_log_refused",
      /or no audit log in your account/,
    ],
    [
      "no add-on (401)",
      "audit_log",
      () => ({}),
      stage.scenario({ "audit.addon": "off", "audit.offStatus": 401 }),
      "audit_log_refused",
      /or no audit log in your account/,
    ],
    ...(
      [
        ...[200, 400, 402, 403, 422].map(
          (status) => [status, "Audit log is not enabled for this organization"] as const,
        ),
        [403, "Your plan does not include the audit log."],
      ] as const
    ).map(
      ([status, message]): BrokenCase => [
        `no add-on, and an answer of ${status} that says so: ${message}`,
        "audit_log",
        () => ({}),
        stage.faults({
          match: { path: "/events" },
          fault: {
            kind: "status",
            status,
            body: JSON.stringify({ message }),
          },
        }),
        "audit_log_off",
        /answer says so/,
      ],
    ),
    [
      "no list readable, audit log or not",
      "audit_log",
      () => ({}),
      () => {
        stage.scopes("harvest:departments:list")();
      },
      "permission_missing",
      /may not read users/,
    ],
  ] as BrokenCase[]) {
    test(`${broken[0]}: ${broken[4]}`, () => stage.goesGreen(broken));
  }
});

suite("states, concerns and evidence", () => {
  test("no permission for an optional list: off, and the check mark stays green; once it worked: stopped", async () => {
    stage.scopes("harvest:users:list")();
    assert.equal((await stage.attempt("jobs", {}))!.state, "off");
    assert.equal(
      (await stage.attempt("jobs", {}, knowsNothing({ lastSuccess: () => RECENTLY })))!.state,
      "stopped",
    );
  });

  test("the users seen last stay: users_empty says how many and from when", async () => {
    stage.sim.control.patchScenario({ "v3.isuIsSiteAdmin": false, "v3.nonSiteAdmin": "empty" });
    const verdict = await stage.attempt("users", {}, knowsNothing({ usersReadAt: RECENTLY, userCount: 428 }));
    assert.match(verdict!.text!, /the 428 users of 2026-11-23 09:02 UTC stay/);
  });

  test("nobody listens: network, with the hosts to allow", async () => {
    const origin = "http://127.0.0.1:9";
    const session = greenhouse.open(
      sessionOptions(
        { harvest: origin, auth: origin, audit: origin },
        { kind: "harvest_v3", clientId: "a-1", secret: "secret" },
      ),
    );
    const verdict = await session
      .list("users", { resume: null })
      .next()
      .then(
        () => null,
        (error) => session.diagnose("users", error, knowsNothing()),
      );
    assert.equal(verdict?.cause, "network");
    assert.match(
      `${verdict!.text} ${verdict!.cure}`,
      /127\.0\.0\.1:9: refused \(ECONNREFUSED\).*Allow HTTPS \(443\) to 127\.0\.0\.1:9/,
    );
  });

  test("a bug is no verdict: it surfaces", async () => {
    const session = greenhouse.open(stage.options({}));
    await assert.rejects(session.diagnose("users", new TypeError("ours"), knowsNothing()), /ours/);
  });

  test("sessions ended by somebody else, three times: a concern although users were read", async () => {
    const session = greenhouse.open(stage.options({}));
    const body =
      '{"message":"Unauthorized","errors":["Token has already been refreshed or revoked. Please generate a new token."]}';
    for (let time = 1; time <= 3; time += 1) {
      assert.equal(await session.concern(), null);
      stage.sim.control.clearFaults();
      stage.sim.control.addFaults({
        match: { path: "/v3/user_roles", count: 1 },
        fault: { kind: "status", status: 401, body },
      });
      await session.list("roles", { resume: null }).next();
    }
    const concern = await session.concern();
    assert.equal(concern?.cause, "credential_shared");
    assert.match(concern!.text!, /3 times in the last 24 hours/);
  });

  test("what Greenhouse echoes is scrubbed", async (t) => {
    const origins = await tinyServer(t, (_request, response) => {
      response.writeHead(403, { "content-type": "application/json" });
      response.end(
        '{"message":"client_id=hidden-client-7 of ann@example.org may not, secret very-hidden-secret /x?token=abc"}',
      );
    });
    const session = greenhouse.open(
      sessionOptions(origins, {
        kind: "harvest_v3",
        clientId: "hidden-client-7",
        secret: "very-hidden-secret",
      }),
    );
    const error = await session
      .list("users", { resume: null })
      .next()
      .then(
        () => null,
        (thrown) => thrown,
      );
    assert.doesNotMatch(`${error.message} ${error.said}`, /hidden-client|ann@|very-hidden|token=abc/);
  });
});
