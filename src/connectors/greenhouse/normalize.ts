/** Greenhouse's words end here: rows become our records, or are counted as unreadable with the field that failed. */
import type { z } from "zod";
import type { RecordOf, UnreadableRecord, UserRecord } from "../../model/records.ts";
import type { ListStream } from "../../model/stream.ts";
import { addressKey, LONGEST_ADDRESS, LONGEST_EMPLOYEE_ID } from "../../model/text.ts";
import { isRecord, replacedField } from "../json.ts";
import * as schema from "./schema.ts";

/**
 * Reads one row of a stream. `userId`: the user a v1 grant was asked for; its rows don't name one. `nullsLeftOut`: a field that is
 * missing is null.
 */
export type RowReader<R> = (
  row: unknown,
  invalidUtf8: boolean,
  userId?: string,
  nullsLeftOut?: boolean,
) => { record: R } | { unreadable: UnreadableRecord };

export const V3_ROWS: { [S in ListStream]: RowReader<RecordOf[S]> } = {
  users: reader(schema.V3User, (row) =>
    user({
      ...row,
      email: row.primary_email,
      jobTitle: row.job_title,
      officeIds: row.office_ids,
      departmentIds: row.department_ids,
    }),
  ),
  user_emails: reader(schema.V3UserEmail, (row) => {
    const email = address(row.email);
    if (email === null) throw new Unusable("email", row.email?.trim() ? "longer than an address" : "empty");
    return { id: row.id, userId: row.user_id, email, verified: row.verified };
  }),
  roles: reader(schema.V3Role, (row) => ({ id: row.id, name: row.name, type: row.role_type })),
  departments: reader(schema.Department, department),
  offices: reader(schema.Office, (row) => ({ ...department(row), location: row.location })),
  jobs: reader(schema.V3Job, (row) => ({
    id: row.id,
    name: row.name,
    status: row.status,
    confidential: row.confidential,
    departmentId: row.department_id,
    officeIds: row.office_ids,
  })),
  job_grants: reader(schema.V3JobGrant, (row) => ({
    id: row.id,
    userId: row.user_id,
    roleId: row.role_id,
    jobId: row.job_id,
    automated: row.automated,
    createdAt: row.created_at,
  })),
  future_job_grants: reader(schema.V3FutureJobGrant, (row) => ({
    id: row.id,
    userId: row.user_id,
    roleId: row.role_id,
    departmentId: row.department_id,
    officeId: row.office_id,
    createdAt: row.created_at,
  })),
};

export const V1_ROWS: { [S in Exclude<ListStream, "user_emails">]: RowReader<RecordOf[S]> } = {
  users: reader(schema.V1User, (row) =>
    user({
      ...row,
      email: row.primary_email_address,
      jobTitle: null,
      deactivated: row.disabled,
      agency_id: null,
      officeIds: row.offices,
      departmentIds: row.departments,
    }),
  ),
  roles: reader(schema.V1Role, (row) => ({ id: row.id, name: row.name, type: row.type })),
  departments: reader(schema.Department, department),
  offices: reader(schema.Office, (row) => ({ ...department(row), location: row.location })),
  jobs: reader(schema.V1Job, (row) => ({
    id: row.id,
    name: row.name,
    status: row.status,
    confidential: row.confidential,
    departmentId: row.departments,
    officeIds: row.offices,
  })),
  job_grants: reader(schema.V1JobGrant, (row, userId) => ({
    id: row.id,
    userId: own(row.user_id, userId),
    roleId: row.user_role_id,
    jobId: row.job_id,
    automated: null,
    createdAt: null,
  })),
  future_job_grants: reader(schema.V1FutureJobGrant, (row, userId) => ({
    id: row.id,
    userId: own(row.user_id, userId),
    roleId: row.user_role_id,
    departmentId: row.department_id,
    officeId: row.office_id,
    createdAt: null,
  })),
};

/** A row that fits the schema and still can't be used. */
class Unusable extends Error {
  override name = "Unusable";
  readonly field: string;
  constructor(field: string, reason: string) {
    super(reason);
    this.field = field;
  }
}

