/** Single sign-on against a real provider of OpenID Connect, over real HTTP and a real database. */
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { type Issuer, issuer, walk } from "../../../test/issuer.ts";
import { SingleSignOn } from "../../access/oidc.ts";
import { createMember, getMember, memberByEmail } from "../../store/members/members.ts";
import { listTrail } from "../../store/members/trail.ts";
import { serverForBrowsers } from "../http/browser-testing.ts";

type Browser = ReturnType<Awaited<ReturnType<typeof serverForBrowsers>>["browser"]>;

const INES = { name: "Ines Okafor", email: "ines@aldermoor.example", email_verified: true };
const MINUTE = 60_000;

async function there(
  t: TestContext,
  changes: Parameters<Issuer["serve"]>[1] = {},
  now: () => number = Date.now,
) {
  const at = await issuer(t);
  const settings = { ...at.settings };
  const sso = new SingleSignOn(settings, now);
  const server = await serverForBrowsers(t, { sso });
  at.serve(`${server.url}/sign-in/sso`, changes);
  at.accounts.set("ines", INES);
  await server.member("admin");
  const add = (facts: { email: string; role: "viewer" | "admin" | null; password?: string }) =>
    server.store.write((tx) =>
      createMember(tx, { name: "Ines", password: null, now: server.clock.now, ...facts }),
    );
  const begin = async (browser: Browser, back?: string) =>
    browser.ask("POST /session/sso/begin", back === undefined ? {} : { back });
  const finish = (browser: Browser, search: string) =>
    browser.ask("POST /session/sso", { found: search.slice(1) });
  /** All of it, in one browser. */
  const signIn = async (as = "ines", browser = server.browser(), back?: string) => {
    const begun = await begin(browser, back);
    assert.equal(begun.status, 200, JSON.stringify(begun.body));
    const { search } = await walk(begun.body.url, as);
    return { ...(await finish(browser, search)), search, browser };
  };
  return { ...server, issuer: at, settings, add, begin, finish, signIn };
}

test("a member whom the issuer knows by the address is signed in, and from then on known by subject", async (t) => {
  const { add, signIn, issuer, store } = await there(t);
  const id = await add({ email: "INES@aldermoor.example", role: "viewer" });
  const first = await signIn("ines", undefined, "/users?status=active");
  assert.equal(first.status, 201, JSON.stringify(first.body));
  assert.equal(first.body.session.state, "signed_in");
  assert.equal(first.body.session.member.id, id);
  assert.equal(first.body.back, "/users?status=active");
  assert.equal((await first.browser.ask("GET /connections")).status, 200);
  // Another address there, another name: still the same person.
  issuer.accounts.set("ines", { ...INES, email: "ines.wren@aldermoor.example", name: "Ines Wren" });
  const again = await signIn();
  assert.equal(again.body.session.member.id, id);
  assert.equal((await getMember(store.read, id))!.email, "INES@aldermoor.example");
});

test("somebody new is recorded without a role, and signed in once an admin has given one", async (t) => {
  const { signIn, session, browser, store } = await there(t);
  const first = await signIn();
  assert.equal(first.code, "no_role");
  assert.match(first.body.error.message, /ines@aldermoor\.example/);
  assert.equal(first.browser.jar.has("glasshouse_session"), false);
  const member = (await memberByEmail(store.read, INES.email))!;
  assert.deepEqual([member.role, member.name, member.hasPassword], [null, "Ines Okafor", false]);
  const admin = browser({ as: await session("admin") });
  const { items } = (await admin.ask("GET /members")).body;
  const told = items.find(({ id }: { id: number }) => id === member.id);
  assert.deepEqual([told.role, told.sso, told.passkeys], [null, true, 0]);
  assert.equal((await admin.ask(`PATCH /members/${member.id}`, { role: "viewer" })).status, 200);
  assert.equal((await signIn()).body.session.member.role, "viewer");
  assert.equal((await admin.ask(`PATCH /members/${member.id}`, { role: null })).status, 200);
  assert.equal((await signIn()).code, "no_role");
});

for (const [name, account] of [
  ["an address that isn't verified", { ...INES, email_verified: false }],
  ["an address of which nothing is told", { name: "Ines", email: INES.email }],
  ["an address called verified in a word", { ...INES, email_verified: "true" as never }],
  ["no address", { name: "Ines" }],
  ["what is no address", { ...INES, email: "ines\u202e@aldermoor.example" }],
] as const) {
  test(`with ${name} nobody gets in, nor is recorded`, async (t) => {
    const { add, signIn, issuer, store } = await there(t);
    const id = await add({ email: INES.email, role: "admin" });
    issuer.accounts.set("ines", account);
    const answer = await signIn();
    assert.equal(answer.code, "email_unverified");
    assert.match(answer.body.error.cure, /docs\/sign-in\.md/);
    assert.deepEqual(await store.read.selectFrom("identity").selectAll().execute(), []);
    assert.equal((await memberByEmail(store.read, INES.email))!.id, id);
  });
}

