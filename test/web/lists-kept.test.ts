/** Each list beyond the screen: exported, as it stood before, and on a phone. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import type { Page } from "playwright-core";
import { unzip } from "../unzip.ts";
import { becomes, foot } from "./acts.ts";
import { PHONE, visitor } from "./browser.ts";
import { atApi, count, listed, openFilter, query, twice } from "./listing.ts";

/** Each list with a filter, and what of its stamp shows it. */
const EXPORTS = [
  { path: "/users?status=deactivated&sort=name", file: "users", filter: { status: ["deactivated"] } },
  { path: "/roles?search=Co", file: "roles", filter: { search: "Co" } },
  { path: "/grants?jobStatus=closed", file: "grants", filter: { jobStatus: ["closed"] } },
  {
    path: "/events?counts=true&kind=viewed,acted",
    file: "events",
    filter: { counts: true, kind: ["viewed", "acted"] },
  },
  { path: "/changes?kind=removed", file: "changes", filter: { kind: ["removed"] } },
] as const;

interface Stamp {
  rows: number;
  of: number | null;
  filter: Record<string, unknown>;
  sort: string;
  sha256: string;
  member: string;
  listing: { run: number } | null;
}

async function downloaded(page: Page, as: RegExp): Promise<Buffer> {
  await page.getByRole("button", { name: "Export" }).click();
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("menuitem", { name: as }).click(),
  ]);
  return readFileSync(await download.path());
}

/** Records of a CSV below its head; a quoted cell may hold line breaks. */
const records = (csv: string): number =>
  csv
    .replaceAll(/"[^"]*"/g, "")
    .split("\n")
    .filter((line) => line.trim() !== "").length - 1;

test("the lists, kept: as a file, as they stood, and on a phone", async (t) => {
  const there = await twice(t);
  const { page } = await visitor(t, there, { as: "admin", acceptDownloads: true });

  for (const { path, file, filter } of EXPORTS) {
    await t.test(`${path}: exported as it is seen, as CSV and as JSON, with its stamp`, async () => {
      const rows = await listed(page, path);
      assert.ok(rows > 0);
      const zip = unzip(await downloaded(page, /^CSV/));
      const csv = zip.get(`${file}.csv`)!;
      assert.equal(records(csv.toString("utf8")), rows);
      const stamp = JSON.parse(zip.get("stamp.json")!.toString("utf8")) as Stamp;
      assert.equal(stamp.rows, rows);
      assert.deepEqual(stamp.filter, filter);
      assert.equal(stamp.sha256, createHash("sha256").update(csv).digest("hex"));
      assert.ok(stamp.listing!.run > 0 && stamp.sort && stamp.member.includes("The admin"));
      const json = JSON.parse((await downloaded(page, /^JSON/)).toString("utf8")) as {
        rows: unknown[];
        stamp: Stamp;
      };
      assert.equal(json.rows.length, rows);
      assert.deepEqual(json.stamp.filter, filter);
    });
  }

  for (const [path, file, head] of [
    ["/users?columns=emailConfirmed", "users", "id,name,email,service_account,agency,email_confirmed"],
    ["/grants?columns=made,role", "grants", "kind,id,user_id,user,email,role_id,role,made"],
    ["/events?columns=counts,request", "events", "at,target_type,type,kind,counts,request_type,request_id"],
    ["/changes?columns=by", "changes", "between_from,between_to,stream,kind,row_id,what,by,action"],
  ] as const) {
    await t.test(`${path}: a file has the columns that are shown`, async () => {
      await listed(page, path);
      const csv = unzip(await downloaded(page, /^CSV/))
        .get(`${file}.csv`)!
        .toString("utf8");
      assert.equal(csv.split(/\r?\n/)[0]!.replace("\ufeff", ""), head);
    });
  }

  await t.test(
    "as of a moment between the two readings: who has come since is not there, who left is active",
    async () => {
      const asOf = `asOf=${encodeURIComponent(there.between)}`;
      assert.equal(await listed(page, "/users?search=nova.stern"), 1);
      assert.equal(await listed(page, `/users?search=nova.stern&${asOf}`), 0);
      assert.match(await foot(page), / · as of /);
      const [now, then] = [await listed(page, "/grants"), await listed(page, `/grants?${asOf}`)];
      assert.equal(then, now + 1);
      // Use is told for now only: nobody is said to have had none.
      assert.equal(await page.getByRole("cell", { name: /^none since/ }).count(), 0);
      assert.ok((await page.getByRole("button", { name: "Unknown" }).count()) > 0);
      await listed(page, `/roles?${asOf}`);
      await page.getByRole("button", { name: "Unknown" }).first().click();
      await page.getByText(/ not told as of an earlier time/).waitFor();
      await page.keyboard.press("Escape");
      assert.equal(
        await listed(page, `/users?status=deactivated&${asOf}`),
        (await listed(page, "/users?status=deactivated")) - 1,
      );
    },
  );

  for (const list of ["/users", "/roles", "/grants"]) {
    await t.test(
      `${list}: as of a day before anything was read, it says “Not known” and no number`,
      async () => {
        await listed(page, list);
        const panel = await openFilter(page);
        await panel.getByLabel("As of").fill("2020-01-01");
        await page.keyboard.press("Enter");
        await page.getByText("Not known", { exact: true }).waitFor();
        await page.getByText(/^First read on /).waitFor();
        await page.getByRole("button", { name: "Show today" }).click();
        assert.ok((await count(page)) > 0);
      },
    );
  }

  await t.test(
    "on a phone: rows are cards, filters a sheet, sorting a menu, and the foot stays",
    async () => {
      const { page: phone } = await visitor(t, there, { as: "viewer", viewport: PHONE, hasTouch: true });
      for (const [list, name] of [
        ["/users", "Users"],
        ["/grants", "Roles and grants"],
        ["/events", "Events"],
        ["/changes", "Changes"],
      ] as const) {
        await listed(phone, list);
        assert.equal(await phone.getByRole("table").count(), 0, list);
        assert.ok((await phone.getByRole("region", { name }).getByRole("listitem").count()) > 0, list);
        assert.ok(await phone.locator("[data-stamp]").first().isVisible());
      }
      await listed(phone, "/users");
      await phone.getByRole("button", { name: /^Filter/ }).click();
      const sheet = phone.getByRole("dialog", { name: "Filters" });
      await sheet.getByRole("checkbox", { name: "Site Admin" }).check();
      await sheet.getByRole("button", { name: "Show" }).click();
      await becomes(() => count(phone), await atApi(phone, "/users?level=site_admin"));
      await phone.getByRole("button", { name: "Sort" }).click();
      await phone.getByRole("menuitemradio", { name: "Name, descending" }).click();
      await becomes(async () => query(phone), "?level=site_admin&sort=name&descending=true");
    },
  );
});
