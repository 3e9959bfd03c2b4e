import type { Session } from "../connectors/connector.ts";
import { LANES, type Lane, type ListStream, type Stream } from "../model/stream.ts";
import { attributeChanges } from "../store/attribution.ts";
import { eventKey, getConnection, getCredential, updateClockSkew } from "../store/connections.ts";
import {
  claimLane,
  FenceLost,
  type LaneClaim,
  releaseLane,
  renewLane,
  saveCheckpoint,
} from "../store/lanes.ts";
import { refreshLevels } from "../store/listings.ts";
import { endRun, resumeOrStartRun, stepEnded } from "../store/runs.ts";
import { type LaneCheckpoint, readCheckpoint } from "./checkpoint.ts";
import type { RunContext, SyncDeps } from "./context.ts";
import { nextDue, type RunOutcome } from "./due.ts";
import { StoppedByPerson } from "./failures.ts";
import { forgetOldRuns } from "./forget.ts";
import { type Report, reporter } from "./report.ts";
import { type StepResult, save, step } from "./step.ts";
import * as say from "./verdicts.ts";

const LEASE_MS = 30_000;
const RENEW_MS = 8_000;
/** Events may arrive after the change was seen in a listing; later than this they are not looked for. */
const ATTRIBUTE_WITHIN_MS = 2 * 86_400_000;

export interface LaneRequest {
  connection: number;
  lane: Lane;
  trigger: "schedule" | "request" | "connect";
  /** Only these streams of the lane; null: all that are on. */
  only: readonly Stream[] | null;
}

/**
 * Runs one lane of one connection from claim to release. A run that was cut goes on where its checkpoint stands.
 *
 * @returns null when there is nothing to do: the lane is leased to another worker, paused, or gone.
 * @throws FenceLost when another worker has taken the lane over: it owns the run from then on.
 */
export async function runLane(
  deps: SyncDeps,
  request: LaneRequest,
  signal: AbortSignal,
): Promise<{ run: number; outcome: RunOutcome } | null> {
  const { store } = deps;
  const connection = await getConnection(store.read, request.connection);
  if (!connection || connection.paused || connection.frozenAt !== null) return null;
  const startedAt = deps.now();
  const claim = await store.write((tx) =>
    claimLane(tx, connection.id, request.lane, deps.owner, LEASE_MS, startedAt),
  );
  if (!claim) return null;
  const run = await store.write((tx) =>
    resumeOrStartRun(tx, claim, { lane: request.lane, trigger: request.trigger, now: startedAt }),
  );
  deps.onCommit?.("run_started");

  // Losing the lease ends the run's own work, whatever it is doing.
  const lost = new AbortController();
  const context: RunContext = {
    deps,
    connection,
    lane: request.lane,
    claim,
    run,
    signal: AbortSignal.any([signal, lost.signal]),
  };
  const heartbeat = setInterval(() => {
    store.write((tx) => renewLane(tx, claim, LEASE_MS, deps.now())).catch((error) => lost.abort(error));
  }, RENEW_MS);
  try {
    return { run, outcome: await runSteps(context, request, startedAt) };
  } catch (error) {
    if (error instanceof FenceLost || lost.signal.aborted) throw lost.signal.reason ?? error;
    deps.log.error({ err: error, run, lane: request.lane }, "run ended by a fault of ours");
    await end(context, "failed", startedAt, claim, {
      message: error instanceof Error ? error.message : String(error),
    });
    return { run, outcome: "failed" };
  } finally {
    clearInterval(heartbeat);
  }
}

