/** The first load of the console, by the browser's own metrics: nothing is cached, a company is connected. */
import { type Browser, chromium as playwright } from "playwright-core";
import { chromium } from "../test/web/chromium.ts";
import { type Claim, count, type Figure, median } from "./claim.ts";
import { foundCompany } from "./company.ts";
import { engineName, inPlace } from "./place.ts";
import { type BenchServer, startServer } from "./server.ts";

const TIMES = 7;
const USERS = 5000;
const PAGES = [
  ["dashboard", "/"],
  ["users", "/users"],
] as const;

interface Load {
  firstPaintMs: number;
  largestPaintMs: number;
  scriptBytes: number;
  allBytes: number;
}

export const page: Claim = ({ full, postgres, say }) =>
  inPlace(postgres, async (place) => {
    const users = full ? 50_000 : USERS;
    await foundCompany(place, users, say);
    const server = await startServer({ ...place, worker: false });
    const browser = await playwright.launch({
      executablePath: chromium(),
      args: ["--disable-dev-shm-usage"],
    });
    const figures: Figure[] = [];
    try {
      for (const [name, path] of PAGES) {
        const loads: Load[] = [];
        // The first one fills what the server remembers.
        for (let i = -1; i < TIMES; i += 1) {
          say(`${name}, load ${i + 1}`);
          const one = await load(browser, server, path);
          if (i >= 0) loads.push(one);
        }
        const of = (pick: (load: Load) => number) => median(loads.map(pick));
        const conditions =
          `${engineName(postgres)}; ${count(users)} users; median of ${TIMES} loads in a browser that has cached nothing, ` +
          `signed in, on this machine; first paint ${count(of((each) => each.firstPaintMs))} ms`;
        figures.push(
          {
            what: `${name}: largest contentful paint`,
            value: of((each) => each.largestPaintMs),
            unit: "ms",
            goal: { atMost: 2500 },
            conditions,
          },
          {
            what: `${name}: compressed script`,
            value: of((each) => each.scriptBytes) / 1000,
            unit: "kB",
            goal: { atMost: 250 },
            conditions: `all that the first load fetched: ${count(of((each) => each.allBytes) / 1000)} kB`,
          },
        );
      }
    } finally {
      await browser.close();
      await server.stop();
    }
    return figures;
  });

async function load(browser: Browser, { url, cookie }: BenchServer, path: string): Promise<Load> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  try {
    const [name, value] = cookie.split("=") as [string, string];
    await context.addCookies([{ name, value, url }]);
    const page = await context.newPage();
    // Kept by the page: what was painted before anybody looks is told to nobody else.
    await page.addInitScript(`
      window.largest = 0;
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) window.largest = entry.startTime;
      }).observe({ type: "largest-contentful-paint", buffered: true });`);
    await page.goto(url + path);
    await page.getByRole("heading", { level: 1 }).first().waitFor();
    await page.waitForLoadState("networkidle");
    return (await page.evaluate(`(() => {
      const fetched = performance.getEntriesByType("resource");
      const sum = (entries) => entries.reduce((total, { encodedBodySize }) => total + encodedBodySize, 0);
      return {
        firstPaintMs: performance.getEntriesByName("first-contentful-paint")[0].startTime,
        largestPaintMs: window.largest,
        scriptBytes: sum(fetched.filter(({ name }) => new URL(name).pathname.endsWith(".js"))),
        allBytes: sum([...fetched, ...performance.getEntriesByType("navigation")]),
      };
    })()`)) as Load;
  } finally {
    await context.close();
  }
}
