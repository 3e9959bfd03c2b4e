/** A number is a link to the list that it counts, and the list has that many rows; what is not known is a word. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Page } from "playwright-core";
import { SCOPES_V3 } from "../../web/text/guide.ts";
import { sync } from "../harness.ts";
import { numberIn } from "./acts.ts";
import { site, visitor } from "./browser.ts";
import { count, listed } from "./listing.ts";

interface Counted {
  label: string;
  rows: number;
  href: string;
}

/** Every number of the page that leads to a list. */
async function numbers(page: Page, path: string): Promise<Counted[]> {
  await page.goto(path);
  const links = page.getByRole("main").getByRole("link", { name: /^[\d,]+ / });
  await links.first().waitFor();
  const found = await Promise.all(
    (await links.all()).map(async (link) => ({
      label: (await link.getAttribute("aria-label")) ?? "",
      rows: numberIn(await link.textContent()),
      href: (await link.getAttribute("href"))!,
    })),
  );
  // A link that stands twice, wide and narrow, is looked at once.
  return [...new Map(found.filter(({ label }) => label).map((each) => [each.href, each])).values()];
}

const skip = process.env.GLASSHOUSE_TEST_LONG ? false : "only in npm run test:long";

test("every number of dashboard, licenses, usage and roles leads to a list with that many rows", {
  skip,
}, async (t) => {
  const there = await site(t, { users: 60, eventsPerDay: 60 });
  const connection = await there.connected("harvest_v3", { adminUserId: null });
  const { sim, house } = there;
  const { users } = await sim.control.dump({ parts: ["users"] });
  const [first, second] = users.filter(({ deactivated, site_admin }) => !deactivated && !site_admin);
  const [added] = sim.control.mutate({
    op: "addUser",
    firstName: "Nova",
    lastName: "Stern",
    email: "nova.stern@example.org",
  });
  sim.control.mutate(
    { op: "deactivateUser", userId: Number(first!.id) },
    { op: "renameUser", userId: Number(second!.id), firstName: "Zoe", lastName: "Renamed" },
    { op: "setSiteAdmin", userId: Number(second!.id), value: true },
    { op: "addJobPermission", userId: Number(added!.userId) },
  );
  await sync(house, connection);
  const { page } = await visitor(t, there, { as: "viewer" });
  await t.test("usage and the dashboard tell the same number of people in use", async () => {
    const inUse = (await numbers(page, "/")).find(({ label }) => / In use/.test(label));
    const usage = (await numbers(page, "/usage")).find(({ label }) => /Last 28 days/.test(label));
    assert.ok(inUse!.rows > 0);
    assert.equal(usage!.rows, inUse!.rows);
  });
  const known = new Map<string, number>();
  for (const [path, which, least] of [
    ["/", /./, 15],
    ["/licenses", / (Job Admin|Total), /, 12],
    ["/usage", /^(?!.* events: )/, 7],
    ["/usage", / events: API keys$/, 1],
    ["/usage?by=level", / recorded use: (Site Admin|Job Admin|Basic)/, 3],
    ["/roles", /^[1-9].* Grants$/, 6],
  ] as const) {
    const counted = (await numbers(page, path)).filter(({ label }) => which.test(label));
    assert.ok(counted.length >= least, `${counted.length} numbers on ${path}`);
    for (const { label, rows, href } of counted) {
      await t.test(`${path}: ${label}`, async () => {
        if (!known.has(href)) known.set(href, await listed(page, href));
        assert.equal(known.get(href), rows, href);
      });
    }
  }
});

test("what is not known is the word Unknown with its reason, and never 0, a dash or an empty cell", async (t) => {
  const there = await site(t, { users: 30, eventsPerDay: 20, scenario: { "audit.addon": "off" } });
  const { sim } = there;
  const scopes = SCOPES_V3.map(({ name }) => name).filter((name) => !/permissions/.test(name));
  sim.control.patchScenario({ "credentials.v3": { [sim.clientId]: { secret: sim.clientSecret, scopes } } });
  await there.connected("harvest_v3", { adminUserId: null });
  const { page } = await visitor(t, there, { as: "viewer" });

  await t.test("users without grants and use", async () => {
    await listed(page, "/users?status=active&serviceAccounts=exclude");
    const cells = await page.getByRole("cell").allTextContents();
    assert.deepEqual(
      cells.filter((text) => /^[-–—]?$/.test(text.trim())),
      [],
    );
    const row = page.getByRole("row").filter({ hasText: "Job Admin" });
    assert.equal(await row.count(), 0, "without grants nobody is known to be Job Admin");
    const unknown = page.getByRole("row").nth(1).getByRole("button", { name: "Unknown" });
    assert.ok((await unknown.count()) >= 3, "license, last use, days and grants");
    await unknown.last().click();
    await page
      .getByRole("dialog")
      .getByText(/Grants were not read completely yet/)
      .waitFor();
  });

  await t.test(
    "the dashboard counts them as unknown, and says what is missing instead of a chart at 0",
    async () => {
      await page.goto("/");
      await page
        .getByRole("link", { name: /^\d+ Unknown$/ })
        .first()
        .waitFor();
      assert.equal(await page.getByRole("link", { name: /^0 Unknown$/ }).count(), 0);
      const claims = page.getByRole("link", { name: /^\d+ (In use|Unused|Never used|Job Admin|Basic)/ });
      assert.equal(await claims.count(), 0);
      assert.ok((await page.getByRole("main").getByRole("button", { name: "Unknown" }).count()) >= 6);
      await page.getByText(/No usage yet: no day of the audit log was read/).waitFor();
    },
  );

  await t.test("usage is “No usage yet” with its verdict", async () => {
    await page.goto("/usage");
    await page.getByText("No usage yet").waitFor();
    await page
      .getByText(/The audit log refuses us/)
      .first()
      .waitFor();
  });

  await t.test("events say that none was read", async () => {
    await page.goto("/events");
    await page.getByText("No event was read yet.").waitFor();
    assert.equal(await count(page), 0);
  });
});
