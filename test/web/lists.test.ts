/** Each list: its filters by clicking, the address that holds them, its order, its columns, and more than one page. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { becomes, foot, numberIn } from "./acts.ts";
import { visitor } from "./browser.ts";
import { atApi, count, listed, openFilter, query, toEnd, twice } from "./listing.ts";

interface Filtered {
  list: string;
  /** Ticked in the panel, in the group of that name; a flag has none. */
  group: string | null;
  tick: string;
  chip: string;
  search: string;
}

const FILTERS: Filtered[] = [
  {
    list: "/users",
    group: "Status",
    tick: "Deactivated",
    chip: "Status: Deactivated",
    search: "?status=deactivated",
  },
  {
    list: "/users",
    group: "Level",
    tick: "Site Admin",
    chip: "Level: Site Admin",
    search: "?level=site_admin",
  },
  { list: "/users", group: "License", tick: "Unused", chip: "License: Unused", search: "?license=unused" },
  { list: "/users", group: null, tick: "No e-mail", chip: "No e-mail", search: "?noEmail=true" },
  {
    list: "/grants",
    group: "State of the job",
    tick: "Closed",
    chip: "State of the job: Closed",
    search: "?jobStatus=closed",
  },
  { list: "/grants", group: "Made", tick: "by a rule", chip: "Made: by a rule", search: "?made=by_rule" },
  { list: "/grants", group: "Role", tick: "Private", chip: "Role: Private", search: "?role=" },
  {
    list: "/events",
    group: null,
    tick: "Only deeds that count as use",
    chip: "Only deeds that count as use",
    search: "?counts=true",
  },
  {
    list: "/events",
    group: "Done by",
    tick: "API keys",
    chip: "Done by: API keys",
    search: "?performerType=api_key",
  },
  { list: "/changes", group: "Kind", tick: "Removed", chip: "Kind: Removed", search: "?kind=removed" },
  { list: "/changes", group: "About", tick: "Users", chip: "About: Users", search: "?stream=users" },
];

const SEARCHES = [
  ["/users", "Search name, e-mail, ID", "nova.stern", 1],
  ["/roles", "Search roles", "Coordinator", 1],
] as const;

const SORTS = [
  // By name they stand already, and the head says so: a click turns them round.
  ["Name", "descending", "?sort=name&descending=true"],
  ["Grants", "descending", "?sort=grants&descending=true"],
  ["Last used", "ascending", "?sort=lastUsed"],
] as const;

