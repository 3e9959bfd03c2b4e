import assert from "node:assert/strict";
import { test } from "node:test";
import type { Page } from "playwright-core";
import { PHONE, site, visitor, WIDE } from "./browser.ts";

const focused = (page: Page): Promise<string> =>
  page.evaluate(
    "(document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent).trim()",
  );

test("by keyboard: every part is reached, what opens closes, and focus comes back", async (t) => {
  const there = await site(t);
  await there.connected();
  const { page } = await visitor(t, there, { as: "admin", viewport: WIDE });

  await t.test("the first Tab offers to skip the navigation", async () => {
    await page.goto("/users");
    await page.locator("[data-row]").first().waitFor();
    await page.keyboard.press("Tab");
    assert.equal(await focused(page), "Skip to content");
    await page.keyboard.press("Enter");
    assert.equal(await page.evaluate("document.activeElement.id"), "content");
  });

  await t.test("a menu opens with Enter, Escape closes it, and focus is where it was", async () => {
    const export_ = page.getByRole("button", { name: "Export" });
    await export_.focus();
    await page.keyboard.press("Enter");
    await page.getByRole("menu").waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("menu").waitFor({ state: "detached" });
    assert.equal(await focused(page), "Export");
  });

  await t.test(
    "a tile asks for its licenses and no dashboard; what data needs is made when opened",
    async () => {
      const asked: string[] = [];
      page.on("request", (request) => asked.push(new URL(request.url()).pathname));
      const licenses = page.waitForResponse(/\/licenses$/);
      await page.goto("/integrations");
      await licenses;
      assert.deepEqual(
        asked.filter((path) => path.endsWith("/overview")),
        [],
      );
      const table = page.locator("details table");
      assert.equal(await table.count(), 0);
      await page.locator("details summary").focus();
      await page.keyboard.press("Enter");
      await table.waitFor();
    },
  );

  await t.test("a dialog holds focus, and gives it back", async () => {
    await page.goto("/integrations");
    const connect = page.getByRole("button", { name: "Connect Greenhouse" });
    await connect.focus();
    await page.keyboard.press("Enter");
    await page.getByRole("dialog").waitFor();
    assert.equal(await page.evaluate("document.activeElement.closest('[role=dialog]') !== null"), true);
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    assert.equal(await focused(page), "Connect Greenhouse");
  });

  await t.test("arrows walk the rows, Enter opens", async () => {
    await page.goto("/users");
    await page.locator("[data-row]").first().waitFor();
    const names = page.locator("[data-row] a[href*='/users/']");
    await names.first().focus();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowDown");
    assert.equal(await focused(page), (await names.nth(2).textContent())?.trim());
    await page.keyboard.press("Enter");
    await page.waitForURL(/\/users\/\d+/);
  });

  await t.test("a list in another order says so once it is there", async () => {
    await page.goto("/users");
    await page.locator("[data-row]").first().waitFor();
    const said = page.getByRole("status").filter({ hasText: "The list has" });
    assert.equal(await said.count(), 0, "the first one is read with its page");
    await page.getByRole("button", { name: "Name", exact: true }).focus();
    await page.keyboard.press("Enter");
    await said.filter({ hasText: /\d+ users?.*; sorted by Name, descending$/ }).waitFor();
  });

  await t.test("the days of the chart are one stop of Tab: arrows walk them, Enter opens one", async () => {
    await page.goto("/");
    const chart = page.getByRole("group", { name: /Arrow keys go from day to day/ });
    const days = chart.getByRole("link");
    await days.first().waitFor();
    assert.ok((await days.count()) > 20);
    assert.equal(await chart.locator("[tabindex='0']").count(), 1);
    await page.getByRole("button", { name: "Table", exact: true }).focus();
    await page.keyboard.press("Tab");
    assert.equal(await focused(page), await days.last().getAttribute("aria-label"));
    await page.keyboard.press("ArrowLeft");
    assert.equal(await focused(page), await days.nth(-2).getAttribute("aria-label"));
    await page.keyboard.press("Home");
    assert.equal(await focused(page), await days.first().getAttribute("aria-label"));
    await page.keyboard.press("End");
    await page.keyboard.press("Enter");
    await page.waitForURL(/\/usage\?.*from=\d{4}-/);
    await page.goBack();
    await page.getByRole("button", { name: "Table", exact: true }).click();
    const table = page.getByRole("table").filter({ hasText: "People" });
    await table.getByRole("link").first().waitFor();
  });

  await t.test("a page that was gone to is read from its heading, and has its own title", async () => {
    await page.getByRole("navigation").getByRole("link", { name: "Licenses" }).focus();
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Licenses", level: 1 }).waitFor();
    await page.waitForFunction("document.activeElement.tagName === 'H1'");
    assert.equal(await page.title(), "Licenses · Glasshouse");
  });

  await t.test("what has the focus shows it", async () => {
    const link = page.getByRole("navigation").getByRole("link", { name: "Usage" });
    await link.focus();
    await page.keyboard.press("Tab");
    await page.keyboard.press("Shift+Tab");
    const outline = await page.evaluate("getComputedStyle(document.activeElement).outlineStyle");
    assert.equal(outline, "solid");
  });

  await t.test("an age says its exact time on focus", async () => {
    await page.goto("/users?columns=lastSeen");
    const age = page.locator("[data-row] time").first();
    await age.locator("xpath=..").focus();
    await page
      .getByRole("tooltip")
      .getByText(/\d{4}, \d\d:\d\d:\d\d UTC/)
      .waitFor();
  });
});

test("by touch: an age says its exact time on a tap", async (t) => {
  const there = await site(t);
  const { id } = await there.connected();
  const { page } = await visitor(t, there, { as: "viewer", viewport: PHONE, hasTouch: true });
  await page.goto(`/integrations/${id}`);
  await page.locator("main time").first().locator("xpath=..").tap();
  await page
    .getByRole("tooltip")
    .getByText(/\d{4}, \d\d:\d\d:\d\d UTC/)
    .waitFor();
});
