import { parseTime } from "../clock.ts";
import type { EventInput } from "../events/inserted.ts";
import type { EventLog } from "../events/log.ts";
import type { Org } from "../org/org.ts";
import type { Job, Role, User } from "../org/types.ts";
import type { Recruiting, RecruitingList } from "../recruiting/recruiting.ts";
import { BadRequest } from "../scenario.ts";
import { addUser, changeEmail, remember, revoke } from "./people.ts";
import { addRow, changeRow } from "./rows.ts";

/** A change of the organization between two syncs. */
export type Mutation =
  | {
      op: "addUser";
      firstName?: string | null;
      lastName?: string | null;
      email?: string | null;
      siteAdmin?: boolean;
      service?: boolean;
      employeeId?: string | null;
      officeIds?: number[];
      departmentIds?: number[];
    }
  | { op: "deactivateUser" | "reactivateUser" | "hideUser" | "showUser"; userId: number }
  | { op: "renameUser"; userId: number; firstName: string | null; lastName: string | null }
  | { op: "setSiteAdmin"; userId: number; value: boolean }
  | { op: "changeEmail"; userId: number; email: string | null }
  | {
      op: "updateUser";
      userId: number;
      set: Partial<
        Pick<
          User,
          | "jobTitle"
          | "employeeId"
          | "agencyId"
          | "officeIds"
          | "departmentIds"
          | "tagIds"
          | "emails"
          | "customFields"
        >
      >;
    }
  | { op: "addJobPermission"; userId: number; jobId?: number; roleId?: number; automated?: boolean | null }
  | { op: "removeJobPermission"; id: number }
  | { op: "removeJobPermissionsOf" | "revokePermissions"; userId: number }
  | {
      op: "addFuturePermission";
      userId: number;
      roleId?: number;
      departmentId?: number | null;
      officeId?: number | null;
    }
  | { op: "removeFuturePermission"; id: number }
  | { op: "addRole"; name: string; roleType?: string }
  | { op: "renameRole"; roleId: number; name: string }
  | { op: "removeRole"; roleId: number }
  | { op: "closeJob" | "reopenJob"; jobId: number }
  | { op: "loseHalfOfUsers" }
  | { op: "showAllUsers" }
  | { op: "setOrganizationId"; organizationId: number }
  | {
      op: "addRow";
      list: RecruitingList;
      row?: Record<string, unknown>;
      createdAt?: string;
      updatedAt?: string;
    }
  | { op: "changeRow"; list: RecruitingList; id: number; set: Record<string, unknown>; updatedAt?: string }
  | { op: "insertEvents"; events: EventInput[] }
  | { op: "insertBurst"; count: number; at?: string; userId: number; sameMillisecond?: boolean }
  | { op: "duplicateEvent"; event: EventInput; times?: number };

/** What the mutations work on. `bumps`: permission changes touch users.updated_at (api.md §2.7). */
export interface Stage {
  org: Org;
  log: EventLog;
  recruiting: Recruiting;
  now: number;
  bumps: boolean;
}

const need = <T>(value: T | undefined, text: string): T => {
  if (value === undefined) throw new BadRequest(text);
  return value;
};
const userOf = (org: Org, id: number): User =>
  need(org.userById.get(Number(id)), `No user has the id ${id}.`);
const roleOf = (org: Org, id: number): Role =>
  need(
    org.roles.find((r) => r.id === id),
    `No role has the id ${id}.`,
  );
const jobOf = (org: Org, id: number): Job => need(org.jobById.get(Number(id)), `No job has the id ${id}.`);

