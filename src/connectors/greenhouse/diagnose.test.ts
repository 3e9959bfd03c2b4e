import assert from "node:assert/strict";
import { after, before, beforeEach, suite, test } from "node:test";
import { type FaultRule, type Simulator, startSimulator } from "../../../simulator/index.ts";
import type { Credential } from "../../model/connection.ts";
import type { Stream } from "../../model/stream.ts";
import type { CauseCode, Verdict } from "../../model/verdict.ts";
import type { Known, KnownUser, SessionOptions, TestStep } from "../connector.ts";
import { ClockWrong } from "../errors.ts";
import { greenhouse } from "./index.ts";
import { knowsNothing, sessionOptions, tinyServer } from "./testing.ts";

const RECENTLY = Date.UTC(2026, 10, 23, 9, 2);

suite("verdicts: broken, its exact cause, its cure, green", () => {
  let sim: Simulator;
  before(async () => {
    sim = await startSimulator({ users: 40, eventsPerDay: 200, rateLimits: false });
  });
  after(() => sim.close());
  beforeEach(() => {
    sim.control.clearFaults();
    sim.control.resetScenario();
  });

  type Kind = Credential["kind"];
  type Setup = Partial<Pick<Credential, "clientId" | "secret">> & {
    kind?: Kind;
    adminUserId?: number | string | null;
  };
  const options = ({ kind = "harvest_v3", adminUserId = null, ...wrong }: Setup): SessionOptions => {
    const right =
      kind === "harvest_v3"
        ? { clientId: sim.clientId, secret: sim.clientSecret }
        : { clientId: null, secret: sim.v1Key };
    const subject = adminUserId === null ? null : String(adminUserId);
    return sessionOptions(sim.urls, { kind, ...right, ...wrong }, { adminUserId: subject });
  };

  /** Reads the stream's first page as a sync would; null: it is well. */
  const attempt = async (
    stream: Stream,
    setup: Setup,
    known: Known = knowsNothing(),
  ): Promise<Verdict | null> => {
    const session = greenhouse.open(options(setup));
    try {
      if (stream === "audit_log") {
        await session.activity({ checkpoint: null, coverage: [], oldestEvent: null, full: false }).next();
      } else {
        const usersAfter = async (after: string | null) => (after === null ? [String(sim.nonAdminId)] : []);
        await session.list(stream, { resume: null, usersAfter }).next();
      }
      return null;
    } catch (error) {
      return session.diagnose(stream, error, known);
    }
  };

  const scopes =
    (...names: string[]) =>
    () =>
      sim.control.patchScenario({
        "credentials.v3": { [sim.clientId]: { secret: sim.clientSecret, scopes: names } },
      });
  const permissions =
    (...names: string[]) =>
    () =>
      sim.control.patchScenario({ "credentials.v1": { [sim.v1Key]: { permissions: names } } });
  const scenario = (change: Record<string, unknown>) => () => sim.control.patchScenario(change);
  const faults =
    (...rules: FaultRule[]) =>
    () =>
      sim.control.addFaults(...rules);
  const user = (id: () => number, more: Partial<KnownUser>): Partial<Known> => ({
    usersReadAt: RECENTLY,
    userCount: 40,
    user: async (asked) =>
      asked === String(id())
        ? {
            id: asked,
            name: "Mara Quill",
            status: "active",
            level: "job_admin",
            siteAdmin: false,
            statusSince: null,
            ...more,
          }
        : null,
  });
  const v1: Setup = { kind: "harvest_v1" };
  const NO_V3_LISTS = "auditlog:events:list";

  type Case = [
    name: string,
    stream: Stream,
    setup: () => Setup,
    breakIt: () => unknown,
    cause: CauseCode,
    words: RegExp,
    known?: Partial<Known>,
  ];
  const nothing = () => {};
  const cases: Case[] = [
    [
      "a wrong secret",
      "users",
      () => ({ secret: "not-the-secret" }),
      nothing,
      "credential_wrong",
      /POST \/token answered 401/,
    ],
    [
      "an unknown client ID",
      "users",
      () => ({ clientId: "nobody-4004" }),
      nothing,
      "credential_wrong",
      /doesn't know/,
    ],
    [
      "half a client ID",
      "users",
      () => ({ clientId: "half" }),
      nothing,
      "credential_malformed",
      /dash and a number/,
    ],
    [
      "a revoked credential",
      "roles",
      () => ({}),
      () =>
        sim.control.patchScenario({
          "credentials.v3": { [sim.clientId]: { secret: sim.clientSecret, revoked: true } },
        }),
      "credential_wrong",
      /POST \/token answered/,
    ],
    [
      "a list of trusted addresses without ours",
      "roles",
      () => ({}),
      scenario({ "access.trustedIps": "refuse" }),
      "credential_wrong",
      /refuses this credential|doesn't know/,
    ],
    [
      "a scope that isn't ticked",
      "roles",
      () => ({}),
      scopes("harvest:users:list"),
      "permission_missing",
      /GET \/v3\/user_roles answered 403 .* while GET \/v3\/users answered 200/,
    ],
    [
      "the users scope alone",
      "users",
      () => ({}),
      scopes("harvest:user_roles:list"),
      "permission_missing",
      /users\. GET \/v3\/users answered 403/,
    ],
    [
      "no scope for any list",
      "users",
      () => ({}),
      scopes(NO_V3_LISTS),
      "lists_refused",
      /Either no scope is ticked or the credential's own integration user/,
    ],
    [
      "an integration user that may not list",
      "users",
      () => ({}),
      scenario({ "v3.isuIsSiteAdmin": false }),
      "lists_refused",
      /the answer doesn't say which/,
    ],
    [
      "an integration user that sees nobody",
      "users",
      () => ({}),
      scenario({ "v3.isuIsSiteAdmin": false, "v3.nonSiteAdmin": "empty" }),
      "users_empty",
      /0 rows/,
    ],
    [
      "an admin user of another account",
      "users",
      () => ({ adminUserId: "999999999" }),
      nothing,
      "admin_user_unknown",
      /Nobody in this account has the ID 999999999/,
    ],
    [
      "an admin user of another account, refused at the call",
      "users",
      () => ({ adminUserId: "999999999" }),
      scenario({ "token.subjectCheck": "call" }),
      "admin_user_unknown",
      /asked just now/,
    ],
    [
      "a deactivated admin user",
      "users",
      () => ({ adminUserId: sim.deactivatedAdminId }),
      nothing,
      "admin_user_deactivated",
      /is deactivated/,
    ],
    [
      "a deactivated admin user, refused at the call",
      "job_grants",
      () => ({ adminUserId: sim.deactivatedAdminId }),
      scenario({ "token.subjectCheck": "call" }),
      "admin_user_deactivated",
      /is deactivated/,
    ],
    [
      "an admin user who is no Site Admin",
      "users",
      () => ({ adminUserId: sim.nonAdminId }),
      nothing,
      "admin_user_not_site_admin",
      /is not a Site Admin/,
    ],
    [
      "an admin user who is no Site Admin and sees nobody",
      "users",
      () => ({ adminUserId: sim.nonAdminId }),
      scenario({ "v3.nonSiteAdmin": "empty" }),
      "admin_user_not_site_admin",
      /is not a Site Admin/,
    ],
    [
      "an admin user Greenhouse won't speak of, known to us as unknown",
      "users",
      () => ({ adminUserId: "999999999" }),
      scenario({ "v3.isuIsSiteAdmin": false }),
      "admin_user_unknown",
      /Looked for among 40 users read at 2026-11-23 09:02 UTC/,
      user(() => 1, {}),
    ],
    [
      "an admin user Greenhouse won't speak of, known to us as deactivated",
      "users",
      () => ({ adminUserId: sim.deactivatedAdminId }),
      scenario({ "v3.isuIsSiteAdmin": false }),
      "admin_user_deactivated",
      /Mara Quill is deactivated \(seen 2026-11-12\)/,
      user(() => sim.deactivatedAdminId, { status: "deactivated", statusSince: Date.UTC(2026, 10, 12) }),
    ],
    [
      "an admin user Greenhouse won't speak of, known to us as Job Admin",
      "users",
      () => ({ adminUserId: sim.nonAdminId }),
      scenario({ "v3.isuIsSiteAdmin": false }),
      "admin_user_not_site_admin",
      /Mara Quill is Job Admin, not Site Admin/,
      user(() => sim.nonAdminId, {}),
    ],
    [
      "an admin user refused where nobody can be asked",
      "users",
      () => ({ adminUserId: "999999999" }),
      scenario({ "v3.isuIsSiteAdmin": false }),
      "admin_user_refused",
      /without one we can't read the users/i,
    ],
    [
      "the audit scope that isn't ticked",
      "audit_log",
      () => ({ adminUserId: sim.siteAdminId }),
      scopes("harvest:users:list"),
      "audit_log_refused",
      /is an active Site Admin/,
    ],
    [
      "no add-on, and an answer that doesn't say so",
      "audit_log",
      () => ({}),
      faults({
        match: { path: "/events" },
        fault: { kind: "status", status: 403, body: '{"message":"Forbidden"}' },
      }),
      "audit_log_refused",
      /doesn't say which/,
    ],
    [
      "no add-on (403)",
      "audit_log",
      () => ({ adminUserId: sim.siteAdminId }),
      scenario({ "audit.addon": "off" }),
      "audit_log_refused",
      /or no audit log in your account/,
    ],
    [
      "no add-on (401)",
      "audit_log",
      () => ({}),
      scenario({ "audit.addon": "off", "audit.offStatus": 401 }),
      "audit_log_refused",
      /or no audit log in your account/,
    ],
    [
      "v1: no add-on, told at the token",
      "audit_log",
      () => ({ ...v1, adminUserId: sim.siteAdminId }),
      scenario({ "audit.addon": "off", "audit.offAtToken": true }),
      "audit_log_refused",
      /permission not ticked, or no audit log/,
    ],
    [
      "v1: the audit permission that isn't ticked",
      "audit_log",
      () => ({ ...v1, adminUserId: sim.siteAdminId }),
      permissions("users", "user"),
      "audit_log_refused",
      /permission not ticked/,
    ],
    [
      "no add-on, and an answer that says so",
      "audit_log",
      () => ({}),
      faults({
        match: { path: "/events" },
        fault: {
          kind: "status",
          status: 403,
          body: '{"message":"Audit log is not enabled for this organization"}',
        },
      }),
      "audit_log_off",
      /answer says so/,
    ],
    [
      "no list readable, audit log or not",
      "audit_log",
      () => ({}),
      () => {
        scopes("harvest:departments:list")();
      },
      "permission_missing",
      /may not read users/,
    ],
    [
      "v1 without an admin user",
      "audit_log",
      () => v1,
      scenario({ "v1.onBehalfOf": "required" }),
      "admin_user_missing",
      /none is chosen/,
    ],
    [
      "v1 with an unknown admin user",
      "audit_log",
      () => ({ ...v1, adminUserId: "999999999" }),
      nothing,
      "admin_user_unknown",
      /999999999/,
    ],
    [
      "v1 with a deactivated admin user",
      "audit_log",
      () => ({ ...v1, adminUserId: sim.deactivatedAdminId }),
      nothing,
      "admin_user_deactivated",
      /is deactivated/,
    ],
    [
      "v1 with an admin user who is none",
      "audit_log",
      () => ({ ...v1, adminUserId: sim.nonAdminId }),
      nothing,
      "admin_user_not_site_admin",
      /is not a Site Admin/,
    ],
    [
      "v1 switched off: 401",
      "users",
      () => v1,
      scenario({ "v1.state": "401" }),
      "credential_retired",
      /31 Aug 2026/,
    ],
    [
      "v1 switched off: 403",
      "users",
      () => v1,
      scenario({ "v1.state": "403" }),
      "credential_retired",
      /31 Aug 2026/,
    ],
    [
      "v1 switched off: 404",
      "roles",
      () => v1,
      scenario({ "v1.state": "404" }),
      "credential_retired",
      /31 Aug 2026/,
    ],
    [
      "v1 switched off: 410",
      "users",
      () => v1,
      scenario({ "v1.state": "410" }),
      "credential_retired",
      /31 Aug 2026/,
    ],
    [
      "v1 gone, audit log too",
      "audit_log",
      () => ({ ...v1, adminUserId: sim.siteAdminId }),
      scenario({ "v1.state": "410" }),
      "credential_retired",
      /31 Aug 2026/,
    ],
    [
      "an unknown v1 key",
      "users",
      () => ({ ...v1, secret: "another-key" }),
      nothing,
      "credential_retired",
      /answered 401/,
    ],
    [
      "a storm of 429s",
      "users",
      () => ({}),
      faults({
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
      faults({ match: { path: "/v3/users" }, fault: { kind: "status", status: 503 } }),
      "greenhouse_unavailable",
      /answered 503 .* 4 tries/,
    ],
    [
      "trouble at Greenhouse while a refusal is looked into",
      "roles",
      () => ({}),
      () => {
        scopes("harvest:users:list")();
        faults({ match: { path: "/v3/users" }, fault: { kind: "status", status: 500 } })();
      },
      "greenhouse_unavailable",
      /GET \/v3\/users answered 500/,
    ],
    [
      "a gateway's HTML",
      "users",
      () => ({}),
      faults({
        match: { path: "/v3/users" },
        fault: { kind: "status", status: 200, body: "<html>hello</html>", contentType: "text/html" },
      }),
      "answer_unreadable",
      /an HTML page/,
    ],
    [
      "a cut answer",
      "users",
      () => ({}),
      faults({ match: { path: "/v3/users" }, fault: { kind: "cut", how: "length" } }),
      "answer_unreadable",
      /cut off after [\d,]+ bytes/,
    ],
    [
      "a redirect to a sign-in page",
      "users",
      () => ({}),
      scenario({ "v3.redirectToLogin": true }),
      "answer_unreadable",
      /a redirect to/,
    ],
    [
      "a next link to another host",
      "users",
      () => ({}),
      faults({
        match: { path: "/v3/users" },
        fault: {
          kind: "headers",
          headers: { link: "<https://elsewhere.example/v3/users?cursor=a>; rel=next" },
        },
      }),
      "answer_unreadable",
      /another host, https:\/\/elsewhere\.example/,
    ],
    [
      "a token that dies at once, whenever",
      "users",
      () => ({}),
      faults({
        match: { path: "/v3/users" },
        fault: {
          kind: "status",
          status: 401,
          body: '{"message":"Unauthorized","errors":["Token has already been refreshed or revoked. Please generate a new token."]}',
        },
      }),
      "credential_shared",
      /ended our session early/,
    ],
  ];
  for (const [name, stream, setup, breakIt, cause, words, known] of cases) {
    test(`${name}: ${cause}`, async () => {
      breakIt();
      const verdict = await attempt(stream, setup(), knowsNothing(known));
      assert.equal(verdict?.cause, cause, JSON.stringify(verdict));
      assert.match(verdict!.text!, words);
      assert.ok(verdict!.cure!.length > 0);
      assert.doesNotMatch(JSON.stringify(verdict), /simulated-secret|simulated-harvest-v1-key|eyJ|cursor=/);
      sim.control.clearFaults();
      sim.control.resetScenario();
      const right = setup().kind === "harvest_v1" ? { ...v1, adminUserId: sim.siteAdminId } : {};
      assert.equal(await attempt(stream, right), null);
    });
  }

  test("no permission for an optional list: off, and the check mark stays green; once it worked: stopped", async () => {
    scopes("harvest:users:list")();
    assert.equal((await attempt("jobs", {}))!.state, "off");
    assert.equal(
      (await attempt("jobs", {}, knowsNothing({ lastSuccess: () => RECENTLY })))!.state,
      "stopped",
    );
  });

  for (const status of [401, 403] as const) {
    test(`v1 key without a permission (${status}): permission_missing, while users answer`, async () => {
      sim.control.patchScenario({ "v1.missingPermissionStatus": status });
      permissions("users")();
      const verdict = await attempt("departments", v1);
      assert.equal(verdict?.cause, "permission_missing");
      assert.match(verdict!.cure!, /Departments: List Departments/);
    });
  }

  test("the users seen last stay: users_empty says how many and from when", async () => {
    sim.control.patchScenario({ "v3.isuIsSiteAdmin": false, "v3.nonSiteAdmin": "empty" });
    const verdict = await attempt("users", {}, knowsNothing({ usersReadAt: RECENTLY, userCount: 428 }));
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
    const session = greenhouse.open(options({}));
    await assert.rejects(session.diagnose("users", new TypeError("ours"), knowsNothing()), /ours/);
  });

  test("a clock that is off by a day", async () => {
    const session = greenhouse.open(options({}));
    const verdict = await session.diagnose("audit_log", new ClockWrong(-26 * 3_600_000), knowsNothing());
    assert.equal(verdict.cause, "clock_wrong");
    assert.match(verdict.text!, /26 h ahead of Greenhouse's/);
    sim.control.patchScenario({ "http.dateOffsetSeconds": -86_400 });
    await session.list("roles", { resume: null }).next();
    assert.equal(session.concern("audit_log")?.cause, "clock_wrong");
    assert.equal(session.concern("users"), null);
  });

  test("sessions ended by somebody else, three times: a concern although users were read", async () => {
    const session = greenhouse.open(options({}));
    const body =
      '{"message":"Unauthorized","errors":["Token has already been refreshed or revoked. Please generate a new token."]}';
    for (let time = 1; time <= 3; time += 1) {
      assert.equal(session.concern("users"), null);
      sim.control.clearFaults();
      sim.control.addFaults({
        match: { path: "/v3/user_roles", count: 1 },
        fault: { kind: "status", status: 401, body },
      });
      await session.list("roles", { resume: null }).next();
    }
    const concern = session.concern("users");
    assert.equal(concern?.cause, "credential_shared");
    assert.match(concern!.text!, /3 times in the last 24 hours/);
  });

  const steps = async (setup: Setup, wantsUsage = true) => {
    const all: TestStep[] = [];
    for await (const step of greenhouse.open(options(setup)).test(knowsNothing(), wantsUsage)) {
      if (step.state !== "asking") all.push(step);
    }
    return all;
  };
  const summary = (all: TestStep[]) =>
    all.map(({ step, state, verdict }) => [step, state, verdict?.cause ?? null].filter(Boolean).join(" "));
  const LISTS = [
    "users",
    "user_emails",
    "roles",
    "departments",
    "offices",
    "jobs",
    "job_grants",
    "future_job_grants",
  ];

  test("a test of a good v3 credential is green step by step", async () => {
    assert.deepEqual(summary(await steps({ adminUserId: sim.siteAdminId })), [
      "reach well",
      "credential well",
      "admin_user well",
      ...LISTS.map((stream) => `${stream} well`),
      "audit_log well",
    ]);
  });

  test("a test of a good v1 key is green step by step", async () => {
    const all = summary(await steps({ ...v1, adminUserId: sim.siteAdminId }));
    assert.deepEqual(all, [
      "reach well",
      "credential well",
      "admin_user well",
      ...LISTS.filter((stream) => stream !== "user_emails").map((stream) => `${stream} well`),
      "audit_log well",
    ]);
  });

  for (const [name, setup, breakIt, expected] of [
    [
      "a wrong secret",
      () => ({ secret: "wrong-secret" }),
      nothing,
      ["credential failed credential_wrong", "users skipped"],
    ],
    [
      "a bad admin user",
      () => ({ adminUserId: sim.deactivatedAdminId }),
      nothing,
      ["credential well", "admin_user failed admin_user_deactivated", "users skipped"],
    ],
    [
      "no scope for jobs",
      () => ({}),
      scopes("harvest:users:list", "auditlog:events:list"),
      ["users well", "jobs off permission_missing", "audit_log well"],
    ],
    [
      "no audit log",
      () => ({}),
      scopes("harvest:users:list"),
      ["users well", "audit_log failed audit_log_refused"],
    ],
    [
      "v1 that has ended",
      () => v1,
      scenario({ "v1.state": "410" }),
      ["credential failed credential_retired", "audit_log skipped"],
    ],
    [
      "a wrong clock",
      () => ({}),
      scenario({ "http.dateOffsetSeconds": 86_400 }),
      ["reach failed clock_wrong", "users well"],
    ],
  ] as [string, () => Setup, () => unknown, string[]][]) {
    test(`a test of ${name} says so at its step`, async () => {
      breakIt();
      const all = summary(await steps(setup()));
      for (const step of expected) assert.ok(all.includes(step), `${step} in ${all.join(", ")}`);
    });
  }

  test("usage that isn't wanted isn't asked for", async () => {
    sim.control.clearRequests();
    assert.ok(summary(await steps({}, false)).includes("audit_log skipped"));
    assert.ok(sim.control.requests().every((request) => request.path !== "/events"));
  });

  test("the Site Admins to choose from: active, service accounts marked", async () => {
    const admins = await greenhouse.open(options({})).siteAdmins();
    const ids = admins.map((admin) => admin.id);
    assert.ok(ids.includes(String(sim.siteAdminId)));
    assert.ok(!ids.includes(String(sim.deactivatedAdminId)) && !ids.includes(String(sim.nonAdminId)));
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
