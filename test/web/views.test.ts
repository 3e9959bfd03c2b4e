/** Saved views in the browser: kept, opened, changed, shared and deleted; the address bar holds them. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Page } from "playwright-core";
import { accessible, PHONE, screenshot, site, visitor } from "./browser.ts";

const menu = (page: Page) => page.getByRole("button", { name: /^View/ });

async function choose(page: Page, item: string | RegExp): Promise<void> {
  await menu(page).click();
  await page.getByRole("menuitem", { name: item }).click();
}

async function save(page: Page, name: string, { shared = false } = {}): Promise<void> {
  await choose(page, "Save this view");
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name").fill(name);
  if (shared) await dialog.getByLabel("Shared").click();
  await dialog.getByRole("button", { name: "Save" }).click();
}

const search = (page: Page) => new URL(page.url()).searchParams;

test("saved views", async (t) => {
  const there = await site(t, { users: 30 });
  await there.connected();
  const { page } = await visitor(t, there, { as: "viewer" });
  const { page: other } = await visitor(t, there, { as: "operator" });
  await page.goto("/users");

  await t.test("a preset sets its filters, and the button names it", async () => {
    await choose(page, "Site Admins");
    await page.getByRole("button", { name: "View: Site Admins" }).waitFor();
    assert.equal(search(page).get("level"), "site_admin");
  });

  await t.test("a view without a name is not kept, and says what is missing", async () => {
    await choose(page, "Save this view");
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await page.getByText("The view needs a name.").waitFor();
    await page.getByRole("button", { name: "Cancel" }).click();
  });

  await t.test("what the address holds is kept for its owner, with order and search", async () => {
    await page.goto("/users?status=deactivated&search=a&sort=name&descending=true");
    await save(page, "Leavers");
    await page.getByRole("button", { name: "View: Leavers", exact: true }).waitFor();
    await choose(page, "All users");
    await page.getByRole("button", { name: "View: All users" }).waitFor();
    await choose(page, "Leavers");
    await page.waitForURL(/status=deactivated/);
    const { status, search: text, sort, descending } = Object.fromEntries(search(page));
    assert.deepEqual([status, text, sort, descending], ["deactivated", "a", "name", "true"]);
  });

  await t.test("a private view is nobody else's", async () => {
    await other.goto("/users");
    await menu(other).click();
    await other.getByRole("menuitem", { name: "Save this view" }).waitFor();
    assert.equal(await other.getByRole("menuitem", { name: /Leavers/ }).count(), 0);
    await other.keyboard.press("Escape");
  });

  await t.test("changed filters are kept under the old name on demand", async () => {
    await page.getByRole("button", { name: "Remove filter Status: Deactivated" }).click();
    await page.getByRole("button", { name: "View: Leavers, changed" }).waitFor();
    await choose(page, "Update “Leavers” with what is shown");
    await page.getByRole("button", { name: "View: Leavers", exact: true }).waitFor();
    assert.equal(search(page).get("status"), null);
  });

  await t.test("a name that is taken is refused with what to do", async () => {
    await page.goto("/users?level=basic");
    await save(page, "leavers");
    await page.getByRole("alert").getByText("You have a view named leavers on this page already.").waitFor();
    await accessible(page);
    await page.getByRole("button", { name: "Cancel" }).click();
  });

  await t.test("renamed and shared, others find it and can't change it", async () => {
    await choose(page, "Leavers");
    await choose(page, "Rename or share “Leavers”");
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Name").fill("People A to Z");
    await dialog.getByLabel("Shared").click();
    await dialog.getByRole("button", { name: "Save" }).click();
    await page.getByRole("button", { name: "View: People A to Z" }).waitFor();
    await other.reload();
    await choose(other, /People A to Z.*by The viewer/);
    await other.getByRole("button", { name: "View: People A to Z" }).waitFor();
    await menu(other).click();
    await other.getByRole("menuitem", { name: "Save this view" }).waitFor();
    assert.equal(await other.getByRole("menuitem", { name: /Rename|Delete|Update/ }).count(), 0);
    await screenshot(other, "views-menu-shared");
    await other.keyboard.press("Escape");
    await accessible(other);
  });

  await t.test("the address alone shows the view to a colleague", async () => {
    const { pathname, search: query } = new URL(page.url());
    await other.goto(pathname + query);
    await other.getByRole("button", { name: "View: People A to Z" }).waitFor();
  });

  await t.test("deleted by an admin, it is gone for all, and what it shows stays", async (t) => {
    const { page: admin } = await visitor(t, there, { as: "admin", viewport: PHONE, colorScheme: "dark" });
    await admin.goto("/users");
    await choose(admin, /People A to Z/);
    await menu(admin).click();
    await screenshot(admin, "views-menu-phone-dark");
    await admin.getByRole("menuitem", { name: "Delete “People A to Z”" }).click();
    await admin.getByText("Every member sees it, and all lose it.").waitFor();
    await admin.getByRole("button", { name: "Delete the view" }).click();
    await admin.getByRole("button", { name: "Views", exact: true }).waitFor();
    assert.equal(search(admin).get("search"), "a");
    await other.reload();
    await menu(other).click();
    await other.getByRole("menuitem", { name: "Save this view" }).waitFor();
    assert.equal(await other.getByRole("menuitem", { name: /People A to Z/ }).count(), 0);
  });

  for (const [name, path] of [
    ["grants", "/grants?jobStatus=closed"],
    ["roles", "/roles?search=private"],
    ["usage", "/usage?from=2026-01-01&to=2026-01-31"],
    ["events", "/events?counts=true"],
    ["changes", "/changes?kind=added"],
  ] as const) {
    await t.test(`${name} keep their views apart from other pages'`, async () => {
      await page.goto(path);
      await save(page, `Of ${name}`);
      await page.getByRole("button", { name: `View: Of ${name}` }).waitFor();
      await menu(page).click();
      assert.deepEqual(await page.getByRole("menuitem", { name: /^Of / }).allTextContents(), [`Of ${name}`]);
      await page.keyboard.press("Escape");
    });
  }
});
