/** Licenses in the browser: rules are changed with who moves told first; the files say what the page says. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { becomes } from "./acts.ts";
import { accessible, site, visitor } from "./browser.ts";

interface View {
  types: { type: string; assigned: number }[];
  total: { assigned: number };
}

test("licenses", async (t) => {
  const there = await site(t, { users: 60 });
  await there.connected();
  const { page } = await visitor(t, there, { as: "operator" });
  const at = async (path: string) => {
    const answer = await page.request.get(`/api/v1/connections/1${path}`);
    assert.equal(answer.status(), 200, path);
    return answer;
  };
  const view = async () => (await (await at("/licenses")).json()) as View;
  await page.goto("/licenses");
  const change = page.getByRole("button", { name: "Change rules and prices" });
  const dialog = page.getByRole("dialog");
  const before = await view();
  const { rules } = (await (await at("/license-rules")).json()) as { rules: { type: string | null }[] };
  const rule = rules.findIndex(({ type }) => before.types.some((each) => each.type === type));
  const moving = before.types.find(({ type }) => type === rules[rule]!.type)!;
  const field = dialog.getByLabel(`Rule ${rule + 1}: License type`);

  await t.test("who would move is told, and nothing is changed by looking", async () => {
    await change.click();
    await dialog.getByText("Nobody moves.").waitFor();
    await field.fill("Seat");
    await dialog
      .getByText(/→ Seat$/)
      .first()
      .waitFor();
    await accessible(page);
    await dialog.getByRole("button", { name: "Cancel" }).click();
    assert.deepEqual((await view()).types, before.types);
  });

  await t.test("rules are saved, and the table counts by them", async () => {
    await change.click();
    await field.fill("Seat");
    await dialog
      .getByText(/→ Seat$/)
      .first()
      .waitFor();
    await dialog.getByRole("button", { name: "Save", exact: true }).click();
    await dialog.waitFor({ state: "hidden" });
    await page.getByText("Seat", { exact: true }).first().waitFor();
    const { types, total } = await view();
    assert.equal(types.find(({ type }) => type === "Seat")?.assigned, moving.assigned);
    assert.equal(total.assigned, before.total.assigned);
  });

  await t.test("the files hold the rows of the table, with a stamp", async () => {
    const { types } = await view();
    const json = (await (await at("/licenses/export?format=json")).json()) as {
      rows: { type: string; assigned: number }[];
      stamp: { rows: number };
    };
    const shown = ({ type, assigned }: { type: string; assigned: number }) => `${type} ${assigned}`;
    assert.deepEqual(json.rows.map(shown), types.map(shown));
    assert.equal(json.stamp.rows, json.rows.length);
    await page.getByRole("button", { name: "Export" }).click();
    const file = page.waitForEvent("download");
    await page.getByRole("menuitem", { name: /^CSV/ }).click();
    assert.match((await file).suggestedFilename(), /licenses.*\.zip$/);
  });

  await t.test("a viewer can't change them", async () => {
    const { page: other } = await visitor(t, there, { as: "viewer" });
    await other.goto("/licenses");
    await other.getByText("An operator or admin can change rules and prices.").waitFor();
    await becomes(() => other.getByRole("button", { name: "Change rules and prices" }).count(), 0);
  });
});
