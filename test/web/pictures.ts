/** Makes the pictures of docs/images from the sample organization: `node bin/launch.mjs test/web/pictures.ts`. */
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { type Browser, chromium as playwright } from "playwright-core";
import { chromium } from "./chromium.ts";

const root = join(import.meta.dirname, "..", "..");
const IMAGES = join(root, "docs", "images");
const VIEW = { width: 1280, height: 1400 };
const LOOKS = ["light", "dark"] as const;
const ADMIN = { name: "M. Ito", email: "m.ito@aldermoor.example", password: "only for pictures, then gone" };

const folder = mkdtempSync(join(tmpdir(), "glasshouse-pictures-"));
const demo = spawn(process.execPath, [join(root, "bin", "launch.mjs"), "src/main.ts", "demo"], {
  cwd: root,
  stdio: ["ignore", "pipe", "inherit"],
  env: { ...process.env, GLASSHOUSE_DATA_DIR: join(folder, "data"), GLASSHOUSE_PORT: "0" },
});
let browser: Browser | null = null;
try {
  const url = await address();
  const session = await claim(url);
  mkdirSync(IMAGES, { recursive: true });
  browser = await playwright.launch({ executablePath: chromium() });
  for (const colorScheme of LOOKS) {
    const context = await browser.newContext({
      viewport: VIEW,
      colorScheme,
      locale: "en-GB",
      timezoneId: "UTC",
    });
    await context.addCookies([{ ...session, url }]);
    const page = await context.newPage();
    await page.goto(url);
    await page.getByRole("figure").waitFor();
    const path = join(IMAGES, `dashboard-${colorScheme}.png`);
    await page.screenshot({ path, animations: "disabled" });
    process.stdout.write(`${path}\n`);
    await context.close();
  }
} finally {
  await browser?.close();
  demo.kill("SIGTERM");
  rmSync(folder, { recursive: true, force: true });
}

/** Where the demo says that it is ready. */
async function address(): Promise<string> {
  for await (const line of createInterface({ input: demo.stdout })) {
    const found = /ready in .* at (http:\S+)/.exec(line);
    if (found) return found[1]!;
  }
  throw new Error("The demo ended before it was ready; what it said stands above.");
}

/** Becomes the first admin, as a first visitor does. */
async function claim(url: string): Promise<{ name: string; value: string }> {
  const code = readFileSync(join(folder, "data-demo", "setup-code"), "utf8").trim();
  const answer = await fetch(`${url}/api/v1/setup`, {
    method: "POST",
    headers: { origin: url, "content-type": "application/json" },
    body: JSON.stringify({ ...ADMIN, code }),
  });
  if (!answer.ok) throw new Error(`Setup answered ${answer.status}: ${await answer.text()}`);
  const [name, value] = answer.headers.getSetCookie()[0]!.split(";")[0]!.split("=");
  return { name: name!, value: value! };
}
