import assert from "node:assert/strict";
import { request } from "node:http";
import { after, before, describe, test } from "node:test";
import type { Client } from "../testing.ts";
import { basic, client } from "../testing.ts";

const rels = (header: string | null): string[] =>
  [...(header ?? "").matchAll(/rel="(\w+)"/g)].map((m) => m[1] as string);

describe("Harvest v1", () => {
  let c: Client;
  before(async () => {
    c = await client();
  });
  after(() => c.sim.close());

  const pages: [string, string, string[]][] = [
    ["the first page", "/v1/users?per_page=10", ["next", "last"]],
    ["a middle page", "/v1/users?per_page=10&page=2", ["next", "prev", "last"]],
    ["the last page", "/v1/users?per_page=10&page=4", ["prev", "last"]],
    ["skip_count=true", "/v1/users?per_page=10&page=2&skip_count=true", ["next", "prev"]],
    ["a single page", "/v1/users?per_page=500", []],
    ["the next-only family", "/v1/user_roles?per_page=5&page=2", ["next"]],
  ];
  for (const [name, path, expected] of pages) {
    test(`${name} links to ${expected.join(", ") || "nothing"}`, async () => {
      assert.deepEqual(rels((await c.get(path, c.v1)).headers.get("link")), expected);
    });
  }

  test("following next shows every user once, service accounts left out", async () => {
    const rows = await c.all("/v1/users?per_page=7", c.v1);
    assert.equal(new Set(rows.map((r) => r.id)).size, 40);
  });

  const answers: [string, string, number, unknown][] = [
    ["an unknown path", "/v1/nothing", 404, { message: "Resource not found" }],
    ["an unknown user", "/v1/users/1", 404, { message: "Resource not found" }],
    [
      "per_page=501",
      "/v1/users?per_page=501",
      422,
      { message: "Validation error", errors: [{ message: "must be between 1 and 500", field: "per_page" }] },
    ],
    [
      "a bad date",
      "/v1/users?updated_after=soon",
      422,
      { message: "Validation error", errors: [{ message: "is invalid", field: "updated_after" }] },
    ],
    [
      "a bad rendering",
      "/v1/offices?render_as=map",
      422,
      {
        message: "Validation error",
        errors: [{ message: "Must be one of: list, tree", field: "render_as" }],
      },
    ],
  ];
  for (const [name, path, status, body] of answers) {
    test(`${name}: ${status}`, async () => {
      const got = await c.get(path, c.v1);
      assert.deepEqual([got.status, got.body], [status, body]);
    });
  }

  test("it authenticates before it routes", async () => {
    const got = await c.get("/v1/nothing", basic("wrong", ""));
    assert.deepEqual([got.status, got.body], [401, { message: "Invalid Basic Auth credentials" }]);
  });

  test("a GET with a body is a 403", async () => {
    const status = await new Promise((resolve) => {
      const sent = request(
        `${c.sim.url}/v1/users`,
        { method: "GET", headers: { ...c.v1, "content-length": "2" } },
        (res) => resolve(res.resume().statusCode),
      );
      sent.end("{}");
    });
    assert.equal(status, 403);
  });

  test("an e-mail finds its user, primary or not, as a list or by switch as an object", async () => {
    const [first] = (await c.get("/v1/users?email=Z%40example.net", c.v1)).body;
    assert.equal(first.id, c.sim.nonAdminId);
    c.sim.control.patchScenario({ "v1.emailFilter": "object" });
    assert.equal((await c.get("/v1/users?email=zoe.a@example.org", c.v1)).body.id, c.sim.nonAdminId);
    c.sim.control.resetScenario();
  });

  test("only Job Admins have permission rows, the same as v3 lists", async () => {
    assert.deepEqual((await c.get(`/v1/users/${c.sim.siteAdminId}/permissions/jobs`, c.v1)).body, []);
    const own = (await c.get(`/v1/users/${c.sim.nonAdminId}/permissions/jobs?per_page=500`, c.v1)).body;
    const v3 = await c.all(`/v3/user_job_permissions?user_ids=${c.sim.nonAdminId}`, await c.bearer());
    assert.deepEqual(own.map((r: { id: number }) => r.id).sort(), v3.map((r) => r.id).sort());
    const future = (await c.get(`/v1/users/${c.sim.nonAdminId}/permissions/future_jobs`, c.v1)).body;
    assert.deepEqual([future[0].office_id, future[0].department_id], [null, null]);
  });

  test("users embed full offices; user attributes come when asked, and with one user always", async () => {
    const [plain] = (await c.get(`/v1/users?email=zoe.a@example.org`, c.v1)).body;
    assert.equal(plain.custom_fields, undefined);
    assert.deepEqual(Object.keys(plain.offices[0].location), ["name"]);
    const one = (await c.get(`/v1/users/${c.sim.nonAdminId}`, c.v1)).body;
    assert.equal(one.keyed_custom_fields.cost_center.value, "R&D / 北京");
  });

  test("departments come as a list or as a tree", async () => {
    const list = await c.all("/v1/departments", c.v1);
    const count = (nodes: { children: never[] }[]): number =>
      nodes.reduce((sum, node) => sum + 1 + count(node.children), 0);
    assert.equal(count((await c.get("/v1/departments?render_as=tree", c.v1)).body), list.length);
  });
});

const refusals: [string, Record<string, unknown>, number][] = [
  ["retired with 410", { "v1.state": "410" }, 410],
  ["retired with 401", { "v1.state": "401" }, 401],
  [
    "without the permission",
    { credentials: { v1: { "simulated-harvest-v1-key": { permissions: ["jobs"] } } } },
    403,
  ],
  [
    "without the permission, the other side",
    {
      "v1.missingPermissionStatus": 401,
      credentials: { v1: { "simulated-harvest-v1-key": { permissions: ["jobs"] } } },
    },
    401,
  ],
  ["a revoked key", { credentials: { v1: { "simulated-harvest-v1-key": { revoked: true } } } }, 401],
  ["plain HTTP refused", { "v1.plainHttp": "403" }, 403],
];
for (const [name, scenario, status] of refusals) {
  test(`v1 ${name}: ${status}`, async () => {
    await using c = await client({ scenario });
    assert.equal((await c.get("/v1/users", c.v1)).status, status);
    if (name.startsWith("retired")) assert.equal((await c.post("/auth/token", "{}", c.v1)).status, status);
  });
}
