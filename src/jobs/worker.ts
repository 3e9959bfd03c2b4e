import type { Connection } from "../model/connection.ts";
import type { Lane, Stream } from "../model/stream.ts";
import { LANE_NAMES, laneOf } from "../model/stream.ts";
import { dueLanes, putOffLanes, requestLane } from "../store/lanes.ts";
import { lastListing } from "../store/listings.ts";
import { listVerdicts } from "../store/verdicts.ts";
import type { SyncDeps } from "../sync/context.ts";
import type { RunOutcome } from "../sync/due.ts";
import { StoppedByPerson } from "../sync/failures.ts";
import { runLane } from "../sync/run-lane.ts";

/** Runs of different connections and lanes under way at once; each holds at most a few pages in memory. */
const AT_ONCE = 12;
const TICK_MS = 200;

interface Running {
  connection: number;
  lane: Lane;
  done: Promise<void>;
  stop: AbortController;
}

/**
 * Decides what runs when: claims lanes that are due or asked for, and runs them. One per process.
 * Without `scheduled` it runs only what is asked for (a single command).
 */
export class Worker {
  readonly #deps: SyncDeps;
  #scheduled: boolean;
  readonly #running = new Map<string, Running>();
  readonly #only = new Map<string, readonly Stream[] | null>();
  readonly #outcomes = new Map<string, number>();
  #timer: NodeJS.Timeout | null = null;
  #ticking: Promise<void> | null = null;
  #stopping = false;

  constructor(deps: SyncDeps, options: { scheduled: boolean }) {
    this.#deps = deps;
    this.#scheduled = options.scheduled;
  }

  start(): void {
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
    this.#tick();
  }

  /** From now on lanes run when they are due. */
  schedule(): void {
    this.#scheduled = true;
    this.#tick();
  }

