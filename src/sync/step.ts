import type { Session } from "../connectors/connector.ts";
import { ConnectorError, RestartListing } from "../connectors/errors.ts";
import { failedState } from "../model/connection-state.ts";
import { isRecruiting, type ListStream, type RecruitingStream, type Stream } from "../model/stream.ts";
import type { Verdict } from "../model/verdict.ts";
import { listVerdicts, saveVerdict } from "../store/connections/verdicts.ts";
import { FenceLost, saveCheckpoint } from "../store/lanes/lanes.ts";
import { endStep, startStep } from "../store/lanes/runs.ts";
import { countKnownUsers, countListed } from "../store/listings/known.ts";
import { heldListing, lastListing } from "../store/listings/listings.ts";
import type { Tx } from "../store/store.ts";
import { activityFacts } from "../store/usage/usage.ts";
import { syncActivity } from "./activity.ts";
import type { LaneCheckpoint } from "./checkpoint.ts";
import { fencedWrite, type RunContext } from "./context.ts";
import { IncompleteListing, OtherAccount } from "./failures.ts";
import { knownTo } from "./known.ts";
import { syncListing } from "./listing.ts";
import { syncDeeds } from "./recruiting.ts";
import type { Report } from "./report.ts";
import * as say from "./verdicts.ts";

export interface StepResult {
  stream: Stream;
  /** well: read and applied; off: not read by choice or never allowed; partly: read, and not all of it applied; failed: see its verdict. */
  end: "well" | "off" | "partly" | "failed";
}

/** Reads one stream of a run, and says what came of it: its step, its verdict, its checkpoint. */
export async function step(
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
  await fencedWrite(context, (tx) => startStep(tx, run, stream, deps.now()));
  try {
    const { verdict, rows } = await read(context, session, stream, checkpoint, report);
    const held = verdict.cause === "listing_held";
    await save(context, verdict, { rows, ...(held && { at: null }) }, (tx) =>
      endStep(tx, run, stream, { outcome: "complete", now: deps.now(), ...used(), error: null }),
    );
    report({ stream, rows, ended: "done" });
    const partly = held || (verdict.cause === "records_unreadable" && rows > 0);
    return { stream, end: verdict.state === "well" ? "well" : partly ? "partly" : "failed" };
  } catch (error) {
    if (error instanceof FenceLost) throw error;
    if (context.signal.aborted) {
      await fencedWrite(context, (tx) =>
        endStep(tx, run, stream, { outcome: "stopped", now: deps.now(), ...used(), error: null }),
      );
      return "stopped";
    }
    const verdict = await verdictOf(context, session, stream, error);
    // What was never allowed is no trouble, and met in every run.
    const level = verdict.state === "off" ? "debug" : "warn";
    deps.log[level]({ stream, run, cause: verdict.cause, ask: verdict.ask }, verdict.text ?? "stream failed");
    // A failed listing is forgotten: the next run reads it from its first page.
    if (stream !== "audit_log" && !isRecruiting(stream)) {
      checkpoint.listing = null;
      checkpoint.finished = [...checkpoint.finished, stream];
    }
    await save(context, verdict, undefined, async (tx) => {
      await saveCheckpoint(tx, context.claim, checkpoint);
      await endStep(tx, run, stream, {
        outcome: "failed",
        now: deps.now(),
        ...used(),
        error: { cause: verdict.cause, text: verdict.text, ask: verdict.ask },
      });
    });
    report({ stream, ended: "failed" });
    return { stream, end: verdict.state === "off" ? "off" : "failed" };
  }
}

function read(
  context: RunContext,
  session: Session,
  stream: Stream,
  checkpoint: LaneCheckpoint,
  report: Report,
): Promise<{ verdict: Verdict; rows: number }> {
  if (stream === "audit_log") return readActivity(context, session, checkpoint, report);
  if (isRecruiting(stream)) return readDeeds(context, session, stream, checkpoint, report);
  return readListing(context, session, stream, checkpoint, report);
}

async function readDeeds(
  context: RunContext,
  session: Session,
  stream: RecruitingStream,
  checkpoint: LaneCheckpoint,
  report: Report,
): Promise<{ verdict: Verdict; rows: number }> {
  report({ stream, rows: 0, ofRows: null, phase: null });
  const { rows, unreadable, unreadableCount } = await syncDeeds(context, session, stream, checkpoint, report);
  if (unreadableCount > 0)
    return { verdict: say.unreadable(stream, unreadable, unreadableCount, rows), rows };
  return { verdict: say.well(stream), rows };
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
  const { rows: read, unreadableCount } = result;
  // A number leads to its list, which holds what is stored.
  const rows = (await countListed(store.read, context.connection.id, stream)) ?? read;
  if (result.held) {
    // Whoever may not list sees empty lists (api.md §2.4): then the list says nothing, and there is nothing to accept.
    const hidden = read === 0 && stream !== "users" ? await session.usersHidden() : null;
    if (hidden) throw hidden;
    const held = await heldListing(store.read, context.connection.id, stream);
    if (held) {
      const facts = {
        listed: read,
        before: held.rowsBefore,
        absent: held.rowsAbsent,
        needsPerson: held.needsPerson,
      };
      return { verdict: say.held(stream, facts), rows };
    }
  }
  if (unreadableCount > 0)
    return { verdict: say.unreadable(stream, result.unreadable, unreadableCount, read), rows };
  // Well for now; but another program may keep ending our sessions.
  const concern = stream === "users" ? await session.concern() : null;
  return { verdict: concern ?? say.well(stream), rows };
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
  const lost = read.unreadableCount;
  const partly = lost > 0 ? say.unreadable("audit_log", read.unreadable, lost, read.events) : null;
  if (verdict.state !== "well") {
    const none = facts.events === 0 ? partly : null;
    return { verdict: none ?? verdict, rows: facts.events };
  }
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

/** `first`: what is written in the same transaction, before the verdict. */
export async function save(
  context: RunContext,
  verdict: Verdict,
  read?: { rows: number; at?: null },
  first?: (tx: Tx) => Promise<unknown>,
): Promise<void> {
  const { deps, connection } = context;
  await fencedWrite(context, async (tx) => {
    await first?.(tx);
    // Unreadable in part is still a read: what was read is stored, with its time.
    await saveVerdict(tx, connection.id, verdict, deps.now(), read);
  });
  deps.onCommit?.("verdict_saved");
}
