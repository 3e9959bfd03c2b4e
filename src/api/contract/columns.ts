/** The columns of each list as a file has them: in exports and in the command line's CSV. */
import type { CsvColumn } from "../../model/csv.ts";
import {
  ACTION_WORD,
  EMPLOYEE_STATE_WORD,
  employeeName,
  LEVEL_WORD,
  LICENSE_WORD,
  MADE_WORD,
  NO_EMPLOYEE_WORD,
  named,
  STATUS_WORD,
  TARGET_STATE_WORD,
} from "../../model/words.ts";
import type { ActionView, TargetView } from "./actions.ts";
import type { ChangeView, EventView } from "./changes.ts";
import type { EmployeeRow } from "./employees.ts";
import type { FindingView } from "./findings.ts";
import type { GrantView } from "./grants.ts";
import type { LicensesView } from "./usage.ts";
import type { RoleView, UserView } from "./users.ts";

/** A deactivated Site Admin sees nothing any more. */
export function grantsText({ grants, status }: Pick<UserView, "grants" | "status">): string {
  if (grants === "all jobs") return status === "active" ? "all jobs *" : "was all jobs";
  if (grants.jobs === null || grants.futureJobs === null) return "Unknown";
  return String(grants.jobs + grants.futureJobs);
}

/** That none is recorded is no proof, unless all of the window was read. */
function lastUsedAt(
  at: string | null | undefined,
  { state, since }: Pick<UserView["usage"], "state" | "since">,
): string {
  return at ?? (state === "never_used" ? `none since ${since}` : "Unknown");
}

export const USER_CSV: CsvColumn<UserView>[] = [
  { name: "id", value: (u) => u.id },
  { name: "name", value: (u) => u.name },
  { name: "email", value: (u) => u.email },
  { name: "emails", value: (u) => u.emails.join(" ") },
  {
    name: "email_confirmed",
    value: (u) => (u.email === null ? "Not given" : (u.emailConfirmed ?? "Unknown")),
  },
  { name: "employee_id", value: (u) => u.employeeId },
  { name: "job_title", value: (u) => u.jobTitle },
  { name: "status", value: (u) => STATUS_WORD[u.status] },
  { name: "service_account", value: (u) => u.serviceAccount },
  { name: "agency", value: (u) => u.agency },
  { name: "level", value: (u) => LEVEL_WORD[u.level] },
  {
    name: "roles",
    value: (u) => (u.roles === null ? "Unknown" : u.roles.map((role) => named(role, "Role")).join("; ")),
  },
  { name: "departments", value: (u) => u.departments.map((each) => named(each, "Department")).join("; ") },
  { name: "offices", value: (u) => u.offices.map((each) => named(each, "Office")).join("; ") },
  { name: "license_type", value: (u) => u.license.type ?? "None" },
  {
    name: "license_state",
    value: (u) => (u.license.state === null ? "None" : LICENSE_WORD[u.license.state]),
  },
  { name: "license_reason", value: (u) => u.license.reason },
  { name: "last_used_at", value: (u) => lastUsedAt(u.lastUsed?.at, u.usage) },
  { name: "last_used_source", value: (u) => u.lastUsed?.source },
  { name: "active_days", value: (u) => u.usage.activeDays ?? "Unknown" },
  { name: "covered_days", value: (u) => u.usage.coveredDays },
  { name: "window_days", value: (u) => u.usage.windowDays },
  { name: "grants", value: (u) => grantsText(u).replace(" *", "") },
  { name: "created_at", value: (u) => u.createdAt },
  { name: "updated_at", value: (u) => u.updatedAt },
  { name: "first_seen_at", value: (u) => u.firstSeenAt },
  { name: "last_seen_at", value: (u) => u.lastSeenAt },
];

export const ROLE_CSV: CsvColumn<RoleView>[] = [
  { name: "id", value: (r) => r.id },
  { name: "name", value: (r) => r.name },
  { name: "type", value: (r) => r.type },
  { name: "in_list", value: (r) => r.inList },
  { name: "users", value: (r) => r.users ?? "Unknown" },
  { name: "grants", value: (r) => r.grants ?? "Unknown" },
  { name: "first_seen_at", value: (r) => r.firstSeenAt },
];

