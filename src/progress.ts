/** How far runs are, in the words of the API. */
import type { Progress } from "./api/services.ts";
import type { Progress as RunProgress } from "./sync/progress.ts";

/** What the reader of the audit log is at, in words. */
const PHASES: Record<string, string> = {
  probe: "trying how the log answers",
  newest: "newest first",
  backfill: "older days",
  tail: "the latest minutes",
  verify: "reading again to compare",
};

/** How far a run is, as the API tells it. */
export function told(progress: RunProgress): Progress[] {
  const { run, lane } = progress;
  if (progress.outcome !== null || progress.stream === null) {
    return [{ type: "run", run, lane, outcome: progress.outcome }];
  }
  return [
    {
      type: "stream",
      run,
      lane,
      stream: progress.stream,
      state: progress.ended ?? (progress.waitingUntil === null ? "reading" : "waiting"),
      rows: progress.rows,
      expectedRows: progress.ofRows,
      requests: progress.requests,
      waitedMs: progress.waitedMs,
      waitingUntil: progress.waitingUntil,
      remainingMs: progress.leftMs,
      note: progress.phase && (PHASES[progress.phase] ?? null),
    },
  ];
}
