/** Tests of the console: a whole installation, a simulator, and pages in a real Chromium. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { after, type TestContext } from "node:test";
import { setTimeout } from "node:timers/promises";
import { AxeBuilder } from "@axe-core/playwright";
import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  type Page,
  chromium as playwright,
  type Request,
} from "playwright-core";
import type { Simulator, SimulatorOptions } from "../../simulator/index.ts";
import type { SingleSignOn } from "../../src/access/oidc.ts";
import { openSession } from "../../src/access/session.ts";
import { cheapPasswords } from "../../src/access/testing.ts";
import { handlers } from "../../src/api/handlers.ts";
import type { Draft } from "../../src/api/services.ts";
import { type AlertSettings, readConfig } from "../../src/config.ts";
import { type Glasshouse, openGlasshouse } from "../../src/glasshouse.ts";
import { openInstallation } from "../../src/installation.ts";
import type { Connection } from "../../src/model/connection.ts";
import type { MemberRole } from "../../src/model/member.ts";
import { createMember, memberByEmail } from "../../src/store/members/members.ts";
import { layDatabase } from "../../src/store/testing.ts";
import { TEXT } from "../../web/text/console.ts";
import { connect, draftFor, simulate, sync, temporaryFolder, UNLIMITED } from "../harness.ts";
import { chromium } from "./chromium.ts";

cheapPasswords();

const root = dirname(dirname(import.meta.dirname));
const SCREENSHOTS = join(root, "screenshots");

let built = false;
let browser: Promise<Browser> | null = null;
after(async () => (await browser)?.close());

/** The files that are served: built now where the sources have changed. */
export function builtConsole(): string {
  if (!built) {
    const run = spawnSync(process.execPath, [join(root, "web", "build.ts")], { encoding: "utf8" });
    assert.equal(run.status, 0, `the console can't be built:\n${run.stdout}${run.stderr}`);
  }
  built = true;
  return join(root, "web", "dist");
}

export interface Site {
  url: string;
  dataDir: string;
  house: Glasshouse;
  sim: Simulator;
  /** Of its visitors; they leave before it closes. */
  open: BrowserContext[];
  /** Connects to the simulator and reads everything. */
  connected(kind?: "harvest_v3" | "harvest_v1", changes?: Partial<Draft>): Promise<Connection>;
}

/** The server as `npm start` runs it, in this process, on a free port, beside a simulator. */
export async function site(
  t: TestContext,
  options: SimulatorOptions = {},
  {
    scheduled = false,
    sso = null,
    alerts,
  }: { scheduled?: boolean; sso?: SingleSignOn | null; alerts?: AlertSettings } = {},
): Promise<Site> {
  const open: BrowserContext[] = [];
  t.after(() => Promise.all(open.map((context) => context.close())));
  const sim = await simulate(t, options);
  const dataDir = temporaryFolder(t);
  await layDatabase(dataDir);
  const config = readConfig({
    GLASSHOUSE_PORT: "0",
    GLASSHOUSE_DATA_DIR: dataDir,
    GLASSHOUSE_LOG_LEVEL: process.env.GLASSHOUSE_TEST_LOG ?? "silent",
    GLASSHOUSE_GREENHOUSE_HARVEST_URL: sim.urls.harvest,
    GLASSHOUSE_GREENHOUSE_AUTH_URL: sim.urls.auth,
    GLASSHOUSE_GREENHOUSE_AUDIT_URL: sim.urls.audit,
  });
  let house: Glasshouse | null = null;
  const installation = await openInstallation(
    {
      version: "0.0.0-test",
      handlers,
      consoleDir: builtConsole(),
      sample: {
        main: join(root, "src", "main.ts"),
        simulator: join(root, "simulator", "main.ts"),
        users: 60,
      },
      async build({ dataDir, scheduled, log }) {
        const told = alerts ? { alerts } : {};
        const opened = await openGlasshouse({
          ...{ dataDir, env: {}, scheduled, log, timeScale: UNLIMITED, sso },
          ...told,
        });
        house = opened;
        return {
          services: opened.services,
          now: opened.now,
          schedule: () => opened.worker.schedule(),
          stop: () => opened.worker.stop(),
          close: () => opened.close(),
        };
      },
    },
    { config, command: "serve", need: "own", scheduled, err: process.stderr },
  );
  t.after(() => installation.close());
  const { url } = await installation.own!.serve();
  return {
    url,
    dataDir,
    house: house!,
    sim,
    open,
    async connected(kind = "harvest_v3", changes = {}) {
      const { connection } = await connect(house!, draftFor(sim, kind, changes));
      await sync(house!, connection);
      return connection;
    },
  };
}

/** Under its own name, where single sign-on and passkeys work. */
export const byName = (there: Site): Site => ({ ...there, url: there.url.replace("127.0.0.1", "localhost") });

export interface Visitor {
  page: Page;
  /** What went wrong in the page so far; a test fails at its end unless this is empty. */
  problems: string[];
}

export const WIDE = { width: 1280, height: 800 };
export const PHONE = { width: 390, height: 844 };

/**
 * A page of its own, signed in as somebody of that role, or as nobody. What it says to its console as an error, and every request to another host,
 * fails the test; only answers of the API that refuse are no defect of the page.
 */
