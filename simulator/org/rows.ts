import { isoTime } from "../clock.ts";
import type { Scenario } from "../switches.ts";
import type { Org } from "./org.ts";
import type {
  Department,
  EmailRow,
  FuturePermission,
  Job,
  JobPermission,
  Office,
  Role,
  User,
} from "./types.ts";

/** How the v3 API writes each record (api.md §2.5 and the published contract). */
type Json = Record<string, unknown>;
const stamped = (row: { id: number; createdAt: number; updatedAt: number }): Json => ({
  id: row.id,
  created_at: isoTime(row.createdAt),
  updated_at: isoTime(row.updatedAt),
});

/** A v3 user. */
export function userRow(user: User, org: Org, s: Scenario): Json {
  const tagless = user.deactivated && !s["v3.deactivatedKeepsTags"];
  return {
    ...stamped(user),
    first_name: user.firstName,
    last_name: user.lastName,
    name: user.name,
    primary_email: user.service ? (s["v3.serviceAccountEmail"] === "null" ? null : "") : user.primaryEmail,
    emails: user.emails,
    job_title: user.jobTitle,
    employee_id: tagless ? null : user.employeeId,
    deactivated: user.deactivated,
    site_admin: user.siteAdmin && (s["v3.deactivatedKeepsSiteAdmin"] || !user.deactivated),
    agency_id: user.agencyId,
    linked_candidate_ids: user.linkedCandidateIds,
    office_ids: user.officeIds,
    department_ids: user.departmentIds,
    interviewer_tags: tagless ? [] : org.tags.filter((tag) => user.tagIds.includes(tag.id)),
    custom_fields: user.customFields,
  };
}

/** A v3 user role. */
export function roleRow(role: Role): Json {
  return { ...stamped(role), role_type: role.roleType, name: role.name };
}

/** A v3 department. */
export function departmentRow(d: Department): Json {
  return { ...stamped(d), name: d.name, parent_id: d.parentId, external_id: d.externalId };
}

/** A v3 office: the location is plain text. */
export function officeRow(o: Office): Json {
  return { ...departmentRow(o), location: o.location, primary_in_house_contact_user_id: o.contactUserId };
}

/** A v3 user e-mail. */
export function emailRow(e: EmailRow): Json {
  return {
    ...stamped(e),
    user_id: e.userId,
    email: e.email,
    verified: e.verified,
    verification_token_sent_at: e.sentAt === null ? null : isoTime(e.sentAt),
  };
}

/** A v3 future job permission. */
export function futureRow(f: FuturePermission): Json {
  return {
    ...stamped(f),
    user_id: f.userId,
    role_id: f.roleId,
    department_id: f.departmentId,
    office_id: f.officeId,
  };
}

/** A v3 job. */
export function jobRow(j: Job): Json {
  return {
    ...stamped(j),
    name: j.name,
    requisition_id: j.requisitionId,
    notes: j.notes,
    status: j.status,
    confidential: j.confidential,
    is_template: j.isTemplate,
    copied_from_id: j.copiedFromId,
    department_id: j.departmentId,
    office_ids: j.officeIds,
    opened_at: j.openedAt === null ? null : isoTime(j.openedAt),
    closed_at: j.closedAt === null ? null : isoTime(j.closedAt),
    custom_fields: j.customFields,
  };
}

/** A v3 job permission, straight to text: there can be millions. */
export function permissionText(p: JobPermission): string {
  const created = isoTime(p.createdAt);
  const updated = p.updatedAt === p.createdAt ? created : isoTime(p.updatedAt);
  return `{"id":${p.id},"created_at":"${created}","updated_at":"${updated}","user_id":${p.userId},"job_id":${p.jobId},"role_id":${p.roleId},"automated":${p.automated}}`;
}

const texts = new WeakMap<object, { version: number; scenario: string; text: string }>();
/** JSON text of a record, kept until the organization or the scenario changes. */
export function rowText<T extends object>(
  record: T,
  org: Org,
  scenarioVersion: string,
  make: (record: T) => Json,
): string {
  const kept = texts.get(record);
  if (kept && kept.version === org.version && kept.scenario === scenarioVersion) return kept.text;
  const text = JSON.stringify(make(record));
  texts.set(record, { version: org.version, scenario: scenarioVersion, text });
  return text;
}
