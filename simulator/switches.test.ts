import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { switches } from "./switches.ts";
import type { Client, Got } from "./testing.ts";
import { basic, client, form } from "./testing.ts";

type Auth = Record<string, string>;
type Row = Record<string, unknown>;
const v3 =
  (path: string) =>
  async (c: Client, auth: Auth): Promise<Got> =>
    c.get(`/v3/${path}`, auth);
const v1 =
  (path: string) =>
  async (c: Client): Promise<Got> =>
    c.get(`/v1/${path}`, c.v1);
const events =
  (query = "") =>
  async (c: Client, auth: Auth): Promise<Got> =>
    c.get(`/events?paging=true${query}`, { ...auth, size: "500" });
const mint =
  (body: string, query = "") =>
  async (c: Client): Promise<Got> =>
    c.post(`/token${query}`, body, {
      ...basic(c.sim.clientId, c.sim.clientSecret),
      ...(body === "" ? {} : form),
    });
const stranger =
  (path: string) =>
  async (c: Client): Promise<Got> =>
    c.get(path);
const rows = (got: Got): Row[] => got.body.results ?? got.body;
const performer = (got: Got, type: string): Row[] =>
  rows(got)
    .map((e) => e.performer as Row | undefined)
    .filter((p): p is Row => p?.type === type);
const deactivated = (got: Got): Row[] => rows(got).filter((r) => r.deactivated);
const offices = (got: Got): Row[] => rows(got).filter((r) => (r.child_ids as unknown[]).length > 0);

