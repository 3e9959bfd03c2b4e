/** A browser at a server that does no work, while a worker elsewhere does. Needs PostgreSQL: test/engines.ts names this file. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { dirname, join } from "node:path";
import { type TestContext, test } from "node:test";
import type { BrowserContext } from "playwright-core";
import { simulate, temporaryFolder } from "../harness.ts";
import { program } from "../program.ts";
import { database, env, skip } from "../several.ts";
import { fillConnect, says, tile } from "./acts.ts";
import { builtConsole, screenshot, visitor } from "./browser.ts";

const main = join(dirname(dirname(import.meta.dirname)), "src", "main.ts");

/** `glasshouse worker`, until it is killed. */
async function worker(t: TestContext, settings: NodeJS.ProcessEnv): Promise<void> {
  const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", main, "worker"], {
    env: { PATH: process.env.PATH, GLASSHOUSE_TIME_SCALE: "100000", ...settings },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exited = once(child, "exit");
  t.after(async () => {
    child.kill("SIGKILL");
    await exited;
  });
  let said = "";
  await new Promise<void>((ready, failed) => {
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      said += text;
      if (said.includes("A worker runs")) ready();
    });
    void exited.then(() => failed(new Error(`the worker ended: ${said}`)));
  });
}

test("progress of a worker elsewhere reaches the browser, and then the green check mark", {
  skip,
}, async (t) => {
  builtConsole();
  const sim = await simulate(t);
  const place = await database(t);
  const settings = {
    ...env,
    GLASSHOUSE_DATABASE_URL: place.url,
    GLASSHOUSE_DATA_DIR: place.dataDir,
    GLASSHOUSE_LOG_LEVEL: "error",
    GLASSHOUSE_GREENHOUSE_HARVEST_URL: sim.urls.harvest,
    GLASSHOUSE_GREENHOUSE_AUTH_URL: sim.urls.auth,
    GLASSHOUSE_GREENHOUSE_AUDIT_URL: sim.urls.audit,
  };
  const server = await program(t, ["serve", "--no-worker"], settings);
  const me = { name: "Ada", email: "ada@aldermoor.example", password: "who watches from afar" };
  const code = server.setupCode(place.dataDir);
  assert.equal((await server.ask("POST /setup", { ...me, code })).status, 201);
  await worker(t, { ...settings, GLASSHOUSE_DATA_DIR: temporaryFolder(t) });

  const open: BrowserContext[] = [];
  t.after(() => Promise.all(open.map((context) => context.close())));
  const { page } = await visitor(t, { url: server.url, open });
  const [name, value] = server.cookie().split("=") as [string, string];
  await page.context().addCookies([{ name, value, url: server.url }]);
  await page.goto("/integrations?connect=1");
  const dialog = await fillConnect(page, sim, { kind: "v3", adminUser: String(sim.siteAdminId) });
  await dialog.getByLabel("Name").fill("Aldermoor");
  // The log is read no further until somebody has seen how far it is.
  sim.control.addFaults({ match: { path: "/events" }, fault: { kind: "latency", ms: 1_000 } });
  await dialog.getByRole("button", { name: "Connect", exact: true }).click();
  const lines = dialog.getByRole("list", { name: "Under way" }).getByRole("listitem");
  const line = (stream: string) => lines.filter({ has: page.getByText(stream, { exact: true }) });
  await line("Users")
    .getByText(/^\d+ read$/)
    .waitFor();
  await line("Audit log")
    .getByText(/ read\b.*/)
    .waitFor();
  const done = dialog.getByRole("heading", { name: "Connected Aldermoor" });
  assert.equal(await done.count(), 0);
  await screenshot(page, "several-progress");
  sim.control.clearFaults();
  // How long it takes is the machine's affair.
  await done.waitFor({ timeout: 0 });
  await page.goto("/integrations");
  await says(tile(page, "Aldermoor"), "Connected");
});
