import type { Session } from "../connectors/connector.ts";
import type { RunContext } from "./context.ts";
import type { Progress } from "./progress.ts";

export type Report = (change: Partial<Progress>) => void;

/** Tells the progress board of one run: each call changes what is given and takes the numbers from the session. */
export function reporter(context: RunContext, session: Session | null, startedAt: number): Report {
  const { deps, connection, lane, run } = context;
  let state: Progress = {
    connection: connection.id,
    lane,
    run,
    stream: null,
    rows: 0,
    ofRows: null,
    phase: null,
    remainingMs: null,
    requests: 0,
    throttled: 0,
    waitedMs: 0,
    waitingUntil: null,
    leftMs: null,
    startedAt,
    ended: null,
    outcome: null,
  };
  let pace: Pace = { begunAt: startedAt, remainingMs: null, done: 0, doneAt: startedAt };
  return (change: Partial<Progress>) => {
    const now = deps.now();
    if (change.stream) pace = { begunAt: now, remainingMs: null, done: 0, doneAt: now };
    state = { ...state, ended: null, ...(change.stream && { remainingMs: null }), ...change };
    state.requests = session?.meter.requests ?? 0;
    state.throttled = session?.meter.throttled ?? 0;
    state.waitedMs = session?.meter.waitedMs ?? 0;
    state.waitingUntil = session?.meter.waitingUntil ?? null;
    pace.remainingMs ??= state.remainingMs;
    const done = shareDone(state, pace);
    if (done !== pace.done) pace = { ...pace, done, doneAt: now };
    state.leftMs = timeLeft(pace, now);
    deps.progress.report({ ...state });
  };
}

/** How fast a stream is read. */
interface Pace {
  begunAt: number;
  /** What was to be read at first, of a stream that is measured by time. */
  remainingMs: number | null;
  /** The share that has been read, and since when it is that. */
  done: number;
  doneAt: number;
}

function shareDone(
  { remainingMs, rows, ofRows }: Pick<Progress, "remainingMs" | "rows" | "ofRows">,
  pace: Pace,
): number {
  if (remainingMs !== null && pace.remainingMs) return 1 - remainingMs / pace.remainingMs;
  return ofRows ? rows / ofRows : 0;
}

/**
 * From the run's own pace in this stream, as it was when something was last known to be done; null while there is too little to
 * tell, and once as much time has passed without more: pages whose place shows only at their end tell of no pace.
 */
function timeLeft({ begunAt, done, doneAt }: Pace, now: number): number | null {
  if (done <= 0.02 || done > 1) return null;
  const took = doneAt - begunAt;
  const since = now - doneAt;
  if (since > took) return null;
  return Math.max(0, Math.round((took / done) * (1 - done)) - since);
}
