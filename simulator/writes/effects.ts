import { mutate } from "../control/mutations.ts";
import type { EventInput } from "../events/inserted.ts";
import type { World } from "../http/world.ts";
import type { JobPermission, User } from "../org/types.ts";

/** A change somebody asks for over the API (api.md §1.7, §2.5). `id` is that of a permission. */
export interface Write {
  kind: "deactivate" | "activate" | "revoke" | "removePermission" | "removeFuture";
  userId: number;
  id: number;
  /** Who acts; null is the credential's own service user. */
  by: number | null;
  /** The path that was called. */
  path: string;
}
type Change = Pick<Required<EventInput>["event"], "type" | "target_type" | "target_id" | "meta">;

/** Whether the organization is already as the write wants it. */
export function alreadyDone({ org }: World, { kind, userId, id }: Write): boolean {
  const user = org.userById.get(userId) as User;
  switch (kind) {
    case "deactivate":
      return user.deactivated;
    case "activate":
      return !user.deactivated;
    case "revoke":
      return (
        !user.siteAdmin &&
        org.permissions.ofUser(userId).length === 0 &&
        !org.futurePermissions.some((f) => f.userId === userId)
      );
    case "removePermission":
      return org.permissions.get(id) === undefined;
    case "removeFuture":
      return !org.futurePermissions.some((f) => f.id === id);
  }
}

/** Changes the organization, and lets the audit log tell of it. What is so already stays untouched. */
export function carryOut(world: World, write: Write, at: number): void {
  if (alreadyDone(world, write)) return;
  const { org, log, recruiting, scenario } = world;
  const { kind, userId, id } = write;
  const stage = { org, log, recruiting, now: at, bumps: scenario["v3.permissionBumpsUpdatedAt"] };
  const told = changeOf(world, write);
  switch (kind) {
    case "deactivate":
      mutate(stage, { op: "deactivateUser", userId });
      break;
    case "activate":
      mutate(stage, { op: "reactivateUser", userId });
      break;
    case "revoke":
      mutate(stage, { op: "revokePermissions", userId });
      break;
    case "removePermission":
      mutate(stage, { op: "removeJobPermission", id });
      break;
    case "removeFuture":
      mutate(stage, { op: "removeFuturePermission", id });
      break;
  }
  tell(world, write, told, at);
}

/** The words of these events are ours: none was published (api.md §8.6). */
function changeOf({ org }: World, { kind, userId, id }: Write): Change {
  const onUser = (meta: unknown): Change => ({
    type: "data_change_update",
    target_type: "User",
    target_id: userId,
    meta,
  });
  const destroyed = (target_type: string, fields: Record<string, unknown>): Change => ({
    type: "data_change_destroy",
    target_type,
    target_id: id,
    meta: Object.fromEntries(Object.entries(fields).map(([field, value]) => [field, [value, null]])),
  });
  switch (kind) {
    case "deactivate":
      return onUser({ deactivated: [false, true] });
    case "activate":
      return onUser({ deactivated: [true, false] });
    case "revoke":
      return onUser({
        permission_level: [org.userById.get(userId)?.siteAdmin ? "site_admin" : "job_admin", "basic"],
      });
    case "removePermission": {
      const { jobId, roleId } = org.permissions.get(id) as JobPermission;
      return destroyed("UserJobPermission", { user_id: userId, job_id: jobId, role_id: roleId });
    }
    case "removeFuture":
      return destroyed("FutureJobPermission", { user_id: userId });
  }
}

function tell({ org, log, scenario: s }: World, { by, path }: Write, event: Change, at: number): void {
  const performer = s["write.auditPerformer"];
  if (performer === "nobody") return;
  const acting = by === null ? undefined : org.userById.get(by);
  const service = org.specials.services[0] as User;
  const own = (user: User, type: string) => ({
    id: user.id,
    type,
    ip_address: "203.0.113.9",
    meta: { name: user.name, username: user.primaryEmail },
  });
  const key = { id: "Glasshouse", type: "api_key", ip_address: "203.0.113.9", meta: "harvest" };
  log.insert(
    [
      {
        event_time: new Date(at).toISOString(),
        request: { id: `write-${log.arrivals}`, type: `https://harvest.greenhouse.io${path}` },
        performer:
          performer === "api_key" ? key : acting ? own(acting, "user") : own(service, "service_user"),
        event,
      },
    ],
    at,
  );
}
