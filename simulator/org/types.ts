/** The organization's records, as the simulator holds them. Times are milliseconds since 1970. */
export interface Stamped {
  id: number;
  createdAt: number;
  updatedAt: number;
}

export interface User extends Stamped {
  firstName: string | null;
  lastName: string | null;
  name: string | null;
  primaryEmail: string | null;
  emails: string[] | null;
  jobTitle: string | null;
  employeeId: string | null;
  deactivated: boolean;
  siteAdmin: boolean;
  agencyId: number | null;
  linkedCandidateIds: number[];
  officeIds: number[];
  departmentIds: number[];
  tagIds: number[];
  customFields: Record<string, { name: string; type: string; value: unknown }> | null;
  /** A service account (ISU): hidden unless asked for (api.md §2.5). */
  service: boolean;
  /** Taken out of the listing by a mutation. */
  hidden: boolean;
  /** Hours east of UTC, and how busy this person is; 0 never acts. */
  zone: number;
  weight: number;
  /** Acts from … until … (deactivated or stopped), except in the gaps made by mutations. */
  actsFrom: number;
  actsUntil: number;
  gaps: [number, number][];
  /** Earlier names and addresses: events before `until` still carry them. */
  formerly: { until: number; name: string | null; primaryEmail: string | null }[];
}

export interface Role extends Stamped {
  roleType: string;
  name: string;
}
export interface Department extends Stamped {
  name: string;
  parentId: number | null;
  externalId: string | null;
}
export interface Office extends Department {
  location: string | null;
  contactUserId: number | null;
}
export interface EmailRow extends Stamped {
  userId: number;
  email: string;
  verified: boolean;
  sentAt: number | null;
}
export interface FuturePermission extends Stamped {
  userId: number;
  roleId: number;
  departmentId: number | null;
  officeId: number | null;
}
export interface JobPermission extends Stamped {
  userId: number;
  jobId: number;
  roleId: number;
  automated: boolean | null;
}
export interface Job extends Stamped {
  name: string;
  requisitionId: string | null;
  notes: string | null;
  status: "open" | "closed" | "draft";
  confidential: boolean;
  isTemplate: boolean;
  copiedFromId: number | null;
  departmentId: number | null;
  officeIds: number[];
  openedAt: number | null;
  closedAt: number | null;
  customFields: Record<string, { name: string; type: string; value: unknown }> | null;
}
export interface Tag extends Stamped {
  name: string;
}
/** A custom field, and an option of one. */
export interface CustomField extends Stamped {
  fieldType: string;
  key: string;
  name: string;
  valueType: string;
}
export interface CustomOption extends Stamped {
  fieldId: number;
  key: string;
  name: string;
}
/** A bulk request: many writes in one call, carried out after its answer (api.md §2.5). */
export interface BulkRequest extends Stamped {
  uuid: string;
  endpoint: string;
  status: string;
  records: number;
  succeeded: number;
  failed: number;
  requestedBy: number | null;
  completedAt: number | null;
  callback: { url: string; response: string } | null;
}

/** What an organization is generated from. The same values give the same organization, to the byte. */
export interface OrgSizes {
  seed: number;
  users: number;
  jobPermissions: number;
  jobs: number;
  eventsPerDay: number;
  /** Start of the clock's first day, UTC: everything generated hangs on it. */
  anchor: number;
  /** Which customer account: another number gives another organization id and other ids throughout. */
  account: number;
}
