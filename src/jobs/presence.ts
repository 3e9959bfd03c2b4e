import { hostname } from "node:os";
import type { Clock } from "../store/engine/clock.ts";
import { DatabaseRefused } from "../store/engine/errors.ts";
import { sayAlive, sayEnded } from "../store/lanes/workers.ts";
import { requireOurs } from "../store/migrations/all.ts";
import { KeyRefused } from "../store/secrets/keys.ts";
import { requireSharedKey } from "../store/secrets/shared-key.ts";
import type { SyncDeps } from "../sync/context.ts";
import type { Worker } from "./worker.ts";

const EVERY_MS = 5_000;

type Refusal = KeyRefused | DatabaseRefused;

/**
 * A process among others: it says that it works, keeps their clock, and works no more when it lacks their key
 * or a newer version has changed the tables.
 */
export class Presence {
  readonly #deps: SyncDeps;
  readonly #worker: Worker;
  readonly #clock: Clock;
  #timer: NodeJS.Timeout | null = null;
  #saying: Promise<void> | null = null;
  #saidAt: number | null = null;
  #refused: Refusal | null = null;
  /** Called once, when this process may not work any more. */
  onRefused: (error: Refusal) => void = () => {};

  constructor(deps: SyncDeps, worker: Worker, clock: Clock) {
    this.#deps = deps;
    this.#worker = worker;
    this.#clock = clock;
  }

  async start(): Promise<void> {
    await this.#say();
    this.#timer = setInterval(() => void this.look(), EVERY_MS);
  }

  /** When the database last heard of this process (ms, a steady clock); null: it has never. */
  get saidAt(): number | null {
    return this.#saidAt;
  }

  /** Why this process may not work any more; null: it may. */
  get refused(): Refusal | null {
    return this.#refused;
  }

  async stop(): Promise<void> {
    if (this.#timer) clearInterval(this.#timer);
    await this.#saying;
    const { store, owner, now } = this.#deps;
    // Whoever can't say so is missed after a while.
    if (this.#works) await store.write((tx) => sayEnded(tx, owner, now())).catch(() => {});
  }

  get #works(): boolean {
    return this.#worker.mode === "all";
  }

  /** Speaks with the database now. */
  look(): Promise<void> {
    this.#saying ??= this.#say()
      .catch((error) => {
        if (error instanceof KeyRefused || error instanceof DatabaseRefused) this.#refuse(error);
        else this.#deps.log.warn({ err: error }, "the database doesn't hear of this process");
      })
      .finally(() => {
        this.#saying = null;
      });
    return this.#saying;
  }

  /** With another key it would take every credential for one that can't be opened; of other tables it knows nothing. */
  #refuse(error: Refusal): void {
    if (this.#refused) return;
    this.#refused = error;
    if (this.#timer) clearInterval(this.#timer);
    this.#deps.log.error({ err: error }, "this process works no more");
    this.#worker.stop().catch((failed) => this.#deps.log.error({ err: failed }, "runs can't be stopped"));
    this.onRefused(error);
  }

  async #say(): Promise<void> {
    const { store, seal, owner, now } = this.#deps;
    await this.#clock.refresh();
    await requireOurs(store);
    await requireSharedKey(store, seal);
    if (this.#works) {
      const who = {
        worker: owner,
        host: hostname(),
        pid: process.pid,
        running: this.#worker.running().length,
      };
      await store.renew((tx) => sayAlive(tx, who, now()));
    }
    this.#saidAt = performance.now();
  }
}
