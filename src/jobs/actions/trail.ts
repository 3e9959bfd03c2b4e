/** What an action did, in our audit trail: a row for each target with before and after, and one for its end. */
import type { ActionKind } from "../../model/action.ts";
import { COMMAND_LINE } from "../../model/asked.ts";
import type { ActionClaim } from "../../store/actions/action-leases.ts";
import { countTargets, type Target, type TargetChange } from "../../store/actions/action-targets.ts";
import { type Action, getAction } from "../../store/actions/actions.ts";
import { getMember } from "../../store/members/members.ts";
import { addTrail, type TrailEntry } from "../../store/members/trail.ts";
import type { Tx } from "../../store/store.ts";

const DONE: Record<ActionKind, string> = {
  deactivate: "deactivateUser",
  reactivate: "reactivateUser",
  revoke_to_basic: "revokeToBasic",
  remove_grants: "removeGrant",
};

export async function trailOfTargets(
  tx: Tx,
  action: Action,
  targets: readonly Target[],
  changes: readonly TargetChange[],
  now: number,
): Promise<void> {
  const maker = await byMaker(tx, action, now);
  for (const change of changes) {
    const target = targets.find(({ n }) => n === change.n)!;
    const { userId, grant, user } = target;
    await addTrail(tx, {
      ...maker,
      action: DONE[action.kind],
      target: grant ? `${grant.kind} grant ${grant.id} of user ${userId}` : `user ${userId}`,
      result: change.state === "seen" ? "ok" : change.state === "unknown" ? "unknown" : change.refusal!,
      details: {
        action: action.id,
        before: grant ? "held" : inWords(user.status, user.siteAdmin, user.level),
        after: change.state === "seen" ? afterInWords(action.kind, change) : null,
      },
    });
  }
}

export async function trailOfAction(
  tx: Tx,
  { connection, action: id }: Pick<ActionClaim, "connection" | "action">,
  now: number,
): Promise<Action> {
  const action = (await getAction(tx, connection, id))!;
  const { seen, refused, unknown } = (await countTargets(tx, connection, [id]))(id);
  await addTrail(tx, {
    ...(await byMaker(tx, action, now)),
    action: "endAction",
    target: `action ${id}`,
    result: "ok",
    details: { kind: action.kind, seen, refused, unknown, approvedBy: action.approvedBy?.name ?? null },
  });
  return action;
}

/** As the trail calls members; without an address: it was none of a browser's requests. */
async function byMaker(
  tx: Tx,
  { madeBy, connection }: Action,
  now: number,
): Promise<Omit<TrailEntry, "action" | "target" | "result" | "details">> {
  const member = madeBy.member === null ? null : await getMember(tx, madeBy.member);
  return {
    at: now,
    by: madeBy.member === null ? "machine" : "member",
    member: madeBy.member,
    token: null,
    name: madeBy.member === null ? COMMAND_LINE : member ? `${member.name} (${member.email})` : madeBy.name,
    ip: null,
    connection,
  };
}

function inWords(
  status: string | null | undefined,
  siteAdmin: boolean | undefined,
  level: string | undefined,
): string {
  return `${status ?? "unknown"}, ${siteAdmin ? "site_admin" : (level ?? "unknown")}`;
}

function afterInWords(kind: ActionKind, { after }: TargetChange): string {
  if (kind === "remove_grants") return "removed";
  const { status, siteAdmin, level } = after ?? {};
  if (kind === "revoke_to_basic") return inWords(status, siteAdmin, level);
  return String(status);
}
