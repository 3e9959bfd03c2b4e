/** What people say of a preview: apply it, approve it, stop it. Each is said once; said again, it changes nothing. */
import { APPROVAL_MS } from "../../model/action.ts";
import type { Connection } from "../../model/connection.ts";
import { countTargets, listTargets } from "../../store/action-targets.ts";
import { type Action, type ActionPerson, moveAction } from "../../store/actions.ts";
import type { SyncDeps } from "../../sync/context.ts";
import { freshListing, grantStreams, refuseUnable } from "./preview.ts";
import { ActionRefused } from "./refused.ts";

/** `count`: how many it will touch, as the person typed it. @returns whether it may run now @throws ActionRefused */
export async function applyAction(
  deps: SyncDeps,
  connection: Connection,
  action: Action,
  count: number,
): Promise<boolean> {
  // The same request once more: what it asked for has been done.
  if (action.appliedAt !== null) return false;
  const now = deps.now();
  if (action.state !== "previewed" || action.endsAt <= now) throw over(action, now);
  await refuseUnfit(deps, connection, action);
  const { waiting } = (await countTargets(deps.store.read, connection.id, [action.id]))(action.id);
  if (waiting === 0) {
    throw new ActionRefused(
      "not_possible",
      "Nobody is left whom this would touch.",
      "The preview names the reason for each.",
    );
  }
  if (waiting !== count) {
    throw new ActionRefused(
      "count_wrong",
      `It would touch ${waiting}, and ${count} was typed.`,
      `Type ${waiting}.`,
    );
  }
  const state = action.needsApproval ? "proposed" : "approved";
  const endsAt = action.needsApproval ? now + APPROVAL_MS : action.endsAt;
  const moved = await deps.store.write((tx) =>
    moveAction(tx, action, ["previewed"], { state, applied_at: now, ends_at: endsAt, due_at: now }, now),
  );
  return moved && state === "approved";
}

/** @returns whether it may run now @throws ActionRefused */
export async function approveAction(
  deps: SyncDeps,
  connection: Connection,
  action: Action,
  by: ActionPerson,
): Promise<boolean> {
  if (by.member !== null && by.member === action.approvedBy?.member) return false;
  const now = deps.now();
  if (action.state !== "proposed" || action.endsAt <= now) throw over(action, now);
  if (by.member === action.madeBy.member) {
    throw new ActionRefused(
      "own_action",
      "Nobody approves what they have proposed themselves.",
      "Ask another admin.",
    );
  }
  await refuseUnfit(deps, connection, action);
  const to = { approved_member: by.member, approved_by: by.name, approved_at: now, due_at: now };
  const moved = await deps.store.write((tx) =>
    moveAction(tx, action, ["proposed"], { state: "approved", ...to }, now),
  );
  if (!moved) throw over(action, now);
  return true;
}

/** What was not sent yet isn't sent any more. @throws ActionRefused */
export async function stopAction(deps: SyncDeps, action: Action, by: ActionPerson): Promise<void> {
  const now = deps.now();
  const moved = await deps.store.write(async (tx) => {
    const cancelled = { state: "cancelled", stopped_by: by.name, ended_at: now } as const;
    if (await moveAction(tx, action, ["previewed", "proposed", "approved"], cancelled, now)) return true;
    return moveAction(tx, action, ["running"], { state: "running", stopped_by: by.name }, now);
  });
  if (!moved && action.state !== "cancelled") throw over(action, now);
}

/** @throws ActionRefused */
async function refuseUnfit(deps: SyncDeps, connection: Connection, action: Action): Promise<void> {
  refuseUnable(connection);
  const { read } = deps.store;
  await freshListing(read, connection, "users", deps.now());
  if (action.kind !== "remove_grants") return;
  const targets = await listTargets(read, connection.id, action.id, { after: 0, limit: action.targets });
  for (const stream of grantStreams(targets)) await freshListing(read, connection, stream, deps.now());
}

function over({ id, state, endsAt }: Action, now: number): ActionRefused {
  const late = (state === "previewed" || state === "proposed") && endsAt <= now;
  const what = late ? `was ${state} too long ago` : `is ${state}`;
  return new ActionRefused(
    "action_over",
    `Action ${id} ${what}, so this can't be said of it.`,
    "Make a new preview.",
  );
}