/** Carries out one change and returns what it made or touched. */
export function mutate(stage: Stage, m: Mutation): Record<string, unknown> {
  const { org, now } = stage;
  org.version++;
  switch (m.op) {
    case "addUser":
      return { userId: addUser(stage, m).id };
    case "deactivateUser":
      return touch(userOf(org, m.userId), now, (u) => {
        if (!u.deactivated) u.gaps.push([now, Infinity]);
        u.deactivated = true;
      });
    case "reactivateUser":
      return touch(userOf(org, m.userId), now, (u) => {
        const open = u.gaps.at(-1);
        if (u.deactivated && open && open[1] === Infinity) open[1] = now;
        else if (u.deactivated && u.actsUntil < now) {
          u.gaps.push([u.actsUntil, now]);
          u.actsUntil = Infinity;
        }
        u.deactivated = false;
      });
    case "hideUser":
      userOf(org, m.userId).hidden = true;
      return { userId: m.userId };
    case "showUser":
      userOf(org, m.userId).hidden = false;
      return { userId: m.userId };
    case "renameUser":
      return touch(userOf(org, m.userId), now, (u) => {
        remember(u, now);
        [u.firstName, u.lastName] = [m.firstName, m.lastName];
        u.name = [m.firstName, m.lastName].filter((part) => part !== null && part !== "").join(" ") || null;
      });
    case "setSiteAdmin":
      return touch(userOf(org, m.userId), now, (u) => {
        u.siteAdmin = m.value;
      });
    case "changeEmail":
      return touch(userOf(org, m.userId), now, (u) => changeEmail(stage, u, m.email));
    case "updateUser":
      return touch(userOf(org, m.userId), now, (u) => {
        Object.assign(u, m.set);
      });
    case "addJobPermission": {
      const user = userOf(org, m.userId);
      const taken = new Set(org.permissions.ofUser(user.id).map((p) => p.jobId));
      const jobId =
        m.jobId ??
        need(
          org.jobs.find((job) => !taken.has(job.id)),
          "The user has every job already.",
        ).id;
      const row = org.permissions.add({
        userId: user.id,
        jobId,
        roleId: m.roleId ?? defaultRole(org),
        automated: m.automated ?? null,
        createdAt: now,
        updatedAt: now,
      });
      return bumped(stage, user, { id: row.id, userId: user.id, jobId, roleId: row.roleId });
    }
    case "removeJobPermission": {
      const row = need(org.permissions.get(m.id), `No job permission has the id ${m.id}.`);
      org.permissions.remove(m.id);
      return bumped(stage, org.userById.get(row.userId), { id: m.id, userId: row.userId });
    }
    case "removeJobPermissionsOf": {
      const rows = org.permissions.ofUser(userOf(org, m.userId).id);
      for (const row of rows) org.permissions.remove(row.id);
      return bumped(stage, userOf(org, m.userId), { userId: m.userId, removed: rows.length });
    }
    case "revokePermissions":
      return touch(userOf(org, m.userId), now, (u) => revoke(org, u, now));
    case "addFuturePermission": {
      const id = (org.futurePermissions.at(-1)?.id ?? org.ids.of("future", 0)) + 1000;
      const row = {
        id,
        userId: userOf(org, m.userId).id,
        roleId: m.roleId ?? defaultRole(org),
        departmentId: m.departmentId ?? null,
        officeId: m.officeId ?? null,
        createdAt: now,
        updatedAt: now,
      };
      org.futurePermissions.push(row);
      return bumped(stage, userOf(org, m.userId), { id, userId: row.userId, roleId: row.roleId });
    }
    case "removeFuturePermission": {
      const row = need(
        org.futurePermissions.find((f) => f.id === m.id),
        `No future job permission has the id ${m.id}.`,
      );
      org.futurePermissions = org.futurePermissions.filter((f) => f !== row);
      return bumped(stage, org.userById.get(row.userId), { id: m.id, userId: row.userId });
    }
    case "addRole": {
      const role = {
        id: (org.roles.at(-1)?.id ?? org.ids.of("role", 0)) + 1000,
        roleType: m.roleType ?? "job_admin",
        name: m.name,
        createdAt: now,
        updatedAt: now,
      };
      org.roles.push(role);
      return { roleId: role.id };
    }
    case "renameRole":
      Object.assign(roleOf(org, m.roleId), { name: m.name, updatedAt: now });
      return { roleId: m.roleId };
    case "removeRole": {
      const gone = roleOf(org, m.roleId);
      org.roles = org.roles.filter((r) => r !== gone);
      return { roleId: m.roleId };
    }
    case "closeJob":
      Object.assign(jobOf(org, m.jobId), { status: "closed", closedAt: now, updatedAt: now });
      return { jobId: m.jobId };
    case "reopenJob":
      Object.assign(jobOf(org, m.jobId), { status: "open", closedAt: null, updatedAt: now });
      return { jobId: m.jobId };
    case "loseHalfOfUsers": {
      const shown = org.users.filter((u) => !u.hidden && !u.service);
      const lost = shown.filter((_, i) => i % 2 === 1);
      for (const user of lost) user.hidden = true;
      return { hidden: lost.map((u) => u.id) };
    }
    case "showAllUsers":
      for (const user of org.users) user.hidden = false;
      return {};
    case "setOrganizationId":
      org.organizationId = m.organizationId;
      return { organizationId: m.organizationId };
    case "addRow":
      return { id: addRow(stage, m).id };
    case "changeRow":
      return { id: changeRow(stage, m).id };
    case "insertEvents":
      stage.log.insert(m.events, now);
      return { inserted: m.events.length };
    case "insertBurst":
      return burst(stage, m);
    case "duplicateEvent": {
      const event = { ...m.event, request: { id: `duplicate-${stage.log.arrivals}`, ...m.event.request } };
      stage.log.insert(
        Array.from({ length: m.times ?? 2 }, () => event),
        now,
      );
      return { inserted: m.times ?? 2 };
    }
    default:
      throw new BadRequest(`No mutation is called "${String((m as { op?: unknown }).op)}".`);
  }
}

function touch(user: User, now: number, change: (user: User) => void): Record<string, unknown> {
  change(user);
  user.updatedAt = now;
  return { userId: user.id };
}

function bumped<T extends Record<string, unknown>>(
  { bumps, now }: Stage,
  user: User | undefined,
  result: T,
): T {
  if (bumps && user) user.updatedAt = now;
  return result;
}

const defaultRole = (org: Org): number =>
  need(
    org.roles.find((r) => r.roleType === "job_admin"),
    "No job_admin role is left.",
  ).id;

/** Many distinct events within one second: more than an unpaged answer or a page holds. */
function burst(
  { log, now, org }: Stage,
  m: Extract<Mutation, { op: "insertBurst" }>,
): Record<string, unknown> {
  const at = m.at === undefined ? now : parseTime(m.at);
  if (at === null) throw new BadRequest(`"${m.at}" is not an ISO-8601 time.`);
  const second = m.sameMillisecond ? at : Math.floor(at / 1000) * 1000;
  const user = userOf(org, m.userId);
  const room = m.sameMillisecond ? 1 : Math.max(1, Math.min(1000, now - second + 1));
  log.insert(
    Array.from({ length: m.count }, (_, i) => ({
      event_time: new Date(second + (i % room)).toISOString(),
      userId: user.id,
      request: { id: `burst-${log.arrivals}-${i}` },
    })),
    now,
  );
  return { inserted: m.count, at: new Date(second).toISOString() };
}
