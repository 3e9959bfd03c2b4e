import assert from "node:assert/strict";
import { after, before, beforeEach, suite, test } from "node:test";
import { type FaultRule, type Simulator, startSimulator } from "../../../simulator/index.ts";
import type { Credential } from "../../model/connection.ts";
import type { UserRecord } from "../../model/records.ts";
import { LIST_STREAMS } from "../../model/stream.ts";
import type { Page } from "../connector.ts";
import { ConnectorError, type Family, type Fault, RestartListing } from "../errors.ts";
import { greenhouse } from "./index.ts";
import { Questions } from "./questions.ts";
import { compareIds } from "./rows.ts";
import { parts, readAll, sessionOptions } from "./testing.ts";
import { rateLimited } from "./trouble-text.ts";

suite("v3 lists", () => {
  let sim: Simulator;
  let credential: Credential;
  /** All users, read without any fault. */
  let whole: Awaited<ReturnType<typeof readAll<UserRecord>>>;
  before(async () => {
    sim = await startSimulator({ users: 1010, jobPermissions: 1600, eventsPerDay: 0, rateLimits: false });
    credential = { kind: "harvest_v3", clientId: sim.clientId, secret: sim.clientSecret };
    whole = await readAll(open().list("users"));
  });
  after(() => sim.close());
  beforeEach(() => {
    sim.control.clearFaults();
    sim.control.resetScenario();
    sim.control.clearRequests();
  });

  const open = (more: Parameters<typeof sessionOptions>[2] = {}) =>
    parts(sessionOptions(sim.urls, credential, more));
  const askedOf = (path: string) => sim.control.requests().filter((request) => request.path === path);

  for (const stream of LIST_STREAMS) {
    test(`${stream}: every row once, and pages that speak for all ids`, async () => {
      const { pages, records, unreadable } = await readAll<{ id: string }>(open().list(stream) as never);
      const ids = records.map((row) => row.id);
      assert.ok(ids.length > 0);
      assert.deepEqual(unreadable, []);
      assert.equal(new Set(ids).size, ids.length);
      assert.deepEqual(
        ids,
        ids.toSorted((a, b) => compareIds(b, a)),
      );
      assertSeamless(pages);
    });
  }

  test("parameters only on the first page: a cursor travels alone", async () => {
    await readAll(open().list("users"));
    const listings = askedOf("/v3/users").filter((request) => !request.query.includes("ids="));
    assert.ok(listings.length >= 3);
    const [first, ...later] = listings.map((request) => new URLSearchParams(request.query));
    assert.equal(first!.get("per_page"), "500");
    assert.equal(first!.get("show_service_accounts"), "true");
    assert.ok(!first!.get("fields")!.includes("linked_candidate_ids"));
    for (const query of later) assert.deepEqual([...query.keys()], ["cursor"]);
  });

  test("a listing goes on from a stored place, in another session", async () => {
    const whole = await readAll(open().list("job_grants"));
    const first = (await open().list("job_grants").next()).value as Page<{ id: string }>;
    const rest = await readAll(open().list("job_grants", { resume: first.next }));
    assert.deepEqual(
      [...first.records, ...rest.records].map((row) => row.id),
      whole.records.map((row) => row.id),
    );
    assert.deepEqual(rest.pages[0]!.covers, whole.pages[1]!.covers);
  });

  for (const [name, scenario] of [
    ["quoted rel", { "v3.linkStyle": "quoted" }],
    ["unquoted rel", { "v3.linkStyle": "unquoted" }],
    ["several relations", { "v3.linkStyle": "extra" }],
    ["a lower-case header", { "v3.linkStyle": "lowercase" }],
    ["a prev link too", { "v3.prevLink": true }],
    ["gzip", { "http.gzip": true }],
    ["expires_in", { "token.expiryField": "expires_in" }],
    ["expires", { "token.expiryField": "expires" }],
    ["no expiry at all", { "token.expiryField": "none" }],
    ["grant_type in the query", { "token.parameters": "query" }],
    ["unknown parameters refused", { "v3.unknownParameters": "refuse" }],
    ["null for a service account's e-mail", { "v3.serviceAccountEmail": "null" }],
  ] as const) {
    test(`the same users with ${name}`, async () => {
      sim.control.patchScenario(scenario);
      const after = await readAll(open().list("users"));
      assert.deepEqual(after.records, whole.records);
    });
  }

  test("the same users, and rules for every department, with nulls left out", async () => {
    const rules = (await readAll(open().list("future_job_grants"))).records;
    assert.ok(rules.some((rule) => rule.departmentId === null));
    sim.control.patchScenario({ "v3.nulls": "left out" });
    assert.deepEqual((await readAll(open().list("users"))).records, whole.records);
    assert.deepEqual((await readAll(open().list("future_job_grants"))).records, rules);
    // What one list has shown is known to the next session, of whose rows all lack the same.
    const { traffic, connection } = open().caller.options;
    const shared = { traffic, connection };
    await readAll(open(shared).list("users"));
    faulty(
      { kind: "status", status: 200, body: '[{"id":1,"user_id":2,"role_id":3}]' },
      { path: "/v3/future_job_permissions" },
    );
    assert.equal((await readAll(open(shared).list("future_job_grants"))).records[0]!.departmentId, null);
    assert.deepEqual((await readAll(open().list("future_job_grants"))).records, []);
  });

  test("who is shown when asked for by ID is told, in however many pages", async () => {
    sim.control.patchScenario({ "v3.mostPerPage": 20 });
    const { caller, authorization } = open();
    const ids = whole.records.slice(0, 49).map(({ id }) => id);
    assert.deepEqual(await new Questions(caller, authorization).shown([...ids, "17"]), new Set(ids));
  });

  test("service accounts are told from people without an e-mail address", async () => {
    const { records } = await readAll(open().list("users"));
    const silent = records.filter((user) => user.email === null);
    assert.equal(records.filter((user) => user.serviceAccount).length, sim.control.state().serviceAccounts);
    assert.ok(silent.some((user) => user.serviceAccount) && silent.some((user) => !user.serviceAccount));
    const questions = askedOf("/v3/users").filter((request) => request.query.includes("ids="));
    assert.equal(questions.length, 1);
  });

  test("an unknown role id, and two users with one address or employee number, stay as they are", async () => {
    const roles = new Set((await readAll(open().list("roles"))).records.map((role) => role.id));
    const grants = (await readAll(open().list("job_grants"))).records;
    assert.ok(grants.some((grant) => grant.roleId !== null && !roles.has(grant.roleId)));
    const users = (await readAll(open().list("users"))).records;
    assert.ok(users.every((user) => user.emails.every((email) => email === email.toLowerCase())));
  });

  const faulty = (
    fault: FaultRule["fault"],
    match: FaultRule["match"] = { path: "/v3/users", page: "first" },
  ) => sim.control.addFaults({ match, fault });

  for (const [name, fault, family, how] of [
    [
      "an HTML 502",
      { kind: "status", status: 502, body: "<html>Bad Gateway</html>", contentType: "text/html" },
      "unavailable",
      "html",
    ],
    ["garbage", { kind: "garbled" }, "unreadable", null],
    ["binary", { kind: "binary" }, "unreadable", null],
    ["a gzip bomb", { kind: "gzipBomb", megabytes: 64 }, "unreadable", "too_large"],
    ["an endless body", { kind: "endless" }, "unreadable", "too_large"],
    [
      "brackets in brackets",
      { kind: "status", status: 200, body: "[".repeat(500_000) },
      "unreadable",
      "too_large",
    ],
    ["a cut body", { kind: "cut", how: "length" }, "unreadable", "cut"],
    ["a cut body in chunks", { kind: "cut", how: "chunked" }, "unreadable", "cut"],
    ["nothing at all", { kind: "status", status: 200, body: "" }, "unreadable", "cut"],
    ["a connection that is reset", { kind: "reset" }, "network", null],
    ["another host's next link", { kind: "foreignLink" }, "invalid", "foreign"],
    ["its own page as next link", { kind: "loop" }, "invalid", "repeated_link"],
    ["no Link header on a full page", { kind: "headers", headers: { Link: null } }, "unreadable", "shape"],
  ] as [string, FaultRule["fault"], Family, Fault | null][]) {
    test(`${name} ends the listing with a clear error`, async () => {
      faulty(fault);
      const { caller, list } = open();
      const error = await failure(readAll(list("users")));
      assert.ok(error instanceof ConnectorError, String(error));
      assert.deepEqual([error.family, how ? error.fault : null], [family, how]);
      assert.equal(error.ask.path, "/v3/users");
      assert.doesNotMatch(`${error.message} ${error.said}`, /cursor=|Bearer|simulated-secret/);
      assert.ok(caller.meter.requests <= 6, `${caller.meter.requests} requests`);
    });
  }

  for (const [name, fault] of [
    ["a cut body", { kind: "cut", how: "length" }],
    ["nothing at all", { kind: "status", status: 200, body: "" }],
    ["a 500", { kind: "status", status: 500 }],
    ["an HTML 502", { kind: "status", status: 502, body: "<html>", contentType: "text/html" }],
    ["a reset connection", { kind: "reset" }],
    ["a 429 with Retry-After", { kind: "status", status: 429, headers: { "retry-after": "0" } }],
    ["a 429 without a word", { kind: "status", status: 429 }],
    [
      "a revoked token",
      {
        kind: "status",
        status: 401,
        body: '{"message":"Unauthorized","errors":["Token has already been refreshed or revoked. Please generate a new token."]}',
      },
    ],
  ] as [string, FaultRule["fault"]][]) {
    test(`${name} in the middle costs a request and no row`, async () => {
      faulty(fault, { path: "/v3/users", page: "later", nth: 1, count: 1 });
      const again = await readAll(open().list("users"));
      assert.deepEqual(again.records, whole.records);
    });
  }

  for (const origin of ["https://harvest.greenhouse.io", "http://localhost:PORT", "http://[::1]:PORT"]) {
    test(`next links that spell our own host ${origin} are followed on ours`, async () => {
      const { port } = new URL(sim.urls.harvest);
      faulty({ kind: "foreignLink", origin: origin.replace("PORT", port) }, { path: "/v3/users" });
      assert.deepEqual((await readAll(open().list("users"))).records, whole.records);
    });
  }

  test("a list without content has no rows", async () => {
    faulty({ kind: "status", status: 204, body: "" }, { path: "/v3/jobs" });
    assert.deepEqual((await readAll(open().list("jobs"))).records, []);
  });

  test("a storm of 429s ends, with how long to stay away", async () => {
    faulty({ kind: "status", status: 429 });
    const { caller, list } = open();
    const error = await failure(readAll(list("users")));
    assert.ok(error instanceof ConnectorError && error.family === "rate_limited");
    assert.ok(error.retryAfterMs! > 0);
    assert.equal(error.fault, "wait_untold");
    const { text } = rateLimited(error.ask, error.retryAfterMs, true);
    assert.match(text, /^Greenhouse asked us to wait and didn't say for how long; we do until [\d:]+ UTC\./);
    assert.ok(caller.meter.throttled <= 4);
  });

  test("told to stay away for an hour, it doesn't wait", async () => {
    faulty({ kind: "status", status: 429, headers: { "retry-after": "3600" } });
    const { caller, list } = open();
    const error = await failure(readAll(list("users")));
    assert.ok(error instanceof ConnectorError && error.retryAfterMs === 3_600_000 && error.fault === null);
    assert.equal(caller.meter.throttled, 1);
  });

  test("told to stay away for an hour, later calls aren't sent, and don't wait either", async () => {
    faulty({ kind: "status", status: 429, headers: { "retry-after": "3600" } });
    const first = open();
    await failure(readAll(first.list("users")));
    const asked = sim.control.requests().length;
    const error = await failure(readAll(first.list("roles")));
    assert.ok(error instanceof ConnectorError && error.family === "rate_limited");
    assert.equal(error.ask.status, null);
    assert.ok(error.retryAfterMs! > 3_500_000 && error.retryAfterMs! <= 3_600_000);
    assert.equal(sim.control.requests().length, asked);
  });

  test("in trouble for an hour, as told: that list isn't asked again meanwhile, and others are", async () => {
    faulty({ kind: "status", status: 503, headers: { "retry-after": "3600" } });
    const { caller, list } = open();
    for (const status of [503, null]) {
      const error = await failure(readAll(list("users")));
      assert.ok(error instanceof ConnectorError && error.family === "unavailable", String(error));
      assert.deepEqual([error.ask.status, error.tries], [status, 1]);
      assert.ok(error.retryAfterMs! > 3_500_000 && error.retryAfterMs! <= 3_600_000);
    }
    assert.equal(askedOf("/v3/users").length, 1);
    assert.ok((await readAll(list("roles"))).records.length > 0);
    assert.equal(caller.meter.throttled, 0);
  });

  for (const [name, fault, reason] of [
    ["an expired cursor", { kind: "expiredCursor" }, "cursor_expired"],
    ["a cursor that is gone", { kind: "status", status: 410 }, "cursor_expired"],
    ["rows out of order", { kind: "reorder" }, "out_of_order"],
    ["the first page once more", { kind: "repeatPage" }, null],
  ] as [string, FaultRule["fault"], string | null][]) {
    test(`${name}: the listing starts over, or ends`, async () => {
      faulty(fault, { path: "/v3/users", page: "later", nth: 1 });
      const error = await failure(readAll(open().list("users")));
      if (reason) assert.equal((error as RestartListing).reason, reason);
      else assert.ok(error instanceof RestartListing || error instanceof ConnectorError, String(error));
    });
  }

  test("read in any order, a page speaks for nothing, and the later of two equal rows is ignored", async () => {
    faulty({ kind: "reorder" }, { path: "/v3/users" });
    const { pages, records } = await readAll(open().list("users", { unordered: true }));
    assert.ok(pages.every((page) => page.covers.by === "nothing"));
    assert.deepEqual(records.map((row) => row.id).toSorted(), whole.records.map((row) => row.id).toSorted());
  });

  test("duplicate rows are read once", async () => {
    faulty({ kind: "duplicateRows" }, { path: "/v3/users" });
    assert.deepEqual((await readAll(open().list("users"))).records, whole.records);
  });

  for (const [name, fault, field, reason] of [
    [
      "a renamed e-mail field",
      { kind: "field", field: "primary_email", action: "rename", to: "email_address" },
      "primary_email",
      "missing",
    ],
    [
      "a lost e-mail field, where others say null",
      { kind: "field", field: "primary_email", action: "remove" },
      "primary_email",
      "missing",
    ],
    ["a lost flag", { kind: "field", field: "site_admin", action: "remove" }, "site_admin", "missing"],
    [
      "a date that is none",
      { kind: "field", field: "created_at", action: "replace", to: "yesterday" },
      "created_at",
      "not a date",
    ],
    [
      "a word for a flag",
      { kind: "field", field: "deactivated", action: "replace", to: "no" },
      "deactivated",
      "not true or false",
    ],
  ] as [string, FaultRule["fault"], string, string][]) {
    test(`${name} makes the record unreadable, and no other`, async () => {
      faulty({ ...fault, row: 0 } as FaultRule["fault"]);
      const { records, unreadable, pages } = await readAll(open().list("users"));
      const id = whole.records[0]!.id;
      assert.deepEqual(unreadable, [{ id, field, reason }]);
      assert.deepEqual(records, whole.records.slice(1));
      assertSeamless(pages);
    });
  }

  test("bytes that are no UTF-8 make only their record unreadable", async () => {
    faulty({ kind: "invalidUtf8" }, { path: "/v3/users", query: "per_page=" });
    const { records, unreadable } = await readAll(open().list("users"));
    assert.ok(unreadable.length >= 1 && unreadable.every((row) => row.reason === "not UTF-8"));
    assert.equal(records.length + unreadable.length, whole.records.length);
  });

  test("an id past 2^53 is exact", async () => {
    faulty({ kind: "hugeNumber", row: 0, field: "id", value: "9007199254740993" });
    const { records } = await readAll(open().list("users"));
    assert.equal(records[0]!.id, "9007199254740993");
  });

  test("a number too large for any id is unreadable, and its page then speaks for no absence", async () => {
    faulty({ kind: "hugeNumber", row: 0, field: "id", value: "99999999999999999999" });
    const { pages, unreadable } = await readAll(open().list("users"));
    assert.deepEqual(unreadable, [{ id: null, field: "id", reason: "not an ID" }]);
    assert.deepEqual(pages[0]!.covers, { by: "nothing" });
  });

  test("control characters and formulas in names stay what they are", async () => {
    const texts = ["=1+1", "a\u0007b\u001b[31m"];
    faulty({ kind: "hostileNames", texts });
    const { records } = await readAll(open().list("users"));
    assert.ok(records.some((user) => user.name?.includes("=1+1")));
    assert.ok(records.some((user) => user.name?.includes("\u001b[31m")));
  });

  test("a listing without a single user is a refusal, not an empty account", async () => {
    faulty({ kind: "empty" });
    const error = await failure(readAll(open().list("users")));
    assert.ok(error instanceof ConnectorError);
    assert.deepEqual([error.family, error.fault, error.ask.status], ["refused", "empty", 200]);
  });

  test("where service accounts aren't shown, a service account as admin user is one that the list hides", async () => {
    const service = whole.records.find((user) => user.serviceAccount && user.siteAdmin)!.id;
    const admin = String(sim.siteAdminId);
    for (const [how, adminUserId, expected] of [
      ["ignore", service, "hidden"],
      ["refuse", service, "hidden"],
      ["ignore", admin, "shown"],
    ] as const) {
      sim.control.patchScenario({ "v3.showServiceAccounts": how });
      const options = sessionOptions(sim.urls, credential, { adminUserId });
      assert.equal(await greenhouse.open(options).unlistedAdmin(), expected, how);
      const { records } = await readAll(open({ adminUserId }).list("users"));
      assert.ok(records.every((user) => !user.serviceAccount && user.id !== service));
    }
  });

  for (const [name, fault] of [
    [
      "a size that is refused",
      { kind: "status", status: 422, body: '{"errors":[{"per_page":"is too much"}]}' },
    ],
    ["a page that is too large", { kind: "gzipBomb", megabytes: 20 }],
  ] as [string, FaultRule["fault"]][]) {
    test(`${name}: smaller ones are asked for, and nothing else is left out`, async () => {
      faulty(fault, { path: "/v3/users", query: "per_page=500" });
      assert.deepEqual((await readAll(open().list("users"))).records, whole.records);
      assert.ok(askedOf("/v3/users").some(({ query }) => /per_page=100.*show_service_accounts/.test(query)));
    });
  }

  for (const parameter of ["fields", "show_service_accounts"]) {
    test(`without ${parameter} where Greenhouse refuses it`, async () => {
      const body = `{"message":"Unprocessable Content","errors":[{"${parameter}":"is not allowed"}]}`;
      sim.control.addFaults({
        match: { path: "/v3/users", query: `${parameter}=` },
        fault: { kind: "status", status: 422, body },
      });
      const { records } = await readAll(open().list("users"));
      const hidden = parameter === "fields" ? 0 : sim.control.state().serviceAccounts;
      assert.equal(records.length, whole.records.length - hidden);
    });
  }

  test("refused without a word of why: the flag stays, for without it the list would lack service accounts", async () => {
    faulty(
      { kind: "status", status: 422 },
      { path: "/v3/users", query: "show_service_accounts=", nth: 1, count: 2 },
    );
    const error = await failure(readAll(open().list("users")));
    assert.ok(error instanceof ConnectorError && error.family === "invalid", String(error));
    assert.deepEqual((await readAll(open().list("users"))).records, whole.records);
  });

  for (const [name, status, body] of [
    ["overlooks", 200, (ids: unknown[]) => ids],
    ["refuses", 422, () => ({ message: "Unprocessable Content", errors: [{ ids: "is not allowed" }] })],
  ] as const) {
    test(`where the server ${name} the filter by id, the list without the flag tells people from accounts`, async () => {
      const everybody = whole.records.map((user) => ({ id: Number(user.id) }));
      sim.control.addFaults({
        match: { path: "/v3/users", query: "ids=" },
        fault: { kind: "status", status, body: JSON.stringify(body(everybody)) },
      });
      assert.deepEqual((await readAll(open().list("users"))).records, whole.records);
      const questions = askedOf("/v3/users").filter((request) => request.query.includes("ids="));
      assert.equal(questions.length, 1, "what was overlooked once is not asked again");
    });
  }

  test("an abort ends a wait with its own reason", async () => {
    faulty({ kind: "status", status: 429, headers: { "retry-after": "200" } });
    const stop = new AbortController();
    const { list } = open({
      signal: stop.signal,
      onProgress: (meter) => void (meter.throttled > 0 && stop.abort(new Error("stopped"))),
    });
    assert.equal(String(await failure(readAll(list("users")))), "Error: stopped");
  });
});

async function failure(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => assert.fail("nothing failed"),
    (error) => error,
  );
}

/** Together, pages speak for every id there is, each for its own part. */
function assertSeamless(pages: Page<unknown>[]): void {
  let to: string | null = null;
  for (const { covers } of pages) {
    assert.ok(covers.by === "ids");
    assert.equal(covers.to, to);
    to = covers.from;
  }
  assert.equal(to, "0");
  assert.deepEqual(
    pages.map((page) => page.next === null),
    pages.map((_, index) => index === pages.length - 1),
  );
}