export function onWhat(g: GrantView): string {
  if (g.kind === "site_admin") return "every job but confidential ones";
  if (g.kind === "job") return g.job ? named(g.job, "Job") : "Unknown";
  const part = (each: GrantView["department"], what: string) =>
    each === "every" || each === null ? `every ${what.toLowerCase()}` : named(each, what);
  return `every future job in ${part(g.department, "Department")}, ${part(g.office, "Office")}`;
}
export function jobState({ job }: GrantView): string {
  if (!job) return "";
  return [job.status ?? "not told", job.confidential ? "confidential" : ""].filter(Boolean).join(", ");
}
export const GRANT_CSV: CsvColumn<GrantView>[] = [
  { name: "kind", value: (g) => g.kind },
  { name: "id", value: (g) => g.id },
  { name: "user_id", value: (g) => g.user.id },
  { name: "user", value: (g) => g.user.name },
  { name: "email", value: (g) => g.user.email },
  { name: "level", value: (g) => LEVEL_WORD[g.user.level] },
  { name: "status", value: (g) => STATUS_WORD[g.user.status] },
  { name: "role_id", value: (g) => g.role?.id },
  { name: "role", value: (g) => g.role?.name },
  { name: "job_id", value: (g) => g.job?.id },
  { name: "on", value: onWhat },
  { name: "job_state", value: jobState },
  { name: "made", value: (g) => MADE_WORD[g.made] },
  { name: "since", value: (g) => g.since },
  { name: "seen_since", value: (g) => g.seenSince },
  { name: "last_used_at", value: (g) => lastUsedAt(g.lastUsed, g.user.usage) },
  { name: "last_used_source", value: (g) => g.lastUsedBy },
];

export const EVENT_CSV: CsvColumn<EventView>[] = [
  { name: "at", value: (e) => e.at },
  { name: "performer_type", value: (e) => e.performerType },
  { name: "user_id", value: (e) => e.user?.id },
  { name: "user", value: (e) => e.user?.name },
  { name: "performer", value: (e) => e.performer },
  { name: "type", value: (e) => e.type },
  { name: "kind", value: (e) => e.kind },
  { name: "counts", value: (e) => e.counts },
  { name: "target_type", value: (e) => e.targetType },
  { name: "target_id", value: (e) => e.targetId },
  { name: "request_type", value: (e) => e.requestType },
  { name: "request_id", value: (e) => e.requestId },
  { name: "ip", value: (e) => e.ip },
];

export const CHANGE_CSV: CsvColumn<ChangeView>[] = [
  { name: "happened_at", value: (e) => e.happenedAt },
  { name: "between_from", value: (e) => e.between.from },
  { name: "between_to", value: (e) => e.between.to },
  { name: "stream", value: (e) => e.stream },
  { name: "kind", value: (e) => e.kind },
  { name: "row_id", value: (e) => e.rowId },
  { name: "user_id", value: (e) => e.user?.id },
  { name: "user", value: (e) => e.user?.name },
  { name: "what", value: (e) => e.what },
  { name: "before", value: (e) => e.before && JSON.stringify(e.before) },
  { name: "after", value: (e) => e.after && JSON.stringify(e.after) },
  { name: "by", value: (e) => e.by ?? "not told" },
  { name: "action", value: (e) => e.action },
  { name: "run_id", value: (e) => e.runId },
];

/** By employee or by user, as the list goes. */
export const EMPLOYEE_CSV: CsvColumn<EmployeeRow>[] = [
  { name: "employee_id", value: (r) => r.employee?.employeeId },
  { name: "employee", value: (r) => r.employee?.name },
  { name: "employee_emails", value: (r) => r.employee?.emails.join(" ") },
  { name: "department", value: (r) => r.employee?.department },
  { name: "manager", value: (r) => r.employee?.manager },
  { name: "start_date", value: (r) => r.employee?.startDate },
  { name: "state", value: (r) => r.employee && EMPLOYEE_STATE_WORD[r.employee.state] },
  { name: "left_on", value: (r) => r.employee?.leave && (r.employee.leave.date ?? "Not given") },
  { name: "days_since_leaving", value: (r) => r.stillActive?.daysSince },
  { name: "days_used_after", value: (r) => r.stillActive && (r.stillActive.used.days ?? "Unknown") },
  { name: "last_used_after", value: (r) => r.stillActive?.used.lastAt },
  { name: "last_used_after_source", value: (r) => r.stillActive?.used.lastBy },
  { name: "covered_days_after", value: (r) => r.stillActive?.used.period?.coveredDays },
  { name: "came_back_at", value: (r) => r.employee?.cameBack?.at },
  {
    name: "had_left_on",
    value: ({ employee: e }) => e && (e.cameBack ? e.cameBack.leftBefore : e.leave?.date),
  },
  { name: "user_id", value: (r) => r.user?.id },
  { name: "user", value: (r) => r.user?.name },
  { name: "user_email", value: (r) => r.user?.email },
  { name: "user_status", value: (r) => r.user && STATUS_WORD[r.user.status] },
  { name: "level", value: (r) => r.user && LEVEL_WORD[r.user.level] },
  { name: "grants", value: (r) => r.user && grantsText(r.user).replace(" *", "") },
  { name: "last_used_at", value: ({ user: u }) => u && lastUsedAt(u.lastUsed?.at, u.usage) },
  { name: "last_used_source", value: (r) => r.user?.lastUsed?.source },
  { name: "match", value: (r) => r.match?.reason },
  {
    name: "candidates",
    value: (r) =>
      r.candidates
        .map(({ employee, match }) => `${employeeName(employee)} (${match.reason}: ${match.doubt})`)
        .join("; "),
  },
  {
    name: "users",
    value: (r) => r.users.map(({ id, name, match }) => `${name ?? id} (${match.reason})`).join("; "),
  },
  { name: "without_employee", value: (r) => r.kind && NO_EMPLOYEE_WORD[r.kind] },
  { name: "access_ended_after", value: (r) => r.removal?.after },
  { name: "access_ended_by", value: (r) => r.removal?.by },
  { name: "days_to_removal", value: (r) => r.removal && (r.removal.days?.toFixed(1) ?? "Not measured") },
  { name: "source", value: (r) => r.employee?.source },
  { name: "updated_at", value: (r) => r.employee?.updatedAt },
];

