/** Actions on the sample organization: one person whom it refuses to change, and what was done, done again at each start. */
import type { ActionView, TargetView } from "../../api/contract/actions.ts";
import type { Client } from "../client.ts";
import type { RunningSimulator } from "../simulator.ts";

/** Of those who have left and are active still, this one Greenhouse doesn't let go: what a refusal looks like. */
export async function refuse(simulator: RunningSimulator, userId: number): Promise<void> {
  await simulator.control("scenario", { "write.refusals": { [userId]: 422 } }, "PATCH");
}

/** The organization is made anew each time, as it was before anybody acted. Its clock is left at the latest of the moments. */
export async function repeatActions(client: Client, c: string, simulator: RunningSimulator): Promise<void> {
  const actions: ActionView[] = [];
  for await (const page of client.pages("listActions", { params: { c } }, null)) actions.push(...page.items);
  for (const { id, kind } of actions.reverse()) {
    const asked = { params: { c, action: id }, query: { state: ["seen" as const] } };
    for await (const page of client.pages("listTargets", asked, null)) {
      for (const target of page.items) {
        await simulator.control("clock", { now: target.sentAt ?? target.endedAt });
        await simulator.control("mutations", [mutationOf(kind, target)]);
      }
    }
  }
}

function mutationOf(kind: ActionView["kind"], { user, grant }: TargetView): Record<string, unknown> {
  const userId = Number(user.id);
  switch (kind) {
    case "deactivate":
      return { op: "deactivateUser", userId };
    case "reactivate":
      return { op: "reactivateUser", userId };
    case "revoke_to_basic":
      return { op: "revokePermissions", userId };
    case "remove_grants": {
      const op = grant!.kind === "job" ? "removeJobPermission" : "removeFuturePermission";
      return { op, id: Number(grant!.id) };
    }
  }
}
