import { isoTime } from "../clock.ts";
import type { Org } from "../org/org.ts";
import type { Department, FuturePermission, Job, JobPermission, Office, Role, User } from "../org/types.ts";
import type { Scenario } from "../switches.ts";

/** How Harvest v1 writes each record (api.md §1.6). */
type Json = Record<string, unknown>;
interface Tree<T> {
  children: Map<number, T[]>;
  byId: Map<number, T>;
}

function tree<T extends Department>(records: readonly T[]): Tree<T> {
  const children = new Map<number, T[]>();
  for (const r of records)
    if (r.parentId !== null) children.set(r.parentId, [...(children.get(r.parentId) ?? []), r]);
  return { children, byId: new Map(records.map((r) => [r.id, r])) };
}

const trees = new WeakMap<readonly Department[], { version: number; tree: Tree<Department> }>();
function treeOf<T extends Department>(records: readonly T[], version: number): Tree<T> {
  const kept = trees.get(records);
  if (kept && kept.version === version) return kept.tree as Tree<T>;
  const made = tree(records);
  trees.set(records, { version, tree: made as unknown as Tree<Department> });
  return made;
}

function unit<T extends Department>(
  record: T,
  records: readonly T[],
  version: number,
  word: "department" | "office",
  s: Scenario,
): Json {
  const { children, byId } = treeOf(records, version);
  const parent = record.parentId === null ? null : byId.get(record.parentId);
  const below = children.get(record.id) ?? [];
  const ids = below.map((child) => child.externalId);
  const external =
    s["v1.externalIdArrays"] === "aligned" ? ids : [...ids.filter((id) => id !== null), null, ""];
  const parentKey =
    s["v1.parentExternalId"] === "plural" && word === "department"
      ? "parent_department_external_ids"
      : `parent_${word}_external_id`;
  const childKey =
    s["v1.childExternalIds"] === "singular" && word === "office"
      ? "child_office_external_id"
      : `child_${word}_external_ids`;
  return {
    id: record.id,
    name: record.name,
    parent_id: record.parentId,
    [parentKey]: parent ? parent.externalId : s["v1.topLevelParent"] === "empty" ? "" : null,
    child_ids: below.map((child) => child.id),
    [childKey]: external,
    external_id: record.externalId,
  };
}

/** A v1 department. */
export function v1Department(d: Department, org: Org, s: Scenario): Json {
  return unit(d, org.departments, org.version, "department", s);
}

/** A v1 office: the location is an object. */
export function v1Office(o: Office, org: Org, s: Scenario): Json {
  const { id, name, ...rest } = unit(o, org.offices, org.version, "office", s);
  return { id, name, location: { name: o.location }, primary_contact_user_id: o.contactUserId, ...rest };
}

/** `render_as=tree`: top-level records with their children inside (api.md §1.5). */
export function v1Tree<T extends Department>(records: readonly T[], row: (record: T) => Json): Json[] {
  const { children } = tree(records);
  const grow = (record: T): Json => ({ ...row(record), children: (children.get(record.id) ?? []).map(grow) });
  return records.filter((r) => r.parentId === null).map(grow);
}

/** A v1 user, with offices and departments embedded in full. */
export function v1User(u: User, org: Org, s: Scenario, attributes: boolean): Json {
  const fields = Object.entries(u.customFields ?? {});
  return {
    id: u.id,
    name: u.name,
    first_name: u.firstName,
    last_name: u.lastName,
    primary_email_address: u.primaryEmail,
    updated_at: isoTime(u.updatedAt),
    created_at: isoTime(u.createdAt),
    disabled: u.deactivated,
    site_admin: u.siteAdmin,
    emails: u.emails ?? [],
    employee_id: u.employeeId,
    linked_candidate_ids: u.linkedCandidateIds,
    offices: org.offices.filter((o) => u.officeIds.includes(o.id)).map((o) => v1Office(o, org, s)),
    departments: org.departments
      .filter((d) => u.departmentIds.includes(d.id))
      .map((d) => v1Department(d, org, s)),
    ...(attributes
      ? {
          custom_fields: Object.fromEntries(fields.map(([key, f]) => [key, f.value])),
          keyed_custom_fields: Object.fromEntries(fields),
        }
      : {}),
  };
}

/** A v1 role: `interviewer` or `job_admin`; v3's other types keep their name. */
export function v1Role(r: Role): Json {
  return {
    id: r.id,
    type: r.roleType === "deprecated_interviewer" ? "interviewer" : r.roleType,
    name: r.name,
  };
}

/** A v1 job permission. */
export function v1Permission(p: JobPermission): Json {
  return { id: p.id, job_id: p.jobId, user_role_id: p.roleId };
}

/** A v1 future job permission. */
export function v1Future(f: FuturePermission, org: Org): Json {
  const externalOf = (records: readonly Department[], id: number | null): string | null =>
    records.find((r) => r.id === id)?.externalId ?? null;
  return {
    id: f.id,
    office_id: f.officeId,
    external_office_id: externalOf(org.offices, f.officeId),
    department_id: f.departmentId,
    external_department_id: externalOf(org.departments, f.departmentId),
    user_role_id: f.roleId,
  };
}

/** A v1 job, in the fields it shares with v3. */
export function v1Job(j: Job, org: Org, s: Scenario): Json {
  const time = (ms: number | null): string | null => (ms === null ? null : isoTime(ms));
  return {
    id: j.id,
    name: j.name,
    requisition_id: j.requisitionId,
    notes: j.notes,
    confidential: j.confidential,
    status: j.status,
    created_at: time(j.createdAt),
    opened_at: time(j.openedAt),
    closed_at: time(j.closedAt),
    updated_at: time(j.updatedAt),
    is_template: j.isTemplate,
    copied_from_id: j.copiedFromId,
    departments: org.departments.filter((d) => d.id === j.departmentId).map((d) => v1Department(d, org, s)),
    offices: org.offices.filter((o) => j.officeIds.includes(o.id)).map((o) => v1Office(o, org, s)),
  };
}
