import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import type { Page } from "playwright-core";
import { endpoints } from "../../src/api/contract.ts";
import { leavesTrail } from "../../src/api/trail/trail.ts";
import { ACTIONS } from "../../web/text/audit-trail.ts";
import { unzip } from "../unzip.ts";
import { accessible, PHONE, screenshot, site, visitor } from "./browser.ts";

test("every endpoint that leaves a row has words for it", () => {
  const leaving = Object.entries(endpoints).flatMap(([name, each]) => (leavesTrail(each) ? [name] : []));
  assert.deepEqual(
    leaving.filter((name) => ACTIONS[name] === undefined),
    [],
    "say in ACTIONS of web/text/audit-trail.ts what they do",
  );
});

const search = (page: Page) => Object.fromEntries(new URL(page.url()).searchParams);
const did = (page: Page, what: string) => page.getByRole("button", { name: what, exact: true });
const rows = async (page: Page) => (await page.getByRole("row").count()) - 1;

/** As a page of ours asks, with its own session. */
async function ask(page: Page, method: string, path: string, body?: object): Promise<number> {
  const given = JSON.stringify({
    method,
    ...(body && { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
  });
  return (await page.evaluate(
    `fetch("/api/v1${path}", ${given}).then(async (answer) => (await answer.arrayBuffer(), answer.status))`,
  )) as number;
}

test("the audit trail", async (t) => {
  const there = await site(t, { users: 20 });
  const { id } = await there.connected("harvest_v3", { name: "Aldermoor" });
  const { page } = await visitor(t, there, { as: "admin" });
  await page.goto("/audit-trail");
  await page.getByText("No rows.").waitFor();
  await screenshot(page, "audit-trail-none");

  const { page: viewers } = await visitor(t, there, { as: "viewer" });
  await viewers.goto("/account");
  const { page: nobodys } = await visitor(t, there);
  await nobodys.goto("/sign-in");
  const mara = { name: "Mara", email: "mara@example.org", role: "operator" };
  for (const [who, method, path, status, body] of [
    [page, "POST", "/members", 201, mara],
    [viewers, "POST", "/members", 403, { ...mara, email: "other@example.org" }],
    [nobodys, "POST", "/session", 401, { email: "admin@example.org", password: "not this one" }],
    [page, "POST", `/connections/${id}/sync`, 202, {}],
    [viewers, "GET", `/connections/${id}/users/export?status=active`, 200],
  ] as const) {
    assert.equal(await ask(who, method, path, body), status, `${method} ${path}`);
  }

  // The row of a file is written after its last byte.
  const written = "fetch('/api/v1/trail').then((answer) => answer.json()).then(({ items }) => items.length)";
  while (Number(await page.evaluate(written)) < 5);

  await t.test("who, from where, did what, to what, with what result, in words", async () => {
    await page.reload();
    for (const [what, cells] of [
      ["Invite a member", ["The admin admin@example.org", "127.0.0.1", "mara@example.org", "Done"]],
      ["Invite a member", ["The viewer viewer@example.org", "127.0.0.1", "None", "Not allowed"]],
      ["Sign in", ["Nobody signed in", "127.0.0.1", "admin@example.org", "Wrong e-mail or password"]],
      ["Sync now", ["The admin admin@example.org", "Aldermoor", "Done"]],
      ["Export users", ["The viewer viewer@example.org", "Done"]],
    ] as const) {
      const row = page
        .getByRole("row")
        .filter({ has: did(page, what) })
        .filter({ hasText: cells[0].split(" ").at(-1)! });
      for (const cell of cells) await row.getByRole("cell", { name: cell, exact: true }).waitFor();
    }
    assert.equal(await rows(page), 5);
    await page.getByRole("cell", { name: /^SHA-256 [0-9a-f]{8}… · Aldermoor$/ }).waitFor();
    await screenshot(page, "audit-trail-rows");
    await accessible(page);
  });

  await t.test("a row opens whole, with its raw names, and leads to its like", async () => {
    await did(page, "Export users").click();
    const detail = page.getByRole("dialog", { name: "Export users" });
    for (const text of ["exportUsers", "ok", "status: active", /^[0-9a-f]{64}$/]) {
      await detail.getByText(text, { exact: true }).waitFor();
    }
    await screenshot(page, "audit-trail-row");
    await accessible(page);
    await detail.getByRole("link", { name: "All of this kind" }).click();
    await page.getByRole("button", { name: "Remove filter Did: Export users" }).waitFor();
    await did(page, "Sync now").waitFor({ state: "detached" });
    assert.equal(await rows(page), 1);
  });

  await t.test("what is asked most is one click, and the address bar holds it", async () => {
    await page.getByRole("button", { name: "Refused", exact: true }).click();
    await page.getByRole("button", { name: "Remove filter Result: Refused or failed" }).waitFor();
    await did(page, "Sync now").waitFor({ state: "detached" });
    await page.getByRole("cell", { name: "Not allowed", exact: true }).waitFor();
    assert.deepEqual(search(page), { result: "refused" });
    assert.equal(await rows(page), 2);
    await page.reload();
    await page.getByRole("cell", { name: "Not allowed", exact: true }).waitFor();
    assert.equal(await rows(page), 2);
  });

  await t.test("one member's rows, and a day on which nothing was", async () => {
    await page.goto("/audit-trail");
    await page.getByRole("button", { name: "Filter", exact: true }).click();
    await page.getByRole("group", { name: "Member" }).getByRole("checkbox", { name: "The viewer" }).check();
    await page.keyboard.press("Escape");
    await did(page, "Sync now").waitFor({ state: "detached" });
    await page.getByRole("button", { name: "Remove filter Member: The viewer" }).waitFor();
    assert.equal(await rows(page), 2);
    await page.goto("/audit-trail?to=2020-01-01");
    await page.getByText("No row fits.").waitFor();
    await page.getByRole("button", { name: "Remove Before: 2020-01-01" }).click();
    await did(page, "Sync now").waitFor();
  });

  await t.test("the export holds what is seen; its hash stands in the trail", async () => {
    await page.goto("/audit-trail?result=refused");
    await page.getByRole("cell", { name: "Not allowed", exact: true }).waitFor();
    await page.getByRole("button", { name: "Export", exact: true }).click();
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("menuitem", { name: /^CSV/ }).click(),
    ]);
    const files = unzip(readFileSync(await download.path()));
    const csv = files.get("trail.csv")!;
    const lines = csv.toString("utf8").trim().split(/\r?\n/);
    assert.equal(lines.length, 3, "a head and two rows");
    assert.match(lines.join("\n"), /not_allowed/);
    const hash = createHash("sha256").update(csv).digest("hex");
    await page.goto("/audit-trail");
    await did(page, "Export the audit trail").click();
    const detail = page.getByRole("dialog", { name: "Export the audit trail" });
    await detail.getByText(hash, { exact: true }).waitFor();
    await detail.getByText("result: refused", { exact: true }).waitFor();
  });

  await t.test("on a phone each row is a card that opens", async () => {
    const phone = await visitor(t, there, { as: "admin", viewport: PHONE, hasTouch: true });
    await phone.page.goto("/audit-trail");
    await did(phone.page, "Sync now").click();
    await phone.page.getByRole("dialog", { name: "Sync now" }).waitFor();
    await screenshot(phone.page, "audit-trail-row-phone");
    assert.equal(await phone.page.evaluate("document.documentElement.scrollWidth"), PHONE.width);
  });

  await t.test("a viewer has no entry for it, and its address says who may", async () => {
    await viewers.goto("/audit-trail");
    await viewers.getByText("Only admins see this page.").waitFor();
    assert.equal(await viewers.getByRole("link", { name: "Audit trail" }).count(), 0);
    assert.equal(await viewers.getByText("127.0.0.1").count(), 0);
    assert.equal(await ask(viewers, "GET", "/trail"), 403);
    assert.equal(await ask(viewers, "GET", "/trail/export"), 403);
  });
});
