import assert from "node:assert/strict";
import { test } from "node:test";
import { Secret, TOTP } from "otpauth";
import type { Page } from "playwright-core";
import { createMember, memberByEmail } from "../../src/store/members/members.ts";
import { accessible, PHONE, screenshot, site, visitor } from "./browser.ts";

const PASSWORD = "four unrelated words here";
const row = (page: Page, name: string) => page.getByRole("row", { name: new RegExp(`^${name}\\b`) });

/** Invites somebody, and answers the address to hand over. */
async function invite(
  page: Page,
  { name, role, connection }: { name: string; role: RegExp; connection?: string },
): Promise<string> {
  await page.getByRole("button", { name: "Invite" }).click();
  const form = page.getByRole("dialog", { name: "Invite somebody" });
  await form.getByLabel("Name", { exact: true }).fill(name);
  await form.getByLabel("E-mail").fill(`${name.toLowerCase()}@example.org`);
  await form.getByRole("radio", { name: role }).check();
  if (connection) {
    await form.getByRole("radio", { name: "Only some" }).check();
    await form.getByRole("button", { name: "Invite" }).click();
    await form.getByText("Tick at least one connection, or choose all.").waitFor();
    await form.getByRole("checkbox", { name: connection }).check();
  }
  await form.getByRole("button", { name: "Invite" }).click();
  const handed = page.getByRole("dialog", { name: `Hand this to ${name}` });
  await handed.locator("code").waitFor();
  // Shown once: a click beside it doesn't close it.
  await page.mouse.click(5, 5);
  const address = await handed.locator("code").textContent();
  await handed.getByRole("button", { name: "Done" }).click();
  return address!;
}

async function choose(page: Page, name: string, item: string): Promise<void> {
  await page.getByRole("button", { name: `More for ${name}` }).click();
  await page.getByRole("menuitem", { name: item, exact: true }).click();
}

/** Gone, or there, at the API: asked with the page's own session. */
const status = (page: Page, path: string) => page.evaluate(`fetch("/api/v1${path}").then((a) => a.status)`);

