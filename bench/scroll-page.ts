/** What a page of the console tells of itself while it is scrolled: given to the browser as text, as no type of ours knows its world. */
import type { CDPSession, Page } from "playwright-core";

/** Of one stretch of scrolling. */
export interface Frames {
  /** That a display of 60 a second would have shown, and those that were missed. */
  due: number;
  dropped: number;
  longestMs: number;
  /** That held the page for more than 50 ms. */
  longTasks: number;
  /** The most rows that were in the page at once. */
  rows: number;
  /** In which a place of the list that should show a row showed none. */
  blank: number;
}

/** `scrolling` in the page: watches every frame from the first on. */
export const WATCH = `window.scrolling = (() => {
  const FRAME = 1000 / 60;
  const frame = () => new Promise(requestAnimationFrame);
  const scroller = () => document.querySelector("main [role=region], [data-bare]");
  const rows = () => document.querySelectorAll("[data-row]").length;
  let seen;
  const begin = () => { seen = { due: 0, dropped: 0, longestMs: 0, longTasks: 0, rows: 0, blank: 0 }; };
  begin();
  new PerformanceObserver((list) => { seen.longTasks += list.getEntries().length; }).observe({ type: "longtask" });
  // At the top, in the middle and at the bottom of the list: below the head, and above a bar.
  const filled = (element) => {
    const { left, top, width, height } = element.getBoundingClientRect();
    const end = element.scrollTop + element.clientHeight >= element.scrollHeight - 60;
    return [60, height / 2, ...(end ? [] : [height - 30])].every((y) =>
      document.elementFromPoint(left + width / 2, top + y)?.closest("[data-row]"));
  };
  let before = null;
  const look = (now) => {
    const element = scroller();
    if (before !== null && element) {
      const due = Math.max(1, Math.round((now - before) / FRAME));
      seen.due += due;
      seen.dropped += due - 1;
      seen.longestMs = Math.max(seen.longestMs, now - before);
      seen.rows = Math.max(seen.rows, rows());
      if (!element.dataset.bare && !filled(element)) seen.blank += 1;
    }
    before = now;
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
  const height = () => scroller().scrollHeight;
  return {
    begin,
    told: () => seen,
    loaded: () => Math.floor(height() / document.querySelector("[data-row]").offsetHeight),
    // The bar dragged to there, until rows stand there and are drawn.
    async jump(part) {
      const element = scroller();
      const from = performance.now();
      element.scrollTop = part * (height() - element.clientHeight);
      do await frame(); while (!filled(element));
      await frame();
      return performance.now() - from;
    },
    // To the end of what is loaded, until more is; null: there is no more.
    async more() {
      const element = scroller();
      const [from, before] = [performance.now(), height()];
      element.scrollTop = before;
      do await frame(); while (height() === before && element.querySelector("[role=status]"));
      return height() === before ? null : performance.now() - from;
    },
  };
})()`;

/** As tall as the list, with nothing in it: what the machine itself drops. */
export const bareOf = (height: number) => `
  document.body.innerHTML = '<div data-bare="true" style="height:700px;overflow:auto"><div style="height:${height}px;' +
    'background:repeating-linear-gradient(#fff 0 51px,#ccc 51px 52px)"></div></div>';`;

/** Of the page's JavaScript, once its garbage is gone, bytes. */
export async function heapOf(session: CDPSession): Promise<number> {
  await session.send("HeapProfiler.collectGarbage");
  return metric(session, "JSHeapUsedSize");
}

/** How long the page's main thread has worked, ms. */
export const worked = async (session: CDPSession) => 1000 * (await metric(session, "TaskDuration"));

async function metric(session: CDPSession, wanted: string): Promise<number> {
  const { metrics } = await session.send("Performance.getMetrics");
  return metrics.find(({ name }) => name === wanted)!.value;
}

export const tell = async <T>(page: Page, call: string): Promise<T> =>
  (await page.evaluate(`scrolling.${call}`)) as T;