/** Reads rows of this shape into our records. */
export function reader<T extends z.ZodObject, R>(
  rows: T,
  normalize: (row: z.output<T>, userId?: string) => R,
): RowReader<R> {
  const nulls = Object.fromEntries(Object.keys(rows.shape).map((name) => [name, null]));
  return (row, invalidUtf8, userId, nullsLeftOut) => {
    const parsed = rows.safeParse(nullsLeftOut && isRecord(row) ? { ...nulls, ...row } : row);
    const id = idIn(row, "id");
    // Bytes that were no UTF-8 somewhere in this answer: a row with the replacement character isn't what was sent.
    const replaced = invalidUtf8 ? replacedField(row) : null;
    if (replaced !== null) return { unreadable: { id, field: replaced, reason: "not UTF-8" } };
    if (!parsed.success) return { unreadable: { id, ...firstIssue(parsed.error, row) } };
    try {
      return { record: normalize(parsed.data, userId) };
    } catch (error) {
      if (!(error instanceof Unusable)) throw error;
      return { unreadable: { id, field: error.field, reason: error.message } };
    }
  };
}

/** What an id of a row is, whatever else of it can't be read. */
export function idIn(row: unknown, field: "id" | "user_id"): string | null {
  const parsed = schema.GreenhouseId.safeParse(isRecord(row) ? row[field] : null);
  return parsed.success ? parsed.data : null;
}

/** The first field that failed and why, without what stood in it. */
function firstIssue(error: z.ZodError, row: unknown): { field: string; reason: string } {
  const issue = error.issues[0]!;
  const field = String(issue.path[0] ?? "(row)");
  if (issue.path.length === 0) return { field, reason: "not an object" };
  const missing = row !== null && typeof row === "object" && !(field in row);
  const own = ["custom", "invalid_type", "invalid_union"].includes(issue.code)
    ? issue.message
    : "not readable";
  return { field, reason: missing ? "missing" : own.startsWith("Invalid input") ? "not readable" : own };
}

interface UserRow {
  id: string;
  name: string | null;
  first_name: string | null;
  last_name: string | null;
  email: string | null;
  emails: (string | null)[];
  employee_id: string | null;
  jobTitle: string | null;
  deactivated: boolean;
  site_admin: boolean;
  agency_id: string | null;
  departmentIds: string[];
  officeIds: string[];
  created_at: number | null;
  updated_at: number | null;
}

function user(row: UserRow): UserRecord {
  const email = address(row.email);
  return {
    id: row.id,
    name: row.name ?? ([row.first_name, row.last_name].filter(Boolean).join(" ") || null),
    email,
    emails: oneOfEach([email, ...row.emails.map(address)]),
    employeeId: noLongerThan(LONGEST_EMPLOYEE_ID, row.employee_id),
    jobTitle: row.jobTitle,
    deactivated: row.deactivated,
    siteAdmin: row.site_admin,
    serviceAccount: false, // told by the listing: Greenhouse has no such field
    agencyId: row.agency_id,
    departmentIds: row.departmentIds,
    officeIds: row.officeIds,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

/** As Greenhouse writes it; "" is what service accounts have. What is longer than any address is none. */
function address(email: string | null): string | null {
  return noLongerThan(LONGEST_ADDRESS, email?.trim() || null);
}

const noLongerThan = (most: number, text: string | null): string | null =>
  text === null || text.length > most ? null : text;

/** Addresses are compared without case (api.md §2.5): of several writings the first is kept. */
function oneOfEach(emails: readonly (string | null)[]): string[] {
  const found = new Map<string, string>();
  for (const email of emails) {
    if (email !== null && !found.has(addressKey(email))) found.set(addressKey(email), email);
  }
  return [...found.values()];
}

function department(row: {
  id: string;
  name: string | null;
  parent_id: string | null;
  external_id: string | null;
}) {
  return { id: row.id, name: row.name, parentId: row.parent_id, externalId: row.external_id };
}

/** The user a grant was asked for. A row of somebody else's means that the question was not understood. */
function own(rowUser: string | null, asked: string | undefined): string {
  if (asked === undefined) throw new Unusable("user_id", "missing");
  if (rowUser !== null && rowUser !== asked) throw new Unusable("user_id", "another user's");
  return asked;
}