export async function visitor(
  t: TestContext,
  { url, house, open }: Pick<Site, "url" | "open"> & { house?: Glasshouse },
  { as, called, ...options }: BrowserContextOptions & { as?: MemberRole; called?: string } = {},
): Promise<Visitor> {
  browser ??= playwright.launch({ executablePath: chromium(), args: ["--disable-dev-shm-usage"] });
  const context = await (await browser).newContext({
    baseURL: url,
    viewport: WIDE,
    locale: "en-GB",
    timezoneId: "UTC",
    reducedMotion: "reduce",
    ...options,
  });
  open.push(context);
  if (as) {
    await context.addCookies([{ name: "glasshouse_session", value: await session(house!, as, called), url }]);
  }
  const page = await context.newPage();
  watch(page);
  const problems: string[] = [];
  page.on("pageerror", (error) => problems.push(`${error.name}: ${error.message}`));
  page.on("console", (message) => {
    const refused = message.location().url.startsWith(`${url}/api/`);
    if (message.type() === "error" && !refused) problems.push(message.text());
  });
  page.on("request", (request) => {
    const { protocol, origin } = new URL(request.url());
    if (origin !== url && protocol !== "data:" && protocol !== "blob:") {
      problems.push(`a request to ${request.url()}`);
    }
  });
  t.after(() => assert.deepEqual(problems, []));
  return { page, problems };
}

/** What the cookie holds of a new session of a member with this role (and name), who is made where there is none yet. */
function session(house: Glasshouse, role: MemberRole, name = `The ${role}`): Promise<string> {
  return house.store.write(async (tx) => {
    const now = Date.now();
    const email = `${name.replace("The ", "").replaceAll(" ", ".").toLowerCase()}@example.org`;
    const known = await memberByEmail(tx, email);
    const member = known?.id ?? (await createMember(tx, { email, name, role, password: null, now }));
    const { token } = await openSession(tx, member, { ip: "127.0.0.1", agent: "test" }, now);
    return token;
  });
}

/** What of a page is still on its way: requests without an answer; a stream of events has none. */
const asking = new WeakMap<Page, Set<Request>>();

function watch(page: Page): void {
  const requests = new Set<Request>();
  asking.set(page, requests);
  page.on("request", (request) => {
    if (request.headers().accept !== "text/event-stream") requests.add(request);
  });
  page.on("requestfinished", (request) => requests.delete(request));
  page.on("requestfailed", (request) => requests.delete(request));
}

/** In the page: whether it says nowhere that something is being loaded, once what has arrived is drawn. */
const LOADED = `new Promise((answer) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(() => answer(
  !document.querySelector('[aria-busy=true], [role=status][aria-label="${TEXT.loading}"]')
    && !document.body.innerText.includes("${TEXT.loading}"),
)))))`;

/** Everything that the page asked for has arrived and is drawn. Playwright's `networkidle` would cost half a second more. */
export async function settled(page: Page): Promise<void> {
  const requests = asking.get(page)!;
  const signal = AbortSignal.timeout(30_000);
  while (requests.size > 0 || !(await page.evaluate(LOADED)) || requests.size > 0) {
    const waiting = [...requests].map((request) => request.url()).join(", ");
    assert.ok(!signal.aborted, `the page still loads after 30 s: ${waiting || TEXT.loading}`);
    await setTimeout(10);
  }
}

/** The rules that can find something new once a page has only changed its colors. */
export const COLOR_RULES = ["color-contrast", "link-in-text-block"];

/**
 * Fails with each violation, where it is, and what would mend it. Pages have no frames and what is well is not told,
 * so that axe can look in one go (its "legacy" way), in a quarter of the time.
 */
export async function accessible(page: Page, { only }: { only?: string[] } = {}): Promise<void> {
  assert.equal(page.frames().length, 1);
  const axe = new AxeBuilder({ page }).setLegacyMode().options({ resultTypes: ["violations"] });
  const { violations } = await (only ? axe.withRules(only) : axe).analyze();
  const told = violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id} at ${target.join(" ")}: ${failureSummary}`),
  );
  assert.deepEqual(told, []);
}

/** Pixels; what lies below is not in a picture. */
const TALLEST = 5_000;

/** The whole page, into the folder `screenshots`, for people to look at; nothing is tested by it, so a run of all tests saves the time. */
export async function screenshot(page: Page, name: string): Promise<void> {
  if (process.env.GLASSHOUSE_TEST_SCREENSHOTS === "0") return;
  mkdirSync(SCREENSHOTS, { recursive: true });
  const size = page.viewportSize()!;
  const hidden = await page.evaluate(`(() => {
    const main = document.querySelector("main") ?? document.documentElement;
    return main.scrollHeight - main.clientHeight;
  })()`);
  const height = Math.min(size.height + (hidden as number), TALLEST);
  await page.setViewportSize({ ...size, height });
  await page.screenshot({ path: join(SCREENSHOTS, `${name}.png`), animations: "disabled" });
  await page.setViewportSize(size);
  await page.waitForFunction(`window.innerHeight === ${size.height}`);
}
