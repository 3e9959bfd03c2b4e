import { EventEmitter } from "node:events";
import type { Lane, Stream } from "../model/stream.ts";

/** How far the run of a lane is: what a progress bar shows. Times in ms. */
export interface Progress {
  connection: number;
  lane: Lane;
  run: number;
  stream: Stream | null;
  /** Rows (or events) read by this run so far. */
  rows: number;
  /** Rows to read in all, from the last complete listing; null: not known. */
  ofRows: number | null;
  /** For the audit log: what it is working on, and how much of the wanted time is still to be read. */
  phase: string | null;
  remainingMs: number | null;
  requests: number;
  throttled: number;
  waitedMs: number;
  waitingUntil: number | null;
  /** Estimated from this run's own pace; null: not known yet. */
  leftMs: number | null;
  startedAt: number;
  /** What became of `stream`; null: it is being read. */
  ended: "done" | "failed" | null;
  /** Set with the last message of a run. */
  outcome: string | null;
}

type Totals = Pick<Progress, "requests" | "throttled" | "waitedMs">;

/** The live progress of this process's runs. A reader sees the newest state first, then each change. */
export class ProgressBoard {
  readonly #events = new EventEmitter();
  readonly #current = new Map<string, Progress>();

  readonly #ended = { requests: 0, throttled: 0, waitedMs: 0 };

  constructor() {
    this.#events.setMaxListeners(0);
  }

  report(progress: Progress): void {
    const key = `${progress.connection} ${progress.lane}`;
    if (progress.outcome === null) this.#current.set(key, progress);
    else {
      this.#current.delete(key);
      add(this.#ended, progress);
    }
    this.#events.emit("progress", progress);
  }

  /** Requests, throttles and waits of all runs since start. */
  totals(): Totals {
    const totals = { ...this.#ended };
    for (const run of this.#current.values()) add(totals, run);
    return totals;
  }

  current(connection: number): Progress[] {
    return [...this.#current.values()].filter((each) => each.connection === connection);
  }

  of(connection: number, lane: Lane): Progress | undefined {
    return this.#current.get(`${connection} ${lane}`);
  }

  /** A run that was handed over, or failed by a fault of ours, tells no end. */
  forget(connection: number, lane: Lane): void {
    const key = `${connection} ${lane}`;
    const left = this.#current.get(key);
    if (left) add(this.#ended, left);
    this.#current.delete(key);
  }

  /** Calls `listener` for each change until the returned function is called. */
  watch(connection: number, listener: (progress: Progress) => void): () => void {
    const filtered = (progress: Progress) => {
      if (progress.connection === connection) listener(progress);
    };
    this.#events.on("progress", filtered);
    return () => this.#events.off("progress", filtered);
  }
}

function add(totals: Totals, run: Totals): void {
  totals.requests += run.requests;
  totals.throttled += run.throttled;
  totals.waitedMs += run.waitedMs;
}
