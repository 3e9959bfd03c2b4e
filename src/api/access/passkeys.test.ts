/** Passkeys, over real HTTP and a real database, with a device that can be made to lie. */
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { authenticator, type Lie } from "../../../test/authenticator.ts";
import { worksAt } from "../../access/passkeys.ts";
import { hashPassword } from "../../access/password.ts";
import { openSession } from "../../access/session.ts";
import { newInvitation } from "../../access/sign-in.ts";
import { createMember } from "../../store/members/members.ts";
import { needSecondFactor } from "../../store/members/second-factor-rule.ts";
import { listTrail } from "../../store/members/trail.ts";
import { serverForBrowsers } from "../http/browser-testing.ts";

const PASSWORD = "four unrelated long words";
const MINUTE = 60_000;
type Browser = ReturnType<Awaited<ReturnType<typeof serverForBrowsers>>["browser"]>;

async function there(t: TestContext) {
  const server = await serverForBrowsers(t);
  const { store, clock, browser, url } = server;
  const person = async (name: string, { password = false, role = "viewer" as const } = {}) => {
    const email = `${name}@aldermoor.example`;
    const kept = password ? await hashPassword(PASSWORD) : null;
    const id = await store.write((tx) =>
      createMember(tx, { name, email, role, password: kept, now: clock.now }),
    );
    const { token } = await store.write((tx) => openSession(tx, id, { ip: null, agent: null }, clock.now));
    return { id, email, mine: browser({ as: { cookie: `glasshouse_session=${token}` } }) };
  };
  const begin = (mine: Browser, password?: string) =>
    mine.ask("POST /passkeys/begin", password === undefined ? {} : { password });
  const add = async (mine: Browser, device = authenticator(url), lie: Lie = {}, name = "Phone") => {
    const { body } = await begin(mine);
    const answer = device.create(body.options, lie);
    return { device, ...(await mine.ask("POST /passkeys", { name, answer })) };
  };
  const signIn = async (device: ReturnType<typeof authenticator>, lie: Lie = {}, mine = browser()) => {
    const { body } = await mine.ask("POST /session/passkey/begin");
    const answer = device.get(body.options, lie);
    return { mine, answer, ...(await mine.ask("POST /session/passkey", { answer })) };
  };
  return { ...server, person, begin, add, signIn };
}

test("a passkey is made, and signs in without anything typed or a second factor", async (t) => {
  const { person, begin, add, signIn, url, store } = await there(t);
  const { id, email, mine } = await person("ines");
  const { options } = (await begin(mine)).body;
  assert.equal(options.rp.id, "localhost");
  assert.deepEqual([options.user.name, options.user.displayName], [email, "ines"]);
  assert.equal(options.authenticatorSelection.residentKey, "required");
  assert.equal(options.authenticatorSelection.userVerification, "required");
  const made = await add(mine);
  assert.equal(made.status, 201, JSON.stringify(made.body));
  await store.write((tx) => tx.updateTable("member").set({ totp_on: 1 }).where("member", "=", id).execute());
  const done = await signIn(made.device);
  assert.equal(done.status, 201, JSON.stringify(done.body));
  assert.equal(done.body.member.id, id);
  assert.equal((await done.mine.ask("GET /connections")).status, 200);
  const { items, ...about } = (await mine.ask("GET /passkeys")).body;
  assert.deepEqual(
    items.map(({ name, synced }: { name: string; synced: boolean }) => [name, synced]),
    [["Phone", false]],
  );
  assert.notEqual(items[0].lastUsedAt, null);
  assert.deepEqual(about, { nextCursor: null, address: url, here: true, works: true, proof: "nothing" });
  assert.equal((await done.mine.ask("GET /session")).body.ways.passkey, true);
});

test("a passkey that is added is the second factor of the session that added it", async (t) => {
  const { person, add, signIn, store } = await there(t);
  const { mine } = await person("ines", { password: true });
  await store.write((tx) => needSecondFactor(tx, true));
  const status = async () => (await mine.ask("GET /connections")).status;
  assert.equal(await status(), 403);
  assert.equal((await mine.ask("GET /passkeys")).status, 200);
  const { device } = await add(mine);
  assert.equal(await status(), 200);
  assert.equal((await signIn(device)).body.state, "signed_in");
});

