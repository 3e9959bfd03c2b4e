/** Does an approved action: one target after another, each asked for once, and believed only when it is read back. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Look } from "../../connectors/acting.ts";
import type { Session } from "../../connectors/connector.ts";
import { ConnectorError } from "../../connectors/errors.ts";
import { outcomeOf, type Write, writeOf } from "../../model/action.ts";
import type { AskedFor } from "../../model/asked.ts";
import type { Connection } from "../../model/connection.ts";
import { type ActionClaim, ActionLost, holdAction } from "../../store/actions/action-leases.ts";
import {
  changeTargets,
  listTargets,
  refuseWaiting,
  type Target,
  type TargetChange,
} from "../../store/actions/action-targets.ts";
import { type Action, type ActionPerson, getAction, releaseAction } from "../../store/actions/actions.ts";
import { getConnection } from "../../store/connections/connections.ts";
import { requestLane } from "../../store/lanes/lane-requests.ts";
import type { Tx } from "../../store/store.ts";
import type { SyncDeps } from "../../sync/context.ts";
import { openSession } from "../../sync/session.ts";
import { leaveUnseen } from "./ending.ts";
import { type Halt, Halted, haltNow, haltOf, leftLying } from "./halt.ts";
import { judgeNow } from "./judge.ts";
import { trailOfAction, trailOfTargets } from "./trail.ts";

/** Whoever says nothing for so long has died, and another goes on. */
export const ACTION_LEASE_MS = 20_000;
/** Looked at together, before and after. */
const AT_ONCE = 20;
/** Waits before looks: right after a write; and once everything has been sent, two minutes in all. */
const QUICK_MS = [0, 500, 1_500] as const;
const PATIENT_MS = [1_000, 2_000, 5_000, 10_000, 15_000, 20_000, 30_000, 37_000] as const;
/** Greenhouse can't be asked: tried again so often, later each time. */
const MOST_FAILURES = 5;
const FIRST_PAUSE_MS = 15_000;

interface Doing {
  deps: SyncDeps;
  claim: ActionClaim;
  connection: Connection;
  action: Action;
  session: Session;
  signal: AbortSignal;
}

/**
 * @returns for whom what it has changed is read again; null: it has not ended, and goes on later
 * @throws ActionLost when another has taken it over; the signal's reason when it is to stop: it goes on at the next claim
 */
export async function runAction(
  deps: SyncDeps,
  claim: ActionClaim,
  signal: AbortSignal,
): Promise<AskedFor | null> {
  try {
    const doing = await begin(deps, claim, signal);
    if (doing && (await doAll(doing)) === "rests") {
      await rest(deps, claim);
      return null;
    }
    return await end(deps, claim);
  } catch (error) {
    if (!(error instanceof ConnectorError)) throw error;
    return later(deps, claim, error);
  }
}

/** null: nothing can be asked, which the targets say. */
async function begin(deps: SyncDeps, claim: ActionClaim, signal: AbortSignal): Promise<Doing | null> {
  const { store } = deps;
  const connection = await getConnection(store.read, claim.connection);
  const action = connection && (await getAction(store.read, claim.connection, claim.action));
  if (!connection || !action) throw new ActionLost(claim.action);
  const session = await openSession(deps, connection, { signal });
  if (session) return { deps, claim, connection, action, session, signal };
  await giveUp(deps, claim, "The credential can't be opened with this installation's key.");
  return null;
}

/** Sends what may be sent, and looks at whatever was. @returns why something waits still; null: nothing does */
async function doAll(doing: Doing): Promise<"rests" | null> {
  const halt = (await leftLying(doing.deps, doing.claim)) ?? (await sendAll(doing));
  if (halt !== null && halt !== "rests") {
    const { deps, claim } = doing;
    await fenced(deps, claim, (tx) => refuseWaiting(tx, claim, halt, deps.now()));
  }
  await awaitSent(doing, PATIENT_MS, { last: true });
  return halt === "rests" ? halt : null;
}

async function sendAll(doing: Doing): Promise<Halt | null> {
  for (;;) {
    doing.signal.throwIfAborted();
    const waiting = await targets(doing, "waiting", AT_ONCE);
    if (waiting.length === 0) return null;
    const connection = await getConnection(doing.deps.store.read, doing.claim.connection);
    const halt = connection ? await haltOf(doing.deps, connection, doing.action) : "rests";
    if (halt !== null) return halt;
    await doSome(doing, waiting);
  }
}

