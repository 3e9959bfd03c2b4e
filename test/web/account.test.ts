import assert from "node:assert/strict";
import { test } from "node:test";
import { Secret, TOTP } from "otpauth";
import type { Page } from "playwright-core";
import { hashPassword } from "../../src/access/password.ts";
import type { MemberRole } from "../../src/model/member.ts";
import { createMember } from "../../src/store/members/members.ts";
import { accessible, PHONE, type Site, screenshot, site, type Visitor, visitor } from "./browser.ts";

const PASSWORD = "four unrelated words here";

/** Signs in without the page for it. */
async function enter({ url }: Site, page: Page, email: string): Promise<void> {
  const answer = await page.request.post("/api/v1/session", {
    headers: { origin: url },
    data: { email, password: PASSWORD },
  });
  assert.equal(answer.status(), 201);
}

/** Somebody with a password, who has signed in with it. */
async function signedIn(
  t: Parameters<typeof visitor>[0],
  there: Site,
  name: string,
  role: MemberRole,
  options: Parameters<typeof visitor>[2] = {},
) {
  const email = `${name.toLowerCase()}@example.org`;
  const password = await hashPassword(PASSWORD);
  await there.house.store.write((tx) => createMember(tx, { email, name, role, password, now: Date.now() }));
  const { page } = await visitor(t, there, options);
  await enter(there, page, email);
  return { page, email };
}

async function signIn(page: Page, email: string, password: string): Promise<void> {
  await page.goto("/sign-in");
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
}

const atHome = (page: Page) => page.waitForURL((url) => url.pathname === "/");
const card = (page: Page, title: string) =>
  page.locator("section", { has: page.getByRole("heading", { name: title, exact: true }) });

/** The first one to sign in claims the house: nobody is led to the setup. */
async function open(t: Parameters<typeof visitor>[0]): Promise<Site> {
  const there = await site(t);
  await visitor(t, there, { as: "admin" });
  return there;
}

