import type { Org } from "../org/org.ts";
import {
  bulkRow,
  departmentRow,
  emailRow,
  fieldRow,
  futureRow,
  jobRow,
  officeRow,
  optionRow,
  permissionText,
  roleRow,
  tagRow,
  userRow,
} from "../org/rows.ts";
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
} from "../org/types.ts";
import type { Filter, Listing, View } from "./filters.ts";
import { common, date, equal, held, ids, texts } from "./filters.ts";
import { Unprocessable } from "./parameters.ts";
import { recruitingListings } from "./recruiting.ts";

const optionId = (record: User | Job, wanted: number, org: Org): boolean =>
  Object.entries(record.customFields ?? {}).some(
    ([key, field]) => org.optionIds.get(`${key}=${String(field.value)}`) === wanted,
  );
const external = (own: readonly number[], records: readonly Department[], wanted: string): boolean =>
  records.some((r) => r.externalId === wanted && own.includes(r.id));
const listOf = (id: number | null): number[] => (id === null ? [] : [id]);

/** A user shows unless taken out, or a service account nobody asked for (api.md §2.5). */
export function userShows(user: User, showServiceAccounts: boolean): boolean {
  return !user.hidden && (showServiceAccounts || !user.service);
}

/** A job permission shows unless its user is a Site Admin (api.md §2.5), or a switch takes it away. */
export function permissionShows(
  row: JobPermission,
  { org, scenario: s }: Pick<View, "org" | "scenario">,
): boolean {
  const user = org.userById.get(row.userId);
  if (user?.siteAdmin) return false;
  if (user?.deactivated && !s["v3.deactivatedKeepsPermissions"]) return false;
  return s["v3.confidentialGrants"] === "shown" || !org.jobById.get(row.jobId)?.confidential;
}

const users: Listing<User> = {
  scope: "harvest:users:list",
  filters: {
    ...common(),
    agency_ids: ids((u) => u.agencyId),
    office_ids: ids((u) => u.officeIds),
    department_ids: ids((u) => u.departmentIds),
    linked_candidate_ids: ids((u) => u.linkedCandidateIds),
    interviewer_tag_ids: ids((u) => u.tagIds),
    employee_ids: texts((u) => u.employeeId),
    custom_field_option_id: {
      kind: "integer",
      test: (u, wanted: number, { org }) => optionId(u, wanted, org),
    },
    deactivated: equal("boolean", (u) => u.deactivated),
    primary_email: equal("string", (u) => u.primaryEmail),
    external_office_id: {
      kind: "string",
      test: (u, wanted: string, { org }) => external(u.officeIds, org.offices, wanted),
    },
    external_department_id: {
      kind: "string",
      test: (u, wanted: string, { org }) => external(u.departmentIds, org.departments, wanted),
    },
    show_service_accounts: { kind: "boolean", test: () => true },
  },
  ...held<User>(
    (org) => org.users,
    (u, { org, scenario }) => userRow(u, org, scenario),
  ),
};
const heldUsers = users.page;
users.page = (view, before, limit, accept, values) => {
  const how = view.scenario["v3.showServiceAccounts"];
  if (how === "refuse" && values.has("show_service_accounts"))
    throw new Unprocessable({ show_service_accounts: "is not allowed" });
  const shown = how === "heed" && values.get("show_service_accounts") === true;
  return heldUsers(view, before, limit, (u) => userShows(u, shown) && accept(u), values);
};

const userRoles: Listing<Role> = {
  scope: "harvest:user_roles:list",
  filters: common(),
  ...held<Role>((org) => org.roles, roleRow),
};

const userJobPermissions: Listing<JobPermission> = {
  scope: "harvest:user_job_permissions:list",
  filters: {
    ...common(),
    user_ids: ids((p) => p.userId),
    job_ids: ids((p) => p.jobId),
    role_ids: ids((p) => p.roleId),
  },
  page(view, before, limit, accept, values) {
    const within = {
      users: values.get("user_ids") as ReadonlySet<number> | undefined,
      ids: values.get("ids") as ReadonlySet<number> | undefined,
    };
    return view.org.permissions.page(before, limit, (p) => permissionShows(p, view) && accept(p), within);
  },
  text: permissionText,
};

