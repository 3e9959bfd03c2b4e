/** Parts of the tests of lists. */
import type { TestContext } from "node:test";
import type { Locator, Page } from "playwright-core";
import { sync } from "../harness.ts";
import { becomes, foot, numberIn } from "./acts.ts";
import { type Site, site } from "./browser.ts";

/** More than a page of each; yet few enough to scroll through them in a moment. */
const SIZE = { users: 260, jobPermissions: 900, eventsPerDay: 20 };

/** Read twice; between the two a person left, one came, one was renamed, and grants went. */
export async function twice(t: TestContext): Promise<Site & { between: string }> {
  const there = await site(t, SIZE);
  const connection = await there.connected("harvest_v3", { adminUserId: null });
  const { sim, house } = there;
  const between = new Date().toISOString();
  const [someone] = (await sim.control.dump({ parts: ["userJobPermissions"] })).userJobPermissions;
  sim.control.mutate(
    { op: "addUser", firstName: "Nova", lastName: "Stern", email: "nova.stern@example.org" },
    { op: "deactivateUser", userId: Number(someone!.user_id) },
    { op: "renameUser", userId: sim.nonAdminId, firstName: "Zoe", lastName: "Renamed" },
    { op: "removeJobPermission", id: Number(someone!.id) },
  );
  await sync(house, connection);
  return Object.assign(there, { between });
}

/** What the foot counts, once the list shows what the address asks for. What is not counted is scrolled to its end. */
export async function count(page: Page): Promise<number> {
  await page.locator("[data-stamp]").first().waitFor();
  await becomes(() => page.locator("[aria-busy=true], .opacity-60").count(), 0);
  await becomes(async () => {
    const follow = (await foot(page)).includes("more follow");
    if (follow) await toEnd(page);
    return follow;
  }, false);
  return numberIn(await foot(page));
}

export const toEnd = (page: Page) =>
  page.evaluate(`for (const each of document.querySelectorAll("main [role=region]")) each.scrollTop = 1e9`);

export async function listed(page: Page, path: string): Promise<number> {
  await page.goto(path);
  return count(page);
}

/** Rows of this filter, counted page by page at the API. */
export const atApi = (page: Page, path: string): Promise<number> =>
  page.evaluate(`(async () => {
    let rows = 0;
    for (let cursor = ""; cursor !== null; ) {
      const url = new URL("/api/v1/connections/1${path}", location.href);
      url.searchParams.set("limit", "1000");
      if (cursor) url.searchParams.set("cursor", cursor);
      const { items, nextCursor } = await (await fetch(url)).json();
      rows += items.length;
      cursor = nextCursor;
    }
    return rows;
  })()`);

export const query = (page: Page) => new URL(page.url()).search;

export async function openFilter(page: Page): Promise<Locator> {
  await page.getByRole("button", { name: "Filter", exact: true }).click();
  return page.getByRole("dialog");
}