test("one's own account", async (t) => {
  const there = await open(t);

  await t.test("the account menu leads there; it says who one is", async () => {
    const { page } = await signedIn(t, there, "Mara", "operator");
    await page.goto("/");
    await page.getByRole("button", { name: "Your account" }).click();
    await page.getByRole("menuitem", { name: "Your account" }).click();
    await page.getByRole("heading", { level: 1, name: "Your account" }).waitFor();
    const you = await card(page, "You").textContent();
    for (const word of ["Mara", "mara@example.org", "Operator", "All connections"]) {
      assert.ok(you?.includes(word), word);
    }
  });

  await t.test("another password: the one before signs in no more, other sessions end", async () => {
    const { page, email } = await signedIn(t, there, "Ines", "viewer");
    const other = await visitor(t, there);
    await enter(there, other.page, email);

    await page.goto("/account");
    await page.getByRole("button", { name: "Change password" }).click();
    const dialog = page.getByRole("dialog", { name: "Change password" });
    await dialog.getByLabel("Password of now").fill("not this one at all");
    await dialog.getByLabel("New password").fill("short");
    await dialog.getByRole("button", { name: "Change password" }).click();
    await dialog.getByText("At least 12 characters.", { exact: true }).waitFor();
    await dialog.getByLabel("New password").fill("quite another sentence");
    await dialog.getByRole("button", { name: "Change password" }).click();
    await dialog.getByText("That is not your password.").waitFor();
    await dialog.getByLabel("Password of now").fill(PASSWORD);
    await dialog.getByRole("button", { name: "Change password" }).click();
    await page.getByText("The password is changed. Your other sessions have ended.").first().waitFor();
    await page.getByText("You are signed in nowhere else.").waitFor();

    await other.page.goto("/account");
    await other.page.waitForURL("**/sign-in?**");
    await signIn(other.page, email, PASSWORD);
    await other.page.getByText("don't fit together").waitFor();
    await signIn(other.page, email, "quite another sentence");
    await atHome(other.page);
  });

  await t.test("sessions: one other is ended, then all others", async () => {
    const { page, email } = await signedIn(t, there, "Tomas", "viewer");
    const others: Visitor[] = [];
    for (const userAgent of [FIREFOX, PHONE_SAFARI, PHONE_SAFARI]) {
      const other = await visitor(t, there, { userAgent });
      await enter(there, other.page, email);
      others.push(other);
    }
    await page.goto("/account");
    const sessions = card(page, "Sessions");
    await sessions.getByText("Firefox on Linux").waitFor();
    assert.equal(await sessions.getByRole("listitem").count(), 4);
    assert.equal(await sessions.getByText("127.0.0.1").count(), 0, "a viewer sees no addresses");
    await sessions.getByRole("button", { name: "End the session of Firefox on Linux" }).click();
    await sessions.getByText("Firefox on Linux").waitFor({ state: "detached" });
    assert.equal(await sessions.getByRole("listitem").count(), 3);
    await sessions.getByRole("button", { name: "End all others" }).click();
    await sessions.getByText("You are signed in nowhere else.").waitFor();
    for (const other of others) {
      await other.page.goto("/account");
      await other.page.waitForURL("**/sign-in?**");
    }
    await page.reload();
    await page.getByRole("heading", { level: 1, name: "Your account" }).waitFor();
  });

  await t.test("the second factor: on, asked for at sign-in, a recovery code once, off", async () => {
    const { page, email } = await signedIn(t, there, "Lou", "admin");
    await page.goto("/account");
    await card(page, "Second factor").getByRole("button", { name: "Switch on" }).click();
    await page.getByRole("img", { name: "QR code for the authenticator app" }).waitFor();
    await screenshot(page, "account-second-factor");
    await accessible(page);
    const shown = await card(page, "Second factor").locator("code").textContent();
    const app = new TOTP({ secret: Secret.fromBase32(shown!.replaceAll(" ", "")) });
    await page.getByLabel("Code of the app").fill(app.generate() === "000000" ? "000001" : "000000");
    await page.getByRole("button", { name: "Confirm" }).click();
    await page.getByText("That code is wrong, or was used before.").waitFor();
    await page.getByLabel("Code of the app").fill(app.generate());
    await page.getByRole("button", { name: "Confirm" }).click();
    await page.getByRole("heading", { level: 1, name: "Your recovery codes" }).waitFor();
    const codes = await page.getByRole("main").getByRole("listitem").allTextContents();
    assert.equal(codes.length, 10);
    await screenshot(page, "account-recovery-codes");
    await page.emulateMedia({ media: "print" });
    await page.getByText(codes[9]!).waitFor();
    assert.equal(await page.getByRole("button", { name: "I have stored them" }).isVisible(), false);
    assert.equal(await page.getByRole("navigation").first().isVisible(), false);
    await screenshot(page, "account-recovery-codes-printed");
    await page.emulateMedia({ media: "screen" });
    await accessible(page);
    await page.getByRole("button", { name: "I have stored them" }).click();
    await card(page, "Second factor").getByText("On", { exact: true }).waitFor();
    assert.equal(await page.getByText(codes[0]!).count(), 0, "shown once");

    const { page: other } = await visitor(t, there);
    // A page that is open when its session ends goes to the sign-in by itself.
    const forget = async () => {
      await other.goto("about:blank");
      await other.context().clearCookies();
    };
    const enter = async (code: string) => {
      await other.getByLabel("Code", { exact: true }).fill(code);
      await other.getByRole("button", { name: "Sign in", exact: true }).click();
    };
    await signIn(other, email, PASSWORD);
    // The code of now was used to switch it on: the app's next one.
    await enter(app.generate({ timestamp: Date.now() + 30_000 }));
    await atHome(other);
    await forget();
    await signIn(other, email, PASSWORD);
    await enter(codes[3]!);
    await atHome(other);
    await forget();
    await signIn(other, email, PASSWORD);
    await enter(codes[3]!);
    await other.getByText("That code is wrong, or was used before.").waitFor();

    await card(page, "Second factor").getByRole("button", { name: "Switch off" }).click();
    const dialog = page.getByRole("dialog", { name: "Switch the second factor off" });
    await dialog.getByLabel("Your password").fill("not this one at all");
    await dialog.getByRole("button", { name: "Switch off" }).click();
    await dialog.getByText("That is not your password.").waitFor();
    await dialog.getByLabel("Your password").fill(PASSWORD);
    await dialog.getByRole("button", { name: "Switch off" }).click();
    await card(page, "Second factor").getByText("Off", { exact: true }).waitFor();
    await signIn(other, email, PASSWORD);
    await atHome(other);
  });

  await t.test("an API token: made, shown once, works over HTTP, revoked", async () => {
    const { page } = await signedIn(t, there, "Priya", "operator");
    const ask = (token: string, path: string) =>
      fetch(`${there.url}/api/v1${path}`, { headers: { authorization: `Bearer ${token}` } });
    await page.goto("/account");
    const tokens = card(page, "API tokens");
    await tokens.getByText("No API token.").waitFor();
    await tokens.getByRole("button", { name: "Make a token" }).click();
    const form = page.getByRole("dialog", { name: "Make an API token" });
    assert.deepEqual(
      await form.getByLabel("Role").locator("option").allTextContents(),
      ["Viewer", "Operator"],
      "never above one's own role",
    );
    await form.getByRole("button", { name: "Make a token" }).click();
    await form.getByText("Give it a name.").waitFor();
    await form.getByLabel("What is it for?").fill("nightly export");
    await form.getByLabel("Expires").selectOption("30");
    await form.getByRole("button", { name: "Make a token" }).click();
    const made = page.getByRole("dialog", { name: "The token nightly export is made" });
    const secret = await made.locator("code").first().textContent();
    assert.match(secret!, /^glasshouse_/);
    await screenshot(page, "account-token");
    await accessible(page);
    await made.getByRole("button", { name: "I have stored it" }).click();

    assert.equal((await ask(secret!, "/connections")).status, 200);
    assert.equal((await ask(secret!, "/members")).status, 403);
    await page.reload();
    await tokens.getByText("nightly export").waitFor();
    await tokens.getByText("last used just now").waitFor();
    assert.equal(await page.getByText(secret!).count(), 0, "shown once");

    await tokens.getByRole("button", { name: "Revoke nightly export" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Revoke" }).click();
    await tokens.getByText("No API token.").waitFor();
    assert.equal((await ask(secret!, "/connections")).status, 401);
  });

  await t.test("an admin sees everybody's tokens on Members, and revokes them", async () => {
    const { page } = await signedIn(t, there, "Noor", "viewer");
    await page.goto("/account");
    await page.getByRole("button", { name: "Make a token" }).click();
    await page.getByLabel("What is it for?").fill("forgotten script");
    await page.getByLabel("Expires").selectOption("never");
    await page.getByText("can use it until somebody revokes it").waitFor();
    const form = page.getByRole("dialog", { name: "Make an API token" });
    await form.getByRole("button", { name: "Make a token" }).click();
    await page.getByText("This token never expires.").waitFor();

    const { page: admins } = await visitor(t, there, { as: "admin" });
    await admins.goto("/members?tab=tokens");
    const row = admins.getByRole("row", { name: /^forgotten script/ });
    for (const cell of ["Viewer", "Noor", "never", "never used"]) {
      await row.getByRole("cell", { name: cell, exact: true }).waitFor();
    }
    await screenshot(admins, "members-tokens");
    await accessible(admins);
    await row.getByRole("button", { name: "Revoke forgotten script" }).click();
    await admins.getByRole("dialog").getByRole("button", { name: "Revoke" }).click();
    await admins.getByRole("dialog").waitFor({ state: "detached" });
    await row.waitFor({ state: "detached" });
    await admins.goto("/account");
    await card(admins, "API tokens").getByText("No API token.").waitFor();
  });

  await t.test("what it is asked for on a phone fits the phone", async () => {
    const { page } = await signedIn(t, there, "Ama", "viewer", { viewport: PHONE, hasTouch: true });
    await page.goto("/account");
    await page.getByText("You are signed in nowhere else.").waitFor();
    await page.getByRole("button", { name: "Switch on" }).click();
    await page.getByRole("img", { name: "QR code for the authenticator app" }).waitFor();
    assert.equal(await page.evaluate("document.documentElement.scrollWidth"), PHONE.width);
    await screenshot(page, "account-second-factor-phone");
  });
});

const FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0";
const PHONE_SAFARI =
  "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 Version/18.1 Mobile/15E148 Safari/604.1";