function targets(
  { deps, claim }: Doing,
  state: Target["state"],
  limit: number,
  after = 0,
): Promise<Target[]> {
  return listTargets(deps.store.read, claim.connection, claim.action, { after, limit, states: [state] });
}

/** Looks at all, asks for each that is still as the preview showed it, and looks again. */
async function doSome(doing: Doing, waiting: readonly Target[]): Promise<void> {
  const { action, connection, deps, session } = doing;
  // A grant never becomes another: only of people it must be seen that they are as they were.
  const looks =
    action.kind === "remove_grants"
      ? null
      : await session.look(waiting.map((each) => writeOf(action.kind, each)));
  const refused: TargetChange[] = [];
  for (const [i, target] of waiting.entries()) {
    const look = looks?.[i] ?? null;
    const refusal = await judgeNow(deps.store.read, session, connection, action, target, look);
    if (refusal !== null) refused.push({ n: target.n, state: "refused", refusal, endedAt: deps.now() });
    else if (!(await ask(doing, target))) break;
  }
  await conclude(doing, waiting, refused);
  await awaitSent(doing, QUICK_MS, { after: waiting[0]!.n - 1, last: false });
}

/**
 * Asks Greenhouse once. That it was sent is stored before it leaves; that nothing arrived, after.
 * @returns false: it was halted before it left
 */
async function ask({ deps, claim, action, session }: Doing, target: Target): Promise<boolean> {
  const { n } = target;
  const say = (change: Omit<TargetChange, "n">) =>
    fenced(deps, claim, (tx) => changeTargets(tx, claim, [{ n, ...change }]));
  try {
    const acted = await session.act(writeOf(action.kind, target), async () => {
      await fenced(deps, claim, async (tx) => {
        if ((await haltNow(tx, action)) !== null) throw new Halted();
        await changeTargets(tx, claim, [{ n, state: "sent", sentAt: deps.now() }]);
      });
      deps.onCommit?.("action_sending");
    });
    deps.onCommit?.("action_answered");
    await say({
      ask: acted.ask,
      ...(acted.answer === "taken"
        ? acted.follow === null
          ? {}
          : { follow: acted.follow }
        : { said: acted.said }),
    });
    return true;
  } catch (error) {
    // A form before it may have been sent, and was refused.
    if (error instanceof ConnectorError || error instanceof Halted) await say({ state: "waiting" });
    if (error instanceof Halted) return false;
    throw error;
  }
}

/** Looks at whatever was sent until all is seen, or the waits are over; `last`: then it stays unknown. */
async function awaitSent(
  doing: Doing,
  waits: readonly number[],
  { after: first = 0, last }: { after?: number; last: boolean },
): Promise<void> {
  const { deps, signal } = doing;
  const scale = deps.timeScale(doing.connection.origins);
  for (const [i, wait] of waits.entries()) {
    if (wait > 0) await sleep(wait / scale, undefined, { signal });
    let left = false;
    for (let after = first; ; ) {
      const sent = await targets(doing, "sent", AT_ONCE, after);
      if (sent.length === 0) break;
      after = sent.at(-1)!.n;
      const changes = await judgeSent(doing, sent, last && i === waits.length - 1);
      left ||= changes.length < sent.length;
      await conclude(doing, sent, changes);
    }
    if (!left) return;
  }
}

/** What became of them, and our audit trail's row for each. */
async function conclude(
  doing: Doing,
  of: readonly Target[],
  changes: readonly TargetChange[],
): Promise<void> {
  const { deps, claim, action } = doing;
  if (changes.length === 0) return;
  await fenced(deps, claim, async (tx) => {
    await changeTargets(tx, claim, changes);
    await trailOfTargets(tx, action, of, changes, deps.now());
  });
  // What failed before counts no more.
  claim.failures = 0;
  deps.onCommit?.("action_concluded");
}