export const LICENSE_CSV: CsvColumn<LicensesView["types"][number]>[] = [
  { name: "type", value: (l) => l.type },
  { name: "purchased", value: (l) => l.purchased },
  { name: "assigned", value: (l) => l.assigned },
  ...(["inUse", "unused", "neverUsed", "unknown"] as const).map((key) => ({
    name: key.replace(/[A-Z]/g, (c) => `_${c.toLowerCase()}`),
    value: (l: LicensesView["types"][number]) => l[key] ?? "Unknown",
  })),
  { name: "held_by_deactivated", value: (l) => l.heldByDeactivated },
  { name: "could_be_freed_low", value: (l) => l.couldBeFreed.low },
  { name: "could_be_freed_high", value: (l) => l.couldBeFreed.high },
  { name: "price_a_year", value: (l) => l.price?.amount },
  { name: "currency", value: (l) => l.price?.currency },
];

export const FINDING_CSV: CsvColumn<FindingView>[] = [
  { name: "id", value: (f) => f.id },
  { name: "severity", value: (f) => f.severity },
  { name: "rule", value: (f) => f.rule },
  { name: "finding", value: (f) => f.text },
  { name: "state", value: (f) => f.state.replace("_", " ") },
  { name: "user_id", value: (f) => f.user?.id },
  { name: "user", value: (f) => f.user?.name },
  { name: "rows", value: (f) => f.rows },
  {
    name: "evidence",
    value: (f) => f.evidence.map(({ text, at }) => (at === null ? text : `${text} (${at})`)).join("; "),
  },
  { name: "coverage", value: (f) => f.coverage },
  { name: "remedy", value: (f) => f.remedy },
  { name: "first_seen_at", value: (f) => f.firstSeenAt },
  { name: "last_seen_at", value: (f) => f.lastSeenAt },
  { name: "state_since", value: (f) => f.stateAt },
  { name: "accepted_until", value: (f) => f.accepted?.until },
  { name: "reason", value: (f) => f.accepted?.reason },
  { name: "owner", value: (f) => f.owner?.name },
  { name: "by", value: (f) => f.by },
  { name: "came_back", value: (f) => f.returned },
];

/** The grant of a target in words; null: it is about the user. */
export function targetGrant({ grant }: Pick<TargetView, "grant">): string | null {
  if (!grant) return null;
  const role = grant.role ? named(grant.role, "Role") : "Role not given";
  if (grant.kind === "job") return `${role} on ${grant.job ? named(grant.job, "Job") : "a job"}`;
  const place = (what: string, where: typeof grant.department) =>
    where === "every" || where === null ? `every ${what}` : named(where, what);
  return `${role} on future jobs in ${place("department", grant.department)}, ${place("office", grant.office)}`;
}

export const TARGET_CSV: CsvColumn<TargetView>[] = [
  { name: "user_id", value: (t) => t.user.id },
  { name: "name", value: (t) => t.user.name },
  { name: "email", value: (t) => t.user.email },
  { name: "status_before", value: (t) => STATUS_WORD[t.user.status] },
  { name: "level_before", value: (t) => LEVEL_WORD[t.user.level] },
  { name: "grant_id", value: (t) => t.grant?.id },
  { name: "grant", value: targetGrant },
  { name: "effect", value: (t) => t.effect.join(" ") },
  { name: "result", value: (t) => TARGET_STATE_WORD[t.state] },
  { name: "reason", value: (t) => t.reason?.text },
  { name: "status_after", value: (t) => t.after?.status && STATUS_WORD[t.after.status] },
  { name: "request", value: (t) => t.ask && `${t.ask.method} ${t.ask.path}` },
  { name: "answered", value: (t) => t.ask?.status },
  { name: "request_id", value: (t) => t.ask?.requestId },
  { name: "sent_at", value: (t) => t.sentAt },
  { name: "ended_at", value: (t) => t.endedAt },
];

export const ACTION_CSV: CsvColumn<ActionView>[] = [
  { name: "id", value: (a) => a.id },
  { name: "kind", value: (a) => ACTION_WORD[a.kind] },
  { name: "state", value: (a) => a.state },
  { name: "made_by", value: (a) => a.madeBy },
  { name: "approved_by", value: (a) => a.approvedBy },
  { name: "applied_at", value: (a) => a.appliedAt },
  { name: "ended_at", value: (a) => a.endedAt },
  { name: "targets", value: (a) => a.targets },
  { name: "seen", value: (a) => a.counts.seen },
  { name: "refused", value: (a) => a.counts.refused },
  { name: "unknown", value: (a) => a.counts.unknown },
];
