/** members, tokens, trail: over the socket's handlers and a real store. */
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { acceptInvitation } from "../../access/sign-in.ts";
import { handlers } from "../../api/handlers.ts";
import { testContext } from "../../api/testing.ts";
import { run } from "../testing.ts";
import { widthOf } from "../text.ts";

const CODE = /^([0-9A-Z]{4}-){6}[0-9A-Z]{4}\n$/;
const TOMAS = "t.wren@aldermoor.example";
const ADMIN = "admin.1@aldermoor.example";

async function office(t: TestContext) {
  const { store, session, connect } = await testContext(t);
  await session("admin");
  await connect("Aldermoor");
  await connect("Aldermoor EU");
  const ask = (...argv: string[]) => run(argv, { dataDir: store.dir, handlers, columns: 140 });
  const well = async (...argv: string[]) => {
    const { exit, out, err } = await ask(...argv);
    assert.equal(exit, 0, err);
    return out;
  };
  const json = async (...argv: string[]) => JSON.parse(await well(...argv, "--json"));
  const invite = (...more: string[]) =>
    ask("members", "invite", TOMAS, "--name", "Tomas Wren", "--role", "viewer", ...more);
  const tomas = async () => (await json("members")).find(({ email }: { email: string }) => email === TOMAS);
  return { store, ask, well, json, invite, tomas };
}

test("members are invited with a code alone on standard output, and listed", async (t) => {
  const { store, well, invite, tomas } = await office(t);
  const { exit, out, err } = await invite("--connections", "aldermoor eu,1");
  assert.equal(exit, 0, err);
  assert.match(out, CODE);
  assert.match(err, /For Tomas Wren .* open \/invitation/s);
  const list = await well("members");
  assert.match(
    list,
    /^Tomas Wren +t\.wren@aldermoor\.example +viewer +invited, until .* Aldermoor, Aldermoor EU$/m,
  );
  assert.match(list, /^The admin +admin\.1@aldermoor\.example +admin .* all connections$/m);
  for (const line of list.split("\n")) assert.ok(widthOf(line) <= 140, line);
  const password = "correct horse battery staple";
  const client = { ip: null, agent: null };
  await acceptInvitation(store, { code: out.trim(), password }, client, Date.now());
  assert.equal((await tomas()).invitation, null);
});

test("roles, limits, codes, sessions: each is one command, by address or id", async (t) => {
  const { store, ask, json, well, invite, tomas } = await office(t);
  const joined = (await invite()).out.trim();
  const client = { ip: null, agent: null };
  await acceptInvitation(
    store,
    { code: joined, password: "correct horse battery staple" },
    client,
    Date.now(),
  );
  assert.match(await well("members", "role", TOMAS, "operator"), /^Tomas Wren: operator, all connections\./);
  assert.match(
    await well("members", "limit", TOMAS.toUpperCase(), "Aldermoor EU"),
    /operator, Aldermoor EU\./,
  );
  assert.deepEqual((await tomas()).connections, [2]);
  assert.deepEqual((await json("members", "limit", String((await tomas()).id), "--all")).connections, null);
  assert.match(await well("members", "reset", TOMAS), CODE);
  assert.equal((await tomas()).invitation.kind, "reset");
  assert.deepEqual(await json("members", "sign-out", TOMAS), { ended: 1 });
  assert.match(await well("members", "second-factor"), /^Each member may switch/);
  assert.match(await well("members", "second-factor", "on"), /^Everybody who signs in with a password needs/);
  assert.deepEqual(await json("members", "second-factor"), { secondFactorNeeded: true });
  const { exit, err } = await ask("members", "second-factor", "maybe");
  assert.deepEqual([exit, /neither on nor off/.test(err)], [2, true]);
  assert.match(await well("members", "second-factor", "off"), /nobody has to/);
  assert.match(await well("members", "role", TOMAS, "none"), /no role/);
  assert.match(await well("members", "remove", TOMAS, "--yes"), /Tomas Wren is removed/);
  assert.equal(await tomas(), undefined);
});

