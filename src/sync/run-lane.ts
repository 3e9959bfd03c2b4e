import type { Session } from "../connectors/connector.ts";
import type { Connection } from "../model/connection.ts";
import { LANES, type Lane, type ListStream, laneOf, RECRUITING_STREAMS } from "../model/stream.ts";
import { tellConnection } from "../store/alerts/alerts.ts";
import { getConnection, updateClockSkew } from "../store/connections/connections.ts";
import { listVerdicts } from "../store/connections/verdicts.ts";
import { freshMatches } from "../store/employees/employee-matches.ts";
import { passes } from "../store/engine/errors.ts";
import { oweJudgement } from "../store/findings/findings.ts";
import { requestLane } from "../store/lanes/lane-requests.ts";
import { lanesAtWork } from "../store/lanes/lane-state.ts";
import { FenceLost, holdLane, type LaneClaim, releaseLane, saveCheckpoint } from "../store/lanes/lanes.ts";
import { endRun, resumeOrStartRun, stepEnded } from "../store/lanes/runs.ts";
import { attributeChanges, nameActions } from "../store/ledger/attribution.ts";
import { refreshLevels } from "../store/listings/listings.ts";
import type { Tx } from "../store/store.ts";
import { hasDaysToRebuild } from "../store/usage/usage.ts";
import { rebuildDays } from "./activity.ts";
import { type LaneCheckpoint, readCheckpoint } from "./checkpoint.ts";
import { fencedWrite, type RunContext, type SyncDeps, stopsFor } from "./context.ts";
import { nextDue, type RunOutcome } from "./due.ts";
import { forgetOldRuns } from "./forget.ts";
import { forgetOldDeeds } from "./recruiting.ts";
import { type Report, reporter } from "./report.ts";
import { openSession } from "./session.ts";
import { type StepResult, save, step } from "./step.ts";
import * as say from "./verdicts.ts";

/** Events may arrive after the change was seen in a listing; later than this they are not looked for. */
const ATTRIBUTE_WITHIN_MS = 2 * 86_400_000;

export interface Ended {
  run: number;
  outcome: RunOutcome;
  /** Lanes that had waited for users, and are asked for now. */
  freed: Lane[];
}

/**
 * Runs a claimed lane until it is released. A run that was cut goes on where its checkpoint stands.
 *
 * @returns null when its connection is gone meanwhile
 * @throws FenceLost when another worker has taken the lane over: it owns the run from then on.
 */
export async function runLane(deps: SyncDeps, claim: LaneClaim, signal: AbortSignal): Promise<Ended | null> {
  const { store } = deps;
  const { lane } = claim;
  const connection = await getConnection(store.read, claim.connection);
  if (!connection) return null;
  const startedAt = deps.now();
  if (nothingToRead(connection, lane)) {
    const { settings } = connection;
    const next = { dueAt: startedAt + settings.everyMinutes[lane] * 60_000, failures: 0 };
    await store.write((tx) => releaseLane(tx, claim, next));
    return null;
  }
  const run = await store.write((tx) => resumeOrStartRun(tx, claim, startedAt));
  deps.onCommit?.("run_started");
  const context: RunContext = { deps, connection, lane, claim, run, signal };
  try {
    return await runSteps(context, startedAt);
  } catch (error) {
    if (error instanceof FenceLost) throw error;
    if (signal.reason instanceof FenceLost) throw signal.reason;
    if (passes(error)) {
      deps.log.warn({ err: error, run, lane }, "run handed over: the database was away");
      return end(context, "stopped", startedAt, { handedOn: true });
    }
    deps.log.error({ err: error, run, lane }, "run ended by a fault of ours");
    const message = error instanceof Error ? error.message : String(error);
    return end(context, "failed", startedAt, { error: { message } });
  }
}

/** Recruiting activity is read where it may be: a run that would ask for nothing is none. */
function nothingToRead({ credentialKind, settings }: Connection, lane: Lane): boolean {
  if (lane !== "recruiting_activity") return false;
  return (
    credentialKind === "harvest_v1" || RECRUITING_STREAMS.every((stream) => settings.off.includes(stream))
  );
}

/** The streams of the lane, one after another; then what follows from all of them. */
async function runSteps(context: RunContext, startedAt: number): Promise<Ended> {
  const { deps, connection, lane, claim } = context;
  const only = claim.requestedAt === null ? null : claim.requestedOnly;
  const checkpoint = readCheckpoint(claim.checkpoint);
  let report: Report = () => {};
  const session = await open(context, () => report({}));
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
      if (!session.streams.includes(stream) || (only && !only.includes(stream))) continue;
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
    const since = deps.now() - ATTRIBUTE_WITHIN_MS;
    await deps.store.write(async (tx) => {
      await saveCheckpoint(tx, claim, checkpoint);
      if (lane === "directory" || lane === "grants")
        await refreshLevels(tx, connection.id, context.run, deps.now());
      if (lane !== "recruiting_activity") await nameActions(tx, connection.id, since);
      await holdLane(tx, claim);
    });
    deps.onCommit?.("levels_refreshed");
    if (lane !== "recruiting_activity") await attribute(context, session, since);
    if (lane === "directory") await freshMatches(deps.store, connection.id);
    if (lane === "directory") await countAnew(context, checkpoint);
    const skewMs = skewOf(context, session);
    if (lane === "directory") await forgetOldRuns(context, checkpoint, skewMs);
    if (lane === "recruiting_activity") await forgetOldDeeds(context, checkpoint, skewMs);
  }
  const soon = outcome === "partial" && !isWell(results);
  const ended = await end(context, outcome, startedAt, { session, checkpoint, soon });
  report({ outcome, stream: null });
  return ended;
}

