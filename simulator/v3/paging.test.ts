import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Client } from "../testing.ts";
import { client, nextLink } from "../testing.ts";

describe("Harvest v3 pages, filters and refuses as documented", () => {
  let c: Client;
  let auth: Record<string, string>;
  before(async () => {
    c = await client();
    auth = await c.bearer();
  });
  after(() => c.sim.close());

  test("pages follow the next link alone, ids descend, and every row comes once", async () => {
    const rows = await c.all("/v3/users?per_page=7", auth);
    const ids = rows.map((r) => Number(r.id));
    assert.equal(rows.length, 40);
    assert.deepEqual(
      ids,
      [...new Set(ids)].sort((a, b) => b - a),
    );
  });

  test("permissions page through derived and added rows alike", async () => {
    const rows = await c.all("/v3/user_job_permissions?per_page=33", auth);
    assert.equal(rows.length, c.sim.control.state().jobPermissions);
    assert.equal(new Set(rows.map((r) => r.id)).size, rows.length);
    const triples = new Set(rows.map((r) => `${r.user_id} ${r.job_id} ${r.role_id}`));
    assert.equal(triples.size, rows.length);
  });

  const refused: [string, string, unknown][] = [
    ["per_page=600", "/v3/users?per_page=600", [{ per_page: "`600` number is greater than: 500" }]],
    ["per_page=0", "/v3/users?per_page=0", [{ per_page: "`0` number is less than: 1" }]],
    [
      "a cursor with company",
      "/v3/users?cursor=abc&per_page=5",
      ["When passing a cursor, do not include other query params."],
    ],
    ["a cursor nobody wrote", "/v3/users?cursor=abc", ["Cursor is invalid."]],
    [
      "an unknown operator",
      "/v3/users?updated_at=since|2026-01-01",
      [{ updated_at: "`since` is not one of gte, lte, gt, lt" }],
    ],
  ];
  for (const [name, path, errors] of refused) {
    test(`422 for ${name}`, async () => {
      const got = await c.get(path, auth);
      assert.equal(got.status, 422);
      assert.deepEqual(got.body, { message: "Unprocessable Content", errors });
    });
  }

  test("a cursor expires, by the simulator's clock", async () => {
    const next = nextLink(await c.get("/v3/users?per_page=5", auth)) as string;
    c.sim.control.patchScenario({ "v3.cursorTtlSeconds": 60 });
    c.sim.control.clock({ advanceSeconds: 61 });
    assert.equal((await c.get(next, auth)).status, 422);
    c.sim.control.resetScenario();
  });

  test("two-sided dates work, lose a side, or are a 422 by switch; an encoded pipe is the same", async () => {
    const path = "/v3/users?updated_at=gte|2020-01-01T00:00:00Z|lte|2026-11-01T00:00:00Z";
    const plain = await c.get(path, auth);
    assert.equal(plain.status, 200);
    assert.deepEqual((await c.get(path.replaceAll("|", "%7C"), auth)).body, plain.body);
    const [from, to] = ["gte|2020-01-01T00:00:00Z", "lte|2026-11-01T00:00:00Z"];
    for (const [overlooked, one] of [
      ["first only", from],
      ["last only", to],
    ]) {
      c.sim.control.patchScenario({ "v3.twoSidedDates": overlooked });
      const heeded = await c.get(`/v3/users?updated_at=${one}`, auth);
      assert.deepEqual((await c.get(path, auth)).body, heeded.body);
    }
    c.sim.control.patchScenario({ "v3.twoSidedDates": "refuse" });
    assert.equal((await c.get(path, auth)).status, 422);
    c.sim.control.resetScenario();
  });

  test("dates with milliseconds are taken, or a 422 by switch", async () => {
    const path = "/v3/users?updated_at=gte|2020-01-01T00:00:00";
    for (const [format, status] of [
      ["any", 200],
      ["seconds", 422],
    ] as const) {
      c.sim.control.patchScenario({ "v3.dateFormat": format });
      assert.equal((await c.get(`${path}.000Z`, auth)).status, status);
      assert.equal((await c.get(`${path}Z`, auth)).status, 200);
    }
    c.sim.control.resetScenario();
  });

  test("service accounts are hidden unless asked for, and have no e-mail", async () => {
    const [hidden, shown] = [
      await c.all("/v3/users", auth),
      await c.all("/v3/users?show_service_accounts=true", auth),
    ];
    const extra = shown.filter((r) => !hidden.some((h) => h.id === r.id));
    assert.deepEqual(
      extra.map((r) => [r.primary_email, r.emails]),
      [
        ["", null],
        ["", null],
      ],
    );
    c.sim.control.patchScenario({ "v3.showServiceAccounts": "ignore" });
    assert.deepEqual(await c.all("/v3/users?show_service_accounts=true", auth), hidden);
    c.sim.control.patchScenario({ "v3.showServiceAccounts": "refuse" });
    assert.equal((await c.get("/v3/users?show_service_accounts=true", auth)).status, 422);
    c.sim.control.resetScenario();
  });

  const links: [string, Record<string, unknown>, RegExp][] = [
    ["quoted", {}, /^<[^>]+>; rel="next"$/],
    ["unquoted", { "v3.linkStyle": "unquoted" }, /^<[^>]+>; rel=next$/],
    ["with further relations", { "v3.linkStyle": "extra" }, /rel="self".*, <[^>]+>; rel="next"$/],
    [
      "to another origin",
      { "v3.linkOrigin": "https://harvest.greenhouse.io" },
      /^<https:\/\/harvest\.greenhouse\.io\/v3\/users\?cursor=/,
    ],
  ];
  for (const [name, scenario, expected] of links) {
    test(`the Link header ${name}`, async () => {
      c.sim.control.patchScenario(scenario);
      assert.match((await c.get("/v3/users?per_page=5", auth)).headers.get("link") ?? "", expected);
      c.sim.control.resetScenario();
    });
  }

  test("the last page has no Link header", async () => {
    assert.equal((await c.get("/v3/user_roles", auth)).headers.get("link"), null);
  });

  test("an unknown path is a 404 before anybody asks who calls", async () => {
    const got = await c.get("/v3/candidates_of_mine");
    assert.equal(got.status, 404);
    assert.deepEqual(got.body, { message: "Resource not found" });
  });
});

