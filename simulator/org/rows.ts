import { isoTime } from "../clock.ts";
import type { Scenario } from "../switches.ts";
import type { Org } from "./org.ts";
import type {
  BulkRequest,
  CustomField,
  CustomOption,
  Department,
  EmailRow,
  FuturePermission,
  Job,
  JobPermission,
  Office,
  Role,
  Tag,
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
    interviewer_tags: tagless
      ? []
      : org.tags.filter((tag) => user.tagIds.includes(tag.id)).map(({ id, name }) => ({ id, name })),
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

/** A v3 interviewer tag. */
export function tagRow(tag: Tag): Json {
  return { ...stamped(tag), name: tag.name };
}

/** A v3 custom field. Which of its flags are on follows from its place. */
export function fieldRow(f: CustomField, { customFields, specials }: Org): Json {
  const place = customFields.indexOf(f);
  return {
    ...stamped(f),
    active: place !== 4,
    api_only: place === 3,
    application_type: place === 4 ? "candidate" : null,
    default_value: place === 1 ? { value: "Full-time" } : null,
    description: place % 2 === 0 ? `What ${f.name} is for` : null,
    expose_in_job_board_api: place === 1,
    field_type: f.fieldType,
    internal_type: place === 1 ? "employment_type" : null,
    name: f.name,
    name_key: f.key,
    placeholder: place === 0 ? "Choose one" : null,
    private: place > 1,
    require_approval: place === 2,
    required: place === 2,
    sort_order: place,
    template_token_string: place === 2 ? `{{${f.key.toUpperCase()}}}` : null,
    trigger_new_version: place === 2,
    updated_by_id: place === 0 ? specials.ada.id : null,
    use_for_job_approvals: place === 1,
    use_for_offer_approvals: place === 2,
    value_type: f.valueType,
  };
}

/** A v3 option of a custom field. */
export function optionRow(o: CustomOption, { customOptions }: Org): Json {
  const place = customOptions.indexOf(o);
  return {
    ...stamped(o),
    active: place !== 1,
    custom_field_id: o.fieldId,
    external_id: place % 2 === 0 ? `option-${place}` : null,
    name: o.name,
    sort_order: place,
  };
}

/** A v3 bulk request. */
export function bulkRow(b: BulkRequest): Json {
  return {
    ...stamped(b),
    api_endpoint: b.endpoint,
    bulk_action_uuid: b.uuid,
    callback_response: b.callback?.response ?? null,
    callback_url: b.callback?.url ?? null,
    completed_at: b.completedAt === null ? null : isoTime(b.completedAt),
    expires_at: isoTime(b.createdAt + 7 * 86_400_000),
    failure_count: b.failed,
    record_count: b.records,
    requested_at: isoTime(b.createdAt),
    requested_by_user_id: b.requestedBy,
    status: b.status,
    success_count: b.succeeded,
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