for (const [name, lie] of [
  ["made on a page of another site", { origin: "https://evil.example" }],
  ["for another domain", { rpId: "evil.example" }],
  ["of another challenge", { challenge: "AAAA" }],
  ["of a device that didn't make sure of its owner", { verified: false }],
] as [string, Lie][]) {
  test(`a passkey ${name} is neither taken nor let in`, async (t) => {
    const { person, add, signIn } = await there(t);
    const { mine } = await person("ines");
    assert.equal((await add(mine, undefined, lie)).code, "passkey_refused");
    const { device } = await add(mine);
    const answer = await signIn(device, lie);
    assert.equal(answer.code, "passkey_refused");
    assert.equal(answer.mine.jar.has("glasshouse_session"), false);
    assert.equal((await signIn(device)).status, 201);
  });
}

for (const [name, lie] of [
  ["that nobody has", { id: Buffer.alloc(32).toString("base64url") }],
  ["that says it is somebody else's", { userHandle: Buffer.alloc(32).toString("base64url") }],
  ["signed by another key", { signature: "MEUCIQDx" }],
  ["whose counter has gone back", { counter: 1 }],
  ["whose counter stands still", { counter: 2 }],
] as [string, Lie][]) {
  test(`a passkey ${name} lets nobody in`, async (t) => {
    const { person, add, signIn } = await there(t);
    const { device } = await add((await person("ines")).mine);
    assert.equal((await signIn(device)).status, 201);
    const answer = await signIn(device, lie);
    assert.equal(answer.code, "passkey_refused");
    if (lie.counter !== undefined) assert.match(answer.body.error.message, /copy/);
  });
}

test("a device that doesn't count is let in again and again", async (t) => {
  const { person, add, signIn, url } = await there(t);
  const device = authenticator(url);
  await add((await person("ines")).mine, device, { counter: 0 });
  for (let i = 0; i < 2; i++) assert.equal((await signIn(device, { counter: 0 })).status, 201);
});

test("what a device answered is good once, for ten minutes, in the browser that asked", async (t) => {
  const { person, add, signIn, browser, clock } = await there(t);
  const { device } = await add((await person("ines")).mine);
  const first = await signIn(device);
  assert.equal((await first.mine.ask("POST /session/passkey", { answer: first.answer })).code, "not_begun");
  const [mine, other] = [browser(), browser()];
  const answer = device.get((await mine.ask("POST /session/passkey/begin")).body.options);
  await other.ask("POST /session/passkey/begin");
  assert.equal((await other.ask("POST /session/passkey", { answer })).code, "passkey_refused");
  clock.now += 10 * MINUTE;
  assert.equal((await mine.ask("POST /session/passkey", { answer })).code, "not_begun");
});

test("what was begun to add a passkey is of no use to sign in, nor to another member", async (t) => {
  const { person, add, begin, url } = await there(t);
  const [ines, mara] = [await person("ines"), await person("mara")];
  const { device } = await add(ines.mine);
  const { options } = (await begin(ines.mine)).body;
  const begun = ines.mine.jar.get("glasshouse_passkey_new")!;
  ines.mine.jar.set("glasshouse_passkey_sign_in", begun);
  const used = device.get({ ...options, rpId: "localhost" });
  assert.equal((await ines.mine.ask("POST /session/passkey", { answer: used })).code, "not_begun");
  mara.mine.jar.set("glasshouse_passkey_new", begun);
  const answer = authenticator(url).create(options);
  assert.equal((await mara.mine.ask("POST /passkeys", { name: "Phone", answer })).code, "not_begun");
});

test("a session of more than ten minutes asks for the password; without one, for another sign-in", async (t) => {
  const { person, begin, clock, store } = await there(t);
  const ines = await person("ines", { password: true });
  const mara = await person("mara");
  clock.now += 10 * MINUTE;
  const proof = async (mine: Browser) => (await mine.ask("GET /passkeys")).body.proof;
  assert.deepEqual([await proof(ines.mine), await proof(mara.mine)], ["password", "sign_in"]);
  assert.equal((await begin(ines.mine)).code, "password_wrong");
  assert.equal((await begin(ines.mine, "not this one")).code, "password_wrong");
  assert.equal((await begin(ines.mine, PASSWORD)).status, 200);
  assert.equal((await begin(mara.mine, "anything")).code, "fresh_sign_in_needed");
  const rows = await listTrail(store.read, { before: null, limit: 10 });
  assert.deepEqual(
    rows.map(({ result }) => result),
    ["fresh_sign_in_needed", "ok", "password_wrong", "password_wrong"],
    "who guesses is seen",
  );
});