test("members", async (t) => {
  const there = await site(t, { users: 20 });
  const first = await there.connected("harvest_v3", { name: "Aldermoor" });
  const second = await there.connected("harvest_v1", { name: "Aldermoor EU" });
  const { page } = await visitor(t, there, { as: "admin" });
  await page.goto("/members");
  await page.getByRole("heading", { level: 1, name: "Members" }).waitFor();

  await t.test("invited to one connection: one address, a name, a password, and in", async (t) => {
    const address = await invite(page, { name: "Mara", role: /^Viewer/, connection: "Aldermoor EU" });
    const { pathname, search, hash } = new URL(address);
    assert.deepEqual([pathname, search], ["/invitation", ""], "the code never reaches a server's log");
    assert.ok(hash.length > 20);
    await row(page, "Mara").getByText("Aldermoor EU").waitFor();
    await row(page, "Mara")
      .getByText(/^invited until/)
      .waitFor();

    const { page: hers } = await visitor(t, there);
    await hers.goto(address);
    await hers.getByRole("heading", { name: "Set your password" }).waitFor();
    await hers.waitForFunction("location.hash === ''");
    await hers.getByLabel("Your name").fill("Mara Quill");
    await hers.getByLabel("New password").fill(PASSWORD);
    await hers.getByRole("button", { name: "Set password and sign in" }).click();
    await hers.waitForURL((url) => url.pathname === "/");
    await hers.getByRole("button", { name: "Your account" }).getByText("Mara Quill").waitFor();
    assert.equal(await status(hers, `/connections/${second.id}`), 200);
    assert.equal(await status(hers, `/connections/${first.id}`), 404);

    const again = await visitor(t, there);
    await again.page.goto(address);
    await again.page.getByLabel("New password").fill(PASSWORD);
    await again.page.getByRole("button", { name: "Set password and sign in" }).click();
    await again.page.getByText("This code is wrong, was used, or is too old.").waitFor();
  });

  await t.test("an address cut off asks for the code; whoever is signed in is told who goes", async (t) => {
    const { page: nobodys } = await visitor(t, there);
    await nobodys.goto("/invitation");
    await nobodys.getByText("This address holds no code").waitFor();
    await nobodys.getByLabel("One-time code").waitFor();
    const { page: viewers } = await visitor(t, there, { as: "viewer", viewport: PHONE });
    await viewers.goto("/invitation#AAAA-BBBB");
    await viewers.getByText("This browser is signed in as The viewer.").waitFor();
    await screenshot(viewers, "invitation-phone");
    await accessible(viewers);
  });

  await t.test("what a member did is one click away", async () => {
    await page.reload();
    await choose(page, "Mara Quill", "Audit trail");
    await page.getByRole("button", { name: "Remove filter Member: Mara Quill" }).waitFor();
    await page.getByRole("button", { name: "Set a password with a one-time code" }).waitFor();
    await page.goto("/members");
  });

  await t.test("another role, all connections; sessions ended; a code; removed", async (t) => {
    const address = await invite(page, { name: "Tomas", role: /^Viewer/ });
    const { page: his } = await visitor(t, there);
    await his.goto(address);
    await his.getByLabel("New password").fill(PASSWORD);
    await his.getByRole("button", { name: "Set password and sign in" }).click();
    await his.waitForURL((url) => url.pathname === "/");
    assert.equal(await his.getByRole("link", { name: "Members" }).count(), 0);

    await choose(page, "Tomas", "Change role");
    const rights = page.getByRole("dialog", { name: "Role of Tomas" });
    await rights.getByRole("radio", { name: /^Admin/ }).check();
    await rights.getByText("An admin sees all connections.").waitFor();
    await rights.getByRole("button", { name: "Save" }).click();
    await row(page, "Tomas").getByRole("cell", { name: "Admin", exact: true }).waitFor();
    assert.equal(await status(his, "/members"), 200, "from the next request on");

    await page.reload();
    await row(page, "Tomas").getByRole("button", { name: "1 session of Tomas" }).click();
    const sessions = page.getByRole("dialog", { name: "Sessions of Tomas" });
    await sessions.getByText("Chrome on Linux").waitFor();
    await screenshot(page, "members-sessions");
    await accessible(page);
    await sessions.getByRole("button", { name: "Close" }).click();
    await row(page, "Tomas").getByRole("button", { name: "End the sessions of Tomas" }).click();
    await page.getByText("1 session of Tomas ended.").first().waitFor();
    await row(page, "Tomas").getByRole("cell", { name: "0", exact: true }).waitFor();
    assert.equal(await status(his, "/members"), 401);

    await choose(page, "Tomas", "New one-time code");
    await page
      .getByRole("dialog")
      .getByText("That ends their sessions, second factor and passkeys")
      .waitFor();
    await page.getByRole("button", { name: "Make a code" }).click();
    const handed = page.getByRole("dialog", { name: "Hand this to Tomas" });
    const reset = await handed.locator("code").textContent();
    await handed.getByRole("button", { name: "Done" }).click();
    await his.goto(reset!);
    await his.getByLabel("New password").fill("quite another sentence");
    await his.getByRole("button", { name: "Set password and sign in" }).click();
    await his.waitForURL((url) => url.pathname === "/");

    await page.reload();
    await choose(page, "Tomas", "Remove");
    const removal = page.getByRole("dialog", { name: "Remove Tomas" });
    await removal.getByText("1 session, all that signs them in, and private views").waitFor();
    await screenshot(page, "members-remove");
    await removal.getByRole("button", { name: "Remove" }).click();
    // Only then: what lies behind a dialog is told to nobody, and so is not found here either.
    await removal.waitFor({ state: "detached" });
    await row(page, "Tomas").waitFor({ state: "detached" });
    assert.equal(await status(his, "/connections"), 401);
  });

  await t.test("who waits for a role stands first, and gets one", async () => {
    await there.house.store.write((tx) =>
      createMember(tx, {
        email: "zoe@example.org",
        name: "Zoe",
        role: null,
        password: null,
        now: Date.now(),
      }),
    );
    await page.reload();
    await page.getByText("1 person waits for a role, and can't sign in until then.").waitFor();
    assert.match((await page.getByRole("row").nth(1).textContent()) ?? "", /^Zoe/);
    await screenshot(page, "members-waiting");
    await accessible(page);
    await page.getByRole("button", { name: "Give a role to Zoe" }).click();
    const rights = page.getByRole("dialog", { name: "Give a role to Zoe" });
    await rights.getByRole("radio", { name: /^Operator/ }).check();
    await rights.getByRole("button", { name: "Save" }).click();
    await row(page, "Zoe").getByRole("cell", { name: "Operator", exact: true }).waitFor();
    await row(page, "Zoe").getByText("needs a new code").waitFor();
    const zoe = await memberByEmail(there.house.store.read, "zoe@example.org");
    assert.equal(zoe?.role, "operator");
  });

  await t.test("search and role narrow, in the address bar", async () => {
    await page.goto("/members?role=operator");
    await row(page, "Zoe").waitFor();
    assert.equal(await page.getByRole("row").count(), 2);
    await page.getByRole("button", { name: "Remove filter Role: Operator" }).click();
    await page.getByLabel("Search name, e-mail").fill("mara@");
    await page.waitForURL("**/members?search=mara%40");
    await row(page, "Zoe").waitFor({ state: "detached" });
    await row(page, "Mara Quill").waitFor();
  });

  await t.test("what can't be done to oneself is told in words", async () => {
    await page.goto("/members");
    await choose(page, "The admin", "Change role");
    const rights = page.getByRole("dialog", { name: "Role of The admin" });
    await rights.getByRole("radio", { name: /^Viewer/ }).check();
    await rights.getByRole("button", { name: "Save" }).click();
    await rights.getByText("Your own role is changed by another admin.").waitFor();
    await rights.getByRole("button", { name: "Cancel" }).click();
    await choose(page, "The admin", "Remove");
    const removal = page.getByRole("dialog", { name: "Remove The admin" });
    await removal.getByRole("button", { name: "Remove" }).click();
    await removal.getByText("You are removed by another admin.").waitFor();
    await removal.getByRole("button", { name: "Cancel" }).click();
    await row(page, "The admin").waitFor();
  });

  await t.test("two with one e-mail address: refused beside the form", async () => {
    await page.getByRole("button", { name: "Invite" }).click();
    const form = page.getByRole("dialog", { name: "Invite somebody" });
    await form.getByRole("button", { name: "Invite" }).click();
    await form.getByText("Enter an e-mail address.").waitFor();
    await form.getByLabel("Name", { exact: true }).fill("Another Mara");
    await form.getByLabel("E-mail").fill("mara@example.org");
    await form.getByRole("button", { name: "Invite" }).click();
    await form
      .getByRole("alert")
      .getByText(/mara@example\.org/)
      .waitFor();
    await screenshot(page, "members-invite");
    await accessible(page);
    await form.getByRole("button", { name: "Cancel" }).click();
  });

  await t.test("on a phone the same, by cards", async (t) => {
    const name = "Bartholomew of a name that is far longer than any phone is wide";
    const long = { email: "b@example.org", name, role: "viewer", password: null, now: Date.now() } as const;
    await there.house.store.write((tx) => createMember(tx, long));
    const phone = await visitor(t, there, { as: "admin", viewport: PHONE, hasTouch: true });
    await phone.page.goto("/members");
    await phone.page.getByText("Mara Quill").waitFor();
    const more = await phone.page.getByRole("button", { name: `More for ${name}` }).boundingBox();
    assert.ok(more!.x + more!.width <= PHONE.width, "a long name leaves its buttons in sight");
    await choose(phone.page, "Zoe", "Change role");
    await phone.page.getByRole("dialog", { name: "Role of Zoe" }).waitFor();
    assert.equal(await phone.page.evaluate("document.documentElement.scrollWidth"), PHONE.width);
    await screenshot(phone.page, "members-rights-phone");
  });

  await t.test("asked of everybody, a second factor is added before anything else", async (t) => {
    await page.goto("/members");
    const rule = page.getByRole("switch", { name: "Everybody who signs in with a password" });
    await rule.click();
    await page.getByText("You have signed in with a password alone").waitFor();
    await there.house.store.write((tx) =>
      tx.updateTable("member").set({ totp_on: 1 }).where("role", "=", "admin").execute(),
    );
    const address = await invite(page, { name: "Olu", role: /^Viewer/ });
    await rule.click();
    await page.getByText("A second factor is needed from now on.").first().waitFor();
    await screenshot(page, "members-second-factor");

    const { page: hers } = await visitor(t, there);
    await hers.goto(address);
    await hers.getByLabel("New password").fill(PASSWORD);
    await hers.getByRole("button", { name: "Set password and sign in" }).click();
    await hers.getByRole("heading", { name: "Add a second factor" }).waitFor();
    await hers.getByRole("heading", { name: "Passkeys" }).waitFor();
    await screenshot(hers, "second-factor");
    await accessible(hers);
    await hers.goto("/users");
    await hers.getByRole("button", { name: "Switch on" }).click();
    const secret = (await hers.locator("code").textContent())!.replaceAll(" ", "");
    await hers.getByLabel("Code of the app").fill(new TOTP({ secret: Secret.fromBase32(secret) }).generate());
    await hers.getByRole("button", { name: "Confirm" }).click();
    await hers.getByRole("heading", { name: "Your recovery codes" }).waitFor();
    await hers.getByRole("button", { name: "I have stored them" }).click();
    await hers.waitForURL((url) => url.pathname === "/users");
    await hers.getByRole("heading", { level: 1, name: "Users" }).waitFor();

    await rule.click();
    await page.getByText("Nobody needs a second factor any more.").first().waitFor();
  });

  for (const role of ["viewer", "operator"] as const) {
    await t.test(
      `${role}: no entry in the navigation; the address says who may, and asks for nothing`,
      async (t) => {
        const other = await visitor(t, there, { as: role });
        const asked: string[] = [];
        other.page.on("request", (request) => asked.push(new URL(request.url()).pathname));
        await other.page.goto("/members");
        await other.page.getByText("Only admins see this page.").waitFor();
        await other.page.getByText("An admin can give you another, or look for you.").waitFor();
        assert.equal(await other.page.getByRole("link", { name: "Members" }).count(), 0);
        assert.ok(asked.includes("/api/v1/session"));
        assert.ok(!asked.includes("/api/v1/members"));
        assert.equal(await status(other.page, "/members"), 403);
      },
    );
  }
});