for (const [name, argv, exit, said] of [
  [
    "a role that there isn't",
    ["role", ADMIN, "owner"],
    2,
    /"owner" is none of viewer, operator, admin, none/,
  ],
  ["nobody's address", ["role", "nobody@aldermoor.example", "admin"], 2, /No member is called/],
  ["a connection that there isn't", ["limit", ADMIN, "Elsewhere"], 2, /There is no connection Elsewhere/],
  ["a limit to nothing", ["limit", ADMIN], 2, /Name the connections, or give --all/],
  ["the last admin's role", ["role", ADMIN, "viewer"], 1, /the only admin.*\n→ Make somebody else an admin/],
  ["the last admin away", ["remove", ADMIN, "--yes"], 1, /the only admin/],
  ["a member away, with nobody to confirm it", ["remove", ADMIN], 2, /Add --yes/],
  [
    "an address that another has",
    ["invite", ADMIN, "--name", "A", "--role", "viewer"],
    1,
    /is a member already/,
  ],
  ["an invitation without a role", ["invite", TOMAS, "--name", "A"], 2, /--role/],
  ["an invitation without an address", ["invite", "tomas", "--name", "A", "--role", "viewer"], 2, /e-mail/],
  ["a part that there isn't", ["forget", ADMIN], 2, /too many arguments|unknown command/],
] as const) {
  test(`members, asked for ${name}, says what is wrong`, async (t) => {
    const { ask } = await office(t);
    const ran = await ask("members", ...argv);
    assert.equal(ran.exit, exit, ran.err);
    assert.match(ran.err, said);
    assert.equal(ran.out, "");
  });
}

test("nobody is invited before there is an admin", async (t) => {
  const { store } = await testContext(t);
  const argv = ["members", "invite", TOMAS, "--name", "Tomas", "--role", "viewer"];
  const { exit, err } = await run(argv, { dataDir: store.dir, handlers });
  assert.equal(exit, 1);
  assert.match(err, /has no admin yet.\n→ Open it in a browser and enter the setup code/);
});

test("an API token is made for a member, printed once, listed and revoked", async (t) => {
  const { ask, well, json } = await office(t);
  assert.match(await well("tokens"), /^No API token yet\./);
  const made = await ask(
    "tokens",
    "create",
    "reports",
    "--member",
    ADMIN,
    "--days",
    "never",
    "--role",
    "operator",
  );
  assert.equal(made.exit, 0, made.err);
  assert.match(made.out, /^glasshouse_[\w-]{43}\n$/);
  assert.match(
    made.err,
    /reports: operator in the name of The admin.*It is not shown again\.\nThis token never expires/s,
  );
  assert.match(await well("tokens"), /^ +1 {2}reports +operator +admin\.1@aldermoor\.example +never +never/m);
  const [token] = await json("tokens");
  assert.equal(token.endsAt, null);
  for (const [argv, said] of [
    [["create", "more"], /say whose token it is.*\n→ See glasshouse tokens|--member/s],
    [["create", "more", "--member", ADMIN, "--days", "0"], /number of days/],
    [["create", "more", "--member", ADMIN, "--role", "owner"], /choices are viewer, operator, admin/],
    [["revoke", "reports"], /Give the id/],
    [["revoke", "99"], /no API token 99/],
  ] as const) {
    const refused = await ask("tokens", ...argv);
    assert.notEqual(refused.exit, 0);
    assert.match(refused.err, said);
  }
  assert.match(await well("tokens", "revoke", String(token.id)), /Revoked/);
  assert.deepEqual(await json("tokens"), []);
});

test("the trail tells what the commands did, and is filtered", async (t) => {
  const { well, json, invite } = await office(t);
  const code = (await invite()).out.trim();
  await well("members", "role", TOMAS, "operator");
  const rows = await json("trail");
  assert.deepEqual(
    rows.map(({ action, by, target }: Record<string, unknown>) => [action, by, target]),
    [
      ["changeMember", "machine", TOMAS],
      ["inviteMember", "machine", TOMAS],
    ],
  );
  assert.ok(!JSON.stringify(rows).includes(code));
  assert.match(await well("trail", "--action", "inviteMember"), /the command line +inviteMember +t\.wren@/);
  assert.match(await well("trail", "--result", "refused"), /No row fits\.\n\n0 rows · result refused/);
  assert.equal((await json("trail", "--member", ADMIN)).length, 0);
  assert.match(await well("trail", "--csv"), /^at,by,name,/);
});
