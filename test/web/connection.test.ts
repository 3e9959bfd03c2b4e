/** A connection's page in the browser: what one can do with it by role, and what it says when it isn't well. */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import type { Page } from "playwright-core";
import { getConnection, listConnections } from "../../src/store/connections/connections.ts";
import { sync } from "../harness.ts";
import { becomes } from "./acts.ts";
import { accessible, PHONE, screenshot, site, visitor } from "./browser.ts";

const more = async (page: Page, item: string) => {
  await page.getByRole("button", { name: "More actions" }).click();
  await page.getByRole("menuitem", { name: item }).click();
};
const dialogOf = (page: Page) => page.getByRole("dialog");

test("what is done to a connection on its page", async (t) => {
  const there = await site(t, { users: 30 });
  const { sim, house } = there;
  const connection = await there.connected();
  const at = `/integrations/${connection.id}`;
  const stored = async () => (await getConnection(house.store.read, connection.id))!;
  const { page } = await visitor(t, there, { as: "admin" });
  await page.goto(at);
  await page.getByText("Every stream that is on is well.").waitFor();

  await t.test("renamed; the page, the navigation and the list say the new name", async () => {
    await more(page, "Rename");
    await dialogOf(page).getByLabel("Name").fill("Aldermoor EU");
    await dialogOf(page).getByRole("button", { name: "Rename" }).click();
    await page.getByRole("heading", { level: 1, name: "Aldermoor EU" }).waitFor();
    await page.getByRole("button", { name: /^Connection Aldermoor EU/ }).waitFor();
    assert.equal((await stored()).name, "Aldermoor EU");
  });

  await t.test(
    "paused and resumed: nothing is due meanwhile, and Resume is the button to click",
    async () => {
      await page.getByRole("button", { name: "Pause", exact: true }).click();
      await page.getByRole("button", { name: "Resume", exact: true }).waitFor();
      await page.getByText("Paused", { exact: true }).first().waitFor();
      assert.equal(await page.getByRole("button", { name: "Sync now" }).count(), 0);
      await screenshot(page, "connection-paused");
      await page.getByRole("button", { name: "Resume", exact: true }).click();
      await page.getByRole("button", { name: "Pause", exact: true }).waitFor();
      await becomes(async () => (await stored()).paused, false);
    },
  );

  await t.test("a run says who asked for it", async () => {
    const asked = page.waitForResponse((answer) =>
      answer.url().endsWith(`/connections/${connection.id}/sync`),
    );
    await page.getByRole("button", { name: "Sync now" }).click();
    await asked;
    await page.goto(`${at}?tab=runs`);
    const mine = page.getByRole("listitem").filter({ hasText: "by The admin" });
    await mine.filter({ hasText: "Users and roles" }).first().waitFor();
  });

  await t.test("another schedule; less than five minutes is refused in the field", async () => {
    await page.goto(`${at}?tab=settings`);
    const overflow =
      "document.querySelector('[role=tablist]').scrollHeight - document.querySelector('[role=tablist]').clientHeight";
    await page.getByRole("tablist").waitFor();
    assert.equal(await page.evaluate(overflow), 0, "the tabs don't scroll up and down");
    const every = page.getByLabel("Users and roles every");
    // Somebody else, after this page was opened.
    await house.services.updateConnection(await stored(), { settings: { sharePercent: 70 } });
    await every.fill("3");
    await page.getByRole("button", { name: "Save" }).click();
    await page.locator("input:invalid").waitFor();
    assert.equal((await stored()).settings.everyMinutes.directory, 60);
    await every.fill("120");
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("Saved.").first().waitFor();
    await page.getByText(/every 2 hours, use every 15 min/).waitFor();
    const { everyMinutes, sharePercent } = (await stored()).settings;
    assert.deepEqual([everyMinutes.directory, sharePercent], [120, 70], "only what was touched is saved");
    await accessible(page);
  });

  await t.test("the support bundle is a zip that the browser saves", async () => {
    await page.getByRole("button", { name: "More actions" }).click();
    const saving = page.waitForEvent("download");
    await page.getByRole("menuitem", { name: "Support bundle" }).click();
    const file = await saving;
    assert.match(file.suggestedFilename(), /\.zip$/);
    assert.equal((await readFile(await file.path())).subarray(0, 2).toString(), "PK");
  });

  await t.test("the credential is replaced by a key of the same account; history stays", async () => {
    await page.goto(at);
    await more(page, "Replace credential");
    const dialog = dialogOf(page);
    await dialog.getByRole("radio", { name: /^Harvest v1 key/ }).check();
    await dialog.getByLabel("Harvest v1 key", { exact: true }).fill(sim.v1Key);
    await dialog.getByRole("button", { name: "Test and replace" }).click();
    await dialog.waitFor({ state: "detached" });
    await page
      .getByText(/Harvest v1/)
      .first()
      .waitFor();
    const { credentialKind, id } = await stored();
    assert.deepEqual([credentialKind, id], ["harvest_v1", connection.id]);
  });

  await t.test("another account's credential is refused in words, and the old one stays", async () => {
    sim.control.patchScenario({ "credentials.v3": { "other-9": { secret: "other-secret" } } });
    sim.control.mutate({ op: "otherAccount", account: 1 });
    await more(page, "Replace credential");
    const dialog = dialogOf(page);
    await dialog.getByLabel("Client ID", { exact: true }).fill("other-9");
    await dialog.getByLabel("Client secret", { exact: true }).fill("other-secret");
    await dialog.getByLabel(/^Admin user/).fill("");
    const side = dialog.getByRole("table", { name: "Now and new, side by side" });
    const cells = async (name: string) =>
      side
        .getByRole("row")
        .filter({ has: page.getByRole("rowheader", { name, exact: true }) })
        .getByRole("cell")
        .allInnerTexts();
    await side.getByText("none, it is a v1 key").waitFor();
    assert.deepEqual(await cells("Credential"), ["Harvest v1", "Harvest v3"]);
    assert.deepEqual(await cells("Client ID"), ["none, it is a v1 key", "····er-9"]);
    assert.equal((await cells("Acts as"))[1], "no admin user");
    assert.deepEqual(await cells("Permission type"), ["Read", "Read, as now"]);
    assert.equal((await cells("Users"))[1], "not tested yet");
    await dialog.getByRole("button", { name: "Test and replace" }).click();
    await dialog.getByText(/^This credential opens another Greenhouse account than Aldermoor EU/).waitFor();
    assert.equal((await cells("Users"))[1], "yes");
    await screenshot(page, "connection-other-account");
    await accessible(page);
    assert.equal((await stored()).credentialKind, "harvest_v1");
    sim.control.mutate({ op: "otherAccount", account: 0 });
    // Greenhouse shows a secret once: a slip doesn't lose it.
    await page.keyboard.press("Escape");
    await page.mouse.click(2, 2);
    assert.equal(await dialog.getByLabel("Client secret", { exact: true }).inputValue(), "other-secret");
    await dialog.getByRole("button", { name: "Close" }).click();
    await dialog.waitFor({ state: "detached" });
  });

  await t.test("disconnected with the data kept: frozen, readable, without what syncs", async () => {
    await more(page, "Disconnect");
    const dialog = dialogOf(page);
    await dialog.getByRole("radio", { name: /^Keep data, frozen \d+ users/ }).check();
    const button = dialog.getByRole("button", { name: "Disconnect" });
    assert.equal(await button.isDisabled(), true);
    await dialog.getByLabel("Type the connection's name, Aldermoor EU, to go on").fill("Aldermoor EU");
    await screenshot(page, "connection-disconnect");
    await accessible(page);
    await button.click();
    await page.getByText("Frozen", { exact: true }).first().waitFor();
    await page.getByText(/^Frozen since/).waitFor();
    for (const name of ["Sync now", "Pause", "Test"]) {
      assert.equal(await page.getByRole("button", { name, exact: true }).count(), 0, name);
    }
    assert.equal(await page.getByText("Well", { exact: true }).count(), 0, "nothing of it is well now");
    await screenshot(page, "connection-frozen");
    await accessible(page);
    await page.goto(`/users?c=${connection.id}`);
    await page
      .getByText(/of 3\d users|3\d users/)
      .first()
      .waitFor();
  });

  await t.test("disconnected for good: the data is gone, and the page leads back", async () => {
    await page.goto(at);
    await more(page, "Disconnect");
    const dialog = dialogOf(page);
    await dialog.getByText(/are deleted for good/).waitFor();
    await dialog.getByLabel(/^Type the connection's name/).fill("Aldermoor EU");
    // As long as a large account takes.
    const items = [{ id: connection.id, name: "Aldermoor EU" }];
    await page.route("**/api/v1/deletions", (route) => route.fulfill({ json: { items, nextCursor: null } }));
    await dialog.getByRole("button", { name: "Delete data" }).click();
    await page.waitForURL("/integrations");
    const under = page.getByText("Aldermoor EU is disconnected, and its data is being deleted.");
    await under.waitFor();
    await page.reload();
    await under.waitFor();
    await screenshot(page, "integrations-deleting");
    await page.unroute("**/api/v1/deletions");
    await page.getByText("Deleted: the data of Aldermoor EU", { exact: true }).waitFor();
    assert.equal(await under.count(), 0);
    await page.getByText("Connect your Greenhouse account").waitFor();
    assert.deepEqual(await listConnections(house.store.read), []);
  });
});

test("a connection that isn't well, and who sees what of it", async (t) => {
  const there = await site(t, { users: 60 });
  const { sim, house } = there;
  const connection = await there.connected("harvest_v3", { adminUserId: null });
  const other = await there.connected("harvest_v1", { name: "Aldermoor by key" });
  const at = `/integrations/${connection.id}`;
  const { page } = await visitor(t, there, { as: "operator" });

  await t.test("half of the users gone: held until a person says that it is right", async () => {
    sim.control.mutate({ op: "loseHalfOfUsers" });
    await sync(house, connection, { lanes: ["directory"] });
    await page.goto(at);
    await page.getByText(/rows are not in the last complete listing\. Held, not applied\./).waitFor();
    await screenshot(page, "connection-held");
    await accessible(page);
    await page.getByRole("button", { name: "It is right, apply" }).first().click();
    await page.getByText("Held, not applied").first().waitFor({ state: "detached" });
    sim.control.mutate({ op: "showAllUsers" });
    await sync(house, connection, { lanes: ["directory"] });
  });

  await t.test("users can't be read: failing, with the cause, the cure and one next step", async () => {
    const secret = { [sim.clientId]: { secret: "another", scopes: null } };
    sim.control.patchScenario({ "credentials.v3": secret });
    sim.control.revokeTokens();
    await sync(house, connection);
    await page.goto(at);
    await page.getByText("Failing", { exact: true }).first().waitFor();
    await page
      .getByText(/^Greenhouse doesn't know this credential/)
      .first()
      .waitFor();
    await page.getByText("What to do:").first().waitFor();
    assert.equal(await page.getByText("Every stream that is on is well.").count(), 0);
    await screenshot(page, "connection-failing");
    await accessible(page);
  });

  await t.test("a viewer sees why, and nothing to act with, no address and no bundle", async (t) => {
    const { page } = await visitor(t, there, { as: "viewer", viewport: PHONE, colorScheme: "dark" });
    await page.goto(`${at}?do=credential`);
    await page
      .getByText(/^Greenhouse doesn't know this credential/)
      .first()
      .waitFor();
    const acts = /^(Sync now|Pause|Test|Replace credential|More actions|Copy the request)$/;
    assert.equal(await page.getByRole("button", { name: acts }).count(), 0);
    assert.equal(await page.getByRole("dialog").count(), 0);
    const text = (await page.locator("main").textContent()) ?? "";
    for (const secret of [sim.clientId, "····", sim.clientSecret]) assert.ok(!text.includes(secret), secret);
    await screenshot(page, "connection-viewer-phone-dark");
    await accessible(page);
    const answer = await page.request.get(`/api/v1/connections/${connection.id}/support-bundle`);
    assert.equal(answer.status(), 403);
  });

  await t.test("healed: the page says since when, and that nothing was lost", async () => {
    sim.control.patchScenario({
      "credentials.v3": { [sim.clientId]: { secret: sim.clientSecret, scopes: null } },
    });
    await sync(house, connection);
    await page.goto(at);
    await page.getByText(/^Users.* are back since \d\d:\d\d\. Nothing was lost\.$/).waitFor();
    await page.getByText(/^Usage is back since \d\d:\d\d\. Nothing was lost\.$/).waitFor();
    await screenshot(page, "connection-healed");
    await accessible(page);
  });

  await t.test("several accounts: the switch changes the account of a list", async () => {
    await page.goto(`/users?c=${connection.id}`);
    const shown = () => page.evaluate("new URLSearchParams(location.search).get('c')");
    await page.getByRole("button", { name: /^Connection Aldermoor/ }).click();
    await page.getByRole("menuitem", { name: /^Aldermoor by key/ }).click();
    await becomes(shown, String(other.id));
    await page.getByRole("button", { name: /^Connection Aldermoor by key/ }).waitFor();
  });

  await t.test(
    "frozen while something was held and refused: nothing offers what can't be done",
    async (t) => {
      sim.control.mutate({ op: "loseHalfOfUsers" });
      await sync(house, connection, { lanes: ["directory"] });
      sim.control.revokeTokens();
      sim.control.patchScenario({
        "credentials.v3": { [sim.clientId]: { secret: sim.clientSecret, scopes: ["harvest:users:list"] } },
      });
      await sync(house, connection, { lanes: ["grants"] });
      await house.services.disconnect((await getConnection(house.store.read, connection.id))!, "keep");
      const { page } = await visitor(t, there, { as: "admin" });
      await page.goto(at);
      await page.getByText("The connection is frozen: it will not be applied.").first().waitFor();
      await page.getByText("Stopped", { exact: true }).first().waitFor();
      for (const name of ["It is right, apply", "Replace credential", "Test again", "Sync now"]) {
        assert.equal(await page.getByRole("button", { name }).count(), 0, name);
        assert.equal(await page.getByRole("link", { name }).count(), 0, name);
      }
      assert.equal(await page.getByRole("link", { name: "What to do" }).count(), 0);
      await screenshot(page, "connection-frozen-ill");
      const refused = await page.request.post(`/api/v1/connections/${connection.id}/held/users/accept`, {
        headers: { origin: there.url },
        data: { rowsAbsent: 1 },
      });
      assert.equal(((await refused.json()) as { error: { code: string } }).error.code, "connection_frozen");
    },
  );

  await t.test("an address of a connection that isn't there shows no other's rows in its place", async () => {
    await page.goto("/users?c=nowhere");
    await page.getByText("You have no connection “nowhere”").waitFor();
    assert.equal(await page.locator("[data-row]").count(), 0);
    await page.getByRole("button", { name: /^Connection Choose a connection/ }).waitFor();
    await page.getByRole("button", { name: "Show Aldermoor", exact: true }).click();
    await page.locator("[data-row]").first().waitFor();
  });
});