/** A switch on its other side, a call, and what must hold then, but not by default. */
const cases: [string, unknown, (c: Client, auth: Auth) => Promise<Got>, (got: Got) => boolean][] = [
  [
    "rate.body",
    "html",
    async (c, auth) => {
      await c.get("/v3/users", auth);
      return c.get("/v3/users", auth);
    },
    (g) => g.text.startsWith("<html>"),
  ],
  ["rate.v3.headersOn401", true, stranger("/v3/users"), (g) => g.headers.has("x-ratelimit-limit")],
  ["rate.v1.countUnauthenticated", false, stranger("/v1/users"), (g) => !g.headers.has("x-ratelimit-limit")],
  ["token.parameters", "query", mint("", "?grant_type=client_credentials"), (g) => g.status === 200],
  [
    "token.scopeParameter",
    "refuse",
    mint("grant_type=client_credentials&scope=harvest"),
    (g) => g.status === 400,
  ],
  ["token.clientIdSuffix", "any", (c) => c.post("/token", "", basic("mine", "x")), (g) => g.status === 401],
  ["token.invalidGrantStatus", 401, mint("grant_type=refresh_token"), (g) => g.status === 401],
  [
    "token.invalidGrantBody",
    "message",
    mint("grant_type=refresh_token"),
    (g) => g.body.message !== undefined,
  ],
  [
    "token.ttlSeconds",
    86_400,
    mint("grant_type=client_credentials"),
    (g) => g.body.expires_at === "2026-11-24T12:00:00.000Z",
  ],
  [
    "v3.forbiddenBody",
    "errors",
    async (c) => v3("users")(c, await c.bearer(c.sim.nonAdminId)),
    (g) => Array.isArray(g.body.errors),
  ],
  ["v3.redirectToLogin", true, v3("users"), (g) => g.status === 302],
  ["v3.routesFirst", false, stranger("/v3/nothing"), (g) => g.status === 401],
  ["v3.bracketDates", "accept", v3("users?updated_at[gte]=2030-01-01T00:00:00Z"), (g) => g.body.length === 0],
  [
    "v3.bothDates",
    "refuse",
    v3("users?created_at=gte|2020-01-01T00:00:00Z&updated_at=gte|2020-01-01T00:00:00Z"),
    (g) => g.status === 422,
  ],
  ["v3.mostPerPage", 3, v3("users?per_page=100"), (g) => g.body.length === 3],
  [
    "v3.prevLink",
    true,
    async (c, auth) =>
      c.get(
        /<([^>]*)>; rel="next"/.exec(
          (await c.get("/v3/users?per_page=5", auth)).headers.get("link") ?? "",
        )?.[1] as string,
        auth,
      ),
    (g) => /rel="prev"/.test(g.headers.get("link") ?? ""),
  ],
  [
    "v3.serviceAccountEmail",
    "null",
    v3("users?show_service_accounts=true"),
    (g) => rows(g).filter((r) => r.primary_email === null).length > 2,
  ],
  ["v3.nulls", "left out", v3("users"), (g) => rows(g).some((r) => !("agency_id" in r))],
  [
    "v3.deactivatedKeepsSiteAdmin",
    false,
    v3("users"),
    (g) => deactivated(g).every((r) => r.site_admin === false),
  ],
  ["v3.deactivatedKeepsTags", false, v3("users"), (g) => deactivated(g).every((r) => r.employee_id === null)],
  [
    "v3.deactivatedKeepsPermissions",
    false,
    async (c, auth) => {
      c.sim.control.mutate({ op: "deactivateUser", userId: c.sim.nonAdminId });
      return v3(`user_job_permissions?user_ids=${c.sim.nonAdminId}`)(c, auth);
    },
    (g) => g.body.length === 0,
  ],
  [
    "v3.confidentialGrants",
    "hidden",
    async (c, auth) => {
      const jobs = (await c.all("/v3/jobs?confidential=true", auth)).map((j) => j.id);
      return v3(`user_job_permissions?job_ids=${jobs.join(",")}`)(c, auth);
    },
    (g) => g.body.length === 0,
  ],
  [
    "v3.permissionBumpsUpdatedAt",
    true,
    async (c, auth) => {
      c.sim.control.mutate({ op: "addJobPermission", userId: c.sim.nonAdminId });
      return v3(`users?ids=${c.sim.nonAdminId}`)(c, auth);
    },
    (g) => g.body[0].updated_at === "2026-11-23T12:00:00.000Z",
  ],
  ["v1.linkHeader", false, v1("users?per_page=5"), (g) => g.headers.get("link") === null],
  ["v1.order", "descending", v1("users"), (g) => g.body[0].id > g.body[1].id],
  ["v1.authenticatesFirst", false, stranger("/v1/nothing"), (g) => g.status === 404],
  ["v1.childExternalIds", "singular", v1("offices"), (g) => "child_office_external_id" in g.body[0]],
  ["v1.parentExternalId", "plural", v1("departments"), (g) => "parent_department_external_ids" in g.body[0]],
  ["v1.topLevelParent", "empty", v1("offices"), (g) => g.body[0].parent_office_external_id === ""],
  [
    "v1.externalIdArrays",
    "ragged",
    v1("offices"),
    (g) =>
      offices(g).every(
        (o) => (o.child_office_external_ids as unknown[]).length !== (o.child_ids as unknown[]).length,
      ),
  ],
  [
    "audit.apiKeyPerformer",
    "name",
    events(),
    (g) => performer(g, "api_key").every((p) => typeof p.id === "string"),
  ],
  [
    "audit.userMeta",
    "text",
    events(),
    (g) => performer(g, "user").every((p) => p.meta === null || typeof p.meta === "string"),
  ],
  [
    "audit.keyMeta",
    "object",
    events(),
    (g) => performer(g, "api_key").every((p) => (p.meta as Row).api_key_type === "harvest"),
  ],
  [
    "audit.createMeta",
    "pairs",
    events("&event_types=data_change_create&performer_types=user"),
    (g) => rows(g).every((e) => Array.isArray(((e.event as Row).meta as Row).id)),
  ],
  [
    "audit.mailOnlyShare",
    1,
    events("&event_target_types=PII%20Page%20Accessed"),
    (g) => performer(g, "user").some((p) => p.id === null),
  ],
  ["audit.magicUnderscore", "accept", events("&magic_time=last_24_hours"), (g) => g.status === 200],
  [
    "audit.sizeOutOfRange",
    "clamp",
    (c, auth) => c.get("/events?paging=true", { ...auth, size: "9999" }),
    (g) => g.body?.paging?.size === "500",
  ],
  [
    "audit.dateOffsetMinutes",
    720,
    events("&date=2026-11-20"),
    (g) => rows(g).some((e) => String(e.event_time).startsWith("2026-11-19")),
  ],
  [
    "audit.searchAfterStatus",
    422,
    (c, auth) => c.get("/events?paging=true", { ...auth, "search-after": "x" }),
    (g) => g.status === 422,
  ],
  [
    "audit.searchAfterStrict",
    false,
    (c, auth) => c.get("/events?paging=true", { ...auth, "search-after": "1795461526000,k1,zz" }),
    (g) => g.status === 200,
  ],
  [
    "audit.pitExpiredStatus",
    404,
    (c, auth) => c.get("/events?paging=true", { ...auth, "pit-id": "gone" }),
    (g) => g.status === 404,
  ],
  ["access.trustedIpsStatus", 401, stranger("/v3/users"), (g) => g.text === '{"message":"Unauthorized"}'],
  [
    "http.dateOffsetSeconds",
    60,
    stranger("/v3/nothing"),
    (g) => g.headers.get("date") === "Mon, 23 Nov 2026 12:01:00 GMT",
  ],
];
/** What a case needs besides, on both sides. */
const beside: Record<string, Record<string, unknown>> = {
  "rate.v3.headersOn401": { "rate.enabled": true },
  "rate.v1.countUnauthenticated": { "rate.enabled": true },
  "rate.body": { "rate.enabled": true, "rate.v3.limit": 1 },
  "access.trustedIpsStatus": { "access.trustedIps": "refuse" },
};
for (const [name, value, call, holds] of cases) {
  test(`${name} = ${JSON.stringify(value)} plays the other side`, async () => {
    await using c = await client();
    const auth = await c.bearer();
    const scenario = beside[name] ?? {};
    c.sim.control.patchScenario(scenario);
    assert.equal(holds(await call(c, auth)), false, "not by default");
    c.sim.control.reset();
    const again = await c.bearer();
    c.sim.control.patchScenario({ ...scenario, [name]: value });
    assert.equal(holds(await call(c, again)), true);
  });
}

