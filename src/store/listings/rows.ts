/** How the records of each list stream lie in their tables. A record read back equals the record that was stored. */
import type { RecordOf } from "../../model/records.ts";
import type { RowState, StoredRow } from "../../model/row-change.ts";
import type { ListStream } from "../../model/stream.ts";
import { addressKey, searchable, sortKey } from "../../model/text.ts";

type Cell = string | number | boolean | null;
type Row = Record<string, unknown>;

export interface Layout<S extends ListStream> {
  table: "user" | "user_email" | "role" | "department" | "office" | "job" | "job_grant" | "future_job_grant";
  id: string;
  /** All columns that a record decides, its id aside. */
  columns: readonly string[];
  /** In the order of `columns`. */
  toCells(record: RecordOf[S]): Cell[];
  toRecord(row: Row): RecordOf[S];
  /** The user whom a difference in this record concerns. */
  userOf(record: RecordOf[S]): string | null;
}

const nobody = () => null;
const text = (value: unknown) => value as string | null;
const id = text;
const at = (value: unknown) => value as number | null;
const flag = (value: unknown) => (value === null ? null : value === 1);
const list = (value: unknown) => JSON.parse(value as string) as string[];

const users: Layout<"users"> = {
  table: "user",
  id: "user_id",
  columns: [
    "name",
    "email",
    "emails_json",
    "employee",
    "job_title",
    "deactivated",
    "site_admin",
    "service_account",
    "agency_id",
    "department_ids_json",
    "office_ids_json",
    "created_at",
    "updated_at",
    "status",
    "sort_name",
    "search",
  ],
  toCells: (user) => [
    user.name,
    user.email,
    JSON.stringify(user.emails),
    user.employeeId,
    user.jobTitle,
    user.deactivated,
    user.siteAdmin,
    user.serviceAccount,
    user.agencyId,
    JSON.stringify(user.departmentIds),
    JSON.stringify(user.officeIds),
    user.createdAt,
    user.updatedAt,
    user.deactivated ? "deactivated" : "active",
    sortKey(user.name ?? user.email ?? ""),
    searchable([user.name, ...user.emails, user.email, user.employeeId, user.jobTitle, user.id].join("\n")),
  ],
  toRecord: (row) => ({
    id: row.user_id as string,
    name: text(row.name),
    email: text(row.email),
    emails: list(row.emails_json),
    employeeId: text(row.employee),
    jobTitle: text(row.job_title),
    deactivated: row.deactivated === 1,
    siteAdmin: row.site_admin === 1,
    serviceAccount: row.service_account === 1,
    agencyId: id(row.agency_id),
    departmentIds: list(row.department_ids_json),
    officeIds: list(row.office_ids_json),
    createdAt: at(row.created_at),
    updatedAt: at(row.updated_at),
  }),
  userOf: (user) => user.id,
};

const userEmails: Layout<"user_emails"> = {
  table: "user_email",
  id: "email_id",
  columns: ["user_id", "email", "email_key", "verified"],
  toCells: (email) => [email.userId, email.email, addressKey(email.email), email.verified],
  toRecord: (row) => ({
    id: row.email_id as string,
    userId: row.user_id as string,
    email: row.email as string,
    verified: row.verified === 1,
  }),
  userOf: (email) => email.userId,
};

const roles: Layout<"roles"> = {
  table: "role",
  id: "role_id",
  columns: ["name", "type"],
  toCells: (role) => [role.name, role.type],
  toRecord: (row) => ({ id: row.role_id as string, name: text(row.name), type: text(row.type) }),
  userOf: nobody,
};

const departments: Layout<"departments"> = {
  table: "department",
  id: "department_id",
  columns: ["name", "parent_id", "external"],
  toCells: (department) => [department.name, department.parentId, department.externalId],
  toRecord: (row) => ({
    id: row.department_id as string,
    name: text(row.name),
    parentId: id(row.parent_id),
    externalId: text(row.external),
  }),
  userOf: nobody,
};

const offices: Layout<"offices"> = {
  table: "office",
  id: "office_id",
  columns: ["name", "parent_id", "external", "location"],
  toCells: (office) => [office.name, office.parentId, office.externalId, office.location],
  toRecord: (row) => ({
    id: row.office_id as string,
    name: text(row.name),
    parentId: id(row.parent_id),
    externalId: text(row.external),
    location: text(row.location),
  }),
  userOf: nobody,
};

const jobs: Layout<"jobs"> = {
  table: "job",
  id: "job_id",
  columns: ["name", "status", "confidential", "department_id", "office_ids_json", "sort_name", "search"],
  toCells: (job) => [
    job.name,
    job.status,
    job.confidential,
    job.departmentId,
    JSON.stringify(job.officeIds),
    sortKey(job.name ?? ""),
    searchable(`${job.name ?? ""}\n${job.id}`),
  ],
  toRecord: (row) => ({
    id: row.job_id as string,
    name: text(row.name),
    status: text(row.status),
    confidential: flag(row.confidential),
    departmentId: id(row.department_id),
    officeIds: list(row.office_ids_json),
  }),
  userOf: nobody,
};

const jobGrants: Layout<"job_grants"> = {
  table: "job_grant",
  id: "grant_id",
  columns: ["user_id", "role_id", "job_id", "automated", "created_at"],
  toCells: (grant) => [grant.userId, grant.roleId, grant.jobId, grant.automated, grant.createdAt],
  toRecord: (row) => ({
    id: row.grant_id as string,
    userId: row.user_id as string,
    roleId: id(row.role_id),
    jobId: row.job_id as string,
    automated: flag(row.automated),
    createdAt: at(row.created_at),
  }),
  userOf: (grant) => grant.userId,
};

const futureJobGrants: Layout<"future_job_grants"> = {
  table: "future_job_grant",
  id: "grant_id",
  columns: ["user_id", "role_id", "department_id", "office_id", "created_at"],
  toCells: (grant) => [grant.userId, grant.roleId, grant.departmentId, grant.officeId, grant.createdAt],
  toRecord: (row) => ({
    id: row.grant_id as string,
    userId: row.user_id as string,
    roleId: id(row.role_id),
    departmentId: id(row.department_id),
    officeId: id(row.office_id),
    createdAt: at(row.created_at),
  }),
  userOf: (grant) => grant.userId,
};

const LAYOUTS: { [S in ListStream]: Layout<S> } = {
  users,
  user_emails: userEmails,
  roles,
  departments,
  offices,
  jobs,
  job_grants: jobGrants,
  future_job_grants: futureJobGrants,
};

export function layoutOf<S extends ListStream>(stream: S): Layout<S> {
  return LAYOUTS[stream];
}

/** What `toStored` needs of a row. */
export function columnsToRead(layout: Layout<ListStream>): string {
  return [layout.id, ...layout.columns, "state"].map((column) => `"${column}"`).join(", ");
}

export function toStored<S extends ListStream>(layout: Layout<S>, row: Row): StoredRow<RecordOf[S]> {
  return { record: layout.toRecord(row), state: row.state as RowState };
}