test("who is given the address of somebody who left does not become them", async (t) => {
  const { add, signIn, issuer, session, browser } = await there(t);
  const id = await add({ email: INES.email, role: "admin" });
  assert.equal((await signIn()).status, 201);
  issuer.accounts.set("another-ines", INES);
  const other = await signIn("another-ines");
  assert.equal(other.code, "sso_email_taken");
  const admin = browser({ as: await session("admin") });
  assert.equal((await admin.ask(`DELETE /members/${id}`)).status, 200);
  assert.equal((await signIn("another-ines")).code, "no_role");
  // The number of the member who is gone may be given anew: the account that was linked to it is not.
  assert.equal((await signIn()).code, "sso_email_taken");
});

test("an invitation to somebody who comes by single sign-on can't be used any more", async (t) => {
  const { signIn, session, browser } = await there(t);
  const admin = browser({ as: await session("admin") });
  const body = { name: "Ines", email: INES.email, role: "operator" };
  const { code } = (await admin.ask("POST /members", body)).body;
  assert.equal((await signIn()).body.session.member.role, "operator");
  const used = await browser().ask("POST /invitation", { code, password: "four unrelated long words" });
  assert.equal(used.code, "invitation_wrong");
});

test("our own second factor isn't asked for, and a password of ours still works", async (t) => {
  const { signIn, add, store } = await there(t);
  const id = await add({ email: INES.email, role: "admin", password: "kept" });
  await store.write((tx) => tx.updateTable("member").set({ totp_on: 1 }).where("member", "=", id).execute());
  const { body } = await signIn();
  assert.equal(body.session.member.secondFactor, true);
  assert.equal((await getMember(store.read, id))!.hasPassword, true);
});

// --- what doesn't fit

test("what another browser has begun can't be ended here", async (t) => {
  const { begin, finish, browser, add } = await there(t);
  await add({ email: INES.email, role: "admin" });
  const [mine, theirs] = [browser(), browser()];
  const { search } = await walk((await begin(mine)).body.url, "ines");
  assert.equal((await finish(theirs, search)).code, "not_begun");
  await begin(theirs);
  assert.equal((await finish(theirs, search)).code, "not_begun");
  // It was nobody's business: the one who began still can.
  assert.equal((await finish(mine, search)).status, 201);
});

test("the same answer is good once, also for two at once", async (t) => {
  const { begin, finish, browser, add } = await there(t);
  await add({ email: INES.email, role: "viewer" });
  const mine = browser();
  const { search } = await walk((await begin(mine)).body.url, "ines");
  const begun = mine.jar.get("glasshouse_sso")!;
  const answers = await Promise.all([finish(mine, search), finish(mine, search)]);
  assert.deepEqual(answers.map(({ code }) => code).sort(), ["not_begun", null].sort());
  mine.jar.set("glasshouse_sso", begun);
  assert.equal((await finish(mine, search)).code, "not_begun");
});

test("what was begun more than ten minutes ago can't be ended", async (t) => {
  const { begin, finish, browser, clock } = await there(t);
  const mine = browser();
  const { search } = await walk((await begin(mine)).body.url, "ines");
  clock.now += 10 * MINUTE;
  assert.equal((await finish(mine, search)).code, "not_begun");
});

for (const [name, change, expected] of [
  ["another state", { state: "x".repeat(43) }, "not_begun"],
  ["no state", { state: null }, "not_begun"],
  ["another code", { code: "made-up" }, "sso_answer_refused"],
  ["no code", { code: null }, "sso_answer_refused"],
  ["another issuer's name", { iss: "https://evil.example" }, "sso_answer_refused"],
  ["a refusal", { error: "access_denied", code: null }, "sso_cancelled"],
  ["a refusal of our client", { error: "unauthorized_client", code: null }, "sso_misconfigured"],
  ["trouble there", { error: "temporarily_unavailable", code: null }, "sso_unreachable"],
  ["a refusal with markup for a name", { error: "<img src=x>", code: null }, "sso_cancelled"],
] as [string, Record<string, string | null>, string][]) {
  test(`an answer with ${name}: ${expected}`, async (t) => {
    const { begin, finish, browser, add } = await there(t);
    await add({ email: INES.email, role: "viewer" });
    const mine = browser();
    const back = await walk((await begin(mine)).body.url, "ines");
    for (const [key, value] of Object.entries(change)) {
      if (value === null) back.searchParams.delete(key);
      else back.searchParams.set(key, value);
    }
    const answer = await finish(mine, back.search);
    assert.equal(answer.code, expected);
    assert.doesNotMatch(JSON.stringify(answer.body), /<img|made-up|evil/);
  });
}

