/** What time it is at Greenhouse: by the Date of its answers, and between them by our own clock and how far it was off. */
import type { Memory } from "./memory.ts";
import { HOUR, MINUTE } from "./slices.ts";

const JUMP = 5 * MINUTE;
/** Nobody's clock is ahead by more. With the lag of events less than a day: on a quiet day use would be unknown else. */
const MOST_AHEAD = 20 * HOUR;

interface OurClock {
  now: () => number;
  /** What another of Greenhouse's hosts told: its clock less ours, ms; null: none did. */
  skew?: () => number | null;
}

export class ServerClock {
  /** A clock was moved since this was last set to false: what was taken for now is another time. */
  jumped = false;
  readonly #memory: Pick<Memory, "skew">;
  readonly #ours: OurClock;
  /** The lowest of this run. */
  #skew: number | null = null;
  /** At the latest answer of this run. */
  #date: number | null = null;
  #newestEvent = Number.NEGATIVE_INFINITY;

  /** @param memory where the skew is kept from run to run */
  constructor(memory: Pick<Memory, "skew">, ours: OurClock) {
    this.#memory = memory;
    this.#ours = ours;
  }

  now(): number {
    return this.#date ?? Math.max(this.#newestEvent, this.ours() + (this.#known() ?? 0));
  }

  /** That much time has surely passed there: if nobody ever told it, our own clock may be wrong. */
  sure(): number {
    if (this.#date !== null || this.#known() !== null) return this.now();
    return Math.max(this.#newestEvent, this.ours() - MOST_AHEAD);
  }

  ours(): number {
    return this.#ours.now();
  }

  /**
   * Notes the Date of an answer; null: it had none. Of several clocks that disagree the earliest is believed: what
   * hasn't been yet isn't claimed.
   * @param askedAt by our clock
   */
  hear(date: number | null, askedAt: number): void {
    if (date === null) return;
    const skew = date - askedAt;
    if (this.#skew !== null && skew - this.#skew > JUMP) {
      this.#date = Math.min(date, this.ours() + this.#skew);
      return;
    }
    const { skew: known } = this.#memory;
    if (known === null || Math.abs(skew - known) > 2000) this.#memory.skew = skew;
    if (known !== null && Math.abs(skew - known) > JUMP) this.jumped = true;
    this.#skew = Math.min(skew, this.#skew ?? skew);
    this.#date = date;
  }

  /** An event has happened: it is no earlier there. */
  see(at: number): void {
    this.#newestEvent = Math.max(this.#newestEvent, at);
  }

  #known(): number | null {
    return this.#memory.skew ?? this.#ours.skew?.() ?? null;
  }
}