/** The streams of the lane, one after another; then what follows from all of them. */
async function runSteps(context: RunContext, request: LaneRequest, startedAt: number): Promise<RunOutcome> {
  const { deps, connection, lane, claim } = context;
  const checkpoint = readCheckpoint(claim.checkpoint);
  let report: Report = () => {};
  const session = await openSession(context, () => report({}));
  report = reporter(context, session, startedAt);
  report({});
  const results: StepResult[] = [];
  let stopped = false;
  if (!session) {
    for (const stream of LANES[lane]) {
      results.push({ stream, end: "failed" });
      if (stream !== "users") await save(context, say.waitingForUsers(stream));
    }
  } else {
    for (const stream of LANES[lane]) {
      if (!session.streams.includes(stream) || (request.only && !request.only.includes(stream))) continue;
      if (checkpoint.finished.includes(stream as ListStream)) {
        // Before the run was cut. A listing that was cut off from its verdict is read once more.
        if (await stepEnded(deps.store.read, context.run, stream)) continue;
        checkpoint.finished = checkpoint.finished.filter((each) => each !== stream);
      }
      const result = await step(context, session, stream, checkpoint, results, report);
      if (result === "stopped") {
        stopped = true;
        break;
      }
      results.push(result);
    }
    await learn(context, session);
  }
  const outcome = stopped ? "stopped" : outcomeOf(results);
  if (!stopped) {
    await deps.store.write(async (tx) => {
      await saveCheckpoint(tx, claim, checkpoint);
      if (lane !== "usage") await refreshLevels(tx, connection.id, context.run, deps.now());
      const skewMs = session?.meter.clockSkewMs ?? connection.clockSkewMs;
      await attributeChanges(tx, connection.id, { since: deps.now() - ATTRIBUTE_WITHIN_MS, skewMs });
    });
    deps.onCommit?.("levels_refreshed");
    if (lane === "directory") await forgetOldRuns(context, checkpoint);
  }
  await end(context, outcome, startedAt, outcome === "stopped" ? null : claim, null, session, checkpoint);
  report({ outcome, stream: null });
  return outcome;
}

async function openSession(context: RunContext, onProgress: () => void): Promise<Session | null> {
  const { deps, connection } = context;
  const credential = await getCredential(deps.store.read, deps.seal, connection.id);
  if (!credential) {
    await save(context, say.credentialLocked());
    return null;
  }
  return deps.connectors[connection.vendor].open({
    connection,
    credential,
    origins: connection.origins,
    tokens: deps.tokens,
    budgets: deps.budgets,
    eventKey: await eventKey(deps.store.read, deps.seal, connection.id),
    signal: context.signal,
    onProgress,
    now: deps.now,
    timeScale: deps.timeScale(connection.origins),
  });
}

/** What the headers told on the way: the difference of clocks. */
async function learn(context: RunContext, session: Session): Promise<void> {
  const skew = session.meter.clockSkewMs;
  if (skew === null) return;
  await context.deps.store.write((tx) => updateClockSkew(tx, context.connection.id, Math.round(skew)));
}

function outcomeOf(results: readonly StepResult[]): RunOutcome {
  const failed = results.filter((each) => each.end === "failed").length;
  if (failed === 0) return "complete";
  const usersFailed = results.some((each) => each.stream === "users" && each.end === "failed");
  return usersFailed || results.every((each) => each.end !== "well") ? "failed" : "partial";
}

async function end(
  context: RunContext,
  outcome: RunOutcome,
  startedAt: number,
  claim: LaneClaim | null,
  error: { message: string } | null,
  session: Session | null = null,
  checkpoint: LaneCheckpoint | null = null,
): Promise<void> {
  const { deps, connection, lane, run } = context;
  const now = deps.now();
  await deps.store.write(async (tx) => {
    // The next run begins anew; what the audit reader has learnt stays. A stopped run keeps its place.
    const kept = checkpoint ?? readCheckpoint(context.claim.checkpoint);
    await saveCheckpoint(
      tx,
      context.claim,
      claim ? { finished: [], listing: null, activity: kept.activity } : kept,
    );
    await endRun(tx, run, {
      outcome,
      now,
      requests: session?.meter.requests ?? 0,
      waitedMs: session?.meter.waitedMs ?? 0,
      throttled: session?.meter.throttled ?? 0,
      error,
      open: outcome === "stopped",
    });
    await releaseLane(
      tx,
      context.claim,
      nextDue({
        outcome,
        byPerson: context.signal.reason instanceof StoppedByPerson,
        failures: context.claim.failures,
        everyMinutes: connection.settings.everyMinutes[lane],
        startedAt,
        now,
      }),
    );
  });
  deps.onCommit?.("run_ended");
}
