/** How often somebody may ask, or leave something behind: kept in memory. Pure but for the clock that is given. */

interface Bucket {
  left: number;
  at: number;
}

const MOST_BUCKETS = 10_000;

/** So many at once, and so many a second for long. */
export class Limit {
  readonly #burst: number;
  readonly #perSecond: number;
  readonly #buckets = new Map<string, Bucket>();

  constructor(burst: number, perSecond: number) {
    this.#burst = burst;
    this.#perSecond = perSecond;
  }

  /** @returns 0: go on; else how many seconds to wait */
  take(key: string, now: number): number {
    const bucket = this.#buckets.get(key) ?? { left: this.#burst, at: now };
    const passed = Math.max(0, now - bucket.at) / 1000;
    const left = Math.min(this.#burst, bucket.left + passed * this.#perSecond);
    this.#buckets.delete(key);
    // The one that has asked for nothing the longest goes first: it would be full again anyway.
    if (this.#buckets.size >= MOST_BUCKETS) this.#buckets.delete(this.#buckets.keys().next().value!);
    this.#buckets.set(key, { left: left < 1 ? left : left - 1, at: now });
    return left < 1 ? Math.max(1, Math.ceil((1 - left) / this.#perSecond)) : 0;
  }
}
