/** Members, asked for over real HTTP: who is let in, changed, limited and removed, and what ends with that. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { sql } from "kysely";
import { Secret, TOTP } from "otpauth";
import { changeMember, removeMember } from "../../access/members.ts";
import { AccessRefused } from "../../access/refused.ts";
import { deleteMember } from "../../store/members/members.ts";
import type { Asking } from "../handler.ts";
import { office, PASSWORD } from "../office-testing.ts";
import { testContext } from "../testing.ts";
import { memberHandlers } from "./members.ts";

const TOMAS = { name: "Tomas Wren", email: "Tomas.Wren@aldermoor.example", role: "viewer" };
const DAY = 86_400_000;

test("who is invited sets a password with the code, once, and is here", async (t) => {
  const { ask, somebody } = await office(t);
  const admin = await somebody("admin");
  const { body } = await ask(admin.headers, "POST /members", TOMAS, 201);
  assert.match(body.code, /^([0-9A-Z]{4}-){6}[0-9A-Z]{4}$/);
  assert.equal(body.kind, "join");
  assert.deepEqual(
    [body.member.invitation, body.member.lastSeenAt, body.member.hasPassword, body.member.sessions],
    [{ kind: "join", endsAt: body.endsAt }, null, false, 0],
  );
  const accepted = await ask({}, "POST /invitation", { code: body.code, password: PASSWORD }, 201);
  assert.equal(accepted.body.member.name, "Tomas Wren");
  const list = async () => (await ask(admin.headers, "GET /members", undefined, 200)).body.items;
  const [here] = (await list()).filter(({ id }: { id: number }) => id === body.member.id);
  assert.deepEqual(
    [here.invitation, here.hasPassword, here.sessions, here.you, here.role, here.connections],
    [null, true, 1, false, "viewer", null],
  );
  assert.notEqual(here.lastSeenAt, null);
  const again = await ask({}, "POST /invitation", { code: body.code, password: PASSWORD });
  assert.equal(again.code, "invitation_wrong");
  assert.deepEqual(
    (await list()).map(({ name, you }: { name: string; you: boolean }) => [name, you]),
    [
      ["The admin", true],
      ["Tomas Wren", false],
    ],
  );
});

test("an invitation ends after seven days, and a new code takes its place", async (t) => {
  const { ask, somebody, clock, session } = await office(t);
  const admin = await somebody("admin");
  const { body } = await ask(admin.headers, "POST /members", TOMAS, 201);
  clock.now += 7 * DAY;
  const late = await ask({}, "POST /invitation", { code: body.code, password: PASSWORD });
  assert.equal(late.code, "invitation_wrong");
  const headers = await session(admin.id);
  const [, tomas] = (await ask(headers, "GET /members", undefined, 200)).body.items;
  assert.equal(tomas.invitation, null, "what has ended is not pending");
  const fresh = await ask(headers, `POST /members/${tomas.id}/code`, undefined, 201);
  assert.equal(fresh.body.kind, "join");
  await ask({}, "POST /invitation", { code: fresh.body.code, password: PASSWORD }, 201);
});

for (const [name, change, expected] of [
  [
    "an e-mail address that another has, in other letters",
    { email: "ADMIN.1@aldermoor.EXAMPLE" },
    "email_taken",
  ],
  ["no e-mail address", { email: "tomas" }, "invalid_request"],
  ["a role that there isn't", { role: "owner" }, "invalid_request"],
  ["a name with a control character", { name: "Tomas\u0007" }, "invalid_request"],
  ["a connection that there isn't", { connections: [99] }, "connection_not_found"],
  ["an admin limited to a connection", { role: "admin", connections: [1] }, "not_possible"],
  ["a field that there isn't", { password: PASSWORD }, "invalid_request"],
] as const) {
  test(`inviting with ${name}: ${expected}, and nobody is added`, async (t) => {
    const { ask, somebody, connect } = await office(t);
    await connect("Aldermoor");
    const admin = await somebody("admin");
    assert.equal((await ask(admin.headers, "POST /members", { ...TOMAS, ...change })).code, expected);
    assert.equal((await ask(admin.headers, "GET /members", undefined, 200)).body.items.length, 1);
  });
}

test("a role that changes counts from the next request on, for sessions and API tokens alike", async (t) => {
  const { ask, somebody } = await office(t);
  const admin = await somebody("admin");
  const other = await somebody("viewer");
  const change = (role: string | null) =>
    ask(admin.headers, `PATCH /members/${other.id}`, { role }, 200).then(({ body }) => body);
  const asAdmin = async (headers: Record<string, string>) => (await ask(headers, "GET /members")).status;
  assert.equal(await asAdmin(other.headers), 403);
  await change("admin");
  assert.equal(await asAdmin(other.headers), 200);
  const made = await ask(other.headers, "POST /tokens", { name: "reports", role: "admin" }, 201);
  const token = { authorization: `Bearer ${made.body.secret}` };
  assert.equal(await asAdmin(token), 200);
  await change("viewer");
  assert.deepEqual([await asAdmin(other.headers), await asAdmin(token)], [403, 403]);
  assert.equal((await ask(token, "GET /connections")).status, 200);
  assert.equal((await change(null)).sessions, 0);
  assert.deepEqual([await asAdmin(other.headers), await asAdmin(token)], [401, 401]);
  await change("viewer");
  assert.equal((await ask(other.headers, "GET /connections")).status, 401, "a session that ended stays so");
  assert.equal((await ask(token, "GET /connections")).status, 200);
});

test("a limit to some connections counts from the next request on, for sessions and API tokens alike", async (t) => {
  const { ask, somebody, connect } = await office(t);
  const [first, second] = [await connect("Aldermoor"), await connect("Aldermoor EU")];
  const admin = await somebody("admin");
  const other = await somebody("operator");
  const made = await ask(other.headers, "POST /tokens", { name: "reports" }, 201);
  const token = { authorization: `Bearer ${made.body.secret}` };
  const seen = async () =>
    Promise.all(
      [other.headers, token].map(async (headers) => [
        (await ask(headers, "GET /connections")).body.items.map(({ id }: { id: number }) => id),
        (await ask(headers, `GET /connections/${second}/changes`)).status,
      ]),
    );
  const limit = (connections: number[] | null) =>
    ask(admin.headers, `PATCH /members/${other.id}`, { connections }, 200);
  const all = [[first, second], 200];
  assert.deepEqual(await seen(), [all, all]);
  assert.deepEqual((await limit([first, first])).body.connections, [first]);
  assert.deepEqual(await seen(), [
    [[first], 404],
    [[first], 404],
  ]);
  await limit([]);
  assert.deepEqual(await seen(), [
    [[], 404],
    [[], 404],
  ]);
  await limit(null);
  assert.deepEqual(await seen(), [all, all]);
});

test("an admin's role takes a limit away, and it doesn't come back with the next role", async (t) => {
  const { ask, somebody, connect } = await office(t);
  const connection = await connect("Aldermoor");
  const admin = await somebody("admin");
  const other = await somebody("viewer", [connection]);
  const change = async (body: object) =>
    (await ask(admin.headers, `PATCH /members/${other.id}`, body, 200)).body.connections;
  assert.equal(await change({ role: "admin" }), null);
  assert.equal(await change({ role: "operator" }), null);
  assert.deepEqual(await change({ role: "viewer", connections: [connection] }), [connection]);
  const both = await ask(admin.headers, `PATCH /members/${other.id}`, { role: "admin", connections: [1] });
  assert.equal(both.code, "not_possible");
  const [row] = (await ask(admin.headers, "GET /members")).body.items.filter(
    ({ id }: { id: number }) => id === other.id,
  );
  assert.equal(row.role, "viewer", "what is refused changes nothing");
});

for (const [name, call, body, expected] of [
  ["their own role", "PATCH /members/ME", { role: "viewer" }, "yourself"],
  ["themselves away", "DELETE /members/ME", undefined, "yourself"],
  ["a code for themselves", "POST /members/ME/code", undefined, "yourself"],
  ["somebody who isn't there", "PATCH /members/99", { role: "viewer" }, "member_not_found"],
  ["somebody away who isn't there", "DELETE /members/99", undefined, "member_not_found"],
  ["the sessions of somebody who isn't there", "GET /members/99/sessions", undefined, "member_not_found"],
  ["a session that isn't there", "DELETE /members/ME/sessions/99", undefined, "session_not_found"],
  ["a member who is no number", "DELETE /members/me", undefined, "invalid_request"],
] as const) {
  test(`an admin asks for ${name}: ${expected}`, async (t) => {
    const { ask, somebody } = await office(t);
    await somebody("admin");
    const admin = await somebody("admin");
    const answer = await ask(admin.headers, call.replace("ME", String(admin.id)), body);
    assert.equal(answer.code, expected);
    assert.equal((await ask(admin.headers, "GET /members")).status, 200);
  });
}

for (const [name, call, body] of [
  ["removed", "DELETE", undefined],
  ["made an operator", "PATCH", { role: "operator" }],
  ["left without a role", "PATCH", { role: null }],
] as const) {
  test(`the last admin is not ${name}, even by this machine`, async (t) => {
    const { machine, somebody, ask } = await office(t);
    const admin = await somebody("admin");
    await ask(admin.headers, "POST /members", { ...TOMAS, role: "admin" }, 201);
    const refused = await machine(`${call} /members/${admin.id}`, body);
    assert.equal(refused.code, "last_admin", "whoever was only invited may never come");
    await somebody("admin");
    assert.equal((await machine(`${call} /members/${admin.id}`, body)).status, 200);
  });
}

test("somebody who is removed right after a change was changed: that is answered, and is no fault", async (t) => {
  const { context, store, member } = await testContext(t);
  await member("admin");
  const id = await member("viewer");
  const write: typeof store.write = async (work) => {
    const done = await store.write(work);
    await store.write((tx) => deleteMember(tx, id));
    return done;
  };
  const services = { ...context.services, store: Object.create(store, { write: { value: write } }) };
  const asking = {
    ...context,
    services,
    db: store.read,
    who: { kind: "machine" },
    trail: {},
  } as unknown as Asking;
  const asked = { params: { member: id }, body: { role: "operator" as const }, query: undefined as never };
  assert.equal((await memberHandlers.changeMember(asked, asking)).role, "operator");
});

for (const [name, act] of [
  ["take each other's role", changeMember],
  ["remove each other", removeMember],
] as const) {
  test(`of two admins who ${name} at once, one stays`, async (t) => {
    const { store, somebody } = await office(t);
    const [a, b] = [await somebody("admin"), await somebody("admin")];
    const results = await Promise.allSettled([
      store.write((tx) => act(tx, a.id, b.id, { role: "viewer" })),
      store.write((tx) => act(tx, b.id, a.id, { role: "viewer" })),
    ]);
    const [refused] = results.flatMap((each) => (each.status === "rejected" ? [each.reason] : []));
    assert.ok(refused instanceof AccessRefused);
    assert.equal(refused.code, "last_admin");
    const admins = await store.read.selectFrom("member").selectAll().where("role", "=", "admin").execute();
    assert.equal(admins.length, 1);
  });
}

test("a one-time link ends with its maker's rights to make one, also while it is being tried", async (t) => {
  const during = { test: async (): Promise<unknown> => null };
  const saved: string[] = [];
  const step = { text: "", verdict: null, tookMs: 1, state: "well" } as const;
  const { ask, somebody, machine, trail } = await office(t, {
    async *connect(draft) {
      yield { ...step, step: "reach" };
      await during.test();
      yield { ...step, step: "users" };
      saved.push(draft.name);
      return 1;
    },
  });
  const admin = await somebody("admin");
  const credential = { clientId: "aldermoor-1", secret: "a-client-secret" };
  const linkOf = async ({ headers }: { headers: Record<string, string> }, name: string) =>
    (await ask(headers, "POST /connections/credential-links", { name }, 201)).body.link as string;
  const use = async (link: string) =>
    (await ask({}, "POST /credential-links/use", { link, ...credential })).code;
  for (const [way, end] of [
    ["made a viewer", (id: number) => machine(`PATCH /members/${id}`, { role: "viewer" })],
    ["left without a role", (id: number) => machine(`PATCH /members/${id}`, { role: null })],
    ["removed", (id: number) => machine(`DELETE /members/${id}`)],
  ] as const) {
    const maker = await somebody("admin");
    const [kept, tried] = [await linkOf(maker, "Kept"), await linkOf(maker, "Tried")];
    await ask({}, "POST /credential-links/open", { link: kept }, 200);
    during.test = () => end(maker.id);
    assert.equal(await use(tried), "link_not_usable", way);
    during.test = async () => null;
    assert.equal((await ask({}, "POST /credential-links/open", { link: kept })).code, "link_not_usable", way);
    assert.equal(await use(kept), "link_not_usable", way);
  }
  assert.deepEqual(saved, []);
  assert.equal((await trail())[0]!.result, "link_not_usable");
  const others = await linkOf(admin, "Others");
  assert.equal(await use(others), null);
  assert.deepEqual(saved, ["Others"], "the links of who is still an admin go on");
});

test("a removed member leaves shared views and rows of the trail, and nothing else", async (t) => {
  const { ask, somebody, store, trail, clock } = await office(t);
  const admin = await somebody("admin");
  const other = await somebody("operator");
  const view = { page: "users", query: "status=active" };
  await ask(other.headers, "POST /views", { ...view, name: "Mine" }, 201);
  await ask(other.headers, "POST /views", { ...view, name: "Ours", shared: true }, 201);
  const made = await ask(other.headers, "POST /tokens", { name: "reports" }, 201);
  const token = { authorization: `Bearer ${made.body.secret}` };
  const totp = await ask(other.headers, "POST /session/totp", undefined, 200);
  const app = new TOTP({ secret: Secret.fromBase32(totp.body.secret) });
  await ask(other.headers, "PUT /session/totp", { code: app.generate({ timestamp: clock.now }) }, 200);
  await store.write((tx) =>
    tx
      .insertInto("identity")
      .values({ issuer: "https://sso.example", subject: "7", member: other.id, created_at: 0 })
      .execute(),
  );
  const code = await ask(admin.headers, `POST /members/${other.id}/code`, undefined, 201);
  await ask(admin.headers, `DELETE /members/${other.id}`, undefined, 200);

  assert.equal((await ask(other.headers, "GET /connections")).status, 401);
  assert.equal((await ask(token, "GET /connections")).status, 401);
  const late = await ask({}, "POST /invitation", { code: code.body.code, password: PASSWORD });
  assert.equal(late.code, "invitation_wrong");
  const views = (await ask(admin.headers, "GET /views", undefined, 200)).body.items;
  assert.deepEqual(
    views.map(({ name, owner, mine }: Record<string, unknown>) => [name, owner, mine]),
    [["Ours", null, false]],
  );
  const { rows: tables } = await sql<{ name: string }>`
    select s.name from sqlite_schema s join pragma_table_info(s.name) c on c.name = 'member'
    where s.type = 'table' and s.name <> 'trail'`.execute(store.read);
  assert.ok(tables.some(({ name }) => name === "identity") && tables.some(({ name }) => name === "session"));
  for (const { name } of tables) {
    const { rows } = await sql`select * from ${sql.table(name)} where member = ${other.id}`.execute(
      store.read,
    );
    assert.deepEqual(rows, [], name);
  }
  assert.ok((await trail()).some(({ member }) => member === other.id));
  const next = await ask(admin.headers, "POST /members", TOMAS, 201);
  assert.ok(next.body.member.id > other.id, "no new member is taken for who is gone");
});

test("a code for who has a password ends password, second factor and sessions, once it is used", async (t) => {
  const { ask, somebody, clock } = await office(t);
  const admin = await somebody("admin");
  const invited = await ask(admin.headers, "POST /members", TOMAS, 201);
  const code = { code: invited.body.code, password: PASSWORD };
  const tomas = await ask({}, "POST /invitation", code, 201);
  const totp = await ask(tomas.headers, "POST /session/totp", undefined, 200);
  const app = new TOTP({ secret: Secret.fromBase32(totp.body.secret) });
  await ask(tomas.headers, "PUT /session/totp", { code: app.generate({ timestamp: clock.now }) }, 200);
  const { id } = tomas.body.member;
  const reset = await ask(admin.headers, `POST /members/${id}/code`, undefined, 201);
  assert.deepEqual([reset.body.kind, reset.body.member.secondFactor], ["reset", true]);
  assert.equal(Date.parse(reset.body.endsAt) - clock.now, 3_600_000);
  assert.equal((await ask(tomas.headers, "GET /connections")).status, 200, "nothing ends before it is used");
  const better = "four unrelated words do well";
  const back = await ask({}, "POST /invitation", { code: reset.body.code, password: better }, 201);
  assert.equal(back.body.member.secondFactor, false);
  assert.equal((await ask(tomas.headers, "GET /connections")).status, 401);
  const signIn = (password: string) => ask({}, "POST /session", { email: TOMAS.email, password });
  assert.equal((await signIn(PASSWORD)).code, "sign_in_failed");
  assert.equal((await signIn(better)).status, 201);
});

for (const [role, ip] of [
  ["viewer", null],
  ["operator", "192.0.2.7"],
  ["admin", "192.0.2.7"],
] as const) {
  test(`of their own sessions a ${role} is told the address ${ip}`, async (t) => {
    const { ask, somebody } = await office(t);
    const { headers } = await somebody(role);
    const { items } = (await ask(headers, "GET /sessions", undefined, 200)).body;
    assert.deepEqual([items.length, items[0].ip], [1, ip]);
  });
}

test("who has been here without a password, by single sign-on, gets a code that resets", async (t) => {
  const { ask, somebody } = await office(t);
  const [admin, other] = [await somebody("admin"), await somebody("viewer")];
  const { body } = await ask(admin.headers, `POST /members/${other.id}/code`, undefined, 201);
  assert.deepEqual([body.member.hasPassword, body.kind], [false, "reset"]);
});

test("who has no role gets no code: it could not be used", async (t) => {
  const { ask, somebody } = await office(t);
  const [admin, other] = [await somebody("admin"), await somebody("viewer")];
  await ask(admin.headers, `PATCH /members/${other.id}`, { role: null }, 200);
  assert.equal((await ask(admin.headers, `POST /members/${other.id}/code`)).code, "no_role");
});

test("an admin sees a member's sessions, and ends one or all", async (t) => {
  const { ask, somebody, session } = await office(t);
  const [admin, other] = [await somebody("admin"), await somebody("viewer")];
  const [second, third] = [await session(other.id), await session(other.id)];
  const path = `/members/${other.id}/sessions`;
  const list = async () => (await ask(admin.headers, `GET ${path}`, undefined, 200)).body.items;
  const [newest, ...rest] = await list();
  assert.equal(rest.length, 2);
  assert.deepEqual([newest.ip, newest.agent, newest.current], ["192.0.2.7", "A browser", false]);
  await ask(admin.headers, `DELETE ${path}/${newest.id}`, undefined, 200);
  assert.equal((await ask(third, "GET /connections")).status, 401);
  assert.equal((await ask(second, "GET /connections")).status, 200);
  const mine = (await ask(admin.headers, `GET /members/${admin.id}/sessions`)).body.items[0];
  assert.equal(mine.current, true);
  const others = await ask(admin.headers, `DELETE ${path}/${mine.id}`);
  assert.equal(others.code, "session_not_found", "a session is ended under its own member only");
  assert.deepEqual((await ask(admin.headers, `DELETE ${path}`)).body, { ended: 2 });
  assert.equal((await ask(second, "GET /connections")).status, 401);
  assert.deepEqual(await list(), []);
});

test("an API token changes no member, whatever its role", async (t) => {
  const { ask, somebody } = await office(t);
  const [admin, other] = [await somebody("admin"), await somebody("viewer")];
  const made = await ask(admin.headers, "POST /tokens", { name: "reports", role: "admin" }, 201);
  const token = { authorization: `Bearer ${made.body.secret}` };
  for (const [call, body] of [
    ["POST /members", TOMAS],
    [`PATCH /members/${other.id}`, { role: "admin" }],
    [`DELETE /members/${other.id}`, undefined],
    [`POST /members/${other.id}/code`, undefined],
    [`DELETE /members/${other.id}/sessions`, undefined],
    ["POST /tokens", { name: "more" }],
    [`DELETE /tokens/${made.body.token.id}`, undefined],
  ] as const) {
    assert.equal((await ask(token, call, body)).code, "session_needed", call);
    const both = { ...token, ...admin.headers };
    assert.equal((await ask(both, call, body)).code, "session_needed", `${call}, with a cookie beside it`);
  }
  assert.equal((await ask(token, "GET /members")).status, 200);
});

test("every change of members and tokens leaves a row that names whom and what, and never a secret", async (t) => {
  const { ask, somebody, trail, connect } = await office(t);
  const connection = await connect("Aldermoor");
  const admin = await somebody("admin");
  const { headers } = admin;
  const invited = await ask(headers, "POST /members", { ...TOMAS, connections: [connection] }, 201);
  const { id, email } = invited.body.member;
  await ask({}, "POST /invitation", { code: invited.body.code, password: PASSWORD }, 201);
  const made = await ask(headers, "POST /tokens", { name: "reports", role: "operator", days: null }, 201);
  const reset = await ask(headers, `POST /members/${id}/code`, undefined, 201);
  await ask(headers, `PATCH /members/${id}`, { role: "operator", connections: null }, 200);
  const [{ id: session }] = (await ask(headers, `GET /members/${id}/sessions`)).body.items;
  await ask(headers, `DELETE /members/${id}/sessions/${session}`, undefined, 200);
  await ask(headers, `DELETE /members/${id}/sessions`, undefined, 200);
  await ask(headers, `DELETE /tokens/${made.body.token.id}`, undefined, 200);
  await ask(headers, `DELETE /members/${id}`, undefined, 200);
  await ask(headers, `DELETE /members/${admin.id}`);
  const rows = (await trail()).toReversed();
  assert.deepEqual(
    rows.map(({ action, target, result, details }) => [action, target, result, details]),
    [
      ["inviteMember", email, "ok", { role: "viewer", connections: "1" }],
      ["acceptInvitation", null, "ok", null],
      ["createToken", "reports", "ok", { role: "operator", days: null, of: admin.email }],
      ["newMemberCode", email, "ok", { kind: "reset" }],
      [
        "changeMember",
        email,
        "ok",
        { roleBefore: "viewer", role: "operator", connectionsBefore: "1", connections: "all" },
      ],
      ["endMemberSession", email, "ok", null],
      ["endMemberSessions", email, "ok", { ended: 0 }],
      ["revokeToken", "reports", "ok", { role: "operator", of: admin.email }],
      ["removeMember", email, "ok", { role: "operator" }],
      ["removeMember", admin.email, "yourself", null],
    ],
  );
  const text = JSON.stringify(rows);
  for (const secret of [
    invited.body.code,
    reset.body.code,
    made.body.secret,
    PASSWORD,
    headers.cookie.split("=")[1]!,
  ]) {
    assert.ok(!text.includes(secret));
  }
});
