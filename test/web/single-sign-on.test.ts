/** Single sign-on in a real browser, with a real provider. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Page } from "playwright-core";
import { SingleSignOn } from "../../src/access/oidc.ts";
import { hashPassword } from "../../src/access/password.ts";
import { createMember, memberByEmail, setRole } from "../../src/store/members/members.ts";
import { issuer } from "../issuer.ts";
import { accessible, byName, PHONE, screenshot, site, visitor } from "./browser.ts";

type TestContext = Parameters<typeof visitor>[0];
const PASSWORD = "four unrelated words here";
const LOOKS = [
  ["wide-light", { colorScheme: "light" }],
  ["wide-dark", { colorScheme: "dark" }],
  ["phone-light", { viewport: PHONE, colorScheme: "light" }],
  ["phone-dark", { viewport: PHONE, colorScheme: "dark" }],
] as const;

async function withIssuer(t: TestContext) {
  const at = await issuer(t);
  const there = await site(t, {}, { sso: new SingleSignOn(at.settings) });
  const here = byName(there);
  at.serve(`${here.url}/sign-in/sso`);
  at.accounts.set("ines", { name: "Ines Okafor", email: "ines@example.org", email_verified: true });
  await visitor(t, here, { as: "admin" });
  /** Somebody who may be sent to the issuer, and nowhere else. */
  const guest = async (options: Parameters<typeof visitor>[2] = {}) => {
    const problems: string[][] = [];
    // Before the visitor's own look at them: hooks run in their order.
    t.after(() => {
      for (const told of problems) {
        const others = told.filter(
          (problem) => !problem.startsWith(`a request to ${at.settings.issuer.href}`),
        );
        told.splice(0, told.length, ...others);
      }
    });
    const seen = await visitor(t, here, options);
    problems.push(seen.problems);
    return seen.page;
  };
  return { at, there, here, guest };
}

const goThere = (page: Page) => page.getByRole("button", { name: "Sign in with Aldermoor" }).click();

test("single sign-on", async (t) => {
  const { at, there, here, guest } = await withIssuer(t);
  const { store } = there.house;

  await t.test(
    "somebody new is told that they have no role; with one, they get to the page asked for",
    async () => {
      const page = await guest();
      await page.goto("/users?status=active");
      await goThere(page);
      await page.getByRole("link", { name: "Sign in as ines" }).click();
      await page.getByRole("heading", { name: "No role yet" }).waitFor();
      assert.match((await page.locator("main").textContent())!, /ines@example\.org/);
      assert.equal(new URL(page.url()).search, "", "what the issuer told doesn't stay in the address");
      await accessible(page);
      const { id } = (await memberByEmail(store.read, "ines@example.org"))!;
      await store.write((tx) => setRole(tx, id, "viewer"));
      await page.goto("/users?status=active");
      await goThere(page);
      await page.waitForURL(`${here.url}/users?status=active`);
      await page.getByRole("heading", { level: 1, name: "Users" }).waitFor();
      await page.goBack();
      assert.doesNotMatch(page.url(), /code=/, "nor in the history");
    },
  );

  await t.test("who has no password is offered none on their account", async () => {
    const page = await guest();
    await page.goto("/account");
    await goThere(page);
    await page.getByRole("link", { name: "Sign in as ines" }).click();
    await page.getByText("You have none: you sign in another way").waitFor();
    assert.equal(await page.getByRole("button", { name: "Change password" }).count(), 0);
  });

  await t.test("who ends it at the issuer can begin again", async () => {
    const page = await guest();
    await page.goto("/sign-in");
    await goThere(page);
    await page.getByRole("link", { name: "Sign in as nobody" }).click();
    await page.getByText("was ended there (access_denied)").waitFor();
    await accessible(page);
    await page.getByRole("link", { name: "Back to sign-in" }).click();
    await page.getByRole("button", { name: "Sign in with Aldermoor" }).waitFor();
  });

  await t.test("under another name of this machine, the page says where it works", async () => {
    const { page } = await visitor(t, there);
    await page.goto("/sign-in?back=/roles");
    const link = page.getByRole("link", { name: here.url });
    assert.equal(await link.getAttribute("href"), `${here.url}/sign-in?back=%2Froles`);
    assert.equal(await page.getByRole("button", { name: "Sign in with Aldermoor" }).count(), 0);
  });

  for (const [look, options] of LOOKS) {
    await t.test(`the pages look whole, ${look}`, async () => {
      const page = await guest(options);
      await page.goto("/sign-in");
      await page.getByRole("button", { name: "Sign in with Aldermoor" }).waitFor();
      await screenshot(page, `sign-in-ways-${look}`);
      await accessible(page);
      await page.goto("/sign-in/sso?state=of-nothing");
      await page.getByRole("link", { name: "Back to sign-in" }).waitFor();
      await screenshot(page, `sign-in-sso-refused-${look}`);
    });
  }

  await t.test("an issuer that is down says so on the page, and the password still works", async () => {
    const password = await hashPassword(PASSWORD);
    const email = "noor@example.org";
    await store.write((tx) =>
      createMember(tx, { email, name: "Noor", role: "viewer", password, now: Date.now() }),
    );
    const page = await guest();
    await page.goto("/sign-in");
    await goThere(page);
    await page.getByRole("link", { name: "Sign in as ines" }).waitFor();
    // It sends people back, and answers us no more.
    at.instead(({ url, socket }) => url!.startsWith("/token") && socket.destroy());
    await page.getByRole("link", { name: "Sign in as ines" }).click();
    await page.getByText("Aldermoor can't be asked").waitFor();
    await page.getByRole("link", { name: "Back to sign-in" }).click();
    await page.getByLabel("E-mail").fill(email);
    await page.getByLabel("Password").fill(PASSWORD);
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
    await page.waitForURL(`${here.url}/`);
  });
});