const futureJobPermissions: Listing<FuturePermission> = {
  scope: "harvest:future_job_permissions:list",
  filters: {
    ...common(),
    user_ids: ids((f) => f.userId),
    role_ids: ids((f) => f.roleId),
    department_ids: ids((f) => f.departmentId),
    office_ids: ids((f) => f.officeId),
    external_department_id: {
      kind: "string",
      test: (f, wanted: string, { org }) => external(listOf(f.departmentId), org.departments, wanted),
    },
    external_office_id: {
      kind: "string",
      test: (f, wanted: string, { org }) => external(listOf(f.officeId), org.offices, wanted),
    },
  },
  ...held<FuturePermission>((org) => org.futurePermissions, futureRow),
};

const userEmails: Listing<EmailRow> = {
  scope: "harvest:user_emails:list",
  filters: {
    ...common(),
    user_ids: ids((e) => e.userId),
    verified: equal("boolean", (e) => e.verified),
    verification_token_sent_at: date((e) => e.sentAt),
    email: {
      kind: "strings",
      test: (e, wanted: ReadonlySet<string>) =>
        [...wanted].some((w) => w.toLowerCase() === e.email.toLowerCase()),
    },
  },
  ...held<EmailRow>((org) => org.emails, emailRow),
};

const unit = <T extends Department>(): Record<string, Filter<T>> => ({
  ...common<T>(),
  parent_id: equal("integer", (d) => d.parentId),
  external_id: equal("string", (d) => d.externalId),
});
const departments: Listing<Department> = {
  scope: "harvest:departments:list",
  filters: unit(),
  ...held<Department>((org) => org.departments, departmentRow),
};
const offices: Listing<Office> = {
  scope: "harvest:offices:list",
  filters: unit(),
  ...held<Office>((org) => org.offices, officeRow),
};

const jobs: Listing<Job> = {
  scope: "harvest:jobs:list",
  filters: {
    ...common(),
    opened_at: date((j) => j.openedAt),
    closed_at: date((j) => j.closedAt),
    requisition_id: equal("string", (j) => j.requisitionId),
    department_id: equal("integer", (j) => j.departmentId),
    office_id: { kind: "integer", test: (j, wanted: number) => j.officeIds.includes(wanted) },
    custom_field_option_id: {
      kind: "integer",
      test: (j, wanted: number, { org }) => optionId(j, wanted, org),
    },
    confidential: equal("boolean", (j) => j.confidential),
    status: equal("string", (j) => j.status),
  },
  ...held<Job>((org) => org.jobs, jobRow),
};

const interviewerTags: Listing<Tag> = {
  scope: "harvest:interviewer_tags:list",
  filters: common(),
  ...held<Tag>((org) => org.tags, tagRow),
};

const customFields: Listing<CustomField> = {
  scope: "harvest:custom_fields:list",
  filters: {
    ...common(),
    field_type: equal("string", (f) => f.fieldType),
    active: { kind: "boolean", test: (f, wanted: boolean, { org }) => fieldRow(f, org).active === wanted },
    name: equal("string", (f) => f.name),
    name_key: equal("string", (f) => f.key),
  },
  ...held<CustomField>(
    (org) => org.customFields,
    (f, { org }) => fieldRow(f, org),
  ),
};

const customFieldOptions: Listing<CustomOption> = {
  scope: "harvest:custom_field_options:list",
  filters: {
    ...common(),
    custom_field_ids: ids((o) => o.fieldId),
    active: { kind: "boolean", test: (o, wanted: boolean, { org }) => optionRow(o, org).active === wanted },
    custom_field_key: equal("string", (o) => o.key),
  },
  ...held<CustomOption>(
    (org) => org.customOptions,
    (o, { org }) => optionRow(o, org),
  ),
};

const bulkRequests: Listing<BulkRequest> = {
  scope: "harvest:bulk_requests:list",
  filters: {
    ...common(),
    bulk_action_uuid: equal("string", (b) => b.uuid),
    active: { kind: "boolean", test: (b, wanted: boolean) => (b.completedAt === null) === wanted },
  },
  ...held<BulkRequest>((org) => org.bulkRequests, bulkRow),
};

/** The played v3 endpoints, by the last part of their path. */
export const listings = {
  users,
  user_roles: userRoles,
  user_job_permissions: userJobPermissions,
  future_job_permissions: futureJobPermissions,
  user_emails: userEmails,
  departments,
  offices,
  jobs,
  interviewer_tags: interviewerTags,
  custom_fields: customFields,
  custom_field_options: customFieldOptions,
  bulk_requests: bulkRequests,
  ...recruitingListings,
} as unknown as Record<string, Listing>;

/** The scope of the audit log (api.md §2.1). */
export const auditScope = "auditlog:events:list";
