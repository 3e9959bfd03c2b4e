import type { Org } from "../org/org.ts";
import {
  departmentRow,
  emailRow,
  futureRow,
  jobRow,
  officeRow,
  permissionText,
  roleRow,
  rowText,
  userRow,
} from "../org/rows.ts";
import type {
  Department,
  EmailRow,
  FuturePermission,
  Job,
  JobPermission,
  Office,
  Role,
  Stamped,
  User,
} from "../org/types.ts";
import type { Scenario } from "../switches.ts";
import type { DateRange, ParameterKind, ParameterValue } from "./parameters.ts";
import { inRange } from "./parameters.ts";

/** What a filter needs to know beside the record. */
export interface View {
  org: Org;
  scenario: Scenario;
  scenarioVersion: string;
}

interface Filter<T> {
  kind: ParameterKind;
  test: (record: T, value: never, view: View) => boolean;
}
/** One v3 list endpoint: its scope, its filters (api.md §2.5) and where its rows come from. */
export interface Listing<T extends Stamped = Stamped> {
  scope: string;
  filters: Record<string, Filter<T>>;
  /** Records with an id below `before`, newest first, that pass. */
  page(
    view: View,
    before: number,
    limit: number,
    accept: (record: T) => boolean,
    values: ReadonlyMap<string, ParameterValue>,
  ): T[];
  text(record: T, view: View): string;
}

const ids = <T>(get: (record: T, view: View) => number | null | readonly number[]): Filter<T> => ({
  kind: "ids",
  test: (record, wanted: ReadonlySet<number>, view) => {
    const own = get(record, view);
    return typeof own === "number" ? wanted.has(own) : (own?.some((id) => wanted.has(id)) ?? false);
  },
});
const texts = <T>(get: (record: T) => string | null): Filter<T> => ({
  kind: "strings",
  test: (record, wanted: ReadonlySet<string>) => {
    const own = get(record);
    return own !== null && wanted.has(own);
  },
});
const equal = <T>(kind: ParameterKind, get: (record: T, view: View) => ParameterValue | null): Filter<T> => ({
  kind,
  test: (record, wanted: ParameterValue, view) => get(record, view) === wanted,
});
const date = <T>(get: (record: T) => number | null): Filter<T> => ({
  kind: "date",
  test: (record, range: DateRange) => inRange(get(record), range),
});
const common = <T extends Stamped>(): Record<string, Filter<T>> => ({
  ids: ids((r) => r.id),
  created_at: date((r) => r.createdAt),
  updated_at: date((r) => r.updatedAt),
});

/** Index of the first record whose id is not below `before`. */
function placeOf(records: readonly Stamped[], before: number): number {
  let [low, high] = [0, records.length];
  while (low < high) {
    const mid = (low + high) >>> 1;
    if ((records[mid] as Stamped).id < before) low = mid + 1;
    else high = mid;
  }
  return low;
}

function held<T extends Stamped>(
  records: (org: Org) => readonly T[],
  row: (record: T, view: View) => Record<string, unknown>,
): Pick<Listing<T>, "page" | "text"> {
  return {
    page({ org }, before, limit, accept) {
      const all = records(org);
      const out: T[] = [];
      for (let i = placeOf(all, before) - 1; i >= 0 && out.length < limit; i--)
        if (accept(all[i] as T)) out.push(all[i] as T);
      return out;
    },
    text: (record, view) => rowText(record, view.org, view.scenarioVersion, (r) => row(r, view)),
  };
}

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
export function permissionShows(row: JobPermission, { org, scenario: s }: View): boolean {
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
users.page = (view, before, limit, accept, values) =>
  heldUsers(
    view,
    before,
    limit,
    (u) => userShows(u, values.get("show_service_accounts") === true) && accept(u),
    values,
  );

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
} as unknown as Record<string, Listing>;

/** The scope of the audit log (api.md §2.1). */
export const auditScope = "auditlog:events:list";
