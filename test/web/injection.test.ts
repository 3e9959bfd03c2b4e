/** Names and words of others that would be code: shown as text on every page, and run nowhere. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { sync } from "../harness.ts";
import { settled, site, visitor } from "./browser.ts";

const EVIL = [
  '<img src=x onerror="window.stolen=1">',
  "<script>window.stolen=1</script>",
  '"><svg onload=window.stolen=1>',
  "javascript:window.stolen=1",
  "</title><script>window.stolen=1</script>",
  "{{constructor.constructor('window.stolen=1')()}}",
  "\u202e<b>\u2066'; drop table user; --",
];

test("a name that would be code is text on every page, and a way back leads to no other site", async (t) => {
  const there = await site(t, { users: 20, eventsPerDay: 20 });
  const { sim, house } = there;
  const connection = await there.connected("harvest_v3", { name: EVIL[0]! });
  const hostile = { kind: "hostileNames", texts: EVIL } as const;
  sim.control.addFaults({ match: {}, fault: hostile });
  await sync(house, connection);
  const { page } = await visitor(t, there, { as: "admin" });
  const dialogs: string[] = [];
  page.on("dialog", (dialog) => {
    dialogs.push(dialog.message());
    void dialog.dismiss();
  });
  const employees = EVIL.map((text, i) => `e${i}@aldermoor.example,"${text.replaceAll('"', '""')}"`);
  const file = Buffer.from(["Email,Name", ...employees].join("\n")).toString("base64");
  const imported = await page.request.post("/api/v1/employees/import", {
    headers: { origin: there.url },
    data: { kind: "csv", means: "works_here", file },
  });
  assert.equal(imported.status(), 200, await imported.text());
  const user = String(sim.siteAdminId);
  for (const path of [
    "/",
    "/users",
    `/users/${user}`,
    "/roles",
    "/grants",
    "/grants?by=job",
    "/events",
    "/changes",
    "/licenses",
    "/usage",
    "/alerts?tab=report",
    "/findings",
    "/employees?list=all",
    "/actions",
    "/members",
    "/integrations",
    `/integrations/${connection.id}`,
    "/audit-trail",
  ]) {
    await page.goto(path);
    await page.getByRole("heading", { level: 1 }).first().waitFor();
    await settled(page);
    assert.equal(await page.evaluate("window.stolen"), undefined, path);
    const foreign =
      await page.evaluate(`[...document.querySelectorAll("a[href], img[src], script[src], iframe, form[action], b, svg[onload]")]
      .filter((each) => each.matches("b, iframe, svg[onload]") || new URL(each.href || each.src || each.action, location.href).origin !== location.origin)
      .map((each) => each.outerHTML)`);
    assert.deepEqual(foreign, [], path);
  }
  await page.goto("/users");
  await page.getByText(EVIL[1]!).first().waitFor();
  for (const back of [
    "//evil.example",
    "/\\evil.example",
    "/\t/evil.example",
    "https://evil.example",
    "javascript:window.stolen=1",
    "/%2F/evil.example",
  ]) {
    await page.goto(`/sign-in?back=${encodeURIComponent(back)}`);
    await page.getByRole("heading", { level: 1 }).first().waitFor();
    assert.equal(new URL(page.url()).origin, there.url, back);
    assert.equal(await page.evaluate("window.stolen"), undefined, back);
  }
  assert.deepEqual(dialogs, []);
});
