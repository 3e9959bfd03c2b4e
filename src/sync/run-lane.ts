import type { Session } from "../connectors/connector.ts";
import { ConnectorError, RestartListing } from "../connectors/errors.ts";
import { failedState } from "../model/connection-state.ts";
import { LANES, type Lane, type ListStream, type Stream } from "../model/stream.ts";
import type { Verdict } from "../model/verdict.ts";
import { attributeChanges } from "../store/attribution.ts";
import { eventKey, getConnection, getCredential, updateClockSkew } from "../store/connections.ts";
import { countKnownUsers } from "../store/known.ts";
import {
  claimLane,
  FenceLost,
  type LaneClaim,
  releaseLane,
  renewLane,
  saveCheckpoint,
} from "../store/lanes.ts";
import { heldListing, lastListing, refreshLevels } from "../store/listings.ts";
import { endRun, endStep, resumeOrStartRun, startStep } from "../store/runs.ts";
import { activityFacts } from "../store/usage.ts";
import { listVerdicts, saveVerdict } from "../store/verdicts.ts";
import { syncActivity } from "./activity.ts";
import { type LaneCheckpoint, readCheckpoint } from "./checkpoint.ts";
import type { RunContext, SyncDeps } from "./context.ts";
import { nextDue, type RunOutcome } from "./due.ts";
import { IncompleteListing, OtherAccount } from "./failures.ts";
import { knownTo } from "./known.ts";
import { syncListing } from "./listing.ts";
import { type Report, reporter } from "./report.ts";
import * as say from "./verdicts.ts";

export const LEASE_MS = 30_000;
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

interface StepResult {
  stream: Stream;
  /** well: read and applied; off: not read by choice or never allowed; failed: see its verdict. */
  end: "well" | "off" | "failed";
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
      if (checkpoint.finished.includes(stream as ListStream)) continue; // before the run was cut
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
    timeScale: deps.timeScale(connection.origins),
  });
}

async function step(
  context: RunContext,
  session: Session,
  stream: Stream,
  checkpoint: LaneCheckpoint,
  before: readonly StepResult[],
  report: Report,
): Promise<StepResult | "stopped"> {
  const { deps, connection, run } = context;
  if (connection.settings.off.includes(stream)) {
    await save(context, say.switchedOff(stream));
    return { stream, end: "off" };
  }
  if (await usersBlock(context, stream, before)) {
    await save(context, say.waitingForUsers(stream));
    return { stream, end: "failed" };
  }
  const from = { requests: session.meter.requests, waitedMs: session.meter.waitedMs };
  const used = () => ({
    requests: session.meter.requests - from.requests,
    waitedMs: session.meter.waitedMs - from.waitedMs,
  });
  await deps.store.write((tx) => startStep(tx, run, stream, deps.now()));
  try {
    const verdict =
      stream === "audit_log"
        ? await readActivity(context, session, checkpoint, report)
        : await readListing(context, session, stream, checkpoint, report);
    await deps.store.write((tx) =>
      endStep(tx, run, stream, { outcome: "complete", now: deps.now(), ...used(), error: null }),
    );
    await save(context, verdict.verdict, { rows: verdict.rows });
    report({ stream, rows: verdict.rows, ended: "done" });
    return { stream, end: verdict.verdict.state === "well" ? "well" : "failed" };
  } catch (error) {
    if (error instanceof FenceLost) throw error;
    if (context.signal.aborted) {
      await deps.store.write((tx) =>
        endStep(tx, run, stream, { outcome: "stopped", now: deps.now(), ...used(), error: null }),
      );
      return "stopped";
    }
    const verdict = await verdictOf(context, session, stream, error);
    deps.log.warn({ stream, run, cause: verdict.cause, ask: verdict.ask }, verdict.text ?? "stream failed");
    // A failed listing is forgotten: the next run reads it from its first page.
    if (stream !== "audit_log") {
      checkpoint.listing = null;
      checkpoint.finished = [...checkpoint.finished, stream];
    }
    await deps.store.write(async (tx) => {
      await saveCheckpoint(tx, context.claim, checkpoint);
      await endStep(tx, run, stream, {
        outcome: "failed",
        now: deps.now(),
        ...used(),
        error: { cause: verdict.cause, text: verdict.text, ask: verdict.ask },
      });
    });
    await save(context, verdict);
    report({ stream, ended: "failed" });
    return { stream, end: verdict.state === "off" ? "off" : "failed" };
  }
}