describe("who may list", () => {
  const cases: [
    string,
    { sub?: "siteAdmin" | "nonAdmin"; scenario?: Record<string, unknown> },
    number,
    number | null,
  ][] = [
    ["the service user, by default", {}, 200, 40],
    ["the service user where it is no Site Admin", { scenario: { "v3.isuIsSiteAdmin": false } }, 403, null],
    [
      "the service user where it is no Site Admin and lists are empty",
      { scenario: { "v3.isuIsSiteAdmin": false, "v3.nonSiteAdmin": "empty" } },
      200,
      0,
    ],
    ["a Site Admin", { sub: "siteAdmin" }, 200, 40],
    ["another user", { sub: "nonAdmin" }, 403, null],
    ["another user, by switch", { sub: "nonAdmin", scenario: { "v3.nonSiteAdmin": "empty" } }, 200, 0],
    [
      "a credential without the scope",
      { scenario: { credentials: { v3: { "glasshouse-simulator-4004": { scopes: [] } } } } },
      403,
      null,
    ],
    ["a caller outside the trusted addresses", { scenario: { "access.trustedIps": "refuse" } }, 403, null],
  ];
  for (const [name, { sub, scenario }, status, rows] of cases) {
    test(`${name}: ${status}${rows === null ? "" : `, ${rows} rows`}`, async () => {
      await using c = await client();
      const subject = { siteAdmin: c.sim.siteAdminId, nonAdmin: c.sim.nonAdminId };
      const auth = await c.bearer(sub && subject[sub]);
      c.sim.control.patchScenario(scenario ?? {});
      const got = await c.get("/v3/users", auth);
      assert.equal(got.status, status);
      if (rows !== null) assert.equal(got.body.length, rows);
    });
  }
});
