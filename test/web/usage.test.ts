/** Usage in the browser: the days asked for, and the parts. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { accessible, site, visitor } from "./browser.ts";
import { count } from "./listing.ts";

test("usage", async (t) => {
  const there = await site(t, { users: 30, eventsPerDay: 40 });
  await there.connected();
  const { page } = await visitor(t, there, { as: "operator" });
  await page.goto("/usage");
  await page
    .getByText(/^Covered days/)
    .first()
    .waitFor();

  await t.test("other days are kept in the address, and the covered ones counted among them", async () => {
    await page
      .getByRole("button", { name: "90 days" })
      .or(page.getByRole("radio", { name: "90 days" }))
      .first()
      .click();
    await page.waitForURL(/from=/);
    await page
      .getByText(/\d+ of 90 days covered/)
      .first()
      .waitFor();
  });

  await t.test("a span that is too long is refused in words, and its days can be changed", async () => {
    await page.goto("/usage?from=2024-01-01&to=2026-01-01");
    await page
      .getByRole("alert")
      .getByText(/at most 400 days/)
      .waitFor();
    await page.getByLabel("First day").fill("2025-12-01");
    await page.getByRole("button", { name: "Show", exact: true }).click();
    await page.waitForURL(/from=2025-12-01/);
    await page
      .getByText(/\d+ of 32 days covered/)
      .first()
      .waitFor();
  });

  await t.test("each part can be chosen", async () => {
    await page.goto("/usage");
    for (const part of ["By level", "By role", "By department", "By office", "By kind"]) {
      const choice = page.getByRole("tab", { name: part }).or(page.getByRole("radio", { name: part }));
      await choice.first().click();
      await page
        .getByRole("columnheader", { name: part.slice(3), exact: false })
        .first()
        .waitFor();
    }
    await accessible(page);
  });

  await t.test("a kind opens its events", async () => {
    await page.getByRole("link", { name: "Data changed: its events" }).click();
    await page.getByRole("button", { name: /Kind of use: Data changed/ }).waitFor();
    assert.ok((await count(page)) > 0);
    const kinds = page.getByRole("cell", { name: /^(Page opened|Data changed|Action|Other|not counted)$/ });
    assert.deepEqual([...new Set(await kinds.allTextContents())], ["Data changed"]);
  });
});
