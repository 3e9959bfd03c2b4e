import {
  type ActionClaim,
  ActionLost,
  actionsToDo,
  claimAction,
  renewAction,
} from "../../store/actions/action-leases.ts";
import type { SyncDeps } from "../../sync/context.ts";
import type { Worker } from "../worker.ts";
import { ACTION_LEASE_MS, runAction } from "./run.ts";

/** Of different connections: of one there is one at a time. */
const AT_ONCE = 4;
const LOOK_MS = 1_000;
const RENEW_MS = 5_000;

interface Running {
  claim: ActionClaim;
  done: Promise<void>;
  stop: AbortController;
}

/**
 * Does actions whose turn has come. Like the worker, whose mode it shares: one per process, and any number of processes on
 * one PostgreSQL.
 */
export class ActionRunner {
  readonly #deps: SyncDeps;
  readonly #worker: Worker;
  readonly #running = new Map<number, Running>();
  /** What this very process was asked for: all that a single command does. */
  readonly #asked = new Set<number>();
  #timers: NodeJS.Timeout[] = [];
  #ticking: Promise<void> | null = null;
  #again = false;
  #stopping = false;
  #away = false;

  constructor(deps: SyncDeps, worker: Worker) {
    this.#deps = deps;
    this.#worker = worker;
  }

  start(): void {
    this.#timers = [
      setInterval(() => this.#tick(), LOOK_MS),
      setInterval(() => void this.#renew(), RENEW_MS),
    ];
    this.#tick();
  }

  /** There is something to do. */
  wake(action: number): void {
    this.#asked.add(action);
    this.#tick();
  }

  /** What is under way stops at once; another process, or the next start, goes on with it. */
  async stop(): Promise<void> {
    this.#stopping = true;
    for (const timer of this.#timers) clearInterval(timer);
    await this.#ticking;
    for (const { stop } of this.#running.values()) stop.abort(new Error("the process ends"));
    await Promise.all([...this.#running.values()].map(({ done }) => done));
  }

  #tick(): void {
    if (this.#stopping) return;
    if (this.#ticking) {
      this.#again = true;
      return;
    }
    this.#ticking = this.#claim()
      .then(() => {
        this.#away = false;
      })
      .catch((error) => {
        if (!this.#away) this.#deps.log.error({ err: error }, "actions can't be read");
        this.#away = true;
      })
      .finally(() => {
        this.#ticking = null;
        if (this.#again) {
          this.#again = false;
          this.#tick();
        }
      });
  }

  async #claim(): Promise<void> {
    const { store, owner, now } = this.#deps;
    const { mode } = this.#worker;
    const free = AT_ONCE - this.#running.size;
    if (free <= 0 || mode === "none") return;
    const found = await actionsToDo(store.read, now(), mode === "all" ? null : [...this.#asked]);
    for (const next of found.slice(0, free)) {
      const claiming = { owner, leaseMs: ACTION_LEASE_MS, now: now() };
      const claim = await store.write((tx) => claimAction(tx, next, claiming));
      if (claim) this.#run(claim);
    }
  }

  #run(claim: ActionClaim): void {
    const stop = new AbortController();
    const done = runAction(this.#deps, claim, stop.signal)
      .then(async (asked) => {
        // A single command syncs what it has changed; else whoever runs lanes does.
        if (asked === null || this.#worker.mode !== "asked" || this.#stopping) return;
        const request = { only: null, full: false, asked };
        await this.#worker.request(claim.connection, ["directory", "grants"], request);
      })
      .catch((error) => {
        const level = error instanceof ActionLost || this.#stopping ? "warn" : "error";
        this.#deps.log[level]({ err: error, action: claim.action }, "action handed over");
      })
      .finally(() => {
        this.#running.delete(claim.action);
        this.#tick();
      });
    this.#running.set(claim.action, { claim, done, stop });
  }

  async #renew(): Promise<void> {
    const { store, now, log } = this.#deps;
    for (const { claim, stop } of this.#running.values()) {
      await store
        .renew((tx) => renewAction(tx, claim, ACTION_LEASE_MS, now()))
        .catch((error) => {
          if (error instanceof ActionLost) stop.abort(error);
          else log.warn({ err: error, action: claim.action }, "lease of an action can't be renewed");
        });
    }
  }
}
