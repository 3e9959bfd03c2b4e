import assert from "node:assert/strict";
import { test } from "node:test";
import type { Page } from "playwright-core";
import {
  accessible,
  COLOR_RULES,
  PHONE,
  type Site,
  screenshot,
  settled,
  site,
  visitor,
  WIDE,
} from "./browser.ts";

/** Every page of members, with the address at which it shows something. */
const PAGES: [name: string, path: (there: { connection: number; user: string }) => string][] = [
  ["dashboard", () => "/"],
  ["users", () => "/users"],
  ["user", ({ user }) => `/users/${user}`],
  ["employees", () => "/employees"],
  ["roles", () => "/roles"],
  ["grants", () => "/grants"],
  ["licenses", () => "/licenses"],
  ["usage", () => "/usage"],
  ["events", () => "/events"],
  ["changes", () => "/changes"],
  ["findings", () => "/findings"],
  ["actions", () => "/actions"],
  ["alerts", () => "/alerts"],
  ["integrations", () => "/integrations"],
  ["connection", ({ connection }) => `/integrations/${connection}`],
  ["account", () => "/account"],
  ["members", () => "/members"],
  ["tokens", () => "/members?tab=tokens"],
  ["audit-trail", () => "/audit-trail"],
];

const LONG = process.env.GLASSHOUSE_TEST_LONG !== undefined;
/** Pixels that a scrollbar takes on some systems. */
const SCROLLBAR = 15;

const WIDTHS = [
  ["wide", { viewport: WIDE }],
  ["phone", { viewport: PHONE, hasTouch: true }],
] as const;

/** Shown whole: nothing is being loaded any more, and nothing failed to be found. */
async function shown(page: Page, path: string): Promise<void> {
  await page.goto(path);
  await page.getByRole("heading", { level: 1 }).first().waitFor();
  await settled(page);
  assert.equal(await page.getByText("There is no such page").count(), 0, path);
}

async function fits(page: Page): Promise<void> {
  const over = await page.evaluate(`[
    document.documentElement.scrollWidth - window.innerWidth,
    document.documentElement.scrollHeight - window.innerHeight,
  ]`);
  // What is long scrolls within the frame, so that navigation and foot stay where they are.
  assert.deepEqual(over, [0, 0], "pixels by which the page is larger than the window");
  const aside = await page.evaluate(`[...document.querySelectorAll("main, main *")]
    .filter((each) => {
      const { overflowX, overflowY } = getComputedStyle(each);
      const strip = each.matches("nav, fieldset, [role=tablist]") && overflowY === "auto";
      return (overflowX === "auto" && each.querySelector("h1") && each.scrollWidth > each.clientWidth)
        || (strip && each.scrollHeight > each.clientHeight);
    })
    .map((each) => each.tagName + " " + (each.getAttribute("aria-label") ?? each.textContent.slice(0, 40)))`);
  assert.deepEqual(aside, [], "a page that scrolls sideways, or a row of tabs that scrolls up and down");
  // Where scrollbars take room, a list's columns are not cut off by it.
  const cut = await page.evaluate(`[...document.querySelectorAll("[role=region]:has(> table)")]
    .filter((list) => parseFloat(list.firstElementChild.style.minWidth) + ${SCROLLBAR} > list.clientWidth)
    .map((list) => list.getAttribute("aria-label"))`);
  assert.deepEqual(cut, [], "lists that scroll sideways");
}

/**
 * One test per page and width; empty pages are one card, which is tried where there is least room, and full ones on a phone only in
 * the long run. `prepare` answers the connection whose page is looked at. Dark is looked at on the same page as light: the two differ
 * in colors alone, by the style sheet, so that only the rules of color can find anything new there. Colors cost most to look at: of
 * empty pages they are in light alone; in the long run everywhere.
 */
export function everyPage(state: "full" | "empty", prepare: (there: Site) => Promise<number>): void {
  test(`every page, ${state}: fits, and hides nothing from anybody`, async (t) => {
    const there = await site(t);
    const connection = await prepare(there);
    const user = String(there.sim.siteAdminId);
    const one = state === "empty" ? "phone" : "wide";
    const widths = LONG && state === "full" ? WIDTHS : WIDTHS.filter(([width]) => width === one);
    for (const [width, options] of widths) {
      const { page } = await visitor(t, there, { as: "admin", ...options });
      for (const [name, path] of PAGES) {
        await t.test(`${name}, ${width}`, async () => {
          const picture = [name, state, width].join("-");
          await page.emulateMedia({ colorScheme: "light" });
          await shown(page, path({ connection, user }));
          await fits(page);
          await screenshot(page, `${picture}-light`);
          await accessible(page);
          await page.emulateMedia({ colorScheme: "dark" });
          await screenshot(page, `${picture}-dark`);
          if (LONG || state === "full") await accessible(page, { only: COLOR_RULES });
        });
      }
    }
  });
}
