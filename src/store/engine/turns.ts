/** So many at once: whoever finds none free waits in line for as long as it takes. */
export class Turns {
  #free: number;
  #line: PromiseWithResolvers<void>[] = [];

  constructor(atOnce: number) {
    this.#free = atOnce;
  }

  async take(): Promise<void> {
    if (this.#free > 0) {
      this.#free--;
      return;
    }
    const turn = Promise.withResolvers<void>();
    this.#line.push(turn);
    await turn.promise;
  }

  giveBack(): void {
    const next = this.#line.shift();
    if (next) next.resolve();
    else this.#free++;
  }

  /** Sends away all who are in line. */
  refuse(error: Error): void {
    for (const turn of this.#line.splice(0)) turn.reject(error);
  }
}
