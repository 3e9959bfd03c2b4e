/** Ends of actions, and of targets, that nobody has looked at: what is said of them, and their rows in our audit trail. */
import { endActions, runningActions } from "../../store/actions/action-ends.ts";
import { type ActionClaim, endIdle } from "../../store/actions/action-leases.ts";
import { changeTargets, listTargets, refuseWaiting } from "../../store/actions/action-targets.ts";
import { type Action, getAction } from "../../store/actions/actions.ts";
import { lockConnection } from "../../store/engine/engine.ts";
import type { Tx } from "../../store/store.ts";
import { trailOfAction, trailOfTargets } from "./trail.ts";

/** Whoever was sent for, and can't be looked at, stays unknown. */
export async function leaveUnseen(
  tx: Tx,
  claim: Pick<ActionClaim, "connection" | "action">,
  said: string,
  now: number,
): Promise<void> {
  const action = (await getAction(tx, claim.connection, claim.action))!;
  const states = ["sent" as const];
  const sent = await listTargets(tx, claim.connection, action.id, {
    after: 0,
    limit: action.targets,
    states,
  });
  const unseen = { state: "unknown", refusal: "not_looked_at", said, endedAt: now } as const;
  const changes = sent.map(({ n }) => ({ n, ...unseen }));
  if (changes.length === 0) return;
  await changeTargets(tx, claim, changes);
  await trailOfTargets(tx, action, sent, changes, now);
}

/** One that rests with its connection, unless somebody works on it still: whoever does reads the word. */
export async function endResting(
  tx: Tx,
  { connection, id: action }: Pick<Action, "connection" | "id">,
  by: string,
  now: number,
): Promise<void> {
  const claim = { connection, action };
  if (!(await endIdle(tx, claim, now))) return;
  await refuseWaiting(tx, claim, { refusal: "stopped", said: `By ${by}.` }, now);
  await leaveUnseen(tx, claim, "It was stopped.", now);
  await trailOfAction(tx, claim, now);
}

/** All of a connection that is disconnected. */
export async function endActionsOf(tx: Tx, connection: number, now: number): Promise<void> {
  await lockConnection(tx, connection);
  const running = await runningActions(tx, connection);
  for (const action of running) await leaveUnseen(tx, { connection, action }, "It was disconnected.", now);
  await endActions(tx, "disconnecting", now, connection);
  for (const action of running) await trailOfAction(tx, { connection, action }, now);
}
