/** Connect in the browser: what is checked as it is pasted, and what a test that doesn't end well offers. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Locator, Page } from "playwright-core";
import { listConnections } from "../../src/store/connections/connections.ts";
import { fillConnect } from "./acts.ts";
import { accessible, PHONE, screenshot, site, visitor } from "./browser.ts";

const connectDialog = (page: Page) => page.getByRole("dialog", { name: "Connect Greenhouse" });

async function paste(page: Page, field: Locator, text: string): Promise<void> {
  await field.fill("");
  await page.evaluate(`navigator.clipboard.writeText(${JSON.stringify(text)})`);
  await field.press("ControlOrMeta+V");
}

test("what a pasted credential's shape tells, as it is pasted", async (t) => {
  const there = await site(t, { users: 10 });
  const permissions = ["clipboard-read", "clipboard-write"];
  const { page } = await visitor(t, there, { as: "admin", permissions });
  await page.goto("/integrations?connect=1");
  const dialog = connectDialog(page);
  await dialog.getByRole("button", { name: "Continue" }).click();
  const id = dialog.getByLabel("Client ID", { exact: true });
  const secret = dialog.getByLabel("Client secret", { exact: true });

  for (const [name, clientId, given, says, value] of [
    ["a line break", "glasshouse-\n4004", "secret", "A line break was removed.", "glasshouse-4004"],
    ["blanks", " glasshouse -4004", "secret", "Blanks were removed.", "glasshouse-4004"],
    [
      "client ID and secret swapped",
      "s3cret",
      "glasshouse-4004",
      "Client ID and secret look swapped.",
      "s3cret",
    ],
    [
      "a client ID without its end",
      "glasshouse",
      "secret",
      "This may not be a whole client ID: it should end in a dash and a number.",
      "glasshouse",
    ],
    ["the same twice", "acme-1", "acme-1", "Client ID and secret are the same.", "acme-1"],
  ] as const) {
    await t.test(name, async () => {
      await paste(page, id, clientId);
      await paste(page, secret, given);
      await dialog.getByText(says, { exact: true }).waitFor();
      assert.equal(await id.inputValue(), value);
    });
  }

  await t.test("a v3 client ID where a v1 key goes", async () => {
    await dialog.getByRole("radio", { name: /^Harvest v1 key/ }).check();
    await paste(page, dialog.getByLabel("Harvest v1 key", { exact: true }), "glasshouse-4004");
    await dialog.getByText("This looks like a v3 client ID; a v1 key goes here.").waitFor();
    await dialog.getByText("Announced to end on 31 Aug 2026. Use it only where it still answers.").waitFor();
  });

  await t.test("an admin user's page is read for its number; what is none is refused", async () => {
    const admin = dialog.getByLabel(/^Admin user/);
    await admin.fill("https://app2.greenhouse.io/users/4017730022");
    await dialog.getByText("User ID 4017730022").waitFor();
    await admin.fill("Ines Okafor");
    await dialog.getByRole("button", { name: "Test", exact: true }).click();
    await dialog.getByText(/^That is not a user ID/).waitFor();
    await accessible(page);
  });
});

test("connecting where something is refused", async (t) => {
  const there = await site(t, { users: 20, scenario: { "audit.addon": "off" } });
  const { sim, house } = there;
  const { page } = await visitor(t, there, { as: "admin" });

  await t.test("a secret that Greenhouse doesn't know holds Connect back, and says why", async () => {
    await page.goto("/integrations?connect=1");
    const dialog = connectDialog(page);
    await dialog.getByRole("button", { name: "Continue" }).click();
    await dialog.getByLabel("Client ID", { exact: true }).fill(sim.clientId);
    await dialog.getByLabel("Client secret", { exact: true }).fill("not-the-secret");
    await dialog.getByRole("button", { name: "Test", exact: true }).click();
    await dialog.getByText(/^Users can't be read with this credential/).waitFor();
    await dialog
      .getByText(/^→ .*API Credential Management/)
      .first()
      .waitFor();
    assert.equal(await dialog.getByRole("button", { name: "Connect", exact: true }).isDisabled(), true);
    await screenshot(page, "connect-wrong-secret");
    await accessible(page);
    await page.keyboard.press("Escape");
    await page.mouse.click(2, 2);
    await dialog.getByRole("button", { name: "Back" }).click();
    assert.equal(await dialog.getByLabel("Client ID", { exact: true }).inputValue(), sim.clientId);
  });

  await t.test("the audit log refuses: connected without usage, green, with what is lost", async () => {
    await page.goto("/integrations?connect=1");
    const dialog = await fillConnect(page, sim, { kind: "v3", adminUser: String(sim.siteAdminId) });
    await dialog.getByText("Is Audit Log in the list?").waitFor();
    await dialog.getByRole("radio", { name: "no, it is not there" }).check();
    await dialog.getByText(/^→ Your account seems to have no audit log/).waitFor();
    assert.equal(await dialog.getByRole("button", { name: "Connect", exact: true }).count(), 0);
    await screenshot(page, "connect-without-usage");
    await accessible(page);
    await dialog.getByLabel("Name").fill("Aldermoor");
    await dialog.getByRole("button", { name: "Connect without usage" }).click();
    await dialog.getByRole("link", { name: "Open the connection" }).waitFor();
    const [connection] = await listConnections(house.store.read);
    assert.deepEqual([connection!.name, connection!.settings.off], ["Aldermoor", ["audit_log"]]);
  });

  await t.test(
    "the same account again is named, with the way to it; the same credential is refused",
    async () => {
      const [connection] = await listConnections(house.store.read);
      await house.services.startSync(connection!, { lanes: ["directory"], streams: null, full: false });
      for await (const _ of house.services.progress(connection!, AbortSignal.timeout(60_000)));
      await page.goto("/integrations?connect=1");
      const dialog = await fillConnect(page, sim, { kind: "v3", adminUser: "", usage: false });
      await dialog.getByText("This is the account of Aldermoor. Open it instead?").waitFor();
      await screenshot(page, "connect-account-known");
      await accessible(page);
      await dialog.getByRole("button", { name: "Connect", exact: true }).click();
      await dialog.getByText(/^The connection Aldermoor uses this credential already/).waitFor();
      await dialog.getByRole("link", { name: "Open Aldermoor" }).click();
      await page.waitForURL(`/integrations/${connection!.id}`);
      await page.getByRole("heading", { level: 1, name: "Aldermoor" }).waitFor();
    },
  );

  await t.test("a name that is taken is refused, and another goes through without a new test", async () => {
    await page.goto("/integrations?connect=1");
    const dialog = await fillConnect(page, sim, { kind: "v1", usage: false });
    await dialog.getByLabel("Name").fill("aldermoor");
    await dialog.getByRole("button", { name: "Connect", exact: true }).click();
    await dialog.getByText(/^There is a connection named .* already/i).waitFor();
    await dialog.getByLabel("Name").fill("Aldermoor by key");
    await dialog.getByRole("button", { name: "Connect", exact: true }).click();
    await dialog.getByRole("link", { name: "Open the connection" }).waitFor();
    const all = await listConnections(house.store.read);
    assert.deepEqual(
      all.map(({ name, credentialKind }) => [name, credentialKind]),
      [
        ["Aldermoor", "harvest_v3"],
        ["Aldermoor by key", "harvest_v1"],
      ],
    );
  });

  await t.test("a Site Admin is picked by name, on a phone", async (t) => {
    const { page } = await visitor(t, there, { as: "admin", viewport: PHONE, colorScheme: "dark" });
    await page.goto("/integrations?connect=1");
    const dialog = connectDialog(page);
    await dialog.getByRole("button", { name: "Continue" }).click();
    await dialog.getByLabel("Client ID", { exact: true }).fill(sim.clientId);
    await dialog.getByLabel("Client secret", { exact: true }).fill(sim.clientSecret);
    await dialog.getByRole("button", { name: "Pick from the account's Site Admins" }).click();
    await dialog.getByLabel("Site Admin", { exact: true }).selectOption(String(sim.siteAdminId));
    assert.equal(await dialog.getByLabel(/^Admin user/).inputValue(), String(sim.siteAdminId));
    await screenshot(page, "connect-phone-dark");
    await accessible(page);
  });
});