async function judgeSent(doing: Doing, sent: readonly Target[], last: boolean): Promise<TargetChange[]> {
  const { action, session } = doing;
  const looks = await session.look(sent.map((each) => writeOf(action.kind, each)));
  const changes: TargetChange[] = [];
  for (const [i, target] of sent.entries()) {
    const look = looks[i]!;
    const counted =
      target.follow !== null && look.so !== true ? await session.bulkCounted(target.follow) : null;
    const status = target.ask?.status ?? null;
    const outcome = outcomeOf({ so: look.so, status, failures: counted?.failed ?? null, last });
    if (outcome === null) continue;
    changes.push({
      n: target.n,
      state: outcome,
      endedAt: doing.deps.now(),
      after: outcome === "seen" ? afterOf(writeOf(action.kind, target), look) : null,
      ...(outcome === "refused" && { refusal: "greenhouse" as const }),
      ...(outcome === "refused" &&
        counted?.failed && { said: "It counted the request as a failure, and tells no reason." }),
    });
  }
  return changes;
}

/** As read back; of a grant there is nothing left to tell. */
function afterOf(write: Write, { user }: Look): TargetChange["after"] {
  if (user === null) return {};
  const level =
    write.kind === "revoke_to_basic" ? { level: "basic" as const, jobGrants: 0, futureJobGrants: 0 } : {};
  return { status: user.deactivated ? "deactivated" : "active", siteAdmin: user.siteAdmin, ...level };
}

/** Nothing more is to be done. The directory and the grants are asked to sync, so that the ledger sees it. */
async function end(deps: SyncDeps, claim: ActionClaim): Promise<AskedFor> {
  const now = deps.now();
  const asked = await deps.store.write(async (tx) => {
    await releaseAction(tx, claim, { endedAt: now }, now);
    const { madeBy } = await trailOfAction(tx, claim, now);
    const asked = askedBy(madeBy);
    for (const lane of ["directory", "grants"] as const) {
      await requestLane(tx, claim.connection, lane, { full: false, only: null, asked }, now);
    }
    return asked;
  });
  deps.onCommit?.("action_ended");
  return asked;
}

/** The run that reads what an action has changed, and whose action it was. */
function askedBy({ member, name }: ActionPerson): AskedFor {
  return { trigger: "action", who: member === null ? { kind: "machine" } : { kind: "member", member, name } };
}

/** Greenhouse couldn't be asked: what waits, waits on; in the end it is said that nothing was sent. */
async function later(deps: SyncDeps, claim: ActionClaim, error: ConnectorError): Promise<AskedFor | null> {
  const failures = claim.failures + 1;
  const now = deps.now();
  const passes = ["network", "tls", "proxy", "unavailable", "rate_limited"].includes(error.family);
  if (passes && failures < MOST_FAILURES) {
    const connection = await getConnection(deps.store.read, claim.connection);
    const scale = connection ? deps.timeScale(connection.origins) : 1;
    const wait = error.retryAfterMs ?? (FIRST_PAUSE_MS * 2 ** (failures - 1)) / scale;
    await deps.store.write((tx) => releaseAction(tx, claim, { dueAt: Math.ceil(now + wait), failures }, now));
    return null;
  }
  await giveUp(deps, claim, error.said ?? error.message);
  return end(deps, claim);
}

/** Greenhouse can't be asked any more: what waits wasn't sent, and what was sent can't be looked at. */
function giveUp(deps: SyncDeps, claim: ActionClaim, said: string): Promise<void> {
  return fenced(deps, claim, async (tx) => {
    await refuseWaiting(tx, claim, { refusal: "not_sent", said }, deps.now());
    await leaveUnseen(tx, claim, said, deps.now());
  });
}

/** The connection is paused: it goes on where it was with the connection. */
function rest(deps: SyncDeps, claim: ActionClaim): Promise<void> {
  const now = deps.now();
  return deps.store.write((tx) => releaseAction(tx, claim, { dueAt: now, failures: claim.failures }, now));
}

/** A transaction of the action: nothing of it stays unless it is still ours. @throws ActionLost */
function fenced<T>(deps: SyncDeps, claim: ActionClaim, work: (tx: Tx) => Promise<T>): Promise<T> {
  return deps.store.write(async (tx) => {
    await holdAction(tx, claim, ACTION_LEASE_MS, deps.now());
    return work(tx);
  });
}
