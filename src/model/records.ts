/**
 * What connectors give and the store keeps, in our words: one record type for each listing.
 * Greenhouse ids are 64-bit integers; here they are exact strings. Times are milliseconds since the epoch.
 */

export const STATUSES = ["active", "deactivated", "missing"] as const;
/** `missing`: Greenhouse has stopped listing the user, which it never should. */
export type Status = (typeof STATUSES)[number];

export const LEVELS = ["site_admin", "job_admin", "basic", "unknown"] as const;
/** Derived from the admin flag and the grants; `unknown` while these can't be read. */
export type Level = (typeof LEVELS)[number];

export interface UserRecord {
  id: string;
  name: string | null;
  email: string | null;
  /** All addresses Greenhouse lists for the user, the primary one among them; as it writes them, none twice in another case. */
  emails: string[];
  employeeId: string | null;
  jobTitle: string | null;
  deactivated: boolean;
  siteAdmin: boolean;
  serviceAccount: boolean;
  agencyId: string | null;
  departmentIds: string[];
  officeIds: string[];
  createdAt: number | null;
  updatedAt: number | null;
}

export interface UserEmailRecord {
  id: string;
  userId: string;
  email: string;
  verified: boolean;
}

export interface RoleRecord {
  id: string;
  name: string | null;
  /** `job_admin`, `site_admin`, `deprecated_interviewer`, `interviewer`, or whatever Greenhouse invents: kept raw. */
  type: string | null;
}

export interface DepartmentRecord {
  id: string;
  name: string | null;
  parentId: string | null;
  externalId: string | null;
}

export interface OfficeRecord extends DepartmentRecord {
  location: string | null;
}

export interface JobRecord {
  id: string;
  name: string | null;
  /** `open`, `closed`, `draft`, or another word of Greenhouse's, kept raw. */
  status: string | null;
  confidential: boolean | null;
  departmentId: string | null;
  officeIds: string[];
}

export interface JobGrantRecord {
  id: string;
  userId: string;
  roleId: string | null;
  jobId: string;
  /** true: made by a future-job rule; false: by hand; null: Greenhouse doesn't tell. */
  automated: boolean | null;
  createdAt: number | null;
}

export interface FutureJobGrantRecord {
  id: string;
  userId: string;
  roleId: string | null;
  /** null: every department. */
  departmentId: string | null;
  /** null: every office. */
  officeId: string | null;
  createdAt: number | null;
}

export interface RecordOf {
  users: UserRecord;
  user_emails: UserEmailRecord;
  roles: RoleRecord;
  departments: DepartmentRecord;
  offices: OfficeRecord;
  jobs: JobRecord;
  job_grants: JobGrantRecord;
  future_job_grants: FutureJobGrantRecord;
}

/** A record that could not be read. It keeps its last good values and is never taken for absent. */
export interface UnreadableRecord {
  /** null where not even the id could be read. */
  id: string | null;
  field: string;
  reason: string;
}

/** One event of an audit log, redacted: no candidate's data, no query string. */
export interface EventRecord {
  organizationId: string | null;
  at: number;
  /** Identity: a keyed hash over the event's fields before redaction (16 bytes, hex). */
  hash: string;
  /** For the n-th equal event of its second, from 0. */
  n: number;
  requestId: string | null;
  /** controller#action, or method and path with ids as `#`. */
  requestType: string | null;
  /** `user`, `api_key`, `greenhouse_internal`, or a word we don't know yet, kept raw; null: nobody. */
  performerType: string | null;
  /** The performer's id as Greenhouse gives it: a user id, or an API key's id or name. */
  performerId: string | null;
  /** The performer's e-mail address, to find the user when the id is none we know; stored only until one is. */
  performerEmail: string | null;
  ip: string | null;
  /** `action`, `data_change_update`, … kept raw. */
  type: string | null;
  targetType: string | null;
  targetId: string | null;
  /** Only listed keys (connectors/greenhouse/audit/redact.ts). */
  meta: Record<string, unknown> | null;
}
