/** What people say of a preview: apply it, approve it, stop it. Each is said once; said again, it changes nothing. */
import { APPROVAL_MS, refusalText } from "../../model/action.ts";
import type { Connection } from "../../model/connection.ts";
import { countTargets } from "../../store/actions/action-targets.ts";
import { type Action, type ActionPerson, moveAction, standingOf } from "../../store/actions/actions.ts";
import { getMember } from "../../store/members/members.ts";
import type { SyncDeps } from "../../sync/context.ts";
import { endResting } from "./ending.ts";
import { refuseStale, refuseUnable } from "./fit.ts";
import { ActionRefused } from "./refused.ts";

/** `count`: how many it will touch, as the person typed it. @returns whether it may run now @throws ActionRefused */
export async function applyAction(
  deps: SyncDeps,
  connection: Connection,
  action: Action,
  { count, by }: { count: number; by: ActionPerson },
): Promise<boolean> {
  if (by.member !== action.madeBy.member) {
    throw new ActionRefused(
      "not_possible",
      `${action.madeBy.name} made this preview, and it is theirs to apply.`,
      "Make a preview of your own.",
    );
  }
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
  // Asked for since the preview, it is asked for.
  const needsApproval = action.needsApproval || connection.settings.secondApproval;
  const state = needsApproval ? "proposed" : "approved";
  const endsAt = needsApproval ? now + APPROVAL_MS : action.endsAt;
  const to = {
    state,
    applied_at: now,
    ends_at: endsAt,
    due_at: now,
    needs_approval: needsApproval ? 1 : 0,
  } as const;
  const moved = await deps.store.write((tx) => moveAction(tx, action, ["previewed"], to, now));
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
  await refuseFormerAdmin(deps, action);
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
    if (!(await moveAction(tx, action, ["running"], { state: "running", stopped_by: by.name }, now)))
      return false;
    // Nobody would read the word before its connection goes on.
    if ((await standingOf(tx, action.id))?.rests) await endResting(tx, action, by.name, now);
    return true;
  });
  if (!moved && action.state !== "cancelled") throw over(action, now);
}

/** Whoever may act no more has nothing to propose either. @throws ActionRefused */
async function refuseFormerAdmin({ store }: SyncDeps, { madeBy }: Action): Promise<void> {
  if (madeBy.member === null) return;
  const maker = await getMember(store.read, madeBy.member);
  if (maker?.role === "admin") return;
  throw new ActionRefused(
    "not_possible",
    `${madeBy.name}, who proposed it, is no admin any more.`,
    "Stop it, and make a preview of your own.",
  );
}

/** @throws ActionRefused */
async function refuseUnfit(deps: SyncDeps, connection: Connection, action: Action): Promise<void> {
  refuseUnable(connection);
  if (connection.adminUserId !== action.actingUserId) {
    throw new ActionRefused("not_possible", refusalText("acts_as_another"));
  }
  await refuseStale(deps, connection, action);
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
