/** Passkeys in a real browser, with Chromium's own device for them. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Page } from "playwright-core";
import { SingleSignOn } from "../../src/access/oidc.ts";
import { hashPassword } from "../../src/access/password.ts";
import { createMember, setRole } from "../../src/store/members/members.ts";
import { issuer } from "../issuer.ts";
import { accessible, byName, PHONE, screenshot, site, visitor } from "./browser.ts";

const PASSWORD = "four unrelated words here";
const LOOKS = [
  ["wide-light", { colorScheme: "light" }],
  ["wide-dark", { colorScheme: "dark" }],
  ["phone-light", { viewport: PHONE, colorScheme: "light" }],
  ["phone-dark", { viewport: PHONE, colorScheme: "dark" }],
] as const;

/** A device of the browser's own, which makes sure of its owner unless told otherwise. */
async function device(page: Page) {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send("WebAuthn.enable");
  const { authenticatorId } = await cdp.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2",
      transport: "internal",
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  return {
    sureOfOwner: (isUserVerified: boolean) =>
      cdp.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified }),
  };
}

test("passkeys", async (t) => {
  const gone = await issuer(t);
  await gone.close();
  const there = await site(t, {}, { sso: new SingleSignOn(gone.settings) });
  const here = byName(there);
  const { store } = there.house;
  const password = await hashPassword(PASSWORD);
  const facts = {
    email: "ines@example.org",
    name: "Ines",
    role: "viewer" as const,
    password,
    now: Date.now(),
  };
  const ines = await store.write((tx) => createMember(tx, facts));
  const { page } = await visitor(t, here);
  const { sureOfOwner } = await device(page);
  const card = page.locator("section", {
    has: page.getByRole("heading", { name: "Passkeys", exact: true }),
  });
  const signOut = async () => {
    await page.context().clearCookies();
    await page.goto("/sign-in");
    await page.getByRole("button", { name: "Sign in", exact: true }).waitFor();
  };

  await t.test("one is made on the account, without the password just after signing in", async () => {
    await page.goto("/sign-in?back=/account");
    assert.equal(await page.getByRole("button", { name: "Use a passkey" }).count(), 0);
    await page.getByLabel("E-mail").fill(facts.email);
    await page.getByLabel("Password").fill(PASSWORD);
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
    await card.getByText("You have none.").waitFor();
    await card.getByRole("button", { name: "Add a passkey" }).click();
    const dialog = page.getByRole("dialog", { name: "Add a passkey" });
    assert.equal(await dialog.getByLabel("Name").inputValue(), "Chrome on Linux");
    await accessible(page);
    await dialog.getByLabel("Name").fill("Work laptop");
    await dialog.getByRole("button", { name: "Add a passkey" }).click();
    await card.getByText("Work laptop").waitFor();
    await card.getByText("never used").waitFor();
    assert.equal(await dialog.count(), 0);
  });

  await t.test("the same device is told that it has one already", async () => {
    await card.getByRole("button", { name: "Add a passkey" }).click();
    const dialog = page.getByRole("dialog", { name: "Add a passkey" });
    await dialog.getByRole("button", { name: "Add a passkey" }).click();
    await dialog.getByText("This device has a passkey of yours already.").waitFor();
    await page.keyboard.press("Escape");
  });

  await t.test("it signs in, nothing typed, to the page that was asked for", async () => {
    await signOut();
    await page.goto("/sign-in?back=/account");
    await page.getByRole("button", { name: "Use a passkey" }).click();
    await page.getByRole("heading", { level: 1, name: "Your account" }).waitFor();
    await card.getByText("last used").waitFor();
  });

  await t.test("a device that isn't sure of its owner lets nobody in", async () => {
    await signOut();
    await sureOfOwner(false);
    await page.getByRole("button", { name: "Use a passkey" }).click();
    await page.getByText("No passkey was chosen.").waitFor();
    assert.equal(new URL(page.url()).pathname, "/sign-in");
    await sureOfOwner(true);
    await page.getByRole("button", { name: "Use a passkey" }).click();
    await page.waitForURL(`${here.url}/`);
  });

  await t.test("who has lost the role is told so, and comes back to the same page with one", async () => {
    await store.write((tx) => setRole(tx, ines, null));
    await signOut();
    await page.goto("/sign-in?back=/roles");
    await page.getByRole("button", { name: "Use a passkey" }).click();
    await page.getByRole("heading", { name: "No role yet" }).waitFor();
    await store.write((tx) => setRole(tx, ines, "viewer"));
    await page.getByRole("button", { name: "Sign in again" }).click();
    await page.getByRole("button", { name: "Use a passkey" }).click();
    await page.waitForURL(`${here.url}/roles`);
  });

  await t.test("beside single sign-on, and beside what that refuses", async () => {
    const guest = await visitor(t, here, { viewport: PHONE, colorScheme: "dark" });
    await guest.page.goto("/sign-in");
    await guest.page.getByRole("button", { name: "Use a passkey" }).waitFor();
    await guest.page.getByRole("button", { name: "Sign in with Aldermoor" }).click();
    await guest.page.getByText(`Aldermoor can't be asked: ${gone.settings.issuer.host} (refused).`).waitFor();
    await screenshot(guest.page, "sign-in-both-ways-phone-dark");
    await accessible(guest.page);
    const other = await visitor(t, there);
    await other.page.goto("/sign-in");
    await other.page.getByText("To sign in with Aldermoor or a passkey, open").waitFor();
    await screenshot(other.page, "sign-in-elsewhere");
  });

  await t.test("later a new one asks for the password", async () => {
    const hourAgo = Date.now() - 3_600_000;
    await store.write((tx) => tx.updateTable("session").set({ created_at: hourAgo }).execute());
    await page.goto("/account");
    await card.getByRole("button", { name: "Add a passkey" }).click();
    const dialog = page.getByRole("dialog", { name: "Add a passkey" });
    await dialog.getByLabel("Your password").fill("not this one");
    await dialog.getByRole("button", { name: "Add a passkey" }).click();
    await dialog.getByText("That is not your password.").waitFor();
    await page.keyboard.press("Escape");
  });

  await t.test("it gets another name", async () => {
    await card.getByRole("button", { name: "Rename Work laptop" }).click();
    const dialog = page.getByRole("dialog", { name: "Rename Work laptop" });
    await dialog.getByLabel("Name").fill("");
    await dialog.getByRole("button", { name: "Save" }).click();
    await dialog.getByText("Enter a name.").waitFor();
    await dialog.getByLabel("Name").fill("Phone");
    await dialog.getByRole("button", { name: "Save" }).click();
    await card.getByText("Phone", { exact: true }).waitFor();
  });

  for (const [look, { colorScheme, ...options }] of LOOKS) {
    await t.test(`the account looks whole, ${look}`, async () => {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize("viewport" in options ? options.viewport : { width: 1440, height: 900 });
      await page.goto("/account");
      await card.getByText("Phone", { exact: true }).waitFor();
      await screenshot(page, `account-passkeys-${look}`);
      await accessible(page);
    });
  }

  await t.test("under another name of this machine, the account says where they are made", async () => {
    const other = await visitor(t, there, { as: "viewer" });
    await other.page.goto("/account");
    await other.page.getByText("Passkeys are made and used at").waitFor();
    await other.page.goto("/sign-in");
  });

  await t.test("removed, it lets nobody in, and there is no button for it", async () => {
    await card.getByRole("button", { name: "Remove Phone" }).click();
    const dialog = page.getByRole("dialog", { name: "Remove Phone?" });
    await screenshot(page, "account-passkey-remove");
    // Another page, open since before, still has its button.
    await dialog.getByRole("button", { name: "Remove" }).click();
    await dialog.getByText("Enter your password.").waitFor();
    await dialog.getByLabel("Your password").fill(PASSWORD);
    await dialog.getByRole("button", { name: "Remove" }).click();
    await card.getByText("You have none.").waitFor();
    await signOut();
    assert.equal(await page.getByRole("button", { name: "Use a passkey" }).count(), 0);
    assert.deepEqual(
      await store.read.selectFrom("passkey").selectAll().where("member", "=", ines).execute(),
      [],
    );
  });
});