/** When what has changed happened, and by whom, as the log tells it. */
async function attribute(context: RunContext, session: Session | null, since: number): Promise<void> {
  const { deps, connection, signal } = context;
  const store = {
    read: deps.store.read,
    write: <T>(work: (tx: Tx) => Promise<T>) => fencedWrite(context, work),
  };
  const skewMs = skewOf(context, session);
  await attributeChanges(store, connection.id, { since, skewMs, stopped: () => signal.aborted });
}

/** Who was found to be a service account, or none: what they did is counted anew. A run of use does that at its own end. */
async function countAnew(context: RunContext, checkpoint: LaneCheckpoint): Promise<void> {
  const { deps, connection } = context;
  if (!(await hasDaysToRebuild(deps.store.read, connection.id))) return;
  const lanes = await lanesAtWork(deps.store.read, connection.id, deps.now());
  if (!lanes.some(({ lane, running }) => lane === "usage" && running)) await rebuildDays(context, checkpoint);
}

async function open(context: RunContext, onProgress: () => void): Promise<Session | null> {
  const { deps, connection, signal } = context;
  const session = await openSession(deps, connection, { signal, onProgress });
  if (!session) await save(context, say.credentialLocked());
  return session;
}

/** Greenhouse's clock less ours: as this run has heard, else as it was. */
const skewOf = ({ connection }: RunContext, session: Session | null): number =>
  Math.round(session?.meter.clockSkewMs ?? connection.clockSkewMs);

/** What the headers told on the way: the difference of clocks. */
async function learn(context: RunContext, session: Session): Promise<void> {
  const skew = session.meter.clockSkewMs;
  if (skew === null) return;
  await fencedWrite(context, (tx) => updateClockSkew(tx, context.connection.id, Math.round(skew)));
}

function outcomeOf(results: readonly StepResult[]): RunOutcome {
  const ends = new Set(results.map((each) => each.end));
  if (!ends.has("failed") && !ends.has("partly")) return "complete";
  const usersFailed = results.some((each) => each.stream === "users" && each.end === "failed");
  return usersFailed || (!ends.has("well") && !ends.has("partly")) ? "failed" : "partial";
}

/** Users are, and anything is: else the next run comes as after a failure, as for a second listing where one is held. */
function isWell(results: readonly StepResult[]): boolean {
  const users = results.find((each) => each.stream === "users");
  return users?.end !== "partly" && results.some((each) => each.end === "well");
}

interface HowEnded {
  session?: Session | null;
  /** null: as it stands in the store. */
  checkpoint?: LaneCheckpoint | null;
  error?: { message: string } | null;
  /** Whoever goes on with a stopped run owes what was asked for. */
  handedOn?: boolean;
  /** The next run comes as after a failure. */
  soon?: boolean;
}

async function end(
  context: RunContext,
  outcome: RunOutcome,
  startedAt: number,
  {
    session = null,
    checkpoint = null,
    error = null,
    handedOn = stopsFor(context.signal, "ending"),
    soon = false,
  }: HowEnded,
): Promise<Ended> {
  const { deps, connection, lane, claim, run } = context;
  const now = deps.now();
  const stopped = outcome === "stopped";
  const freed = await fencedWrite(context, async (tx) => {
    // The next run begins anew; what the audit reader has learnt stays. A stopped run keeps its place.
    const memory = checkpoint ?? readCheckpoint(claim.checkpoint);
    const kept = stopped ? checkpoint : { ...memory, finished: [], listing: null };
    if (kept !== null) await saveCheckpoint(tx, claim, kept);
    await endRun(tx, run, {
      outcome,
      now,
      requests: session?.meter.requests ?? 0,
      waitedMs: session?.meter.waitedMs ?? 0,
      throttled: session?.meter.throttled ?? 0,
      error,
      open: stopped,
    });
    const { failures } = claim;
    const everyMinutes = connection.settings.everyMinutes[lane];
    const byPerson = stopsFor(context.signal, "put_off");
    const paced = soon && !stopped ? "failed" : outcome;
    const next = nextDue({ outcome: paced, byPerson, failures, everyMinutes, startedAt, now });
    await releaseLane(tx, claim, { ...next, kept: stopped && handedOn });
    if (!stopped) await oweJudgement(tx, connection.id, lane);
    const waiting = lane === "directory" && !stopped ? await askForWaiting(tx, connection.id, now) : [];
    await tellConnection(tx, connection.id, now);
    return waiting;
  });
  deps.onCommit?.("run_ended");
  return { run, outcome, freed };
}

/** What waited for users runs as soon as these can be read again. */
async function askForWaiting(tx: Tx, connection: number, now: number): Promise<Lane[]> {
  const verdicts = (await listVerdicts(tx, connection)).map((each) => each.verdict);
  if (verdicts.some((each) => each.stream === "users" && each.state === "stopped")) return [];
  const waiting = verdicts.filter((each) => each.state === "waiting_for_users");
  const lanes = [...new Set(waiting.map((each) => laneOf(each.stream)))].filter(
    (lane) => lane !== "directory",
  );
  const request = { full: false, only: null, asked: { trigger: "users_back", who: null } } as const;
  for (const lane of lanes) await requestLane(tx, connection, lane, request, now);
  return lanes;
}