test("one's own passkeys are renamed and removed, nobody else's; removing ends the other sessions", async (t) => {
  const { person, add, signIn } = await there(t);
  const [ines, mara] = [await person("ines", { password: true }), await person("mara")];
  const { device, body } = await add(ines.mine);
  const path = `/passkeys/${body.id}`;
  assert.equal((await mara.mine.ask(`PATCH ${path}`, { name: "Mine" })).code, "passkey_not_found");
  assert.equal((await mara.mine.ask(`DELETE ${path}`)).code, "passkey_not_found");
  assert.equal((await ines.mine.ask(`PATCH ${path}`, { name: " Laptop " })).body.name, "Laptop");
  const other = (await signIn(device)).mine;
  assert.equal((await ines.mine.ask(`DELETE ${path}`)).status, 200);
  assert.equal((await other.ask("GET /connections")).status, 401);
  assert.equal((await ines.mine.ask("GET /connections")).status, 200);
  assert.equal((await signIn(device)).code, "passkey_refused");
  assert.equal((await ines.mine.ask("GET /session")).body.ways.passkey, false);
});

test("a found session takes no passkey away without proof, and nobody their only way in", async (t) => {
  const { person, add, signIn, clock } = await there(t);
  const [ines, mara] = [await person("ines", { password: true }), await person("mara")];
  const [hers, only] = [await add(ines.mine), await add(mara.mine)];
  const remove = async (mine: Browser, { body }: { body: { id: number } }, given?: object) =>
    (await mine.ask(`DELETE /passkeys/${body.id}`, given)).code;
  assert.equal(await remove(mara.mine, only), "not_possible", "her only way in, with no single sign-on");
  clock.now += 10 * MINUTE;
  assert.equal(await remove(ines.mine, hers), "password_wrong");
  assert.equal(await remove(ines.mine, hers, { password: "not this one" }), "password_wrong");
  assert.equal(await remove(mara.mine, only), "fresh_sign_in_needed");
  const again = await signIn(only.device);
  assert.equal(again.status, 201);
  await add(again.mine);
  assert.equal(await remove(again.mine, only), null, "another one is left");
  assert.equal(await remove(ines.mine, hers, { password: PASSWORD }), null);
});

test("a device is asked not to make a second one; should it, it is refused", async (t) => {
  const { person, add, begin, url } = await there(t);
  const { mine } = await person("ines");
  const device = authenticator(url);
  const first = await add(mine, device);
  const { options } = (await begin(mine)).body;
  assert.equal(options.excludeCredentials.length, 1);
  assert.equal((await add(mine, device)).code, "passkey_taken");
  const other = await person("mara");
  assert.equal((await add(other.mine, device)).code, "passkey_taken");
  assert.equal((await mine.ask("GET /passkeys")).body.items[0].id, first.body.id);
});

test("all passkeys of a member know one owner, who isn't named by it", async (t) => {
  const { person, add, begin } = await there(t);
  const { mine, email } = await person("ines");
  await add(mine);
  const [second, third] = [(await begin(mine)).body.options, (await begin(mine)).body.options];
  assert.equal(second.user.id, third.user.id);
  assert.doesNotMatch(Buffer.from(second.user.id, "base64url").toString(), new RegExp(email));
  assert.notEqual((await begin((await person("mara")).mine)).body.options.user.id, second.user.id);
});