test("with the add-on off a token for the audit log alone is refused, by switch", async () => {
  await using c = await client({ scenario: { "audit.addon": "off" } });
  c.sim.control.patchScenario({
    credentials: { v3: { [c.sim.clientId]: { scopes: ["auditlog:events:list"] } } },
  });
  assert.deepEqual(
    [(await c.token()).status, (await c.post("/auth/jwt_access_token", "", c.v1)).status],
    [200, 200],
  );
  c.sim.control.patchScenario({ "audit.offAtToken": true });
  assert.deepEqual(
    [(await c.token()).status, (await c.post("/auth/jwt_access_token", "", c.v1)).status],
    [403, 403],
  );
});

test("latency is waited for", async () => {
  await using c = await client({ scenario: { "http.latencyMs": 60, "http.latencyJitterMs": 20 } });
  const start = performance.now();
  await c.get("/v3/nothing");
  assert.ok(performance.now() - start >= 58);
});

test("no switch goes untested", () => {
  const root = new URL(".", import.meta.url);
  const files = readdirSync(root, { recursive: true }).filter((file) => String(file).endsWith(".test.ts"));
  const texts = files.map((file) => readFileSync(new URL(String(file), root), "utf8")).join("\n");
  // Limits and windows share one table of code; one family stands for all.
  const played = (name: string): boolean => texts.includes(name.slice(name.lastIndexOf(".") + 1));
  assert.deepEqual(
    Object.keys(switches).filter((name) => !played(name)),
    [],
  );
});
