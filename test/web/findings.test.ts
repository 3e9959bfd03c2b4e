/** Findings: the list, one whole with its evidence, and what is decided about it. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { becomes, story } from "./acts.ts";
import { accessible, PHONE, screenshot, settled, site, visitor } from "./browser.ts";

test("findings", async (t) => {
  const there = await site(t);
  await there.connected();
  const { page } = await visitor(t, there, { as: "operator" });
  const part = story(t);
  const rows = page.getByRole("row");
  const open = page.getByRole("dialog");
  let text = "";

  await part("open ones, the severest first; the foot says what they rest on", async () => {
    await page.goto("/findings");
    await page.getByRole("heading", { level: 1, name: "Findings" }).waitFor();
    await settled(page);
    const severities = (await page.locator("tbody td:first-child").allTextContents()).filter(Boolean);
    const rank = ["High", "Medium", "Low"];
    assert.ok(severities.length > 2, `${severities.length} findings`);
    assert.deepEqual(
      severities,
      [...severities].sort((a, b) => rank.indexOf(a) - rank.indexOf(b)),
    );
    await screenshot(page, "findings-wide");
  });

  await part(
    "a click shows one whole: what to do, its evidence, and the list that has all rows",
    async () => {
      const link = rows.getByRole("button", { name: /grants on .* closed job/ }).first();
      text = (await link.textContent())!;
      await link.click();
      await open.getByText(text).waitFor();
      await open.getByText("What to do").waitFor();
      await open.getByRole("heading", { name: "Evidence" }).waitFor();
      await accessible(page);
      await screenshot(page, "finding");
      await open.getByRole("link", { name: "Show all rows" }).click();
      await page.waitForURL(/\/grants\?.*jobStatus=closed/);
      await page.goBack();
    },
  );

  await part("it is accepted with a reason until a day, and no longer among the open ones", async () => {
    await open.getByRole("button", { name: "Accept" }).click();
    await open.getByRole("button", { name: "Accept" }).click();
    await open.getByText("Give a reason.").waitFor();
    await open.getByLabel("Until").fill(new Date(Date.now() + 40 * 86_400_000).toISOString().slice(0, 10));
    await open.getByLabel("Reason").fill("needed for reports");
    await open.getByRole("button", { name: "Accept" }).click();
    await open.getByText("needed for reports").waitFor();
    await open.getByRole("button", { name: "I look after it" }).click();
    await open.getByRole("button", { name: "Nobody looks after it" }).waitFor();
    await open.getByRole("button", { name: "Close" }).click();
    await becomes(() => rows.getByRole("button", { name: text }).count(), 0);
    await page.goto("/findings?state=accepted");
    await rows.getByRole("button", { name: text }).waitFor();
    await rows.getByText("The operator").first().waitFor();
  });

  await part("an admin switches a rule off: its findings are gone from the list", async () => {
    const { page: theirs } = await visitor(t, there, { as: "admin" });
    await theirs.goto("/findings?state=accepted");
    await theirs.getByRole("button", { name: text }).waitFor();
    await theirs.getByRole("button", { name: "Rules" }).click();
    const dialog = theirs.getByRole("dialog", { name: "Rules of findings" });
    await dialog.getByRole("switch", { name: "Grants on closed jobs" }).click();
    await accessible(theirs);
    await screenshot(theirs, "finding-rules");
    await dialog.getByRole("button", { name: "Save" }).click();
    await theirs.getByText("No finding fits.").waitFor();
    await theirs.getByRole("button", { name: "Rules" }).click();
    await dialog.getByRole("switch", { name: "Grants on closed jobs" }).click();
    await dialog.getByRole("button", { name: "Save" }).click();
    await theirs.getByRole("button", { name: text }).waitFor();
  });

  await part("a viewer reads it, and decides nothing", async () => {
    const { page: theirs } = await visitor(t, there, { as: "viewer", viewport: PHONE, hasTouch: true });
    await theirs.goto("/findings?state=accepted");
    await theirs.getByRole("button", { name: text }).click();
    await theirs.getByRole("dialog").getByText("needed for reports").waitFor();
    await screenshot(theirs, "finding-phone");
    assert.equal(await theirs.getByRole("button", { name: "Open again" }).count(), 0);
  });
});
