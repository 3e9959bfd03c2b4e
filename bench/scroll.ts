/**
 * The long lists in a browser, scrolled as a person does: by the wheel, to the end of what is loaded until all is, and by
 * dragging the bar. Users to the last one, and as many grants.
 */
import { type Browser, type Page, chromium as playwright } from "playwright-core";
import { chromium } from "../test/web/chromium.ts";
import { type Claim, count, type Figure, percentile95 } from "./claim.ts";
import { foundCompany } from "./company.ts";
import { engineName, inPlace } from "./place.ts";
import { bareOf, type Frames, heapOf, tell, WATCH, worked } from "./scroll-page.ts";
import { type BenchServer, startServer } from "./server.ts";

const FULL_USERS = 50_000;
const PAGES = [
  ["users", "/users"],
  ["grants", "/grants"],
] as const;
/** Turns of the wheel, and pixels of one. */
const TURNS = 300;
const TURN = 100;
/** Where the bar is dragged to, as parts of the list. */
const PLACES = [0, 0.5, 1, 0.25, 0.75, 0.1, 0.9, 0.33, 0.66, 0.05];

export const scroll: Claim = ({ size, postgres, say }) =>
  inPlace(postgres, async (place) => {
    const users = FULL_USERS * size;
    await foundCompany(place, users, say, { n: users, days: 2 });
    const server = await startServer({ ...place, worker: false });
    const browser = await playwright.launch({
      executablePath: chromium(),
      args: ["--disable-dev-shm-usage"],
    });
    try {
      const figures: Figure[] = [];
      for (const [name, path] of PAGES) {
        const scrolled = await through(browser, server, path, users, (text) => say(`${name}: ${text}`));
        figures.push(...told(name, scrolled, engineName(postgres)));
      }
      return figures;
    } finally {
      await browser.close();
      await server.stop();
    }
  });

interface Stretch extends Frames {
  /** Of the main thread, ms. */
  workedMs: number;
}

interface Scrolled {
  rows: number;
  /** By the wheel: with a page of rows, in the middle of all rows, and over a page with nothing in it. */
  first: Stretch;
  whole: Stretch;
  bare: Stretch;
  /** While all is loaded. */
  loading: Stretch;
  /** From the end of what is loaded until more was, and from each jump until its rows were drawn, ms. */
  waits: number[];
  jumps: number[];
  jumping: Stretch;
  heap: { first: number; whole: number; after: number };
}

async function through(
  browser: Browser,
  { url, cookie }: BenchServer,
  path: string,
  rows: number,
  say: (text: string) => void,
): Promise<Scrolled> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  try {
    const [name, value] = cookie.split("=") as [string, string];
    await context.addCookies([{ name, value, url }]);
    const page = await context.newPage();
    const session = await context.newCDPSession(page);
    await session.send("Performance.enable");
    await page.addInitScript(WATCH);
    await page.goto(url + path);
    await page.locator("[data-row]").first().waitFor();
    await page.waitForLoadState("networkidle");
    const stretch = async (work: () => Promise<void>): Promise<Stretch> => {
      await tell(page, "begin()");
      const before = await worked(session);
      await work();
      return { ...(await tell<Frames>(page, "told()")), workedMs: (await worked(session)) - before };
    };

    const firstHeap = await heapOf(session);
    say("by the wheel");
    const first = await stretch(() => wheel(page));
    const waits: number[] = [];
    const loading = await stretch(() => load(page, rows, waits, say));
    const loaded = await tell<number>(page, "loaded()");
    const wholeHeap = await heapOf(session);
    say("dragging the bar");
    const jumps: number[] = [];
    const jumping = await stretch(async () => {
      for (const part of PLACES) jumps.push(await tell<number>(page, `jump(${part})`));
    });
    say("by the wheel, all loaded");
    await tell(page, "jump(0.4)");
    const whole = await stretch(() => wheel(page));
    const afterHeap = await heapOf(session);

    await page.goto("about:blank");
    await page.evaluate(WATCH);
    await page.evaluate(bareOf(52 * loaded));
    const bare = await stretch(() => wheel(page));
    const heap = { first: firstHeap, whole: wholeHeap, after: afterHeap };
    return { rows: loaded, first, whole, bare, loading, waits, jumps, jumping, heap };
  } finally {
    await context.close();
  }
}

