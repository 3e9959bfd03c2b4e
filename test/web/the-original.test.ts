/**
 * The original, word by word: its help page as docs/the-original.md retells it, with what it asks for (a v1 key with Users
 * and Audit Log, and the ID of the admin who made it). test/the-original.test.ts holds page and story to each other.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Page } from "playwright-core";
import type { Simulator } from "../../simulator/index.ts";
import { counted, fillConnect, foot, numberIn, says, story, tile } from "./acts.ts";
import { site, visitor } from "./browser.ts";

const PERMISSIONS = [
  ...["users", "user", "user_job_permissions", "user_future_job_permissions"],
  ...["user_roles", "departments", "offices", "jobs"],
];
/** Of the key that is made where the first one is given up. */
const SECOND_KEY = "another-simulated-harvest-v1-key";

/** What is ticked for the key in Greenhouse. */
function tick(sim: Simulator, auditLog: boolean): void {
  const permissions = auditLog ? null : PERMISSIONS;
  sim.control.patchScenario({ "credentials.v1": { [sim.v1Key]: { permissions } } });
}

async function openConnection(page: Page): Promise<void> {
  await page.goto("/integrations/1");
  await page.getByRole("heading", { name: "Streams", exact: true }).waitFor();
}

/** Syncs by the button, until the connection says this of itself. */
async function syncNow(page: Page, word: string): Promise<void> {
  await page.getByRole("main").getByRole("button", { name: "Sync now" }).click();
  await says(page.getByRole("main"), word);
}

const verdict = (page: Page) => page.getByRole("article", { name: "Audit log" });

async function checkMark(page: Page): Promise<void> {
  await page.goto("/integrations");
  await says(tile(page, "Aldermoor"), "Connected");
}

/** Picks the Site Admin who made the key, by name, from those that were read. */
async function chooseAdmin(page: Page, id: number): Promise<void> {
  const dialog = page.getByRole("dialog", { name: "Choose a Site Admin" });
  await dialog.getByLabel("Site Admins read from this account").selectOption(String(id));
  await dialog.getByRole("button", { name: "Test and use" }).click();
  await dialog.waitFor({ state: "hidden" });
}

