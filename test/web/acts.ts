/** What a person does in the console and sees there, by the roles and names that a screen reader tells. */

import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import { isDeepStrictEqual } from "node:util";
import type { Locator, Page } from "playwright-core";
import type { Simulator } from "../../simulator/index.ts";

/** Parts of one story: each rests on those before, so that after one that failed the rest is not told. */
export function story(t: TestContext): (part: string, tell: () => Promise<void>) => Promise<void> {
  let failed: string | null = null;
  return (part, tell) =>
    t.test(part, { skip: failed !== null && `after “${failed}”` }, async () => {
      failed = part;
      await tell();
      failed = null;
    });
}

/** Fills in the first two steps of Connect, and starts the test. */
export async function fillConnect(
  page: Page,
  sim: Simulator,
  { kind, adminUser = "", usage = true }: { kind: "v3" | "v1"; adminUser?: string; usage?: boolean },
): Promise<Locator> {
  const dialog = page.getByRole("dialog", { name: "Connect Greenhouse" });
  await dialog.getByRole("radio", { name: /^Read Glasshouse/ }).check();
  await dialog.getByRole("button", { name: "Continue" }).click();
  if (kind === "v3") {
    await dialog.getByRole("textbox", { name: "Client ID" }).fill(sim.clientId);
    await dialog.getByRole("textbox", { name: "Client secret" }).fill(sim.clientSecret);
  } else {
    await dialog.getByRole("radio", { name: /^Harvest v1 key/ }).check();
    await dialog.getByRole("textbox", { name: "Harvest v1 key" }).fill(sim.v1Key);
  }
  if (adminUser) await dialog.getByLabel(/^Admin user/).fill(adminUser);
  await dialog.getByRole("switch", { name: "Usage" }).setChecked(usage);
  await dialog.getByRole("button", { name: "Test", exact: true }).click();
  return dialog;
}

/** A connection on Integrations. */
export const tile = (page: Page, name: string): Locator => page.getByRole("article", { name, exact: true });

/** Shown with one of these words as its state, and soon. */
export async function says(where: Locator, word: string | RegExp): Promise<void> {
  await where.getByText(word, { exact: true }).first().waitFor();
}

/** The number that a link of this label counts: `57 Unused` → 57. */
export async function counted(page: Page | Locator, label: string): Promise<number> {
  const escaped = label.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  const link = page.getByRole("link", { name: new RegExp(`^[\\d,]+ ${escaped}$`) }).first();
  return numberIn(await link.textContent());
}

/** The first number of a text: `1,204 of 1,300 users` → 1204. */
export function numberIn(text: string | null): number {
  const found = /\d[\d,]*/.exec(text ?? "");
  assert.ok(found, `a number in “${text}”`);
  return Number(found[0].replaceAll(",", ""));
}

/** The foot of a table. */
export async function foot(page: Page): Promise<string> {
  return (await page.locator("[data-stamp]").first().textContent()) ?? "";
}

/** Polls until `look` answers what is wanted; fails with what it answered last. */
export async function becomes<T>(look: () => Promise<T>, wanted: T, why = ""): Promise<void> {
  let seen: T | undefined;
  for (let tries = 0; tries < TRIES; tries++) {
    seen = await look();
    if (isDeepStrictEqual(seen, wanted)) return;
    await new Promise((again) => setTimeout(again, POLL_MS));
  }
  assert.deepEqual(seen, wanted, why);
}
const POLL_MS = 50;
const TRIES = 300;
