/** Waits for slots. What it waits by is shared by all who work with the credential, in this process or another. */
import type { BudgetState, Meter, Traffic, TrafficStore } from "./connector.ts";
import {
  answered,
  type Budget,
  type BudgetFamily,
  type Headers,
  LONGEST_PENALTY_MS,
  learn,
  limitHeaders,
  newBudget,
  nextSlot,
  penalty,
  retryAfter,
  setBack,
  spend,
} from "./rate-limit.ts";
import { LONGEST_WAIT_MS } from "./retry.ts";

/** Longer than this a timer can't run; far longer than any window. */
const LONGEST_SLEEP_MS = 60_000;
/** Clocks are corrected by less now and then. */
const CLOCK_TOLERANCE_MS = 1000;
/** Whoever has a credential alone may give it back at any moment. */
const LOOK_AGAIN_MS = 250;
/** A window longer than is documented is believed for so long after it was told. */
const WINDOW_BELIEVED_MS = 60 * 60_000;

export interface Waiter {
  meter: Meter;
  signal: AbortSignal;
  /** Our clock, ms. */
  now: () => number;
  onProgress?: (meter: Meter) => void;
}

/** What of an answer teaches limits. */
export interface Answered {
  status: number;
  headers: Record<string, string>;
  date: number | null;
  headersAt: number;
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
  readonly #store: TrafficStore;
  readonly #fingerprint: string;
  readonly #timeScale: number;
  /** Callers of this process are served in the order they came. */
  readonly #queues = new Map<BudgetFamily, Promise<void>>();
  /** Addresses in trouble that asked to be left alone, from when until when; known to this process only. */
  readonly #closed = new Map<string, { from: number; until: number }>();
  /** The latest moment that the clock has shown. */
  #latest = 0;

  constructor(store: TrafficStore, fingerprint: string, timeScale: number) {
    this.#store = store;
    this.#fingerprint = fingerprint;
    this.#timeScale = timeScale;
  }

  /**
   * Waits until a request of `by` may leave that counts in all these families, and notes it as sent. Resolves to the
   * moment it was noted; rejects with the signal's reason, and with StayAway instead of waiting for longer than a run
   * should.
   */
  async slot(
    families: readonly BudgetFamily[],
    sharePercent: number,
    waiter: Waiter,
    by: string,
  ): Promise<number> {
    for (;;) {
      const sentAt = await this.#inLine(families, sharePercent, waiter, by);
      if (sentAt !== null) return sentAt;
      // Out of the line meanwhile: whoever has the credential alone may stand in it.
      await pause(LOOK_AGAIN_MS, waiter);
    }
  }

