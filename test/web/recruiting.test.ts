/** Use without the audit log in the browser: who did what, its sources, and windows that are tried before they are saved. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { DEFAULT_SETTINGS } from "../../src/model/connection.ts";
import { getConnection } from "../../src/store/connections/connections.ts";
import { accessible, site, visitor } from "./browser.ts";

test("recruiting activity", async (t) => {
  const there = await site(t, { users: 40, eventsPerDay: 60 });
  const settings = { ...DEFAULT_SETTINGS, off: ["audit_log" as const] };
  const connection = await there.connected("harvest_v3", { settings });
  const { page } = await visitor(t, there, { as: "admin" });

  await t.test("Usage shows who did what, never a flat chart, and what each source can't show", async () => {
    await page.goto("/usage");
    await page.getByRole("heading", { name: "Recruiting activity" }).waitFor();
    await page.getByText("That there is none shows nothing").first().waitFor();
    assert.equal(await page.getByText("Active people by day").count(), 0);
    const row = page.getByRole("row", { name: /^Scorecard submitted/ });
    const shown = await row.getByRole("link").textContent();
    await accessible(page);
    await row.getByRole("link").click();
    await page
      .getByText(new RegExp(`^${shown} of \\d+ users`))
      .first()
      .waitFor();
    await page.getByText("Use told by").first().waitFor();
  });

  await t.test(
    "Users: the source stands beside the date, with what it shows; who isn't confirmed is a view",
    async () => {
      await page.goto("/users?status=active&serviceAccounts=exclude&use=in_use");
      await page
        .getByRole("button", { name: /· (scorecard|interview|scheduling|reply|approval|rejection)$/ })
        .first()
        .click();
      await page
        .getByText(/^They |^An? /)
        .first()
        .waitFor();
      await page.goto("/users?status=active&serviceAccounts=exclude&unconfirmed=true");
      await page.getByText("the nearest thing to never signed in").waitFor();
      await accessible(page);
    },
  );

  await t.test("a window of a level: who would move is told, and saved it counts", async () => {
    await page.goto("/licenses");
    await page.getByRole("button", { name: "Change windows" }).click();
    await page.getByRole("button", { name: "Add a window" }).click();
    await page.getByText(/\(Basic\): Unknown → In use/).waitFor();
    await page.getByText("Greenhouse keeps 30 days of its audit log").waitFor();
    await accessible(page);
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByRole("dialog").waitFor({ state: "detached" });
    await page.getByText(/^Basic: 180 days/).waitFor();
    const saved = await getConnection(there.house.store.read, connection.id);
    assert.deepEqual(saved!.settings.windows, [{ level: "basic", role: null, days: 180 }]);
  });
});
