/** One-time links in the browser: an admin makes one, a Site Admin elsewhere gives a credential and sees nothing else. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Page } from "playwright-core";
import { getConnection, listConnections } from "../../src/store/connections/connections.ts";
import { accessible, PHONE, type Site, screenshot, site, visitor } from "./browser.ts";

/** Everything of ours that whoever has the link must not see. */
const OURS = ["Integrations", "Dashboard", "Members", "Aldermoor EU", "Sign out"];

async function fill(page: Page, { sim }: Site, secret = sim.clientSecret): Promise<void> {
  await page.getByLabel("Client ID").fill(sim.clientId);
  await page.getByLabel("Client secret").fill(secret);
  await page.getByLabel("Admin user").fill(`https://app2.greenhouse.io/users/${sim.siteAdminId}`);
}

async function makeLink(page: Page, name: string | null): Promise<string> {
  await page.getByRole("button", { name: "Make a one-time link" }).click();
  if (name !== null) await page.getByLabel("Name of the connection").fill(name);
  await page.getByRole("button", { name: "Make the link" }).click();
  return page.getByLabel("One-time link").inputValue();
}

test("a one-time link, from making it to the check mark", async (t) => {
  const there = await site(t, { users: 20 });
  const { house } = there;
  const permissions = ["clipboard-read", "clipboard-write"];
  const { page: admin } = await visitor(t, there, { as: "admin", permissions });
  await admin.goto("/integrations?connect=1");
  await admin.getByRole("button", { name: "Continue" }).click();

  await t.test("a note for the Site Admin says what to make, and is copied whole", async () => {
    await admin.getByRole("button", { name: "Copy a note to your Site Admin" }).click();
    await admin.getByText("Copied").waitFor();
    const note = (await admin.evaluate("navigator.clipboard.readText()")) as string;
    assert.match(note, /Harvest V3 \(OAuth\)[\s\S]+harvest:users:list/);
  });

  const taken = await makeLink(admin, "Not this one");
  await t.test("a link that was taken back opens nothing, and says whom to ask", async (t) => {
    await admin.getByRole("button", { name: "Take back the link for Not this one" }).click();
    await admin.getByRole("heading", { name: "Open links" }).waitFor({ state: "detached" });
    const { page } = await visitor(t, there);
    await page.goto(taken);
    await page.getByRole("heading", { name: "This link can't be used" }).waitFor();
    await page.getByText("Ask whoever sent it for a new one.").waitFor();
    await accessible(page);
  });

  await admin.getByRole("button", { name: "Make another" }).click();
  await admin.getByLabel("Name of the connection").fill("Aldermoor");
  await admin.getByRole("button", { name: "Make the link" }).click();
  const address = await admin.getByLabel("One-time link").inputValue();
  await admin.getByText("Aldermoor · Harvest v3").waitFor();
  await screenshot(admin, "connect-one-time-link");
  await accessible(admin);

  const { page } = await visitor(t, there);
  const asked: string[] = [];
  page.on("request", (request) => {
    const { pathname, search } = new URL(request.url());
    asked.push(pathname + search);
  });
  await t.test("the page shows the guide and the fields, and nothing of us", async () => {
    await page.goto(address);
    await page.getByRole("heading", { name: "Connect Aldermoor" }).waitFor();
    await page.getByText("API Credential Management").waitFor();
    const text = (await page.locator("body").textContent()) ?? "";
    for (const ours of OURS) assert.ok(!text.includes(ours), ours);
    assert.equal(await page.getByRole("button", { name: /Copy a note|one-time link/ }).count(), 0);
    const calls = new Set(asked.filter((path) => path.startsWith("/api/")));
    assert.deepEqual([...calls], ["/api/v1/credential-links/open"]);
    await screenshot(page, "link-wide-light");
    await accessible(page);
  });

  await t.test("what is missing is said before anything is sent", async () => {
    await page.getByRole("button", { name: "Test and send" }).click();
    await page.getByText("Paste the client ID.").waitFor();
    await page.getByText("Paste the client secret.").waitFor();
  });

  await t.test("a wrong secret is named with its cure, and the link stays good", async () => {
    await fill(page, there, "not-the-secret");
    await page.getByRole("button", { name: "Test and send" }).click();
    await page.getByText("Greenhouse doesn't know this credential.").waitFor();
    await page.getByText("Users can't be read, so nothing was saved.").waitFor();
    await screenshot(page, "link-wrong-secret");
    await accessible(page);
    assert.deepEqual(await listConnections(house.store.read), []);
  });

  await t.test("the right one is taken; the link is over", async (t) => {
    await fill(page, there);
    await page.getByRole("button", { name: "Test again and send" }).click();
    await page.getByRole("heading", { name: "Done" }).waitFor();
    assert.equal(await page.getByLabel("Client secret").count(), 0);
    const [connection] = await listConnections(house.store.read);
    assert.deepEqual(
      [connection!.name, connection!.adminUserId],
      ["Aldermoor", String(there.sim.siteAdminId)],
    );
    const { page: again } = await visitor(t, there, { viewport: PHONE, colorScheme: "dark" });
    await again.goto(address);
    await again.getByRole("heading", { name: "This link can't be used" }).waitFor();
  });

  await t.test("another credential for a connection that there is, on a phone", async (t) => {
    const [{ id } = { id: 0 }] = await listConnections(house.store.read);
    await admin.goto(`/integrations/${id}?do=credential`);
    const replacing = await makeLink(admin, null);
    const { page } = await visitor(t, there, { viewport: PHONE, colorScheme: "dark", hasTouch: true });
    await page.goto(replacing);
    await page.getByRole("heading", { name: "Another credential for Aldermoor" }).waitFor();
    await screenshot(page, "link-phone-dark");
    await accessible(page);
    await fill(page, there);
    await page.getByRole("button", { name: "Test and send" }).click();
    await page.getByRole("heading", { name: "Done" }).waitFor();
    const kept = await getConnection(house.store.read, id);
    assert.equal(kept!.name, "Aldermoor");
  });

  await t.test("a link that lost its end says so without asking the server", async (t) => {
    const { page } = await visitor(t, there);
    let calls = 0;
    page.on("request", (request) => {
      if (new URL(request.url()).pathname.startsWith("/api/")) calls++;
    });
    await page.goto("/link");
    await page.getByRole("heading", { name: "This link is not whole" }).waitFor();
    assert.equal(calls, 0);
  });
});
