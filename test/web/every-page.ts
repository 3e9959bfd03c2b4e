import assert from "node:assert/strict";
import { test } from "node:test";
import type { Page } from "playwright-core";
import { accessible, PHONE, type Site, screenshot, site, visitor, WIDE } from "./browser.ts";

/** Every page of members, with the address at which it shows something. */
const PAGES: [name: string, path: (there: { connection: number; user: string }) => string][] = [
  ["dashboard", () => "/"],
  ["users", () => "/users"],
  ["user", ({ user }) => `/users/${user}`],
  ["roles", () => "/roles"],
  ["grants", () => "/grants"],
  ["licenses", () => "/licenses"],
  ["usage", () => "/usage"],
  ["events", () => "/events"],
  ["changes", () => "/changes"],
  ["integrations", () => "/integrations"],
  ["connection", ({ connection }) => `/integrations/${connection}`],
];

const LOOKS = [
  ["wide light", { viewport: WIDE, colorScheme: "light" }],
  ["wide dark", { viewport: WIDE, colorScheme: "dark" }],
  ["phone light", { viewport: PHONE, colorScheme: "light", hasTouch: true }],
  ["phone dark", { viewport: PHONE, colorScheme: "dark", hasTouch: true }],
] as const;

/** Shown whole: nothing is being loaded any more, and nothing failed to be found. */
async function shown(page: Page, path: string): Promise<void> {
  await page.goto(path);
  await page.getByRole("heading", { level: 1 }).first().waitFor();
  await page.waitForLoadState("networkidle");
  await page.waitForFunction("!document.querySelector('[aria-busy=true]')");
  assert.equal(await page.getByText("There is no such page").count(), 0, path);
}

async function fits(page: Page): Promise<void> {
  const over = await page.evaluate(`[
    document.documentElement.scrollWidth - window.innerWidth,
    document.documentElement.scrollHeight - window.innerHeight,
  ]`);
  // What is long scrolls within the frame, so that navigation and foot stay where they are.
  assert.deepEqual(over, [0, 0], "pixels by which the page is larger than the window");
}

/** One test per page and look. `prepare` answers the connection whose page is looked at. */
export function everyPage(state: "full" | "empty", prepare: (there: Site) => Promise<number>): void {
  test(`every page, ${state}: fits, and hides nothing from anybody`, async (t) => {
    const there = await site(t);
    const connection = await prepare(there);
    const user = String(there.sim.siteAdminId);
    for (const [look, options] of LOOKS) {
      const { page } = await visitor(t, there, { as: "admin", ...options });
      for (const [name, path] of PAGES) {
        await t.test(`${name}, ${look}`, async () => {
          await shown(page, path({ connection, user }));
          await fits(page);
          await screenshot(page, [name, state, look].join(" ").replaceAll(" ", "-"));
          await accessible(page);
        });
      }
    }
  });
}
