/** The words for what a user is and has, the same on pages, in tables and in exports. It imports nothing: pages run it as well. */

export const STATUS_WORD = { active: "Active", deactivated: "Deactivated", missing: "Missing" } as const;
export const LEVEL_WORD = {
  site_admin: "Site Admin",
  job_admin: "Job Admin",
  basic: "Basic",
  unknown: "Unknown",
} as const;
export const LICENSE_WORD = {
  in_use: "In use",
  unused: "Unused",
  never_used: "Never used",
  unknown: "Unknown",
  held_by_deactivated: "Held by a deactivated user",
} as const;
export const MADE_WORD = { by_rule: "by a rule", by_hand: "by hand", not_told: "not told" } as const;

export const EMPLOYEE_STATE_WORD = {
  employed: "Employed",
  on_leave: "On leave",
  not_started: "Not started",
  left: "Left",
} as const;
/** Why an active user has no employee. */
export const NO_EMPLOYEE_WORD = {
  ours: "Our domain",
  external: "External domain",
  no_email: "No e-mail",
  agency: "Agency",
  service_account: "Service account",
  by_hand: "Nobody, said here",
} as const;
/** The lists of employees and users. */
export const EMPLOYEE_LIST_WORD = {
  left_active: "Left but active",
  ambiguous: "Ambiguous",
  no_user: "No Greenhouse user",
  no_employee: "Active without an employee",
  came_back: "Came back",
  removed: "Removed",
  all: "All",
} as const;

export const employeeName = (employee: {
  id: number;
  name: string | null;
  employeeId: string | null;
  emails: readonly string[];
}): string => employee.name ?? employee.emails[0] ?? employee.employeeId ?? `Employee ${employee.id}`;

export const named = ({ id, name }: { id: string; name: string | null }, what: string): string =>
  name ?? `${what} ${id}`;

/** What the fields of a change are called. */
export const FIELD_WORD: Readonly<Record<string, string>> = {
  name: "name",
  email: "e-mail address",
  emails: "e-mail addresses",
  employeeId: "employee ID",
  jobTitle: "job title",
  agencyId: "agency",
  departmentIds: "departments",
  officeIds: "offices",
  departmentId: "department",
  officeId: "office",
  roleId: "role",
  jobId: "job",
  userId: "user ID",
  automated: "made",
  createdAt: "made on",
  updatedAt: "updated in Greenhouse",
  status: "status",
  type: "type",
  level: "level",
  deactivated: "deactivated",
  siteAdmin: "Site Admin",
  serviceAccount: "service account",
  confidential: "confidential",
  verified: "confirmed",
  parentId: "parent",
  externalId: "external ID",
  location: "location",
};
