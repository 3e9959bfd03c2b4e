/** *Look around with sample data*, by a click: made, entered with its code, found again, and gone with the server. */
import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { type TestContext, test } from "node:test";
import { integrations } from "../../web/text/integrations.ts";
import { sampleWords as words } from "../../web/text/sample.ts";
import { accessible, byName, PHONE, type Site, screenshot, site, visitor } from "./browser.ts";

/** The sample organization is really read: how long that takes is the machine's affair. */
const UNTIL_IT_IS = { timeout: 0 };

test("one click makes the sample organization; its code lets its first admin in; a second click finds it; it ends by a click", async (t) => {
  const there = byName(await site(t));
  t.after(() => rmSync(`${there.dataDir}-demo`, { recursive: true, force: true }));
  const { page } = await visitor(t, there, { as: "admin" });
  await page.goto("/integrations");
  const card = page.getByRole("region", { name: words.title });
  await looked(t, there);
  await card.getByRole("button", { name: words.start }).click();
  await card.getByText(words.steps.simulator).waitFor(UNTIL_IT_IS);
  const open = card.getByRole("link", { name: words.open });
  await open.waitFor(UNTIL_IT_IS);
  const url = (await open.getAttribute("href"))!;
  await card.getByRole("button", { name: words.showCode }).click();
  const code = await card.locator("code").textContent();
  await screenshot(page, "sample-ready");

  // Whoever comes later finds the one that runs: nothing is started twice.
  const colleague = await visitor(t, there, { as: "admin" });
  await colleague.page.goto("/integrations");
  assert.equal(await colleague.page.getByRole("link", { name: words.open }).getAttribute("href"), url);

  const inside = await visitor(t, { url, open: there.open });
  const session = async () =>
    (await (await inside.page.request.get(`${url}/api/v1/session`)).json()) as object;
  const claimed = await inside.page.request.post(`${url}/api/v1/setup`, {
    headers: { origin: url },
    data: {
      code,
      name: "M. Ito",
      email: "m.ito@aldermoor.example",
      password: "a sentence that nobody would guess",
    },
  });
  assert.equal(claimed.status(), 201);
  assert.deepEqual(
    { ...(await session()), version: 0, member: 0, ways: 0 },
    {
      state: "signed_in",
      sample: true,
      version: 0,
      member: 0,
      idleMinutes: 720,
      ways: 0,
    },
  );
  await inside.page.goto(`${url}/users`);
  await inside.page.getByText("Sample data. Nobody here exists.").first().waitFor();
  // Another port of one machine has cookies of its own.
  await page.reload();
  await page.getByRole("heading", { name: integrations.title, level: 1 }).waitFor();
  await card.getByRole("button", { name: words.showCode }).click();
  await card.getByText(words.claimed).waitFor();
  await inside.page.goto("about:blank");

  await card.getByRole("button", { name: words.stop }).click();
  await card.getByRole("button", { name: words.start }).waitFor(UNTIL_IT_IS);
  await assert.rejects(fetch(url), "nobody answers there any more");
});

/** The card in each state that a click doesn't lead to here, on a phone in the dark. */
async function looked(t: TestContext, there: Site): Promise<void> {
  const { page } = await visitor(t, there, { as: "admin", viewport: PHONE, colorScheme: "dark" });
  const nothing = { step: null, url: null, why: null };
  const states: [string, object, string][] = [
    ["failed", { state: "failed", why: "No port is free at 127.0.0.1." }, "No port is free at 127.0.0.1."],
    ["elsewhere", { state: "elsewhere", why: "This server is for other machines too." }, words.command],
    ["starting", { state: "starting", step: "read" }, words.steps.read],
    ["ready", { state: "ready", step: "ready", url: "http://localhost:4181" }, words.ready],
  ];
  let answer: object = {};
  await page.route("**/api/v1/sample", (route) => route.fulfill({ json: answer }));
  for (const [name, state, text] of states) {
    answer = { ...nothing, ...state };
    await page.goto("/integrations");
    const card = page.getByRole("region", { name: words.title });
    await card.getByText(text).waitFor();
    await screenshot(page, `sample-${name}-phone-dark`);
    await accessible(page);
  }
}