test("the lists", async (t) => {
  const there = await twice(t);
  const { page } = await visitor(t, there, { as: "admin" });

  for (const [n, { list, group, tick, chip, search }] of FILTERS.entries()) {
    await t.test(`${list}: ${chip}, by clicking; in the address; taken away again`, async () => {
      const first = FILTERS[n - 1]?.list !== list;
      if (first) await page.goto(list);
      const whole = await atApi(page, list);
      const panel = await openFilter(page);
      const within = group === null ? panel : panel.getByRole("group", { name: group, exact: true });
      await within.getByRole("checkbox", { name: tick, exact: true }).check();
      await page.keyboard.press("Escape");
      const remove = page.getByRole("button", { name: `Remove filter ${chip}` });
      await remove.waitFor();
      assert.ok(query(page).startsWith(search), query(page));
      const expected = await atApi(page, `${list}${query(page)}`);
      assert.ok(expected > 0 && expected < whole, `${expected} of ${whole}: it narrows`);
      if (first) {
        const address = query(page);
        await page.reload();
        await remove.waitFor();
        assert.equal(query(page), address, "the same after a reload");
      }
      await becomes(() => count(page), expected);
      await remove.click();
      await becomes(async () => query(page), "");
      await becomes(async () => numberIn(await foot(page)) !== expected, true);
    });
  }

  for (const [list, label, text, rows] of SEARCHES) {
    await t.test(`${list}: searched for ${text}, and for what is nowhere`, async () => {
      await listed(page, list);
      const box = page.getByRole("searchbox", { name: label });
      await box.fill(text);
      await becomes(() => count(page), rows);
      assert.equal(query(page), `?search=${text}`);
      await page.reload();
      assert.equal(await box.inputValue(), text);
      assert.equal(await count(page), rows);
      await box.fill("nobody is called so");
      await page
        .getByText(/ fits\.$/)
        .first()
        .waitFor();
      await page.getByRole("button", { name: "Remove “nobody is called so”" }).click();
      await becomes(() => count(page), await atApi(page, list));
    });
  }

  for (const [column, direction, search] of SORTS) {
    await t.test(
      `/users: a click sorts by ${column}, ${direction}; the rows follow, and the address`,
      async () => {
        await listed(page, "/users");
        await page.getByRole("columnheader", { name: column }).getByRole("button").click();
        await page.locator(`th[aria-sort=${direction}]`).waitFor();
        assert.equal(query(page), search);
        const first: string = await page.evaluate(
          `fetch("/api/v1/connections/1/users${search}&limit=1").then((answer) => answer.json()).then(({ items }) => items[0].id)`,
        );
        await becomes(
          async () =>
            (await page.getByRole("row").nth(1).getByRole("link").first().getAttribute("href"))!.split(
              "?",
            )[0],
          `/users/${first}`,
        );
      },
    );
  }

  await t.test("/users: a preset sets its filters, and is named while they stand", async () => {
    await listed(page, "/users?level=basic");
    await page.getByRole("button", { name: "Views" }).click();
    await page.getByRole("menu").getByText("Site Admins", { exact: true }).click();
    await page.getByRole("button", { name: "View: Site Admins" }).waitFor();
    assert.equal(query(page), "?status=active&serviceAccounts=exclude&level=site_admin");
    await becomes(() => count(page), await atApi(page, `/users${query(page)}`));
  });

  await t.test("/users: a column is picked, shown after a reload, and put away", async () => {
    await listed(page, "/users?search=nova.stern");
    await page.getByRole("button", { name: "Columns" }).click();
    await page.getByRole("menuitemcheckbox", { name: "User ID" }).click();
    await page.keyboard.press("Escape");
    await page.getByRole("columnheader", { name: "User ID" }).waitFor();
    await page.reload();
    await page.getByRole("columnheader", { name: "User ID" }).waitFor();
    assert.match((await page.getByRole("row").nth(1).textContent())!, /\d{9,}$/);
  });

  await t.test("/grants: by role and by job lead to the grants that they count", async () => {
    await listed(page, "/roles");
    const link = page
      .getByRole("table", { name: "By role" })
      .getByRole("link", { name: / Grants$/ })
      .first();
    const grants = numberIn(await link.textContent());
    await link.click();
    await page.waitForURL("**/grants?**");
    await becomes(() => count(page), grants);
    await page.goto("/grants");
    await page
      .getByTitle(/^Who can see /)
      .first()
      .click();
    await page.getByRole("heading", { name: /^Who can see / }).waitFor();
    await page
      .getByText(/ways? to see this job/)
      .first()
      .waitFor();
  });

  await t.test(
    "/grants by job: a job is found by its name and by its ID, and leads to who can see it",
    async () => {
      assert.equal(await listed(page, "/grants?by=job"), await atApi(page, "/jobs"));
      const first = page.getByTitle(/^Who can see /).first();
      const name = (await first.textContent())!;
      const [, , id] = await page.getByRole("row").nth(1).getByRole("cell").allTextContents();
      await page.getByRole("searchbox").fill(`https://app.greenhouse.io/plans/${id}`);
      await page.waitForURL(/search=/);
      await becomes(() => page.getByTitle(/^Who can see /).allTextContents(), [name]);
      await page.getByRole("searchbox").fill("no job has this name");
      await page.getByText("No job fits.").waitFor();
      await page.getByRole("searchbox").fill(name.slice(0, 8));
      await page.getByTitle(`Who can see ${name}`).first().click();
      await page.getByRole("heading", { name: `Who can see ${name}` }).waitFor();
    },
  );

  for (const list of ["/users", "/events?counts=true"]) {
    await t.test(`${list}: scrolled to its end, every row was there`, async () => {
      const rows = await listed(page, list);
      assert.ok(rows > 200, "more than a page");
      await becomes(async () => {
        await toEnd(page);
        return Number(await page.getByRole("row").last().getAttribute("aria-rowindex"));
      }, rows + 1);
    });
  }
});
