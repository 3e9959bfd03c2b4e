import { setTimeout as sleep } from "node:timers/promises";
import type { AskedFor } from "../model/asked.ts";
import type { Connection } from "../model/connection.ts";
import type { Lane, Stream } from "../model/stream.ts";
import { laneOf } from "../model/stream.ts";
import { claimLanes, readyLanes } from "../store/lanes/lane-claims.ts";
import { askToStop, putOffLanes, requestLane, type StopWhy } from "../store/lanes/lane-requests.ts";
import { lanesAtWork } from "../store/lanes/lane-state.ts";
import { FenceLost, fenceOff, type LaneClaim, renewLanes } from "../store/lanes/lanes.ts";
import { workersSeen } from "../store/lanes/workers.ts";
import { RunStopped, type SyncDeps } from "../sync/context.ts";
import type { RunOutcome } from "../sync/due.ts";
import { runLane } from "../sync/run-lane.ts";

/** Runs of different connections and lanes under way at once; each holds at most a few pages in memory. */
const AT_ONCE = 12;
/** Where nothing can be claimed (the disk is full), the worker rests: at first so long, then twice as long, at most 5 s. */
const FIRST_REST_MS = 1000;
const LONGEST_REST_MS = 5_000;
/** A worker that says nothing for so long is taken for dead, and its lanes go to others: within 30 seconds all told. */
export const LEASE_MS = 20_000;
/** How long another process may take to stop a run; then it is taken from it. */
const STOP_WITHIN_MS = LEASE_MS + 5_000;
const LOOK_AGAIN_MS = 250;

/** Alone: asked for by nobody else, watched by nobody else. Shared: other processes ask, stop and watch. */
export const PACE = {
  alone: { lookMs: 200, renewMs: 5_000 },
  shared: { lookMs: 1_000, renewMs: 1_000 },
} as const;

export type AfterRun = (connection: number, lane: Lane) => Promise<void>;

/** `all`: what is due or asked for. `asked`: only what this process was asked for. `none`: nothing, others do it. */
export type WorkerMode = "all" | "asked" | "none";

interface Running {
  claim: LaneClaim;
  done: Promise<void>;
  stop: AbortController;
  /** As last told to whoever watches from another process. */
  told: unknown;
}

/**
 * Decides what runs when: claims lanes that are due or asked for, and runs them. One per process, and any number of
 * processes on one PostgreSQL.
 */
export class Worker {
  readonly #deps: SyncDeps;
  readonly #after: AfterRun;
  #mode: WorkerMode;
  readonly #running = new Map<string, Running>();
  readonly #asked = new Map<string, { connection: number; lane: Lane }>();
  /** Until when it rests (by a clock that nobody sets), and for how long the last time. */
  #rest = { until: 0, ms: 0 };
  readonly #outcomes = new Map<string, number>();
  #timers: NodeJS.Timeout[] = [];
  #ticking: Promise<void> | null = null;
  #renewing: Promise<void> | null = null;
  #stopping = false;
  /** The database can't be read: said once, until it can be again. */
  #away = false;

  /** @param after what follows from a run that has ended; it is part of the run for whoever waits for it */
  constructor(deps: SyncDeps, mode: WorkerMode, after: AfterRun = async () => {}) {
    this.#deps = deps;
    this.#mode = mode;
    this.#after = after;
  }

  start(): void {
    const { lookMs, renewMs } = this.#deps.shared ? PACE.shared : PACE.alone;
    this.#timers = [setInterval(() => this.#tick(), lookMs), setInterval(() => this.#renew(), renewMs)];
    this.#tick();
  }

  /** From now on lanes run when they are due. */
  schedule(): void {
    this.#mode = "all";
    this.#tick();
  }

  get mode(): WorkerMode {
    return this.#mode;
  }