  /** null: somebody has the credential alone. */
  async #inLine(
    families: readonly BudgetFamily[],
    sharePercent: number,
    waiter: Waiter,
    by: string,
  ): Promise<number | null> {
    const release = await this.#line(families[0]!);
    try {
      for (;;) {
        waiter.signal.throwIfAborted();
        const step = await this.change((traffic, now) => {
          // Who mints holds what the one that is alone may wait for: they have looked before (auth.ts).
          if (families[0] !== "token" && isTaken(traffic, by, now)) return { sentAt: null, wait: 0 };
          const budgets = families.map((family) => this.#budget(traffic, family, now, sharePercent));
          const told = Math.max(...budgets.map(({ blockedUntil }) => blockedUntil - now));
          if (told > LONGEST_WAIT_MS) throw new StayAway(told);
          const wait = Math.max(...budgets.map((budget) => nextSlot(budget, now)));
          if (wait > 0) return { sentAt: null, wait };
          for (const budget of budgets) spend(budget, now);
          keep(traffic, budgets);
          return { sentAt: now, wait: 0 };
        });
        if (step.wait === 0) return step.sentAt;
        await pause(step.wait, waiter);
      }
    } finally {
      release();
    }
  }

  /**
   * Takes in what became of the request. After a 429 nobody asks in these families until it has passed: returns how
   * long, ms; null: no 429. `again`: it was answered so before, and what that told was too short.
   */
  settle(
    families: readonly BudgetFamily[],
    sentAt: number,
    answer: Answered | null,
    again = false,
  ): Promise<number | null> {
    return this.change((traffic, now) => {
      const at = Math.min(answer?.headersAt ?? now, now);
      const budgets = families.map((family) => this.#budget(traffic, family, now));
      for (const budget of budgets) answered(budget, sentAt, at);
      if (!answer) {
        keep(traffic, budgets);
        return null;
      }
      const headers = limitHeaders(answer.headers, answer.date);
      learn(toldOf(budgets, headers), headers, sentAt, at);
      let longest: number | null = null;
      if (answer.status === 429) {
        const told = retryAfter(answer.headers["retry-after"], answer.date, now);
        for (const budget of budgets) {
          const wait = penalty(budget, told, headers, again);
          budget.blockedUntil = Math.max(budget.blockedUntil, now + wait);
          longest = Math.max(longest ?? 0, wait);
        }
      }
      keep(traffic, budgets);
      return longest;
    });
  }

  /** A 503 told to come back after so long: that address alone may be in trouble, so others are asked. */
  close(address: string, ms: number, now: number): void {
    this.#closed.set(address, { from: now, until: now + Math.min(ms, LONGEST_PENALTY_MS) });
  }

  /** For how long nobody asks this address, ms; 0: it may be asked. */
  closedFor(address: string, now: number): number {
    const closed = this.#closed.get(address);
    if (!closed) return 0;
    if (now >= closed.from - CLOCK_TOLERANCE_MS && now < closed.until) return closed.until - now;
    this.#closed.delete(address);
    return 0;
  }

  /** Changes what is known of the credential: see auth.ts. */
  change<T>(change: (traffic: Traffic, now: number) => T): Promise<T> {
    return this.#store.change(this.#fingerprint, (traffic, now) => {
      this.#heed(traffic, now);
      return change(traffic, now);
    });
  }

  /** A clock that was set back would make every wait longer by as much: what was noted goes back with it. */
  #heed(traffic: Traffic, now: number): void {
    const back = this.#latest - now;
    this.#latest = now;
    if (back > CLOCK_TOLERANCE_MS) for (const budget of traffic.budgets) setBack(budget, back);
  }

  #budget(traffic: Traffic, family: BudgetFamily, now: number, sharePercent = 100): Budget {
    const known = traffic.budgets.find((each) => each.family === family);
    const budget = newBudget(family, sharePercent, this.#timeScale, known);
    if (known?.told && now - known.told.at < WINDOW_BELIEVED_MS) return budget;
    return { ...budget, windowMs: newBudget(family, sharePercent, this.#timeScale).windowMs };
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

/** Has another than `by` the credential alone? */
export function isTaken({ alone }: Traffic, by: string, now: number): boolean {
  return alone !== null && alone.by !== by && alone.until > now;
}

function keep(traffic: Traffic, budgets: readonly Budget[]): void {
  for (const { sharePercent: _, ...state } of budgets) {
    const others = traffic.budgets.filter(({ family }) => family !== state.family);
    traffic.budgets = [...others, state satisfies BudgetState];
  }
}

/** Paged audit requests count in two limits, and their headers don't say of which they speak: the size tells. */
function toldOf(budgets: readonly Budget[], headers: Headers): Budget {
  if (budgets.length === 1 || headers.limit === null) return budgets[0]!;
  const distance = (budget: Budget) => Math.abs(budget.limit - headers.limit!);
  return budgets.reduce((best, budget) => (distance(budget) < distance(best) ? budget : best));
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

const limiters = new WeakMap<TrafficStore, Map<string, Limiter>>();

/** The limiter of a credential; the same for all sessions of this process. */
export function limiterOf(store: TrafficStore, fingerprint: string, timeScale: number): Limiter {
  const known = limiters.get(store) ?? new Map<string, Limiter>();
  limiters.set(store, known);
  const key = `${fingerprint} ${timeScale}`;
  const limiter = known.get(key) ?? new Limiter(store, fingerprint, timeScale);
  known.set(key, limiter);
  return limiter;
}
