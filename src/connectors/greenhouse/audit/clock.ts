/** What time it is at Greenhouse: by the Date of its answers, and between them by our own clock and how far it was off. */
import type { Memory } from "./memory.ts";
import { MINUTE } from "./slices.ts";

export class ServerClock {
  /** A clock was moved since this was last set to false: what was taken for now is another time. */
  jumped = false;
  readonly #memory: Pick<Memory, "skew">;
  readonly #ours: () => number;
  /** At the latest answer of this run. */
  #date: number | null = null;

  /** @param memory where the skew is kept from run to run */
  constructor(memory: Pick<Memory, "skew">, ours: () => number) {
    this.#memory = memory;
    this.#ours = ours;
  }

  now(): number {
    return this.#date ?? this.ours() + (this.#memory.skew ?? 0);
  }

  ours(): number {
    return this.#ours();
  }

  /** Notes the Date of an answer; null: it had none. */
  hear(date: number | null): void {
    if (date === null) return;
    const skew = date - this.ours();
    const { skew: known } = this.#memory;
    if (known === null || Math.abs(skew - known) > 2000) this.#memory.skew = skew;
    if (known !== null && Math.abs(skew - known) > 5 * MINUTE) this.jumped = true;
    this.#date = date;
  }
}
