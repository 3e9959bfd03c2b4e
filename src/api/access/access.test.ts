/** Getting in, over real HTTP and a real database, under a clock that the test sets. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { existsSync, readFileSync, statSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import { Secret, TOTP } from "otpauth";
import { trySignIn } from "../../access/attempts.ts";
import { hashPassword } from "../../access/password.ts";
import { actorOfSession, openSession } from "../../access/session.ts";
import { newSetupCode, writeSetupCode } from "../../access/setup.ts";
import { changePassword, resetAdmin, signIn } from "../../access/sign-in.ts";
import {
  createMember,
  deleteMember,
  getMember,
  passwordOf,
  setPassword,
  switchTotpOn,
} from "../../store/members/members.ts";
import { addPasskey } from "../../store/members/passkeys.ts";
import { listTrail } from "../../store/members/trail.ts";
import type { Store, Tx } from "../../store/store.ts";
import { endpoints } from "../contract.ts";
import { handlers } from "../handlers.ts";
import { serveHttp } from "../http/server.ts";
import { NOW, testContext } from "../testing.ts";
import { notes } from "../trail/trail.ts";

type TestContext = Parameters<typeof testContext>[0];

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const PASSWORD = "correct horse battery staple";
const ADMIN = { name: "M. Ito", email: "M.Ito@aldermoor.example", password: PASSWORD };

interface Answered {
  status: number;
  // biome-ignore lint/suspicious/noExplicitAny: answers of many kinds
  body: any;
  code: string | null;
  cookie: string | null;
}

async function freePort(): Promise<number> {
  const held = createServer().listen(0, "127.0.0.1");
  await once(held, "listening");
  const { port } = held.address() as AddressInfo;
  held.close();
  await once(held, "close");
  return port;
}

async function server(t: TestContext, publicUrl: string | null = null, port = 0) {
  const { context, store, ...rest } = await testContext(t);
  const clock = { now: NOW };
  const config = { host: "127.0.0.1", port, publicUrl: publicUrl === null ? null : new URL(publicUrl) };
  const http = await serveHttp(
    { ...context, config: { ...context.config, publicUrl: config.publicUrl }, now: () => clock.now },
    { config, handlers, consoleDir: join(store.dir, "console") },
  );
  t.after(() => http.close());
  /** As a page of ours asks. */
  async function ask(
    call: string,
    body?: unknown,
    cookie: string | null = null,
    headers: Record<string, string> = {},
  ): Promise<Answered> {
    const [method, path] = call.split(" ") as [string, string];
    const answer = await fetch(`${http.url}/api/v1${path}`, {
      method,
      headers: {
        origin: http.url,
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...(cookie === null ? {} : { cookie }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const json = JSON.parse((await answer.text()) || "null");
    const [set] = answer.headers.getSetCookie();
    return {
      status: answer.status,
      body: json,
      code: json?.error?.code ?? null,
      cookie: set?.split(";")[0] ?? null,
    };
  }
  const code = async () => (await newSetupCode(store, clock.now)).code;
  /** Claims it, and gives the admin's cookie. */
  const claimed = async () => {
    const answer = await ask("POST /setup", { ...ADMIN, code: await code() });
    assert.equal(answer.status, 201, JSON.stringify(answer.body));
    return answer.cookie!;
  };
  const signIn = (more: Record<string, string> = {}, cookie: string | null = null) =>
    ask("POST /session", { email: ADMIN.email, password: PASSWORD, ...more }, cookie);
  /** Switches the second factor on. */
  const withTotp = async (cookie: string) => {
    const { body } = await ask("POST /session/totp", undefined, cookie);
    const app = new TOTP({ secret: Secret.fromBase32(body.secret) });
    const codeAt = (at = clock.now) => app.generate({ timestamp: at });
    const confirmed = await ask("PUT /session/totp", { code: codeAt() }, cookie);
    assert.equal(confirmed.status, 200, JSON.stringify(confirmed.body));
    return { codeAt, begun: body, recovery: confirmed.body.recoveryCodes as string[] };
  };
  return { ...rest, url: http.url, store, clock, ask, code, claimed, signIn, withTotp };
}

// --- the setup code

test("who has the setup code becomes the first admin, and is signed in", async (t) => {
  const { ask, code, url } = await server(t);
  assert.deepEqual((await ask("GET /session")).body, {
    state: "unclaimed",
    sample: false,
    version: "0.0.0-test",
    member: null,
    idleMinutes: 720,
    ways: { sso: null, passkey: false, address: url.replace("127.0.0.1", "localhost"), here: false },
  });
  const typed = (await code()).toLowerCase().replaceAll("-", " ");
  const { status, body, cookie } = await ask("POST /setup", { ...ADMIN, code: typed });
  assert.equal(status, 201);
  const { id: _, ...member } = body.member;
  const email = ADMIN.email;
  assert.deepEqual(member, {
    name: "M. Ito",
    email,
    role: "admin",
    connections: null,
    secondFactor: false,
    hasPassword: true,
  });
  assert.equal((await ask("GET /session", undefined, cookie)).body.state, "signed_in");
  assert.equal((await ask("GET /session")).body.state, "signed_out");
  assert.equal((await ask("GET /connections", undefined, cookie)).status, 200);
});

for (const [name, change, expected] of [
  ["a wrong code", { code: "0000-0000-0000-0000-0000-0000-0000" }, "setup_code_wrong"],
  ["an empty code", { code: "" }, "setup_code_wrong"],
  ["a short password", { password: "short" }, "password_weak"],
  ["the name as password", { name: "Maximiliana Ito", password: "maximiliana ito" }, "password_weak"],
  ["our name as password", { password: "Glasshouse2026!" }, "password_weak"],
  ["words that are tried first", { password: "greenhouse-admin-123" }, "password_weak"],
  ["one's own name with a year", { name: "Maximiliana Ito", password: "Maximiliana!1984" }, "password_weak"],
  ["one of the most used passwords", { password: "1QAZ2wsx3edc" }, "password_weak"],
  ["a password of one letter", { password: "aaaaaaaaaaaaaaaa" }, "password_weak"],
  ["no e-mail address", { email: "m.ito" }, "invalid_request"],
  ["a name with a control character", { name: "M\u0007Ito" }, "invalid_request"],
] as const) {
  test(`claiming with ${name}: ${expected}, and the code stays good`, async (t) => {
    const { ask, code } = await server(t);
    const good = await code();
    const answer = await ask("POST /setup", { ...ADMIN, code: good, ...change });
    assert.equal(answer.code, expected);
    assert.equal(answer.cookie, null);
    assert.equal((await ask("POST /setup", { ...ADMIN, code: good })).status, 201);
  });
}

test("a setup code is good for 30 minutes, and a new one voids it", async (t) => {
  const { ask, code, clock } = await server(t);
  const first = await code();
  const second = await code();
  assert.equal((await ask("POST /setup", { ...ADMIN, code: first })).code, "setup_code_wrong");
  clock.now += 30 * MINUTE;
  assert.equal((await ask("POST /setup", { ...ADMIN, code: second })).code, "setup_code_wrong");
  assert.equal((await ask("POST /setup", { ...ADMIN, code: await code() })).status, 201);
});

test("a setup code used twice at once makes one admin", async (t) => {
  const { ask, code, store } = await server(t);
  const good = await code();
  const answers = await Promise.all(
    ["a", "b"].map((name) =>
      ask("POST /setup", { ...ADMIN, email: `${name}@aldermoor.example`, code: good }),
    ),
  );
  assert.deepEqual(answers.map(({ code }) => code).sort(), ["claimed_already", null].sort());
  assert.equal((await store.read.selectFrom("member").selectAll().execute()).length, 1);
  assert.equal((await ask("POST /setup", { ...ADMIN, code: good })).code, "claimed_already");
});

test("a setup code can be guessed at five times a minute", async (t) => {
  const { ask, code, clock } = await server(t);
  const good = await code();
  for (let i = 0; i < 5; i++) {
    assert.equal((await ask("POST /setup", { ...ADMIN, code: `wrong ${i}` })).code, "setup_code_wrong");
  }
  assert.equal((await ask("POST /setup", { ...ADMIN, code: good })).code, "too_many_tries");
  clock.now += MINUTE;
  assert.equal((await ask("POST /setup", { ...ADMIN, code: good })).status, 201);
});

test("the setup code's file is for its owner alone, and goes when the code is used", async (t) => {
  const { ask, store, clock } = await server(t);
  const { code } = await newSetupCode(store, clock.now);
  const file = writeSetupCode(store, code);
  assert.equal(statSync(file).mode & 0o777, 0o600);
  assert.equal(readFileSync(file, "utf8"), `${code}\n`);
  assert.equal((await ask("POST /setup", { ...ADMIN, code })).status, 201);
  assert.equal(existsSync(file), false);
  await assert.rejects(newSetupCode(store, clock.now), { code: "claimed_already" });
});

test("the database holds no code, password or session as it was given", async (t) => {
  const { ask, code, store } = await server(t);
  const good = await code();
  const { cookie } = await ask("POST /setup", { ...ADMIN, code: good });
  await store.read.selectFrom("member").selectAll().execute();
  const all = ["", "-wal"].map((end) =>
    existsSync(store.place + end) ? readFileSync(store.place + end) : "",
  );
  for (const secret of [good, good.replaceAll("-", ""), PASSWORD, cookie!.split("=")[1]!]) {
    for (const bytes of all) assert.equal(bytes.includes(secret), false);
  }
});

// --- signing in

for (const [name, given, expected] of [
  ["the wrong password", { password: "correct horse battery stable" }, "sign_in_failed"],
  ["an address that nobody has", { email: "nobody@aldermoor.example" }, "sign_in_failed"],
  ["an empty password", { password: "" }, "sign_in_failed"],
  ["the address in other letters", { email: "m.ITO@ALDERMOOR.example" }, null],
  ["a code that isn't asked for", { code: "123456" }, null],
] as const) {
  test(`signing in with ${name}: ${expected ?? "works"}`, async (t) => {
    const { claimed, signIn } = await server(t);
    await claimed();
    const answer = await signIn(given);
    assert.equal(answer.code, expected);
    assert.equal(answer.cookie !== null, expected === null);
  });
}

test("an unknown address and a wrong password are answered word for word alike", async (t) => {
  const { claimed, signIn } = await server(t);
  await claimed();
  const unknown = await signIn({ email: "nobody@aldermoor.example" });
  const wrong = await signIn({ password: "correct horse battery stable" });
  assert.deepEqual(unknown.body, wrong.body);
  assert.equal(unknown.status, wrong.status);
});

test("after ten failures an address is shut for a quarter of an hour, others are not", async (t) => {
  const { claimed, signIn, clock, store } = await server(t);
  await claimed();
  const tries = Array.from({ length: 10 }, () => signIn({ password: "wrong" }));
  for (const answer of await Promise.all(tries)) assert.equal(answer.code, "sign_in_failed");
  assert.equal((await signIn()).code, "too_many_tries");
  assert.equal((await signIn({ email: "nobody@aldermoor.example" })).code, "sign_in_failed");
  clock.now += 15 * MINUTE;
  assert.equal((await signIn()).status, 201);
  const rows = await store.read.selectFrom("attempt").selectAll().execute();
  assert.ok(rows.length > 0);
  assert.doesNotMatch(JSON.stringify(rows), /@/, "no address is kept");
});

test("one place can try thirty times in a quarter of an hour, whatever the address", async (t) => {
  const { claimed, signIn } = await server(t);
  await claimed();
  for (let from = 0; from < 30; from += 10) {
    const tries = Array.from({ length: 10 }, (_, i) => signIn({ email: `p${from + i}@aldermoor.example` }));
    for (const answer of await Promise.all(tries)) assert.equal(answer.code, "sign_in_failed");
  }
  assert.equal((await signIn()).code, "too_many_tries");
});

test("whoever has a network of IPv6 is one place, whatever the address of each try", async (t) => {
  const { store } = await testContext(t);
  const from = (ip: string) => trySignIn({ store, now: NOW, ip }, `${ip}@aldermoor.example`);
  for (let i = 1; i <= 30; i++) await from(`2001:db8:1:2::${i}`);
  await assert.rejects(from("2001:db8:1:2:3:4:5:6"), { code: "too_many_tries" });
  await from("2001:db8:1:3::1");
});

test("each sign-in gives a new id, and the one brought along ends", async (t) => {
  const { claimed, signIn, ask } = await server(t);
  const first = await claimed();
  const { cookie: second } = await signIn({}, first);
  assert.notEqual(second, first);
  assert.equal((await ask("GET /connections", undefined, first)).status, 401);
  assert.equal((await ask("GET /connections", undefined, second)).status, 200);
  const { cookie: third } = await signIn({}, "glasshouse_session=chosen-by-somebody-else");
  assert.doesNotMatch(third!, /chosen/);
  assert.equal(
    (await ask("GET /connections", undefined, "glasshouse_session=chosen-by-somebody-else")).status,
    401,
  );
});

for (const [name, steps, lives] of [
  ["used every 11 hours lives 6 days", Array(13).fill(11 * HOUR), true],
  ["unused for 12 hours ends", [12 * HOUR], false],
  ["used all the time ends after 7 days", Array(16).fill(10.5 * HOUR), false],
] as [string, number[], boolean][]) {
  test(`a session ${name}`, async (t) => {
    const { claimed, ask, clock } = await server(t);
    const cookie = await claimed();
    let status = 0;
    for (const step of steps) {
      clock.now += step;
      ({ status } = await ask("GET /connections", undefined, cookie));
    }
    assert.equal(status, lives ? 200 : 401);
  });
}

test("a session that pages alone use, while nobody is at them, ends after 12 hours too", async (t) => {
  const { claimed, ask, clock } = await server(t);
  const cookie = await claimed();
  const poll = () => ask("GET /connections", undefined, cookie, { "glasshouse-unattended": "true" });
  for (let hour = 1; hour < 12; hour++) {
    clock.now += HOUR;
    assert.equal((await poll()).status, 200);
  }
  const { items } = (await ask("GET /sessions", undefined, cookie, { "glasshouse-unattended": "true" })).body;
  assert.equal(items[0].lastSeenAt, new Date(NOW).toISOString());
  clock.now += HOUR;
  assert.equal((await poll()).status, 401);
});

test("sessions are listed, and can be ended one by one", async (t) => {
  const { claimed, signIn, ask, session } = await server(t);
  const here = await claimed();
  const there = (await signIn()).cookie!;
  const stranger = (await session("viewer")).cookie;
  const { items } = (await ask("GET /sessions", undefined, here)).body;
  assert.deepEqual(
    items.map((each: { current: boolean }) => each.current),
    [false, true],
  );
  const other = items[0].id;
  assert.equal((await ask(`DELETE /sessions/${other}`, undefined, stranger)).code, "session_not_found");
  assert.equal((await ask(`DELETE /sessions/${other}`, undefined, here)).status, 200);
  assert.equal((await ask("GET /sessions", undefined, there)).status, 401);
  const out = await ask("DELETE /session", undefined, here);
  assert.equal(out.body.state, "signed_out");
  assert.equal(out.cookie, "glasshouse_session=");
  assert.equal((await ask("GET /sessions", undefined, here)).status, 401);
});

test("of more than fifty sessions of a member the one unused longest ends, and nobody else's", async (t) => {
  const { store, member } = await testContext(t);
  const [id, other] = [await member("viewer"), await member("viewer")];
  const begin = (who: number, at: number) =>
    store.write(async (tx) => (await openSession(tx, who, { ip: null, agent: null }, at)).token);
  const others = await begin(other, NOW);
  const tokens: string[] = [];
  for (let i = 0; i < 50; i++) tokens.push(await begin(id, NOW + i));
  const lives = async (token: string) =>
    (await actorOfSession(store, token, NOW + 120_000)).kind === "member";
  assert.equal(await lives(tokens[0]!), true, "used, and so not the one unused longest");
  await begin(id, NOW + 130_000);
  assert.deepEqual(
    [await lives(tokens[0]!), await lives(tokens[1]!), await lives(tokens[2]!), await lives(others)],
    [true, false, true, true],
  );
});

for (const [publicUrl, host, name] of [
  [
    "https://glasshouse.example.com:8443",
    "glasshouse.example.com:8443",
    /^__Host-glasshouse_session_8443=.*; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
  ],
  [
    "http://office.example.com:8080",
    "office.example.com:8080",
    /^glasshouse_session_8080=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax$/,
  ],
  [
    "https://glasshouse.example.com",
    "glasshouse.example.com",
    /^__Host-glasshouse_session=.*; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
  ],
  ["https://glasshouse.example.com", null, /^glasshouse_session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax$/],
] as const) {
  test(`the cookie of ${host ?? "this machine"} is ${name}`, async (t) => {
    const { claimed, url } = await server(t, publicUrl);
    await claimed();
    const { request } = await import("node:http");
    const given = await new Promise<string[]>((done, failed) => {
      const headers = {
        "content-type": "application/json",
        origin: host ? publicUrl : url,
        ...(host ? { host } : {}),
      };
      request(`${url}/api/v1/session`, { method: "POST", headers }, (answer) => {
        answer.resume();
        done(answer.headers["set-cookie"] ?? []);
      })
        .on("error", failed)
        .end(JSON.stringify({ email: ADMIN.email, password: PASSWORD }));
    });
    assert.match(given[0]!, name);
  });
}

test("two installations on one machine don't sign each other out", async (t) => {
  const jar = new Map<string, string>();
  for (const port of [await freePort(), await freePort()]) {
    const { claimed } = await server(t, null, port);
    const [name, value] = (await claimed()).split(/=(.*)/s) as [string, string];
    assert.equal(name, `glasshouse_session_${port}`);
    jar.set(name, value);
    const cookie = [...jar].map(([of, is]) => `${of}=${is}`).join("; ");
    for (const asked of [...jar.keys()].map((of) => of.split("_")[2])) {
      const answer = await fetch(`http://127.0.0.1:${asked}/api/v1/session`, { headers: { cookie } });
      assert.equal(((await answer.json()) as { state: string }).state, "signed_in", `port ${asked}`);
    }
  }
});

// --- the password

test("a changed password ends the other sessions, and this one goes on under a new id", async (t) => {
  const { claimed, signIn, ask } = await server(t);
  const here = await claimed();
  const there = (await signIn()).cookie!;
  const newPassword = "a longer phrase than before";
  const change = (password: string, next = newPassword) =>
    ask("PUT /session/password", { password, newPassword: next }, here);
  assert.equal((await change("wrong")).code, "password_wrong");
  assert.equal((await change(PASSWORD, "short")).code, "password_weak");
  const { cookie } = await change(PASSWORD);
  for (const [session, status] of [
    [here, 401],
    [there, 401],
    [cookie, 200],
  ] as const) {
    assert.equal((await ask("GET /sessions", undefined, session)).status, status);
  }
  assert.equal((await signIn()).code, "sign_in_failed");
  assert.equal((await signIn({ password: newPassword })).status, 201);
});

/** A store in which something else happens once the password has been compared. */
function meanwhile(store: Store, change: (tx: Tx) => Promise<unknown>): Store {
  let compared = false;
  const write: Store["write"] = async (work) => {
    // The first one counts the try.
    if (compared) await store.write(change);
    compared = true;
    return store.write(work);
  };
  return Object.create(store, { write: { value: write } }) as Store;
}

for (const [name, change] of [
  [
    "the password is changed",
    async (tx, id) => setPassword(tx, id, await hashPassword("another long phrase")),
  ],
  ["the second factor is switched on", (tx, id) => switchTotpOn(tx, id, [new Uint8Array(32)])],
  ["the member is removed", deleteMember],
] as [string, (tx: Tx, id: number) => Promise<void>][]) {
  test(`what began with the password of before doesn't end with a session once ${name}`, async (t) => {
    const { store, seal } = (await testContext(t)).context.services;
    const client = { ip: null, agent: null };
    const password = await hashPassword(PASSWORD);
    const id = await store.write((tx) => createMember(tx, { ...ADMIN, role: "viewer", password, now: NOW }));
    const member = (await getMember(store.read, id))!;
    const at = meanwhile(store, (tx) => change(tx, id));
    await assert.rejects(signIn({ store: at, seal }, ADMIN, client, NOW), { code: "sign_in_failed" });
    assert.deepEqual(await store.read.selectFrom("session").selectAll().execute(), []);
    const now = await passwordOf(store.read, id);
    if (now === password) return;
    await store.write((tx) => setPassword(tx, id, password));
    const changing = meanwhile(store, (tx) => change(tx, id));
    const given = { password: PASSWORD, newPassword: "a phrase of the thief's own" };
    const who = { member, session: 1 };
    await assert.rejects(changePassword(changing, who, given, client, NOW), { code: "password_wrong" });
    assert.deepEqual(await store.read.selectFrom("session").selectAll().execute(), []);
  });
}

test("a reset code sets a password once, within the hour, and ends second factor and sessions", async (t) => {
  const { claimed, ask, store, clock, signIn, withTotp } = await server(t);
  const before = await claimed();
  await withTotp(before);
  const password = "after the phone was lost";
  const late = await resetAdmin(store, ADMIN.email, clock.now);
  clock.now += HOUR;
  assert.equal((await ask("POST /invitation", { code: late.code, password })).code, "invitation_wrong");
  const { code } = await resetAdmin(store, ADMIN.email, clock.now);
  assert.equal((await ask("POST /invitation", { code, password: "short" })).code, "password_weak");
  const { status, body } = await ask("POST /invitation", { code, password });
  assert.equal(status, 201);
  assert.equal(body.member.secondFactor, false);
  assert.equal((await ask("POST /invitation", { code, password })).code, "invitation_wrong");
  assert.equal((await ask("GET /sessions", undefined, before)).status, 401);
  assert.equal((await signIn({ password })).status, 201);
  await assert.rejects(resetAdmin(store, "nobody@aldermoor.example", clock.now), {
    code: "member_not_found",
  });
});

// --- the second factor

test("the second factor counts once confirmed; then the password alone is not enough", async (t) => {
  const { claimed, ask, signIn, withTotp, clock } = await server(t);
  const cookie = await claimed();
  await ask("POST /session/totp", undefined, cookie);
  assert.equal((await signIn()).status, 201, "not confirmed yet");
  const { codeAt, begun, recovery } = await withTotp(cookie);
  assert.match(begun.url, /^otpauth:\/\/totp\/Glasshouse:/);
  assert.match(begun.qr.path, /^(M\d+ \d+h1v1h-1z)+$/);
  assert.equal(new Set(recovery).size, 10);
  for (const code of recovery) assert.match(code, /^([0-9A-HJKMNP-TV-Z]{4}-){5}[0-9A-HJKMNP-TV-Z]{4}$/);
  assert.equal((await ask("POST /session/totp", undefined, cookie)).code, "second_factor_on");
  assert.equal((await signIn()).code, "second_factor_needed");
  assert.equal((await signIn({ password: "wrong", code: codeAt() })).code, "sign_in_failed");
  clock.now += 30_000;
  assert.equal((await signIn({ code: codeAt() })).body.member.secondFactor, true);
});

test("a session of more than ten minutes ago can't begin a second factor without the password", async (t) => {
  const { claimed, ask, clock } = await server(t);
  const cookie = await claimed();
  clock.now += 10 * MINUTE;
  const begin = (body: object) => ask("POST /session/totp", body, cookie);
  assert.equal((await begin({})).code, "password_wrong");
  assert.equal((await begin({ password: "a wrong password" })).code, "password_wrong");
  assert.equal((await begin({ password: PASSWORD })).status, 200);
});

for (const [name, given, expected] of [
  ["the code that confirmed it", ({ codeAt }) => codeAt(), "second_factor_wrong"],
  ["a code of ten minutes ago", ({ codeAt, now }) => codeAt(now - 10 * MINUTE), "second_factor_wrong"],
  ["a code of the next step", ({ codeAt, now }) => codeAt(now + 30_000), null],
  ["a code of the step after that", ({ codeAt, now }) => codeAt(now + 60_000), "second_factor_wrong"],
  ["no code at all", () => "------", "second_factor_wrong"],
  ["a recovery code", ({ recovery }) => recovery[3]!, null],
  ["a recovery code in small letters", ({ recovery }) => recovery[3]!.toLowerCase(), null],
] as [
  string,
  (own: { codeAt(at?: number): string; recovery: string[]; now: number }) => string,
  string | null,
][]) {
  test(`second factor: ${name}: ${expected ?? "works, and once only"}`, async (t) => {
    const { claimed, signIn, withTotp, clock } = await server(t);
    const own = await withTotp(await claimed());
    const code = given({ ...own, now: clock.now });
    assert.equal((await signIn({ code })).code, expected);
    assert.equal((await signIn({ code })).code, "second_factor_wrong");
  });
}

test("a code used twice at once signs in once", async (t) => {
  const { claimed, signIn, withTotp, clock } = await server(t);
  const { codeAt } = await withTotp(await claimed());
  clock.now += 30_000;
  const answers = await Promise.all([signIn({ code: codeAt() }), signIn({ code: codeAt() })]);
  assert.deepEqual(answers.map(({ status }) => status).sort(), [201, 401]);
});

test("the second factor goes off by the password, not by the session alone", async (t) => {
  const { claimed, ask, signIn, withTotp } = await server(t);
  const cookie = await claimed();
  const { recovery } = await withTotp(cookie);
  assert.equal((await ask("DELETE /session/totp", { password: "wrong" }, cookie)).code, "password_wrong");
  assert.equal((await ask("DELETE /session/totp", { password: PASSWORD }, cookie)).status, 200);
  assert.equal((await signIn()).status, 201);
  assert.equal((await signIn({ code: recovery[0]! })).body.member.secondFactor, false);
});

test("where a second factor is asked of everybody, a password alone lets somebody add one, and do nothing else", async (t) => {
  const { claimed, ask, withTotp, store, clock, token } = await server(t);
  const admin = await claimed();
  const rule = (secondFactorNeeded: boolean) => ask("PATCH /sign-in-rules", { secondFactorNeeded }, admin);
  assert.equal((await rule(true)).code, "not_possible", "nobody shuts themselves out");
  const kept = await hashPassword(PASSWORD);
  const person = (name: string) =>
    store.write(async (tx) => {
      const facts = { name, email: `${name}@aldermoor.example`, role: "viewer", password: kept } as const;
      return { name, id: await createMember(tx, { ...facts, now: clock.now }) };
    });
  const people = { neither: await person("nell"), key: await person("kim"), app: await person("ann") };
  const signIn = ({ name }: { name: string }, more: object = {}) =>
    ask("POST /session", { email: `${name}@aldermoor.example`, password: PASSWORD, ...more });
  const opened = ({ id }: { id: number }, way: "password" | "passkey" | "sso") =>
    store.write(async (tx) => {
      const { token } = await openSession(tx, id, { ip: null, agent: null }, clock.now, way);
      return `glasshouse_session=${token}`;
    });
  const before = await opened(people.key, "password");
  const app = await withTotp((await signIn(people.app)).cookie!);
  await store.write((tx) =>
    addPasskey(tx, {
      ...{
        member: people.key.id,
        name: "Phone",
        credential: new Uint8Array(4),
        publicKey: new Uint8Array(4),
      },
      ...{ userHandle: new Uint8Array(4), counter: 0, transports: [], synced: false, createdAt: clock.now },
    }),
  );
  await withTotp(admin);
  assert.deepEqual((await ask("GET /sign-in-rules", undefined, admin)).body, { secondFactorNeeded: false });
  const reads = await token("viewer");
  assert.equal((await rule(true)).status, 200);
  clock.now += 30_000;

  const stateOf = async (cookie: string) => {
    const { state } = (await ask("GET /session", undefined, cookie)).body;
    const { status, code } = await ask("GET /connections", undefined, cookie);
    assert.equal(code, state === "signed_in" ? null : "second_factor_missing", String(status));
    return state;
  };
  for (const [name, cookie, state] of [
    ["an app's code", (await signIn(people.app, { code: app.codeAt() })).cookie!, "signed_in"],
    ["a passkey", await opened(people.key, "passkey"), "signed_in"],
    ["single sign-on", await opened(people.neither, "sso"), "signed_in"],
    ["a password alone", (await signIn(people.neither)).cookie!, "second_factor_missing"],
    ["a password alone, before it was asked for", before, "second_factor_missing"],
    ["an admin's session that switched it on", admin, "signed_in"],
  ] as const)
    assert.equal(await stateOf(cookie), state, name);
  assert.equal((await ask("GET /connections", undefined, null, reads)).status, 200, "an API token goes on");

  const { code, cookie: none } = await signIn(people.key);
  assert.deepEqual([code, none], ["passkey_needed", null], "who has a passkey uses it");
  for (const call of ["POST /session/totp", "POST /passkeys/begin"])
    assert.equal((await ask(call, {}, before)).code, "passkey_needed", "a password adds nothing beside it");

  const alone = (await signIn(people.neither)).cookie!;
  await withTotp(alone);
  assert.equal(await stateOf(alone), "signed_in", "once it is added");
  const off = await ask("DELETE /session/totp", { password: PASSWORD }, alone);
  assert.equal(off.status, 200);
  assert.equal(await stateOf(alone), "second_factor_missing", "once it is off again");

  const byKey = await opened(people.key, "passkey");
  const newPassword = "quite another long sentence";
  const changed = await ask("PUT /session/password", { password: PASSWORD, newPassword }, byKey);
  assert.equal(await stateOf(changed.cookie!), "signed_in", "a changed password changes nothing in that");

  assert.equal((await rule(false)).status, 200);
  assert.equal(await stateOf(alone), "signed_in", "nobody asks any more");
  const rows = await listTrail(store.read, { before: null, limit: 100, action: ["changeSignInRules"] });
  assert.deepEqual(
    rows.map(({ result, details }) => [
      result,
      details?.secondFactorNeeded,
      details?.secondFactorNeededBefore,
    ]),
    [
      ["ok", false, true],
      ["ok", true, false],
      ["not_possible", undefined, undefined],
    ],
  );
});

// --- the trail

test("whoever isn't signed in leaves only so many rows, however often they ask", async (t) => {
  const { claimed, ask, store } = await server(t);
  await claimed();
  for (const [call, body, action, most] of [
    ["DELETE /session", undefined, "signOut", 0],
    // With the one of the first admin.
    ["POST /setup", { ...ADMIN, code: "x" }, "claim", 5],
    ["POST /session/sso", { found: "" }, "signInWithSso", 100],
    ["POST /credential-links/use", { link: "x".repeat(43), secret: "s" }, "useCredentialLink", 60],
  ] as const) {
    for (let asked = 0; asked <= most + 5; asked++) await ask(call, body);
    const rows = await listTrail(store.read, { before: null, limit: 200, action: [action] });
    assert.equal(rows.length, most, call);
  }
  const open = await ask("POST /credential-links/open", { link: "x".repeat(43) });
  assert.equal(open.code, "too_many_tries");
});

test("of what nobody's rows are left out of a line a minute stands in the log; members' rows are all there", async (t) => {
  const { context, store, member } = await testContext(t);
  const note = notes(context);
  const lines: unknown[] = [];
  const by = (ip: string, who: object = { kind: "nobody" }) =>
    note(
      { who, ip, log: { warn: (...line: unknown[]) => lines.push(line) } } as never,
      endpoints.signIn,
      "signIn",
      {},
      "sign_in_failed",
    );
  for (let i = 0; i < 203; i++) await by("192.0.2.1");
  await by("192.0.2.2");
  const id = await member("viewer");
  await by("192.0.2.1", {
    kind: "member",
    member: { id, name: "A", email: "a@b.example" },
    via: { session: 1 },
  });
  const rows = await listTrail(store.read, { before: null, limit: 300 });
  assert.equal(rows.filter(({ ip }) => ip === "192.0.2.1").length, 201);
  assert.equal(rows.filter(({ ip }) => ip === "192.0.2.2").length, 1);
  assert.equal(lines.length, 1);
});

test("each sign-in and each change leaves a row, and no row a secret", async (t) => {
  const { claimed, ask, signIn, withTotp, store } = await server(t);
  const cookie = await claimed();
  await signIn({ password: "a wrong password" });
  const { begun, recovery } = await withTotp(cookie);
  await signIn();
  await ask("GET /sessions", undefined, cookie);
  await ask("DELETE /session", undefined, cookie);
  const rows = await listTrail(store.read, { before: null, limit: 100 });
  assert.deepEqual(
    rows.toReversed().map(({ by, action, target, result }) => [by, action, target, result]),
    [
      ["member", "claim", ADMIN.email, "ok"],
      ["nobody", "signIn", ADMIN.email, "sign_in_failed"],
      ["member", "beginTotp", null, "ok"],
      ["member", "confirmTotp", null, "ok"],
      ["nobody", "signIn", ADMIN.email, "second_factor_needed"],
      ["member", "signOut", null, "ok"],
    ],
  );
  for (const row of rows) assert.match(row.ip!, /127\.0\.0\.1$/);
  const text = JSON.stringify(rows);
  for (const secret of [PASSWORD, "a wrong password", begun.secret, ...recovery, cookie.split("=")[1]!]) {
    assert.equal(text.includes(secret), false);
  }
});
