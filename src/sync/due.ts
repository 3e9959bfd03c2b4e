const MINUTE = 60_000;
/** After this many failures in a row the wait grows no more: over 17 hours, and so the interval counts. */
const MAX_DOUBLINGS = 10;

export type RunOutcome = "complete" | "partial" | "failed" | "stopped";

/**
 * When a lane runs next. Pure. The interval counts from the start of the run; a run that took long is followed by a
 * rest as long as itself; a failed one by 2, 4, 8, … minutes, never more than the interval; a stopped one goes on at
 * the next chance, or where a person stopped it, after the interval.
 */
export function nextDue(run: {
  outcome: RunOutcome;
  byPerson?: boolean;
  /** Failed runs in a row before this one. */
  failures: number;
  everyMinutes: number;
  startedAt: number;
  now: number;
}): { dueAt: number; failures: number } {
  const every = run.everyMinutes * MINUTE;
  if (run.outcome === "stopped") {
    return { dueAt: run.byPerson ? run.now + every : run.now, failures: run.failures };
  }
  if (run.outcome === "failed") {
    const failures = run.failures + 1;
    return { dueAt: run.now + Math.min(every, 2 ** Math.min(failures, MAX_DOUBLINGS) * MINUTE), failures };
  }
  const took = run.now - run.startedAt;
  return { dueAt: Math.max(run.startedAt + every, run.now + took), failures: 0 };
}