  /** Asks for a sync: joins a run that has not begun to list, else one more run follows. */
  async request(
    connection: number,
    lanes: readonly Lane[],
    options: { only: readonly Stream[] | null; full: boolean },
  ): Promise<{ lane: Lane; joined: boolean }[]> {
    const started: { lane: Lane; joined: boolean }[] = [];
    for (const lane of lanes) {
      const only = options.only?.filter((stream) => laneOf(stream) === lane) ?? null;
      if (only?.length === 0) continue;
      const key = keyOf(connection, lane);
      this.#only.set(key, this.#only.has(key) ? merge(this.#only.get(key) ?? null, only) : only);
      await this.#deps.store.write((tx) => requestLane(tx, connection, lane, options.full, this.#deps.now()));
      started.push({ lane, joined: this.#running.has(key) });
    }
    this.#tick();
    return started;
  }

  /** Lanes of this connection that run here, or are asked for and will. */
  async busy(connection: number): Promise<boolean> {
    if (this.running(connection).length > 0) return true;
    const due = await dueLanes(this.#deps.store.read, this.#deps.now());
    // What was claimed while we asked is due no more, and runs.
    if (this.running(connection).length > 0) return true;
    return !this.#stopping && due.some((each) => each.connection === connection && each.requestedAt !== null);
  }

  running(connection?: number): Lane[] {
    const all = [...this.#running.values()];
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
    for (const lane of LANE_NAMES) this.#only.delete(keyOf(id, lane));
    await this.#deps.store.write((tx) => putOffLanes(tx, id, settings.everyMinutes, this.#deps.now()));
    await this.#ticking;
    await this.stopRuns(id, new StoppedByPerson());
  }

  /** Ends runs at their next safe point; they go on at the next claim. */
  async stopRuns(connection?: number, why = new Error("asked to stop")): Promise<void> {
    const chosen = [...this.#running.values()].filter(
      (each) => connection === undefined || each.connection === connection,
    );
    for (const run of chosen) run.stop.abort(why);
    await Promise.all(chosen.map((each) => each.done));
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    if (this.#timer) clearInterval(this.#timer);
    await this.#ticking;
    await this.stopRuns();
  }

  get stopping(): boolean {
    return this.#stopping;
  }

  #tick(): void {
    if (this.#stopping || this.#ticking) return;
    this.#ticking = this.#dispatch()
      .catch((error) => this.#deps.log.error({ err: error }, "lanes can't be read"))
      .finally(() => {
        this.#ticking = null;
      });
  }

  async #dispatch(): Promise<void> {
    const due = await dueLanes(this.#deps.store.read, this.#deps.now());
    // Directory before grants before usage: what a lane waits for comes first.
    due.sort((a, b) => LANE_NAMES.indexOf(a.lane) - LANE_NAMES.indexOf(b.lane));
    const asked = due.filter((each) => each.requestedAt !== null);
    for (const { connection, lane, requestedAt } of this.#scheduled ? due : asked) {
      const key = keyOf(connection, lane);
      if (this.#stopping || this.#running.size >= AT_ONCE || this.#running.has(key)) continue;
      if (lane !== "directory" && (await this.#waitsForUsers(connection, due))) continue;
      this.#run(connection, lane, requestedAt !== null);
    }
  }

  /** Grants and use belong to users: while these can't be read, or never were, the directory goes first if it will run. */
  async #waitsForUsers(
    connection: number,
    due: { connection: number; lane: Lane; requestedAt: number | null }[],
  ): Promise<boolean> {
    const directory =
      this.#running.has(keyOf(connection, "directory")) ||
      due.some(
        (each) =>
          each.connection === connection &&
          each.lane === "directory" &&
          (this.#scheduled || each.requestedAt !== null),
      );
    if (!directory) return false;
    if ((await lastListing(this.#deps.store.read, connection, "users")) === null) return true;
    const verdicts = await listVerdicts(this.#deps.store.read, connection);
    return verdicts.some(({ verdict }) => verdict.stream === "users" && verdict.state === "stopped");
  }

  #run(connection: number, lane: Lane, requested: boolean): void {
    const key = keyOf(connection, lane);
    const stop = new AbortController();
    const only = requested ? (this.#only.get(key) ?? null) : null;
    this.#only.delete(key);
    const request = { connection, lane, trigger: requested ? "request" : "schedule", only } as const;
    const done = runLane(this.#deps, request, stop.signal)
      .then(async (ended) => {
        if (!ended) return;
        this.#count(lane, ended.outcome);
        if (lane === "directory" && ended.outcome !== "stopped") await this.#freeWaiting(connection);
      })
      .catch((error) => this.#deps.log.warn({ err: error, connection, lane }, "run handed over"))
      .finally(() => {
        this.#running.delete(key);
        this.#tick();
      })
      .then(() => {});
    this.#running.set(key, { connection, lane, done, stop });
  }

  /** What waited for users runs as soon as these can be read again. */
  async #freeWaiting(connection: number): Promise<void> {
    const verdicts = (await listVerdicts(this.#deps.store.read, connection)).map((each) => each.verdict);
    if (verdicts.some((each) => each.stream === "users" && each.state === "stopped")) return;
    const waiting = verdicts
      .filter((each) => each.state === "waiting_for_users")
      .map((each) => laneOf(each.stream));
    for (const lane of new Set(waiting)) {
      if (lane === "directory") continue;
      await this.#deps.store.write((tx) => requestLane(tx, connection, lane, false, this.#deps.now()));
    }
  }

  #count(lane: Lane, outcome: RunOutcome): void {
    const key = `${lane} ${outcome}`;
    this.#outcomes.set(key, (this.#outcomes.get(key) ?? 0) + 1);
  }
}

function keyOf(connection: number, lane: Lane): string {
  return `${connection} ${lane}`;
}

function merge(a: readonly Stream[] | null, b: readonly Stream[] | null): readonly Stream[] | null {
  return a === null || b === null ? null : [...new Set([...a, ...b])];
}
