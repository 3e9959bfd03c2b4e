/** Waits for slots. One limiter per credential and process: all sessions of a fingerprint share it. */
import type { BudgetStore, Meter } from "./connector.ts";
import {
  answered,
  type Budget,
  type BudgetFamily,
  type Headers,
  learn,
  limitHeaders,
  newBudget,
  nextSlot,
  penalty,
  setBack,
  spend,
} from "./rate-limit.ts";
import { LONGEST_WAIT_MS } from "./retry.ts";

/** Longer than this a timer can't run; far longer than any window. */
const LONGEST_SLEEP_MS = 60_000;
/** Clocks are corrected by less now and then. */
const CLOCK_TOLERANCE_MS = 1000;

export interface Waiter {
  meter: Meter;
  signal: AbortSignal;
  /** Our clock, ms. */
  now: () => number;
  onProgress?: (meter: Meter) => void;
}

/** Greenhouse told us to stay away for longer than a run should wait. */
export class StayAway extends Error {
  override name = "StayAway";
  readonly ms: number;
  constructor(ms: number) {
    super(`told to stay away for another ${Math.ceil(ms / 1000)} s`);
    this.ms = ms;
  }
}

export class Limiter {
  readonly #fingerprint: string;
  readonly #timeScale: number;
  readonly #budgets = new Map<BudgetFamily, Budget>();
  /** Callers are served in the order they came. */
  readonly #queues = new Map<BudgetFamily, Promise<void>>();
  #loaded: Promise<void> | null = null;
  /** The latest moment that our clock has shown. */
  #latest = 0;

  constructor(fingerprint: string, timeScale: number) {
    this.#fingerprint = fingerprint;
    this.#timeScale = timeScale;
  }

  /** Takes over what an earlier process left; later calls wait for the first. */
  async load(store: BudgetStore): Promise<void> {
    this.#loaded ??= store.load(this.#fingerprint).then((states) => {
      for (const state of states) {
        const family = state.family as BudgetFamily;
        if (!this.#budgets.has(family))
          this.#budgets.set(family, newBudget(family, 100, this.#timeScale, state));
      }
    });
    try {
      await this.#loaded;
    } catch (error) {
      this.#loaded = null;
      throw error;
    }
  }

  budget(family: BudgetFamily, sharePercent?: number): Budget {
    let budget = this.#budgets.get(family);
    if (!budget) {
      budget = newBudget(family, sharePercent ?? 100, this.#timeScale);
      this.#budgets.set(family, budget);
    }
    if (sharePercent !== undefined) budget.sharePercent = sharePercent;
    return budget;
  }

  /**
   * Waits until a request may leave that counts in all these families, and notes it as sent. Resolves to the moment
   * it was noted; rejects with the signal's reason, and with StayAway instead of waiting for longer than a run should.
   */
  async slot(families: readonly BudgetFamily[], sharePercent: number, waiter: Waiter): Promise<number> {
    const release = await this.#line(families[0]!);
    try {
      for (;;) {
        waiter.signal.throwIfAborted();
        const now = waiter.now();
        this.#heed(now);
        const told = Math.max(...families.map((family) => this.budget(family).blockedUntil - now));
        if (told > LONGEST_WAIT_MS) throw new StayAway(told);
        const wait = Math.max(...families.map((family) => nextSlot(this.budget(family, sharePercent), now)));
        if (wait <= 0) {
          for (const family of families) spend(this.budget(family), now);
          return now;
        }
        await pause(wait, waiter);
      }
    } finally {
      release();
    }
  }

  /** A clock that was set back would make every wait longer by as much: what was noted goes back with it. */
  #heed(now: number): void {
    const back = this.#latest - now;
    this.#latest = now;
    if (back > CLOCK_TOLERANCE_MS) for (const budget of this.#budgets.values()) setBack(budget, back);
  }

  /** Takes in the answer's headers, and remembers the budgets. */
  settle(
    families: readonly BudgetFamily[],
    sentAt: number,
    answer: { headers: Record<string, string>; date: number | null; headersAt: number } | null,
    store: BudgetStore,
    now: number,
  ): void {
    for (const family of families) answered(this.budget(family), sentAt, now);
    if (answer) {
      const headers = limitHeaders(answer.headers, answer.date);
      const family = this.#toldOf(families, headers);
      learn(this.budget(family), headers, sentAt, now);
    }
    for (const family of families) {
      const { limit, sent, blockedUntil } = this.budget(family);
      store.save(this.#fingerprint, { family, limit, sent: [...sent], blockedUntil });
    }
  }

  /** After a 429: nobody asks in these families until it has passed. Returns the wait in ms. */
  refuse(
    families: readonly BudgetFamily[],
    answer: { headers: Record<string, string>; date: number | null },
    retryAfterMs: number | null,
    now: number,
  ): number {
    const headers = limitHeaders(answer.headers, answer.date);
    let longest = 0;
    for (const family of families) {
      const budget = this.budget(family);
      const wait = penalty(budget, retryAfterMs, headers);
      budget.blockedUntil = Math.max(budget.blockedUntil, now + wait);
      longest = Math.max(longest, wait);
    }
    return longest;
  }

  /** Paged audit requests count in two limits, and their headers don't say of which they speak: the size tells. */
  #toldOf(families: readonly BudgetFamily[], headers: Headers): BudgetFamily {
    if (families.length === 1 || headers.limit === null) return families[0]!;
    const distance = (family: BudgetFamily) => Math.abs(this.budget(family).limit - headers.limit!);
    return families.reduce((best, family) => (distance(family) < distance(best) ? family : best));
  }

  async #line(family: BudgetFamily): Promise<() => void> {
    let release = () => {};
    const before = this.#queues.get(family);
    this.#queues.set(
      family,
      new Promise<void>((resolve) => {
        release = resolve;
      }),
    );
    await before;
    return release;
  }
}

/** Waits so many ms, shown in the meter; rejects with the signal's reason. */
export async function pause(ms: number, waiter: Waiter): Promise<void> {
  const { meter, signal, now } = waiter;
  signal.throwIfAborted();
  const from = now();
  meter.waitingUntil = from + ms;
  waiter.onProgress?.(meter);
  try {
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(done, Math.min(Math.ceil(ms), LONGEST_SLEEP_MS));
      function done() {
        signal.removeEventListener("abort", stop);
        resolve();
      }
      function stop() {
        clearTimeout(timer);
        reject(signal.reason);
      }
      signal.addEventListener("abort", stop, { once: true });
    });
  } finally {
    meter.waitedMs += now() - from;
    meter.waitingUntil = null;
    waiter.onProgress?.(meter);
  }
}

const limiters = new Map<string, Limiter>();

/** The limiter of a credential; the same for all sessions of this process. */
export function limiterOf(fingerprint: string, timeScale: number): Limiter {
  const key = `${fingerprint} ${timeScale}`;
  let limiter = limiters.get(key);
  if (!limiter) {
    limiter = new Limiter(fingerprint, timeScale);
    limiters.set(key, limiter);
  }
  return limiter;
}