async function readListing(
  context: RunContext,
  session: Session,
  stream: ListStream,
  checkpoint: LaneCheckpoint,
  report: Report,
): Promise<{ verdict: Verdict; rows: number }> {
  const { store } = context.deps;
  const last = await lastListing(store.read, context.connection.id, stream);
  report({ stream, rows: 0, ofRows: last?.rows ?? null, phase: null });
  const result = await syncListing(context, session, stream, checkpoint, (rows) => report({ rows }));
  const { rows, unreadableCount } = result;
  if (result.held) {
    const held = await heldListing(store.read, context.connection.id, stream);
    if (held) {
      const facts = {
        listed: rows,
        before: held.rowsBefore,
        absent: held.rowsAbsent,
        needsPerson: held.needsPerson,
      };
      return { verdict: say.held(stream, facts), rows };
    }
  }
  if (unreadableCount > 0)
    return { verdict: say.unreadable(stream, result.unreadable, unreadableCount, rows), rows };
  // Well for now; but another program may keep ending our sessions.
  return { verdict: (stream === "users" && session.concern()) || say.well(stream), rows };
}

async function readActivity(
  context: RunContext,
  session: Session,
  checkpoint: LaneCheckpoint,
  report: Report,
): Promise<{ verdict: Verdict; rows: number }> {
  const { deps, connection, claim } = context;
  report({ stream: "audit_log", rows: 0, ofRows: null });
  const read = await syncActivity(context, session, checkpoint, claim.requestedFull, (rows, progress) =>
    report({ rows, phase: progress.phase, remainingMs: progress.remainingMs }),
  );
  const now = deps.now() + (session.meter.clockSkewMs ?? 0);
  const facts = await activityFacts(deps.store.read, connection.id, now);
  const skewed = say.clockWrong("audit_log", session.meter.clockSkewMs ?? 0);
  const verdict = say.activityVerdict(facts);
  if (verdict.state !== "well") return { verdict, rows: facts.events };
  const lost = read.unreadable.length;
  const partly = lost > 0 ? say.unreadable("audit_log", read.unreadable, lost, read.events) : null;
  return { verdict: skewed ?? partly ?? verdict, rows: facts.events };
}

/** The deepest cause first: while users can't be read, what follows from it waits and asks nothing. */
async function usersBlock(
  context: RunContext,
  stream: Stream,
  before: readonly StepResult[],
): Promise<boolean> {
  if (stream === "users") return false;
  const { store } = context.deps;
  const verdicts = await listVerdicts(store.read, context.connection.id);
  const users = verdicts.find((each) => each.verdict.stream === "users")?.verdict;
  const failedHere = before.some((each) => each.stream === "users" && each.end === "failed");
  if (!failedHere && users?.state !== "stopped") {
    return (
      (await lastListing(store.read, context.connection.id, "users")) === null && context.lane !== "directory"
    );
  }
  return users?.cause !== "records_unreadable" && users?.cause !== "listing_held";
}

async function verdictOf(
  context: RunContext,
  session: Session,
  stream: Stream,
  error: unknown,
): Promise<Verdict> {
  const { deps, connection } = context;
  if (error instanceof OtherAccount) return say.otherAccount(stream, error, connection.name);
  if (error instanceof IncompleteListing) {
    const count = await countKnownUsers(deps.store.read, connection.id);
    return say.incomplete(error, connection.adminUserId, count);
  }
  if (!(error instanceof ConnectorError) && !(error instanceof RestartListing)) throw error;
  const verdict = await session.diagnose(stream, error, await knownTo(deps.store, connection.id));
  if (!verdict.cause) return verdict;
  const stored = await listVerdicts(deps.store.read, connection.id);
  const everWell = stored.some((each) => each.verdict.stream === stream && each.lastSuccessAt !== null);
  return { ...verdict, state: failedState(stream, verdict.cause, everWell) };
}

async function save(context: RunContext, verdict: Verdict, success?: { rows: number }): Promise<void> {
  const { deps, connection } = context;
  // Held or unreadable in part is still a read: what was read is stored, with its time.
  await deps.store.write((tx) => saveVerdict(tx, connection.id, verdict, deps.now(), success));
  deps.onCommit?.("verdict_saved");
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
        failures: context.claim.failures,
        everyMinutes: connection.settings.everyMinutes[lane],
        startedAt,
        now,
      }),
    );
  });
  deps.onCommit?.("run_ended");
}
