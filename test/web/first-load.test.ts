import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { builtConsole, site, visitor } from "./browser.ts";

/** Bytes of compressed script that the first page may cost. */
const BUDGET = 250_000;

test("the page loads under its policy, from us alone, and says nothing to its console", async (t) => {
  const { page } = await visitor(t, await site(t), { as: "admin" });
  const answer = await page.goto("/");
  assert.equal(answer!.status(), 200);
  await page.getByRole("heading").first().waitFor();
  const policy = answer!.headers()["content-security-policy"]!;
  assert.doesNotMatch(policy, /unsafe/);
  const nonce = await page.locator('meta[name="csp-nonce"]').getAttribute("content");
  assert.ok(nonce && policy.includes(`'nonce-${nonce}'`));
});

test("whoever is not signed in is led to where they are, and what they asked for is kept", async (t) => {
  const there = await site(t);
  const { page } = await visitor(t, there);
  await page.goto("/users?status=active");
  await page.waitForURL("/setup");
  await visitor(t, there, { as: "viewer" });
  await page.goto("/users?status=active");
  await page.waitForURL("/sign-in?**");
  assert.equal(new URL(page.url()).searchParams.get("back"), "/users?status=active");
});

test("the policy stops what a page may not do, and the test would notice", async (t) => {
  const { page, problems } = await visitor(t, await site(t));
  await page.goto("/");
  await page.evaluate(`
    const script = document.createElement("script");
    script.textContent = "window.injected = true";
    document.body.append(script);
    fetch("http://127.0.0.1:9/elsewhere").catch(() => {});
  `);
  assert.equal(await page.evaluate("window.injected"), undefined);
  assert.ok(problems.some((problem) => /Content Security Policy/.test(problem)));
  problems.length = 0;
});

for (const [what, as, path] of [
  ["of the dashboard", "admin", "/"],
  ["of the users", "viewer", "/users"],
] as const) {
  test(`the first load ${what} takes less than 250 kB of compressed script`, async (t) => {
    const { page } = await visitor(t, await site(t), { as });
    const scripts = new Set<string>();
    page.on("request", (request) => {
      if (request.resourceType() === "script") scripts.add(new URL(request.url()).pathname);
    });
    await page.goto(path);
    await page.getByRole("heading", { level: 1 }).first().waitFor();
    await page.waitForLoadState("networkidle");
    assert.ok(scripts.size > 0);
    const dist = builtConsole();
    const sizes = [...scripts].map((script) => gzipSync(readFileSync(join(dist, script))).length);
    const total = sizes.reduce((sum, size) => sum + size, 0);
    t.diagnostic(`${scripts.size} scripts, ${total} bytes`);
    assert.ok(total < BUDGET, `${total} bytes in ${[...scripts].join(", ")}`);
  });
}