test("an ID token made for another sign-in is refused, though all else fits", async (t) => {
  const { begin, finish, browser, add } = await there(t);
  await add({ email: INES.email, role: "viewer" });
  const mine = browser();
  const url = new URL((await begin(mine)).body.url);
  url.searchParams.set("nonce", "of-another-sign-in");
  const { search } = await walk(url.href, "ines");
  assert.equal((await finish(mine, search)).code, "sso_answer_refused");
});

test("a code that was begun with another verifier is refused", async (t) => {
  const { begin, finish, browser } = await there(t);
  const mine = browser();
  const url = new URL((await begin(mine)).body.url);
  url.searchParams.set("code_challenge", "x".repeat(43));
  const { search } = await walk(url.href, "ines");
  assert.equal((await finish(mine, search)).code, "sso_answer_refused");
});

test("who ends it at the issuer is told so, and can begin again", async (t) => {
  const { signIn, add } = await there(t);
  await add({ email: INES.email, role: "viewer" });
  const ended = await signIn("nobody");
  assert.equal(ended.code, "sso_cancelled");
  assert.match(ended.body.error.message, /access_denied/);
  assert.doesNotMatch(JSON.stringify(ended.body), /<b>/);
  assert.equal((await signIn("ines", ended.browser)).status, 201);
});

// --- when it can't work at all

test("an issuer that is down is told as that, and holds nothing else up", async (t) => {
  const { begin, browser, issuer, url } = await there(t);
  await issuer.close();
  const answer = await begin(browser());
  assert.equal(answer.code, "sso_unreachable");
  assert.match(answer.body.error.message, new RegExp(`Aldermoor.*${issuer.settings.issuer.host}.*refused`));
  assert.match(answer.body.error.cure, /password works/);
  const body = { email: "admin.1@aldermoor.example", password: "wrong" };
  assert.equal((await browser().ask("POST /session", body)).code, "sign_in_failed");
  assert.equal((await fetch(`${url}/healthz`)).status, 200);
});

test("an issuer that is back is asked again at once", async (t) => {
  const { begin, browser, issuer } = await there(t);
  issuer.instead((_request, response) => response.writeHead(503).end());
  assert.equal((await begin(browser())).code, "sso_unreachable");
  issuer.instead(null);
  assert.equal((await begin(browser())).status, 200);
});

test("what the issuer tells of itself is asked once, also by many at once", async (t) => {
  const { begin, browser, issuer } = await there(t);
  await Promise.all([begin(browser()), begin(browser()), begin(browser())]);
  await begin(browser());
  assert.equal(issuer.asked.filter((ask) => ask.includes("/.well-known/")).length, 1);
});