test("the original, word by word", async (t) => {
  const there = await site(t, { users: 30, eventsPerDay: 40 }, { scheduled: true });
  const { sim } = there;
  // An account has more than one Site Admin; the second is there when the first is gone.
  sim.control.mutate({ op: "setSiteAdmin", userId: sim.nonAdminId, value: true });
  tick(sim, true);
  const { page } = await visitor(t, there, { as: "admin" });
  const tell = story(t);
  const dialog = page.getByRole("dialog", { name: "Connect Greenhouse" });

  await tell("on Integrations the Greenhouse tile has Connect", async () => {
    await page.goto("/");
    await page.getByRole("link", { name: "Integrations" }).first().click();
    await page.getByRole("link", { name: "Connect Greenhouse" }).click();
    await dialog.waitFor();
  });

  await tell("the permission type is chosen", async () => {
    await dialog.getByRole("radio", { name: /^Read and act/ }).check();
    await dialog
      .getByText("Adds changes that you confirm: deactivate, reactivate, revoke to Basic, remove grants.")
      .waitFor();
    await dialog.getByRole("radio", { name: /^Read Glasshouse can't change anything/ }).check();
  });

  await tell("the API key and the admin user's ID are given, and tested at once", async () => {
    await fillConnect(page, sim, { kind: "v1", adminUser: String(sim.siteAdminId) });
    const steps = dialog.getByRole("list", { name: "Test" }).getByRole("listitem");
    await steps
      .filter({ hasText: /^Admin user/ })
      .filter({ hasText: "Site Admin" })
      .waitFor();
    await steps.filter({ hasText: /^Users/ }).waitFor();
    await steps.filter({ hasText: /^Audit log/ }).waitFor();
  });

  await tell("Connect, and once synced the tile shows a green check mark", async () => {
    await dialog.getByLabel("Name").fill("Aldermoor");
    await dialog.getByRole("button", { name: "Connect", exact: true }).click();
    await dialog.getByRole("heading", { name: "Connected Aldermoor" }).waitFor();
    await checkMark(page);
  });

  await tell("users appear in the dashboard", async () => {
    await page.goto("/");
    await page.getByRole("link", { name: /^\d+ Active people$/ }).waitFor();
    const { users } = await sim.control.dump({ parts: ["users"] });
    const active = users.filter(({ deactivated }) => !deactivated);
    assert.equal(await counted(page, "Active people"), active.length);
    await page.getByRole("link", { name: /^\d+ Active people$/ }).click();
    await page.getByRole("row").filter({ hasText: "ada" }).first().waitFor();
    await page.getByText(new RegExp(`^${active.length} of \\d+ users`)).waitFor();
  });

  await tell("statuses appear in the dashboard", async () => {
    await page.goto("/");
    const link = page.getByRole("link", { name: /^\d+ Deactivated$/ }).first();
    const count = numberIn(await link.textContent());
    assert.ok(count > 0);
    await link.click();
    await page.getByRole("cell", { name: "Deactivated", exact: true }).first().waitFor();
    // How many there are without the filter is asked for by itself, and may come later.
    await page.getByText(new RegExp(`^${count} of \\d+ users`)).waitFor();
  });

  await tell("roles appear", async () => {
    const basic = `Basic ${Buffer.from(`${sim.v1Key}:`).toString("base64")}`;
    const listed = await fetch(`${sim.urls.harvest}/v1/user_roles?per_page=500`, {
      headers: { authorization: basic },
    });
    const userRoles = (await listed.json()) as unknown[];
    await page.getByRole("link", { name: "Roles and grants" }).click();
    await page.getByRole("link", { name: "By role" }).click();
    await page.getByRole("table", { name: "By role" }).getByRole("link", { name: "Recruiter" }).waitFor();
    assert.match(await foot(page), new RegExp(`^${userRoles.length} roles`));
  });

  await tell("licenses appear, counted by rules, for Greenhouse reports none", async () => {
    await page.getByRole("link", { name: "Licenses" }).first().click();
    await page
      .getByText(/Greenhouse sells by headcount and reports no licenses/)
      .first()
      .waitFor();
    const row = page.getByRole("row", { name: /^Total/ });
    assert.ok(numberIn(await row.getByRole("link", { name: /^\d+ Total, Assigned$/ }).textContent()) > 0);
  });

  await tell("usage appears", async () => {
    await page.getByRole("link", { name: "Usage" }).first().click();
    await page.getByRole("heading", { name: "Active people", exact: true }).waitFor();
    const days = page.getByRole("definition").filter({ hasText: /^\d+$/ });
    assert.ok(numberIn(await days.nth(2).textContent()) > 0, "people with recorded use in 28 days");
  });

  await tell("missing usage, 1: the Audit Log permission is not granted to the key", async () => {
    tick(sim, false);
    await openConnection(page);
    await syncNow(page, "Needs attention");
    const told = verdict(page);
    await told.getByText(/The audit log refuses us: permission not ticked, or no audit log/).waitFor();
    await told.getByText(/Edit, Manage permissions: is Audit Log there/).waitFor();
    await told.getByRole("group", { name: /^Open the key, Edit, Manage permissions/ }).waitFor();
    await told.getByRole("radio", { name: "yes, not ticked" }).check();
    await told.getByText("Tick it, Save, then test again.").waitFor();
  });

  await tell("cured by updating the permissions", async () => {
    tick(sim, true);
    await verdict(page).getByRole("link", { name: "Test again" }).click();
    const test_ = page.getByRole("dialog", { name: "Test the connection" });
    await test_
      .getByRole("listitem")
      .filter({ hasText: /^Audit log/ })
      .filter({ hasNotText: "refuses" })
      .waitFor();
    await test_.getByRole("button", { name: "Test again" }).waitFor();
    // Two buttons close it: this is the one with a word.
    await test_.getByText("Close", { exact: true }).last().click();
    await syncNow(page, "Connected");
    await checkMark(page);
  });

  await tell("missing usage, 2: the audit log is not enabled for the organization", async () => {
    sim.control.patchScenario({ "audit.addon": "off" });
    await openConnection(page);
    await syncNow(page, "Needs attention");
    const told = verdict(page);
    // No answer of Greenhouse's tells it from the first: it says so, and asks the question that does.
    await told.getByText(/or no audit log in your account; the answer doesn't say which/).waitFor();
    await told.getByRole("radio", { name: "no, it is not there" }).check();
    await told.getByText(/Your account seems to have no audit log/).waitFor();
  });

  await tell(
    "without the audit log everything else works, and switching usage off ends the notice",
    async () => {
      await verdict(page).getByRole("button", { name: "Switch usage off" }).click();
      await says(page.getByRole("main"), "Connected");
      await checkMark(page);
      await page.goto("/");
      assert.ok((await counted(page, "Active people")) > 0);
    },
  );

  await tell("cured once the audit log is enabled", async () => {
    sim.control.patchScenario({ "audit.addon": "on" });
    await openConnection(page);
    await page.getByRole("button", { name: "Switch usage on" }).click();
    await page.getByRole("row", { name: /^Audit log Well/ }).waitFor();
    await checkMark(page);
  });

  await tell("missing usage, 3: the admin user is not valid", async () => {
    sim.control.mutate({ op: "deactivateUser", userId: sim.siteAdminId });
    await openConnection(page);
    await syncNow(page, "Needs attention");
    await verdict(page)
      .getByText(/is deactivated/)
      .first()
      .waitFor();
    await verdict(page)
      .getByText(/Choose another Site Admin, best an integration user/)
      .waitFor();
  });

  await tell("cured by choosing another Site Admin", async () => {
    await verdict(page).getByRole("link", { name: "Choose a Site Admin" }).click();
    await chooseAdmin(page, sim.nonAdminId);
    await syncNow(page, "Connected");
    await checkMark(page);
  });

  await tell("an ID that is none, or nobody's, is told before anything is saved", async () => {
    await page.goto("/integrations?connect=1");
    await fillConnect(page, sim, { kind: "v1", adminUser: "the boss" });
    await dialog.getByRole("alert").filter({ hasText: "That is not a user ID." }).waitFor();
    await dialog.getByLabel(/^Admin user/).fill("4000000000999");
    await dialog.getByRole("button", { name: "Test", exact: true }).click();
    await dialog
      .getByText(/Nobody in this account has the ID 4000000000999/)
      .first()
      .waitFor();
  });

  await tell("cured by reconnecting with another key, and nothing is lost", async () => {
    tick(sim, false);
    await openConnection(page);
    await syncNow(page, "Needs attention");
    sim.control.patchScenario({ "credentials.v1": { [SECOND_KEY]: { permissions: null } } });
    await page.getByRole("button", { name: "More actions" }).click();
    await page.getByRole("menuitem", { name: "Replace credential" }).click();
    const replace = page.getByRole("dialog", { name: "Replace the credential" });
    await replace.getByRole("radio", { name: /^Harvest v1 key/ }).check();
    await replace.getByRole("textbox", { name: "Harvest v1 key" }).fill(SECOND_KEY);
    await replace.getByRole("button", { name: "Test and replace" }).click();
    await replace.waitFor({ state: "hidden" });
    await syncNow(page, "Connected");
    await checkMark(page);
    await page.goto("/changes?kind=removed");
    await page.getByText("No change fits.").waitFor();
  });
});
