/** API tokens, asked for over real HTTP: made by people, shown once, and never above their member. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { MemberRole } from "../../model/member.ts";
import { office } from "../office-testing.ts";

const DAY = 86_400_000;

type Office = Awaited<ReturnType<typeof office>>;
type Headers = Record<string, string>;

async function minted({ ask }: Office, owner: Headers, body: object = {}) {
  const made = (await ask(owner, "POST /tokens", { name: "reports", ...body }, 201)).body;
  return { ...made, headers: { authorization: `Bearer ${made.secret}` } };
}

test("a token is shown once, works as its role, and its use is noted", async (t) => {
  const house = await office(t);
  const { ask, somebody, clock, store } = house;
  const owner = await somebody("operator");
  const made = await minted(house, owner.headers);
  assert.match(made.secret, /^glasshouse_[\w-]{43}$/);
  assert.deepEqual(
    [made.token.role, made.token.may, made.token.mine, made.token.lastUsedAt, made.warning],
    ["viewer", "viewer", true, null, null],
  );
  assert.equal(Date.parse(made.token.endsAt) - clock.now, 90 * DAY);
  assert.equal((await ask(made.headers, "GET /connections")).status, 200);
  const list = await ask(owner.headers, "GET /tokens", undefined, 200);
  assert.equal(list.body.items[0].lastUsedAt, new Date(clock.now).toISOString());
  assert.ok(!JSON.stringify(list.body).includes(made.secret));
  const rows = JSON.stringify(await store.read.selectFrom("api_token").selectAll().execute());
  assert.ok(!rows.includes(made.secret), "only its hash is stored");
  await ask(owner.headers, `DELETE /tokens/${made.token.id}`, undefined, 200);
  assert.equal((await ask(made.headers, "GET /connections")).code, "not_authorized");
  const again = await ask(owner.headers, `DELETE /tokens/${made.token.id}`);
  assert.equal(again.code, "token_not_found");
});

for (const [owner, role, expected] of [
  ["viewer", "viewer", null],
  ["viewer", "operator", "not_allowed"],
  ["viewer", "admin", "not_allowed"],
  ["operator", "operator", null],
  ["operator", "admin", "not_allowed"],
  ["admin", "admin", null],
] as const) {
  test(`a token of the role ${role} for a member who is ${owner}: ${expected ?? "made"}`, async (t) => {
    const { ask, somebody } = await office(t);
    const { headers } = await somebody(owner);
    assert.equal((await ask(headers, "POST /tokens", { name: "reports", role })).code, expected);
    const { items } = (await ask(headers, "GET /tokens", undefined, 200)).body;
    assert.equal(items.length, expected === null ? 1 : 0);
  });
}

for (const [name, days, good, ended] of [
  ["a day", 1, DAY - 1, DAY],
  ["as long as may be", 3650, 3650 * DAY - 1, 3650 * DAY],
] as const) {
  test(`a token that is good for ${name} ends then`, async (t) => {
    const house = await office(t);
    const { ask, somebody, session, clock } = house;
    const owner = await somebody("viewer");
    const { headers } = await minted(house, owner.headers, { days });
    const start = clock.now;
    clock.now = start + good;
    assert.equal((await ask(headers, "GET /connections")).status, 200);
    clock.now = start + ended;
    assert.equal((await ask(headers, "GET /connections")).status, 401);
    const [row] = (await ask(await session(owner.id), "GET /tokens", undefined, 200)).body.items;
    assert.deepEqual([row.expired, row.may], [true, null]);
  });
}

test("a token without an end says what that means", async (t) => {
  const house = await office(t);
  const { ask, somebody, clock } = house;
  const owner = await somebody("viewer");
  const { headers, token, warning } = await minted(house, owner.headers, { days: null });
  assert.match(warning, /never expires/);
  assert.equal(token.endsAt, null);
  clock.now += 20 * 365 * DAY;
  assert.equal((await ask(headers, "GET /connections")).status, 200);
});

for (const [name, body] of [
  ["no day", { days: 0 }],
  ["more than ten years", { days: 3651 }],
  ["half a day", { days: 0.5 }],
  ["no name", { name: " " }],
  ["somebody else as member", { member: "viewer.1@aldermoor.example" }],
] as const) {
  test(`a token with ${name} is refused`, async (t) => {
    const { ask, somebody } = await office(t);
    const { headers } = await somebody("admin");
    const answer = await ask(headers, "POST /tokens", { name: "reports", ...body });
    assert.equal(answer.code, "invalid_request");
  });
}

test("a token is lowered and raised with its member, and never above what it was made for", async (t) => {
  const house = await office(t);
  const { ask, somebody } = house;
  const [admin, owner] = [await somebody("admin"), await somebody("operator")];
  const { headers, token } = await minted(house, owner.headers, { role: "operator" });
  const as = async (role: MemberRole | null) => {
    await ask(admin.headers, `PATCH /members/${owner.id}`, { role }, 200);
    const [row] = (await ask(admin.headers, "GET /tokens", undefined, 200)).body.items;
    const { status } = await ask(headers, "POST /connections/nowhere/sync", {});
    return [row.role, row.may, status];
  };
  assert.deepEqual(await as("viewer"), ["operator", "viewer", 403]);
  assert.deepEqual(await as("admin"), ["operator", "operator", 404]);
  assert.equal((await ask(headers, "GET /members")).status, 403);
  assert.deepEqual(await as(null), ["operator", null, 401]);
  await ask(admin.headers, `DELETE /members/${owner.id}`, undefined, 200);
  assert.equal((await ask(headers, "GET /connections")).status, 401);
  assert.deepEqual((await ask(admin.headers, "GET /tokens")).body.items, []);
  assert.equal((await ask(admin.headers, `DELETE /tokens/${token.id}`)).code, "token_not_found");
});

test("one sees and revokes one's own tokens; an admin everybody's", async (t) => {
  const house = await office(t);
  const { ask, somebody } = house;
  const [admin, a, b] = [await somebody("admin"), await somebody("operator"), await somebody("viewer")];
  const mine = await minted(house, a.headers, { name: "mine" });
  const theirs = await minted(house, b.headers, { name: "theirs" });
  const names = async (headers: Headers) =>
    (await ask(headers, "GET /tokens", undefined, 200)).body.items.map(
      (token: { name: string; mine: boolean; member: { email: string } }) => [
        token.name,
        token.mine,
        token.member.email,
      ],
    );
  assert.deepEqual(await names(a.headers), [["mine", true, a.email]]);
  assert.deepEqual(await names(mine.headers), [["mine", true, a.email]]);
  assert.deepEqual(await names(admin.headers), [
    ["theirs", false, b.email],
    ["mine", false, a.email],
  ]);
  const refused = await ask(a.headers, `DELETE /tokens/${theirs.token.id}`);
  assert.equal(refused.code, "token_not_found");
  assert.equal((await ask(theirs.headers, "GET /connections")).status, 200);
  await ask(admin.headers, `DELETE /tokens/${theirs.token.id}`, undefined, 200);
  assert.equal((await ask(theirs.headers, "GET /connections")).status, 401);
});

test("a name is one living token's of a member; another member may use it, and so may a later token", async (t) => {
  const house = await office(t);
  const { ask, somebody, clock, session } = house;
  const [a, b] = [await somebody("viewer"), await somebody("viewer")];
  const first = await minted(house, a.headers, { days: 1 });
  assert.equal((await ask(a.headers, "POST /tokens", { name: "reports" })).code, "name_taken");
  await minted(house, b.headers);
  clock.now += DAY;
  const later = await session(a.id);
  const second = await minted(house, later);
  await ask(later, `DELETE /tokens/${second.token.id}`, undefined, 200);
  const third = await minted(house, later);
  assert.ok(third.token.id > second.token.id || third.token.id > first.token.id);
});

test("what the trail says of a revoked token is never taken for a new one's", async (t) => {
  const house = await office(t);
  const { ask, somebody, trail } = house;
  const owner = await somebody("viewer");
  const first = await minted(house, owner.headers);
  await ask(first.headers, "POST /views", { page: "users", name: "A", query: "" }, 201);
  await ask(owner.headers, `DELETE /tokens/${first.token.id}`, undefined, 200);
  const second = await minted(house, owner.headers);
  assert.ok(second.token.id > first.token.id);
  const used = (await trail()).filter(({ action }) => action === "addView");
  assert.deepEqual(
    used.map(({ token, by, name }) => [token, by, name.endsWith(", token reports")]),
    [[first.token.id, "token", true]],
  );
});

test("on the server's machine somebody says whose a new token is, and it is never above that member", async (t) => {
  const { ask, machine, somebody } = await office(t);
  const owner = await somebody("operator");
  const make = (body: object) => machine("POST /tokens", { name: "reports", ...body });
  assert.equal((await make({})).code, "invalid_request");
  assert.equal((await make({ member: "nobody@aldermoor.example" })).code, "member_not_found");
  assert.equal((await make({ member: owner.email, role: "admin" })).code, "not_allowed");
  const { body } = await make({ member: owner.email.toUpperCase(), role: "operator" });
  assert.deepEqual([body.token.member.id, body.token.mine], [owner.id, false]);
  const headers = { authorization: `Bearer ${body.secret}` };
  assert.equal((await ask(headers, "GET /connections")).status, 200);
  assert.equal((await machine("GET /tokens")).body.items.length, 1);
  assert.equal((await machine(`DELETE /tokens/${body.token.id}`)).status, 200);
  assert.equal((await ask(headers, "GET /connections")).status, 401);
});