for (const [name, body, says] of [
  ["nothing", null, /answered 404/],
  ["a page", "<html>", /doesn't answer as an issuer/],
  ["another name", { issuer: "https://login.example.com/" }, /calls itself https:\/\/login\.example\.com\//],
] as const) {
  test(`an address where an issuer should tell of itself, and ${name} is: sso_misconfigured`, async (t) => {
    const { begin, browser, issuer } = await there(t);
    issuer.instead((_request, response) => {
      const json = body !== null && typeof body !== "string";
      response.writeHead(body === null ? 404 : 200, {
        "content-type": json ? "application/json" : "text/html",
      });
      response.end(json ? JSON.stringify(body) : body);
    });
    const answer = await begin(browser());
    assert.equal(answer.code, "sso_misconfigured");
    assert.match(answer.body.error.message, says);
    assert.match(answer.body.error.cure, /GLASSHOUSE_OIDC_ISSUER/);
  });
}

for (const [name, changes, works] of [
  ["the wrong client secret", { client: { client_secret: "another one" } }, false],
  ["a client that the issuer doesn't know", { client: { client_id: "another" } }, null],
  [
    "a client registered to send its secret in the body",
    { client: { token_endpoint_auth_method: "client_secret_post" } },
    true,
  ],
] as const) {
  test(`with ${name}: ${works ? "works" : "sso_misconfigured"}`, async (t) => {
    const { signIn, add, begin, browser } = await there(t, changes as never);
    await add({ email: INES.email, role: "viewer" });
    if (works === null) {
      // The issuer says so itself, to the person: it knows no address to send the browser back to.
      const { url } = (await begin(browser())).body;
      await assert.rejects(walk(url, "ines"), /answered 400/);
      return;
    }
    const answer = await signIn();
    assert.equal(answer.code, works ? null : "sso_misconfigured");
    if (works) return assert.equal((await signIn()).status, 201);
    assert.match(answer.body.error.cure, /GLASSHOUSE_OIDC_CLIENT_SECRET/);
    assert.doesNotMatch(JSON.stringify(answer.body), /only the issuer/);
  });
}

test("an answer that is dated wrongly is told as a wrong clock", async (t) => {
  const { signIn } = await there(t, {}, () => Date.now() + 26 * 60 * MINUTE);
  const answer = await signIn();
  assert.equal(answer.code, "sso_answer_refused");
  assert.match(answer.body.error.message, /a clock is wrong/);
});

test("without an issuer there is no single sign-on, and no button for it", async (t) => {
  const { browser, member } = await serverForBrowsers(t);
  await member("admin");
  const { body } = await browser().ask("GET /session");
  assert.equal(body.ways.sso, null);
  assert.equal((await browser().ask("POST /session/sso/begin", {})).code, "sso_off");
  assert.equal((await browser().ask("POST /session/sso", { found: "" })).code, "sso_off");
});

// --- around it

test("afterwards it goes on to a page of ours, or nowhere", async (t) => {
  const { signIn, add } = await there(t);
  await add({ email: INES.email, role: "viewer" });
  for (const [asked, shown] of [
    ["/users?status=active#top", "/users?status=active#top"],
    ["/", "/"],
    ["//evil.example/x", null],
    ["/\\evil.example", null],
    ["/\t/evil.example", null],
    ["https://evil.example/", null],
    ["javascript:alert(1)", null],
    ["users", null],
    ["", null],
  ] as const) {
    assert.equal((await signIn("ines", undefined, asked)).body.back, shown, JSON.stringify(asked));
  }
});

test("the address to come back to is ours, whatever the request calls us", async (t) => {
  const { begin, browser, url } = await there(t);
  const elsewhere = browser({ at: url.replace("localhost", "127.0.0.1") });
  const redirect = new URL((await begin(elsewhere)).body.url).searchParams.get("redirect_uri");
  assert.equal(redirect, `${url}/sign-in/sso`);
  assert.equal((await elsewhere.ask("GET /session")).body.ways.here, false);
  const { ways } = (await browser().ask("GET /session")).body;
  assert.deepEqual(ways, { sso: "Aldermoor", passkey: false, address: url, here: true });
});

test("what is begun is bound by a cookie that no script reads and no other site sends; here stays its hash", async (t) => {
  const { begin, browser, store } = await there(t);
  const mine = browser();
  const { cookies, body } = await begin(mine);
  assert.match(cookies[0]!, /^glasshouse_sso=[\w-]{43}; Max-Age=600; Path=\/; HttpOnly; SameSite=Strict$/);
  const rows = await store.read.selectFrom("begun").selectAll().execute();
  const kept = rows.map(({ hash }) => Buffer.from(hash).toString("base64url"));
  assert.equal(kept.length, 1);
  const asked = new URL(body.url).searchParams;
  for (const value of [mine.jar.get("glasshouse_sso"), asked.get("state"), asked.get("nonce")]) {
    assert.ok(value && !kept.includes(value));
  }
});

test("each end of it leaves a row: who, how, and nothing that was secret", async (t) => {
  const { signIn, add, store } = await there(t);
  await add({ email: INES.email, role: "viewer" });
  const { search } = await signIn();
  await signIn();
  await signIn("nobody");
  const rows = (await listTrail(store.read, { before: null, limit: 10 })).toReversed();
  assert.deepEqual(
    rows.map(({ by, name, action, target, result, details }) => [by, name, action, target, result, details]),
    [
      ["member", "Ines (ines@aldermoor.example)", "signInWithSso", INES.email, "ok", { account: "linked" }],
      ["member", "Ines (ines@aldermoor.example)", "signInWithSso", INES.email, "ok", { account: "known" }],
      ["nobody", "nobody", "signInWithSso", null, "sso_cancelled", null],
    ],
  );
  const text = JSON.stringify(rows);
  for (const value of new URLSearchParams(search).values()) assert.equal(text.includes(value), false);
});

test("a hundred tries in a quarter of an hour are enough", async (t) => {
  const { begin, browser, clock } = await there(t);
  for (let i = 0; i < 100; i++) assert.equal((await begin(browser())).status, 200);
  assert.equal((await begin(browser())).code, "too_many_tries");
  clock.now += 15 * MINUTE;
  assert.equal((await begin(browser())).status, 200);
});

test("a member who may see some connections sees those by single sign-on too", async (t) => {
  const { signIn, connect, browser, session } = await there(t);
  const [{ id: first }] = [await connect("Aldermoor"), await connect("Secret")];
  const admin = browser({ as: await session("admin") });
  const body = { name: "Ines", email: INES.email, role: "viewer", connections: [first] };
  assert.equal((await admin.ask("POST /members", body)).status, 201);
  const { browser: mine } = await signIn();
  const { items } = (await mine.ask("GET /connections")).body;
  assert.deepEqual(
    items.map(({ name }: { name: string }) => name),
    ["Aldermoor"],
  );
});
