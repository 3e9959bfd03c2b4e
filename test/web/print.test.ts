import assert from "node:assert/strict";
import { test } from "node:test";
import type { Page } from "playwright-core";
import { site, visitor, WIDE } from "./browser.ts";

/** As the browser does it: it tells the page first, then lays it out for paper. */
async function onPaper(page: Page): Promise<void> {
  await page.evaluate("window.dispatchEvent(new Event('beforeprint'))");
  await page.emulateMedia({ media: "print" });
  await page.waitForFunction("matchMedia('print').matches");
}

const skip = process.env.GLASSHOUSE_TEST_LONG ? false : "only in npm run test:long";

test("paper: all rows that are loaded, the foot, exact times, no navigation", { skip }, async (t) => {
  const there = await site(t, { users: 320 });
  await there.connected();
  const { page } = await visitor(t, there, { as: "admin", viewport: WIDE, bypassCSP: true });

  await t.test("a long table prints what is loaded, and says what is not", async () => {
    await page.goto("/users");
    await page.locator("[data-row]").first().waitFor();
    const foot = (await page.locator("[data-stamp]").textContent()) ?? "";
    const whole = Number(/of ([\d,]+) users/.exec(foot)![1]);
    assert.ok((await page.locator("[data-row]").count()) < 60, "on a screen only rows in sight are drawn");
    await onPaper(page);
    await page.getByText(`200 rows printed; ${whole - 200} more rows not printed`).waitFor();
    assert.equal(await page.locator("tbody tr[data-row]").count(), 200);
    assert.equal(await page.locator("tfoot [data-stamp]").count(), 1, "the foot stands on each sheet");
    assert.equal(await page.getByRole("navigation").filter({ visible: true }).count(), 0);
    const sideways = await page.evaluate("document.documentElement.scrollWidth - window.innerWidth");
    assert.equal(sideways, 0, "nothing is cut off at the right");
    await page.emulateMedia({ media: "screen" });
  });

  await t.test("Print loads the rest first", async () => {
    await page.evaluate(
      "window.print = () => { window.printed = document.querySelectorAll('[data-row]').length; }",
    );
    await page.getByRole("button", { name: "Print" }).click();
    await page.waitForFunction("window.printed !== undefined");
    await onPaper(page);
    await page.locator("tbody tr[data-row]").nth(300).waitFor();
    assert.equal(await page.getByText("not printed").count(), 0);
    await page.emulateMedia({ media: "screen" });
  });

  await t.test("times are written out", async () => {
    await page.goto("/");
    const line = page.getByRole("main").getByRole("link", { name: /users as of/ });
    assert.match((await line.textContent()) ?? "", /users as of \d\d:\d\d\b/);
    await onPaper(page);
    assert.match((await line.textContent()) ?? "", /users as of \d+ \w+ \d{4}, \d\d:\d\d:\d\d UTC/);
    await page
      .getByText(/\d{4}, \d\d:\d\d:\d\d UTC · log/)
      .first()
      .waitFor();
    await page.locator("[data-stamp]").waitFor();
  });
});
