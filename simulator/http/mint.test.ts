import assert from "node:assert/strict";
import { test } from "node:test";
import type { Client } from "../testing.ts";
import { basic, client, form } from "../testing.ts";

const grant = "grant_type=client_credentials";
type Shape = (c: Client) => { body: string; headers: Record<string, string> };
const own = (c: Client): Record<string, string> => ({
  ...basic(c.sim.clientId, c.sim.clientSecret),
  ...form,
});

const failures: [string, Shape, number, RegExp][] = [
  [
    "no credentials",
    () => ({ body: grant, headers: form }),
    401,
    /^\{"message":"Unauthorized","errorId":"err-\w+"\}$/,
  ],
  [
    "a malformed client id, which is echoed",
    () => ({ body: grant, headers: { ...basic("mine", "x"), ...form } }),
    400,
    /^\{"message":"client_id=mine does not contain a valid client ID suffix","errorId":"err-/,
  ],
  [
    "an unknown id",
    () => ({ body: grant, headers: { ...basic("mine-1", "x"), ...form } }),
    401,
    /^\{"error":"invalid_client"\}$/,
  ],
  [
    "a wrong secret",
    (c) => ({ body: grant, headers: { ...basic(c.sim.clientId, "x"), ...form } }),
    401,
    /^\{"error":"invalid_client"\}$/,
  ],
  ["no grant_type", (c) => ({ body: "", headers: own(c) }), 400, /Must include `grant_type` parameter/],
  [
    "a wrong grant_type",
    (c) => ({ body: "grant_type=password", headers: own(c) }),
    400,
    /grant_type=password is invalid, please use one of: authorization_code, refresh_token,/,
  ],
  [
    "a dead refresh token",
    (c) => ({ body: "grant_type=refresh_token&refresh_token=x", headers: own(c) }),
    400,
    /^\{"error":"invalid_grant"\}$/,
  ],
  ["a sub that is no user", (c) => ({ body: `${grant}&sub=12`, headers: own(c) }), 403, /unknown/],
  [
    "a deactivated sub",
    (c) => ({ body: `${grant}&sub=${c.sim.deactivatedAdminId}`, headers: own(c) }),
    403,
    /deactivated/,
  ],
  [
    "grant_type in the query only",
    (c) => ({ body: "", headers: basic(c.sim.clientId, c.sim.clientSecret) }),
    400,
    /Must include/,
  ],
];
for (const [name, shape, status, body] of failures) {
  test(`the token endpoint answers ${status} for ${name}`, async () => {
    await using c = await client();
    const { body: sent, headers } = shape(c);
    const got = await c.post("/token", sent, headers);
    assert.equal(got.status, status);
    assert.match(got.text, body);
  });
}

const expiries: [string, Record<string, unknown>, string[]][] = [
  ["expires_at by default", {}, ["access_token", "expires_at", "token_type"]],
  ["expires_in", { "token.expiryField": "expires_in" }, ["access_token", "expires_in", "token_type"]],
  ["both", { "token.expiryField": "both" }, ["access_token", "expires_at", "expires_in", "token_type"]],
  ["none", { "token.expiryField": "none" }, ["access_token", "token_type"]],
];
for (const [name, scenario, keys] of expiries) {
  test(`a token tells its end as ${name}`, async () => {
    await using c = await client({ scenario });
    assert.deepEqual(Object.keys((await c.token()).body).sort(), keys);
  });
}

test("a new token revokes the earlier one, and the 401 says so", async () => {
  await using c = await client();
  const first = await c.bearer();
  const second = await c.bearer();
  const refused = await c.get("/v3/users", first);
  assert.equal(refused.status, 401);
  assert.deepEqual(refused.body.errors, [
    "Token has already been refreshed or revoked. Please generate a new token.",
  ]);
  assert.equal((await c.get("/v3/users", second)).status, 200);
  c.sim.control.patchScenario({ "token.oneActive": false });
  await c.bearer();
  assert.equal((await c.get("/v3/users", second)).status, 200);
});

test("a token ends by the simulator's clock", async () => {
  await using c = await client();
  const auth = await c.bearer();
  c.sim.control.clock({ advanceSeconds: 3601 });
  assert.equal((await c.get("/v3/users", auth)).status, 401);
});

test("narrowing the scopes takes effect at once, and so does revoking the credential", async () => {
  await using c = await client();
  const auth = await c.bearer();
  c.sim.control.patchScenario({
    credentials: { v3: { [c.sim.clientId]: { scopes: ["harvest:user_roles:list"] } } },
  });
  assert.equal((await c.get("/v3/users", auth)).status, 403);
  assert.equal((await c.get("/v3/user_roles", auth)).status, 200);
  assert.equal((await c.get("/events", auth)).status, 403);
  c.sim.control.patchScenario({ credentials: { v3: { [c.sim.clientId]: { revoked: true } } } });
  assert.equal((await c.get("/v3/user_roles", auth)).status, 401);
  assert.equal((await c.token()).status, 401);
});

test("an old secret works while it is listed", async () => {
  await using c = await client();
  c.sim.control.patchScenario({
    credentials: { v3: { [c.sim.clientId]: { secret: "rotated", oldSecrets: [c.sim.clientSecret] } } },
  });
  assert.equal((await c.token()).status, 200);
  c.sim.control.patchScenario({ credentials: { v3: { [c.sim.clientId]: { oldSecrets: [] } } } });
  assert.equal((await c.token()).status, 401);
});

test("a subject who is deactivated later is refused at the call, by switch already when minting", async () => {
  await using c = await client({ scenario: { "token.subjectCheck": "call" } });
  const auth = await c.bearer(c.sim.deactivatedAdminId);
  assert.equal((await c.get("/v3/users", auth)).status, 403);
});

test("v1's transition call gives a v3 token whose end is called expires", async () => {
  await using c = await client();
  const got = await c.post("/auth/token", "{}", c.v1);
  assert.deepEqual(Object.keys(got.body), ["access_token", "expires"]);
  const auth = { authorization: `Bearer ${got.body.access_token}` };
  assert.equal((await c.get("/v3/users", auth)).status, 200);
});

test("v1's audit exchange gives a day's token that reads events but not v3", async () => {
  await using c = await client();
  const got = await c.post("/auth/jwt_access_token", "", {
    ...c.v1,
    "on-behalf-of": String(c.sim.siteAdminId),
  });
  assert.equal(got.body.expires, "2026-11-24T12:00:00.000Z");
  const auth = { authorization: `Bearer ${got.body.access_token}` };
  assert.equal((await c.get("/events", auth)).status, 200);
  assert.equal((await c.get("/v3/users", auth)).status, 401);
  c.sim.control.patchScenario({ v1: { onBehalfOf: "required", expiresQuoted: false } });
  assert.equal((await c.post("/auth/jwt_access_token", "", c.v1)).status, 422);
  const unquoted = await c.post("/auth/token", "", c.v1);
  assert.equal(unquoted.body, null);
  assert.match(unquoted.text, /"expires":2026-/);
});