async function wheel(page: Page): Promise<void> {
  await page.mouse.move(720, 500);
  for (let turn = 0; turn < TURNS; turn += 1) await page.mouse.wheel(0, TURN);
}

async function load(page: Page, rows: number, waits: number[], say: (text: string) => void): Promise<void> {
  for (let loaded = 0; loaded < rows; ) {
    const waited = await tell<number | null>(page, "more()");
    if (waited === null) return;
    waits.push(waited);
    loaded = await tell<number>(page, "loaded()");
    say(`${count(loaded)} of ${count(rows)} rows`);
  }
}

function told(name: string, scrolled: Scrolled, engine: string): Figure[] {
  const { rows, first, whole, bare, loading, waits, jumps, jumping, heap } = scrolled;
  const share = ({ dropped, due }: Frames) => dropped / due;
  const each = ({ workedMs, due, dropped }: Stretch) => workedMs / (due - dropped);
  const mb = (bytes: number) => `${count(bytes / 1e6)} MB`;
  const sum = (values: readonly number[]) => values.reduce((all, value) => all + value, 0);
  const all = [first, whole, loading, jumping];
  const shown = sum(all.map(({ due, dropped }) => due - dropped));
  return [
    {
      what: `${name}: frames dropped ÷ due, by the wheel, ${count(rows)} rows loaded`,
      value: share(whole),
      unit: "",
      goal: { atMost: 0.1 },
      conditions:
        `${engine}; ${TURNS} turns of ${TURN} px at 1440 × 900, no graphics card; longest frame ${count(whole.longestMs)} ms; ` +
        `with the first rows only ${share(first).toFixed(3)}, longest ${count(first.longestMs)} ms; over an empty page ${share(bare).toFixed(3)}`,
    },
    {
      what: `${name}: work of a frame, all loaded ÷ the first rows`,
      value: each(whole) / each(first),
      unit: "",
      goal: { atMost: 1.5 },
      conditions: `main thread, ${each(whole).toFixed(1)} ms and ${each(first).toFixed(1)} ms, of which more rows were loaded in the latter`,
    },
    {
      what: `${name}: from dragging the bar until rows are drawn there, longest`,
      value: Math.max(...jumps),
      unit: "ms",
      goal: { atMost: 200 },
      conditions: `${jumps.length} times through ${count(rows)} rows; two frames at least`,
    },
    {
      what: `${name}: frames without a row where one belongs ÷ all that were shown`,
      value: sum(all.map(({ blank }) => blank)) / shown,
      unit: "",
      goal: { atMost: 0.005 },
      conditions: `${sum(all.map(({ blank }) => blank))} of ${count(shown)}, in all of this`,
    },
    {
      what: `${name}: from the end of what is loaded until more is there`,
      value: percentile95(waits.length > 0 ? waits : [0]),
      unit: "ms",
      goal: { atMost: 500 },
      conditions: `95th percentile of ${waits.length}; the whole list in ${(sum(waits) / 1000).toFixed(1)} s; frames dropped ÷ due ${share(loading).toFixed(3)}, tasks over 50 ms: ${loading.longTasks}`,
    },
    {
      what: `${name}: rows in the page at once, most`,
      value: Math.max(...all.map((stretch) => stretch.rows)),
      unit: "",
      goal: { atMost: 100 },
      conditions: `of ${count(rows)}`,
    },
    {
      what: `${name}: memory of the page, all loaded ÷ at first`,
      value: heap.whole / heap.first,
      unit: "",
      goal: null,
      conditions: `${mb(heap.whole)} and ${mb(heap.first)} of JavaScript, after garbage is collected; ${count((heap.whole - heap.first) / rows)} bytes a row`,
    },
    {
      what: `${name}: memory after scrolling to and fro ÷ before`,
      value: heap.after / heap.whole,
      unit: "",
      goal: { atMost: 1.1 },
      conditions: `${mb(heap.after)}, all loaded`,
    },
  ];
}
