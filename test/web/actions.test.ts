/** Acting in the browser: choose, preview, confirm, results, undo, approval; and who can't. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { sync } from "../harness.ts";
import { accessible, COLOR_RULES, PHONE, screenshot, settled, site, visitor } from "./browser.ts";

test("people are deactivated after a preview, and each result is told; grants go; a second admin approves", async (t) => {
  const there = await site(t, { users: 40, eventsPerDay: 20 });
  const { house, sim } = there;
  const connection = await there.connected("harvest_v3", { permissionType: "read_and_act" });
  await sync(house, connection);
  const { page } = await visitor(t, there, { as: "admin", viewport: { width: 1440, height: 900 } });
  const dialog = page.getByRole("dialog");
  const boxes = page.getByRole("checkbox", { name: /^Choose / });
  const refuse = await house.store.read
    .selectFrom("user")
    .select("user_id")
    .where("status", "=", "active")
    .where("site_admin", "=", 0)
    .where("service_account", "=", 0)
    .orderBy("sort_name")
    .executeTakeFirstOrThrow();
  sim.control.patchScenario({ "write.refusals": { [refuse.user_id]: 422 } });

  await t.test("chosen on Users, previewed, applied by typing the number, and read back", async () => {
    await page.goto("/users?status=active&level=basic,job_admin&serviceAccounts=exclude");
    await boxes.nth(2).waitFor();
    for (const n of [0, 1, 2]) await boxes.nth(n).check();
    await page.getByText("3 chosen").waitFor();
    await screenshot(page, "actions-chosen");
    await page.getByRole("button", { name: "Deactivate…" }).click();
    await dialog.getByText("Touches 3 people.").waitFor();
    await settled(page);
    await accessible(page);
    await screenshot(page, "actions-preview");
    const go = dialog.getByRole("button", { name: "Deactivate 3 people" });
    assert.equal(await go.isDisabled(), true);
    await dialog.getByLabel("Type 3 to go on").fill("3");
    await go.click();
    await dialog.getByText("Done · 3 of 3 · 2 done and seen · 1 refused").waitFor();
    await dialog.getByText(/Greenhouse answered 422/).waitFor();
    await screenshot(page, "actions-result");
    await dialog.getByRole("link", { name: /^Open action/ }).click();
    await page.getByRole("heading", { name: "Deactivate: 3 people" }).waitFor();
    await settled(page);
    await accessible(page);
    await screenshot(page, "action");
  });

  await t.test("undone: those who were deactivated, and no other", async () => {
    await sync(house, connection, { lanes: ["directory", "grants"] });
    await page.getByRole("button", { name: "Undo: reactivate…" }).click();
    await dialog.getByRole("button", { name: "Reactivate 2 people" }).waitFor();
    await dialog.getByLabel("Type 2 to go on").fill("2");
    await dialog.getByRole("button", { name: "Reactivate 2 people" }).click();
    await dialog.getByText("Done · 2 of 2 · 2 done and seen").waitFor();
    await dialog.getByRole("button", { name: "Close", exact: true }).last().click();
    await page.getByText("Taken back by").waitFor();
    assert.equal(await page.getByRole("button", { name: "Undo: reactivate…" }).count(), 0);
    await page.getByRole("link", { name: "Action 2" }).click();
    await page.getByText("Takes back").waitFor();
  });

  await t.test("a grant is removed, once another admin has approved it", async () => {
    await sync(house, connection, { lanes: ["directory", "grants"] });
    await house.services.updateConnection(connection, {
      settings: { ...connection.settings, secondApproval: true },
    });
    sim.control.resetScenario();
    await page.goto("/grants?kind=job");
    await boxes.first().check();
    await page.getByRole("button", { name: "Remove grants…" }).click();
    await dialog.getByText("Another admin approves it before anything is sent.").waitFor();
    await dialog.getByRole("button", { name: /^Propose it/ }).click();
    await dialog.getByText(/^Proposed\. Another admin/).waitFor();
    await dialog.getByRole("link", { name: /^Open action/ }).click();
    await page.getByText(/^Nothing is sent before an admin other than/).waitFor();
    await settled(page);
    assert.equal(await page.getByRole("button", { name: "Approve" }).count(), 0, "nobody approves their own");
    await accessible(page);
    await screenshot(page, "action-proposed");
    const other = await visitor(t, there, { as: "admin", called: "Tomas Wren", colorScheme: "dark" });
    await other.page.goto("/");
    await other.page.getByRole("link", { name: "1 action waits for another admin's approval" }).click();
    await other.page.getByRole("link", { name: /^Remove grants: / }).click();
    await other.page.getByText("Waits for approval").first().waitFor();
    await settled(other.page);
    await accessible(other.page, { only: COLOR_RULES });
    await screenshot(other.page, "action-to-approve-dark");
    await other.page.getByRole("button", { name: "Approve" }).click();
    // The proposer's page follows by itself.
    for (const each of [page, other.page]) {
      await each.getByText("Done and seen", { exact: true }).first().waitFor();
      await each.getByText("Tomas Wren").first().waitFor();
    }
    assert.equal(await other.page.getByRole("button", { name: "Approve" }).count(), 0);
  });

  await t.test("on a phone and in the dark", async () => {
    const phone = await visitor(t, there, {
      as: "admin",
      viewport: PHONE,
      hasTouch: true,
      colorScheme: "dark",
    });
    await phone.page.goto("/actions");
    await phone.page.getByText("Deactivate: 3 people").waitFor();
    await settled(phone.page);
    await accessible(phone.page, { only: COLOR_RULES });
    await screenshot(phone.page, "actions-phone-dark");
    await phone.page.goto("/users");
    await phone.page
      .getByRole("checkbox", { name: /^Choose / })
      .first()
      .check();
    await settled(phone.page);
    await screenshot(phone.page, "actions-users-phone-dark");
    await phone.page.goto("/actions/1");
    await phone.page.getByText(/Greenhouse answered 422/).waitFor();
    await settled(phone.page);
    await screenshot(phone.page, "action-phone-dark");
  });

  await t.test(
    "an operator, and a connection that may only read, are shown nothing to act with",
    async () => {
      const operator = await visitor(t, there, { as: "operator" });
      await operator.page.goto("/users");
      await settled(operator.page);
      assert.equal(await operator.page.getByRole("checkbox", { name: /^Choose / }).count(), 0);
      await house.services.updateConnection(connection, { permissionType: "read" });
      await page.goto("/users");
      await settled(page);
      assert.equal(await boxes.count(), 0);
      await page.goto("/actions");
      await page.getByText("Reactivate: 2 people").waitFor();
      await settled(page);
      await screenshot(page, "actions");
    },
  );
});
