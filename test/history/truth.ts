/** What the simulator says of its organization, in our words. Written apart from the connector: it shares no mistake with it. */
import type { Simulator } from "../../simulator/index.ts";
import type { ListStream } from "../../src/model/stream.ts";

type Row = Record<string, unknown>;
/** Records of one stream by id, in a form that compares: ids as text, lists in order. */
export type Rows = Map<string, Row>;
export type Truth = Record<ListStream, Rows>;

export async function truthOf(sim: Simulator): Promise<Truth> {
  const dump = await sim.control.dump({
    parts: [
      ...["users", "serviceAccounts", "userRoles", "userJobPermissions", "futureJobPermissions"],
      ...["userEmails", "departments", "offices", "jobs"],
    ] as never,
  });
  const services = new Set(dump.serviceAccounts.map((row) => row.id));
  return {
    users: rows([...dump.users, ...dump.serviceAccounts], (row) => user(row, services.has(row.id))),
    user_emails: rows(dump.userEmails, (row) => ({
      userId: id(row.user_id),
      email: written(row.email),
      verified: row.verified,
    })),
    roles: rows(dump.userRoles, (row) => ({ name: row.name, type: row.role_type })),
    departments: rows(dump.departments, place),
    offices: rows(dump.offices, (row) => ({ ...place(row), location: row.location })),
    jobs: rows(dump.jobs, (row) => ({
      name: row.name,
      status: row.status,
      confidential: row.confidential,
      departmentId: id(row.department_id),
      officeIds: ids(row.office_ids),
    })),
    job_grants: rows(dump.userJobPermissions, (row) => ({
      userId: id(row.user_id),
      roleId: id(row.role_id),
      jobId: id(row.job_id),
      automated: row.automated,
      createdAt: time(row.created_at),
    })),
    future_job_grants: rows(dump.futureJobPermissions, (row) => ({
      userId: id(row.user_id),
      roleId: id(row.role_id),
      departmentId: id(row.department_id),
      officeId: id(row.office_id),
      createdAt: time(row.created_at),
    })),
  };
}

/** A stored record in the same form. When Greenhouse last touched it is no part of it. */
export function comparable(record: Row): Row {
  const { id: _, updatedAt: __, ...rest } = record;
  return Object.fromEntries(
    Object.entries(rest).map(([field, value]) => [field, Array.isArray(value) ? [...value].sort() : value]),
  );
}

function user(row: Row, serviceAccount: boolean): Row {
  const email = written(row.primary_email);
  const emails = ((row.emails ?? []) as unknown[]).map(written);
  return {
    name: ((row.name as string | null) ?? "").trim() || null,
    email,
    emails: onceEach([email, ...emails].filter((each) => each !== null)).sort(),
    employeeId: row.employee_id,
    jobTitle: row.job_title,
    deactivated: row.deactivated,
    siteAdmin: row.site_admin,
    serviceAccount,
    agencyId: id(row.agency_id),
    departmentIds: ids(row.department_ids),
    officeIds: ids(row.office_ids),
    createdAt: time(row.created_at),
  };
}

function place(row: Row): Row {
  return { name: row.name, parentId: id(row.parent_id), externalId: row.external_id };
}

function rows(list: Row[], read: (row: Row) => Row): Rows {
  return new Map(list.map((row) => [String(row.id), read(row)]));
}

const id = (value: unknown) => (value == null ? null : String(value));
const ids = (value: unknown) => (value as unknown[]).map(String).sort();
/** None twice in another case: the first of them. */
const onceEach = (mails: string[]) => [
  ...new Map(mails.toReversed().map((mail) => [mail.toLowerCase(), mail])).values(),
];
const written = (value: unknown) => (value as string | null)?.trim() || null;
const time = (value: unknown) => (value == null ? null : Date.parse(value as string));