test("a passkey ends with its member, with the role, and with a reset of the password", async (t) => {
  const { person, add, signIn, session, browser, store, clock } = await there(t);
  const [ines, mara, noor] = [await person("ines"), await person("mara"), await person("noor")];
  const [first, second, third] = [await add(ines.mine), await add(mara.mine), await add(noor.mine)];
  const admin = browser({ as: await session("admin") });
  const { items } = (await admin.ask("GET /members")).body;
  const told = items.find(({ id }: { id: number }) => id === ines.id);
  assert.deepEqual([told.passkeys, told.sso], [1, false]);
  assert.equal((await admin.ask(`DELETE /members/${ines.id}`)).status, 200);
  assert.equal((await signIn(first.device)).code, "passkey_refused");
  assert.equal((await admin.ask(`PATCH /members/${mara.id}`, { role: null })).status, 200);
  assert.equal((await signIn(second.device)).code, "no_role");
  const { code } = await store.write((tx) => newInvitation(tx, noor.id, "reset", clock.now));
  assert.equal((await browser().ask("POST /invitation", { code, password: PASSWORD })).status, 201);
  assert.equal((await signIn(third.device)).code, "passkey_refused");
  assert.deepEqual(
    (await store.read.selectFrom("passkey").select("member").execute()).map(({ member }) => member),
    [mara.id],
  );
});

for (const [name, body] of [
  ["no answer", {}],
  ["an answer of text", { answer: "x" }],
  ["an answer with nothing in it", { answer: { id: "", rawId: "", type: "public-key", response: {} } }],
  [
    "an answer of noise",
    {
      answer: {
        id: "AA",
        rawId: "AA",
        type: "public-key",
        response: { clientDataJSON: "AAAA", authenticatorData: "AAAA", signature: "AAAA" },
      },
    },
  ],
] as const) {
  test(`a sign-in with ${name} is refused as such`, async (t) => {
    const { browser, member } = await there(t);
    await member("admin");
    const mine = browser();
    await mine.ask("POST /session/passkey/begin");
    const { status, code } = await mine.ask("POST /session/passkey", body);
    assert.ok(["invalid_request", "passkey_refused"].includes(code!), `${status} ${code}`);
  });
}

test("twenty passkeys are enough", async (t) => {
  const { person, add, begin } = await there(t);
  const { mine } = await person("ines");
  for (let i = 0; i < 20; i++) assert.equal((await add(mine)).status, 201);
  assert.equal((await begin(mine)).code, "not_possible");
});

test("a hundred tries in a quarter of an hour are enough", async (t) => {
  const { browser, clock, member } = await there(t);
  await member("admin");
  const begin = () => browser().ask("POST /session/passkey/begin");
  for (let i = 0; i < 100; i++) assert.equal((await begin()).status, 200);
  assert.equal((await begin()).code, "too_many_tries");
  clock.now += 15 * MINUTE;
  assert.equal((await begin()).status, 200);
});

test("each leaves a row, by whom and which, and nothing of the key", async (t) => {
  const { person, add, signIn, store } = await there(t);
  const { mine, email } = await person("ines", { password: true });
  const { device, body } = await add(mine);
  await mine.ask(`PATCH /passkeys/${body.id}`, { name: "Laptop" });
  const used = await signIn(device);
  await signIn(device, { signature: "AAAA" });
  await mine.ask(`DELETE /passkeys/${body.id}`);
  const rows = (await listTrail(store.read, { before: null, limit: 10 })).toReversed();
  assert.deepEqual(
    rows.map(({ by, action, target, result }) => [by, action, target, result]),
    [
      ["member", "beginPasskey", null, "ok"],
      ["member", "addPasskey", "Phone", "ok"],
      ["member", "renamePasskey", `${body.id} / Laptop`, "ok"],
      ["member", "signInWithPasskey", email, "ok"],
      ["nobody", "signInWithPasskey", null, "passkey_refused"],
      ["member", "removePasskey", String(body.id), "ok"],
    ],
  );
  assert.equal(JSON.stringify(rows).includes(used.answer.id), false);
});

for (const [address, works] of [
  ["https://glasshouse.example.com", true],
  ["https://glasshouse.example.com:8443", true],
  ["http://localhost:4180", true],
  ["http://127.0.0.1:4180", false],
  ["http://[::1]:4180", false],
  ["https://10.0.0.7", false],
  ["https://[2001:db8::1]", false],
  ["http://glasshouse.example.com", false],
] as const) {
  test(`passkeys ${works ? "work" : "don't work"} at ${address}`, () =>
    assert.equal(worksAt(new URL(address)), works));
}