  /** Asks for a sync: joins a run that has not begun to list, else one more run follows. */
  async request(
    connection: number,
    lanes: readonly Lane[],
    options: { only: readonly Stream[] | null; full: boolean; asked: AskedFor },
  ): Promise<{ lane: Lane; joined: boolean }[]> {
    const { store, now } = this.#deps;
    const before = await lanesAtWork(store.read, connection, now());
    const started: { lane: Lane; joined: boolean }[] = [];
    for (const lane of lanes) {
      const only = options.only?.filter((stream) => laneOf(stream) === lane) ?? null;
      if (only?.length === 0) continue;
      this.#asked.set(keyOf({ connection, lane }), { connection, lane });
      const request = { full: options.full, asked: options.asked, only };
      await store.write((tx) => requestLane(tx, connection, lane, request, now()));
      started.push({ lane, joined: before.some((each) => each.lane === lane && each.running) });
    }
    this.#rest = { until: 0, ms: 0 };
    this.#tick();
    return started;
  }

  /** Do lanes of this connection run anywhere, or are they asked for and somebody lives who will run them? */
  async busy(connection: number): Promise<boolean> {
    if (this.running(connection).length > 0) return true;
    const { store, now } = this.#deps;
    const lanes = await lanesAtWork(store.read, connection, now());
    if (lanes.some(({ lane, running }) => running && this.#lives(connection, lane))) return true;
    const asked = lanes.filter(({ requested }) => requested);
    if (asked.some(({ lane }) => this.#willRun(connection, lane))) return true;
    if (asked.length === 0 || !this.#deps.shared) return false;
    return (await workersSeen(store.read, now())).some(({ alive }) => alive);
  }

  running(connection?: number): Lane[] {
    const all = [...this.#running.values()].map(({ claim }) => claim);
    return all
      .filter((each) => connection === undefined || each.connection === connection)
      .map((each) => each.lane);
  }

  /** Ended runs since start, by `lane outcome`. */
  outcomes(): ReadonlyMap<string, number> {
    return this.#outcomes;
  }

  /** A person's word: runs end at their next safe point, and nothing begins until it is asked for or due anew. */
  async putOff({ id, settings }: Connection): Promise<void> {
    const { store, now } = this.#deps;
    for (const [key, { connection }] of this.#asked) if (connection === id) this.#asked.delete(key);
    await store.write((tx) => putOffLanes(tx, id, settings.everyMinutes, now()));
    await this.#ticking;
    await this.stopRuns(id, "put_off");
  }

  /** Ends a connection's runs at their next safe point, whichever process does them; they go on at the next claim. */
  async stopRuns(connection: number, why: StopWhy = "give_way"): Promise<void> {
    const here = [...this.#running.values()].filter(({ claim }) => claim.connection === connection);
    for (const run of here) run.stop.abort(new RunStopped(why));
    if (this.#deps.shared) await this.#stopElsewhere(connection, why);
    await Promise.all(here.map((each) => each.done));
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    for (const timer of this.#timers.slice(0, 1)) clearInterval(timer);
    await this.#ticking;
    for (const run of this.#running.values()) run.stop.abort(new RunStopped("ending"));
    await Promise.all([...this.#running.values()].map((each) => each.done));
    for (const timer of this.#timers) clearInterval(timer);
    await this.#renewing;
  }

  get stopping(): boolean {
    return this.#stopping;
  }

  #willRun(connection: number, lane: Lane): boolean {
    if (this.#stopping || this.#rests) return false;
    return this.#mode === "all" || (this.#mode === "asked" && this.#asked.has(keyOf({ connection, lane })));
  }

  /** Alone, whose lease has outlived its run (which couldn't even be ended) does nothing more. */
  #lives(connection: number, lane: Lane): boolean {
    return this.#deps.shared || this.#ticking !== null || this.#running.has(keyOf({ connection, lane }));
  }

  get #rests(): boolean {
    return performance.now() < this.#rest.until;
  }

  /** Whoever doesn't stop in time has died, or stands still: its lanes are taken from it. */
  async #stopElsewhere(connection: number, why: StopWhy): Promise<void> {
    const { store, now } = this.#deps;
    await store.write((tx) => askToStop(tx, connection, why, now()));
    const others = async () => {
      const lanes = await lanesAtWork(store.read, connection, now());
      return lanes.some(({ lane, running, stopping }) => {
        return running && stopping && !this.#running.has(keyOf({ connection, lane }));
      });
    };
    for (let waited = 0; await others(); waited += LOOK_AGAIN_MS) {
      if (waited >= STOP_WITHIN_MS) return store.write((tx) => fenceOff(tx, connection));
      await sleep(LOOK_AGAIN_MS);
    }
  }

  #tick(): void {
    if (this.#stopping || this.#ticking || this.#rests) return;
    this.#ticking = this.#claim()
      .then(() => {
        if (this.#away) this.#deps.log.info("lanes can be read again");
        this.#away = false;
        this.#rest = { until: 0, ms: 0 };
      })
      .catch((error) => {
        if (!this.#away) this.#deps.log.error({ err: error }, "lanes can't be read");
        this.#away = true;
        const ms = Math.min(LONGEST_REST_MS, 2 * this.#rest.ms || FIRST_REST_MS);
        this.#rest = { until: performance.now() + ms, ms };
      })
      .finally(() => {
        this.#ticking = null;
      });
  }

  async #claim(): Promise<void> {
    const limit = AT_ONCE - this.#running.size;
    if (limit <= 0 || this.#mode === "none") return;
    const { store, owner, now } = this.#deps;
    const which =
      this.#mode === "all" ? { scheduled: true } : { scheduled: false, of: [...this.#asked.values()] };
    if (which.of?.length === 0) return;
    // Mostly nothing is due, and to find that out needs no transaction.
    if ((await readyLanes(store.read, { ...which, limit: 1 }, now())).length === 0) return;
    const claiming = { owner, leaseMs: LEASE_MS, now: now() };
    const claims = await store.write((tx) => claimLanes(tx, claiming, { ...which, limit }));
    for (const claim of claims) this.#run(claim);
  }

  #run(claim: LaneClaim): void {
    const { connection, lane } = claim;
    const key = keyOf(claim);
    const stop = new AbortController();
    const done = runLane(this.#deps, claim, stop.signal)
      .then(async (ended) => {
        if (!ended) return;
        this.#count(lane, ended.outcome);
        if (ended.outcome !== "stopped") await this.#after(connection, lane);
        for (const freed of ended.freed) {
          if (this.#asked.has(key))
            this.#asked.set(keyOf({ connection, lane: freed }), { connection, lane: freed });
        }
      })
      .catch((error) => this.#deps.log.warn({ err: error, connection, lane }, "run handed over"))
      .finally(() => {
        // After a sleep longer than the lease this worker may have claimed the lane anew: that run goes on.
        if (this.#running.get(key)?.claim === claim) {
          this.#running.delete(key);
          this.#deps.progress.forget(connection, lane);
        }
        this.#tick();
      });
    this.#running.set(key, { claim, done, stop, told: undefined });
  }

  #renew(): void {
    if (this.#renewing || this.#running.size === 0) return;
    this.#renewing = this.#tellLeases()
      .catch((error) => this.#deps.log.warn({ err: error }, "leases can't be renewed"))
      .finally(() => {
        this.#renewing = null;
      });
  }

  async #tellLeases(): Promise<void> {
    const { store, now, shared, progress } = this.#deps;
    const runs = [...this.#running.values()];
    const told = runs.map(({ claim }) => (shared ? progress.of(claim.connection, claim.lane) : undefined));
    const claims = runs.map(({ claim, told: before }, i) => ({
      claim,
      progress: told[i] === before ? undefined : told[i],
    }));
    const { lost, toStop } = await store.renew((tx) => renewLanes(tx, claims, LEASE_MS, now()));
    for (const [i, run] of runs.entries()) {
      run.told = told[i];
      const { connection, lane } = run.claim;
      const why = toStop.get(run.claim);
      if (lost.includes(run.claim)) run.stop.abort(new FenceLost(connection, lane));
      else if (why) run.stop.abort(new RunStopped(why));
    }
  }

  #count(lane: Lane, outcome: RunOutcome): void {
    const key = `${lane} ${outcome}`;
    this.#outcomes.set(key, (this.#outcomes.get(key) ?? 0) + 1);
  }
}

function keyOf({ connection, lane }: { connection: number; lane: Lane }): string {
  return `${connection} ${lane}`;
}
