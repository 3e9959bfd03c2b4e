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
  let begun = { at: startedAt, remainingMs: null as number | null };
  return (change: Partial<Progress>) => {
    if (change.stream) begun = { at: deps.now(), remainingMs: null };
    state = { ...state, ended: null, ...change };
    state.requests = session?.meter.requests ?? 0;
    state.throttled = session?.meter.throttled ?? 0;
    state.waitedMs = session?.meter.waitedMs ?? 0;
    state.waitingUntil = session?.meter.waitingUntil ?? null;
    begun.remainingMs ??= state.remainingMs;
    state.leftMs = timeLeft(state, begun, deps.now());
    deps.progress.report({ ...state });
  };
}

/** From the run's own pace in this stream; null while there is too little to tell. */
function timeLeft(
  state: Progress,
  begun: { at: number; remainingMs: number | null },
  now: number,
): number | null {
  const took = now - begun.at;
  const done =
    state.remainingMs !== null && begun.remainingMs
      ? 1 - state.remainingMs / begun.remainingMs
      : state.ofRows
        ? state.rows / state.ofRows
        : 0;
  return done > 0.02 && done <= 1 ? Math.round((took / done) * (1 - done)) : null;
}
