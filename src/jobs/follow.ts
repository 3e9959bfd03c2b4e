/** What is under way on a connection, told as it changes: from this process's own board, or from the database. */
import { setTimeout as sleep } from "node:timers/promises";
import { lanesAtWork } from "../store/lanes/lane-state.ts";
import { newestEnded, type RunEnd, runsSince } from "../store/lanes/runs.ts";
import type { SyncDeps } from "../sync/context.ts";
import type { Progress } from "../sync/progress.ts";
import type { Worker } from "./worker.ts";

const IDLE_CHECK_MS = 100;
/** Workers tell their progress once a second. */
const LOOK_AGAIN_MS = 500;

/** What is under way now, then each change, until nothing of this connection runs or is asked for. */
export function follow(
  deps: SyncDeps,
  worker: Worker,
  connection: number,
  signal: AbortSignal,
): AsyncGenerator<Progress, void, void> {
  return deps.shared
    ? followAnywhere(deps, worker, connection, signal)
    : followHere(deps, worker, connection, signal);
}

async function* followHere(
  { progress }: SyncDeps,
  worker: Worker,
  connection: number,
  signal: AbortSignal,
): AsyncGenerator<Progress, void, void> {
  const waiting: Progress[] = [];
  let wake = () => {};
  const take = (each: Progress) => {
    waiting.push(each);
    wake();
  };
  for (const current of progress.current(connection)) take(current);
  const unwatch = progress.watch(connection, take);
  try {
    while (!signal.aborted) {
      while (waiting.length > 0) yield waiting.shift()!;
      if (!(await worker.busy(connection)) && waiting.length === 0) return;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, IDLE_CHECK_MS);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  } finally {
    unwatch();
  }
}

/** Whichever process does the work, it writes how far it is beside its heartbeat, and the end into its run. */
async function* followAnywhere(
  { store, now }: SyncDeps,
  worker: Worker,
  connection: number,
  signal: AbortSignal,
): AsyncGenerator<Progress, void, void> {
  const told = new Map<string, string>();
  const open = new Map<number, RunEnd>();
  let newest = await newestEnded(store.read, connection);
  while (!signal.aborted) {
    const busy = await worker.busy(connection);
    const lanes = await lanesAtWork(store.read, connection, now());
    for (const { lane, running, progress } of lanes) {
      const text = JSON.stringify(progress);
      if (!running || progress === null || told.get(lane) === text) continue;
      told.set(lane, text);
      yield progress as Progress;
    }
    for (const run of await runsSince(store.read, connection, newest, [...open.keys()])) {
      newest = Math.max(newest, run.run);
      const atWork = lanes.some(({ lane, running }) => lane === run.lane && running);
      if (run.outcome === null || (run.endedAt === null && atWork)) {
        open.set(run.run, run);
        continue;
      }
      open.delete(run.run);
      yield ended(connection, run);
    }
    if (!busy) return;
    await sleep(LOOK_AGAIN_MS, undefined, { signal }).catch(() => {});
  }
}

function ended(connection: number, run: RunEnd): Progress {
  return {
    connection,
    lane: run.lane,
    run: run.run,
    stream: null,
    rows: 0,
    ofRows: null,
    phase: null,
    remainingMs: null,
    requests: run.requests,
    throttled: run.throttled,
    waitedMs: run.waitedMs,
    waitingUntil: null,
    leftMs: null,
    startedAt: run.startedAt,
    ended: null,
    outcome: run.outcome,
  };
}
