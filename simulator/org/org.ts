import { fraction, hash, pick } from "../random.ts";
import { makeBulkRequests } from "./bulk.ts";
import { makeCustomFields, recruitingOptions } from "./fields.ts";
import type { Ids } from "./ids.ts";
import { makeIds } from "./ids.ts";
import { makeEmails, makePeople } from "./people.ts";
import type { Permissions } from "./permissions.ts";
import { makePermissions } from "./permissions.ts";
import type { Specials } from "./specials.ts";
import { makeSpecials } from "./specials.ts";
import { makeDepartments, makeJobs, makeOffices, makeRoles, makeTags, missingRoleId } from "./structure.ts";
import type {
  BulkRequest,
  CustomField,
  CustomOption,
  Department,
  EmailRow,
  FuturePermission,
  Job,
  Office,
  OrgSizes,
  Role,
  Tag,
  User,
} from "./types.ts";

/** The organization: everything the APIs list. Arrays are in ascending id order. */
export interface Org {
  readonly sizes: OrgSizes;
  readonly ids: Ids;
  organizationId: number;
  users: User[];
  /** Seeded users by their place in the event generator; mutations never reorder it. */
  readonly actors: readonly User[];
  userById: Map<number, User>;
  roles: Role[];
  tags: Tag[];
  departments: Department[];
  offices: Office[];
  jobs: Job[];
  emails: EmailRow[];
  futurePermissions: FuturePermission[];
  permissions: Permissions;
  readonly specials: Specials;
  jobById: Map<number, Job>;
  /** `key=value` of a custom field → the id of that option. */
  optionIds: Map<string, number>;
  customFields: readonly CustomField[];
  customOptions: readonly CustomOption[];
  bulkRequests: BulkRequest[];
  /** Who was made Basic, and when: they are in no hiring team and no pending approval since (api.md §1.7). */
  stripped: Map<number, number>;
  /** Increased by every mutation: cached texts of rows are good for one version. */
  version: number;
}

const byId = (a: { id: number }, b: { id: number }): number => a.id - b.id;

/** Generates an organization from its seed and sizes. */
export function makeOrg(sizes: OrgSizes): Org {
  const ids = makeIds(sizes.account);
  const specials = makeSpecials(ids, sizes.anchor);
  const roles = makeRoles(ids, sizes.anchor);
  const departments = makeDepartments(sizes, ids);
  const offices = makeOffices(sizes, ids, specials.ada.id);
  const jobs = makeJobs(sizes, ids, departments, offices);
  const awkward = [specials.ada, specials.zoe, specials.bo, specials.nameless, specials.rin].slice(
    0,
    Math.max(5, sizes.users),
  );
  const users = [
    ...awkward,
    ...makePeople(sizes, ids, departments.length, offices.length),
    ...specials.services,
  ].sort(byId);
  const adminRoles = roles.filter((role) => role.roleType === "job_admin").map((role) => role.id);
  const permissions = makePermissions({
    users,
    jobIds: jobs.map((job) => job.id),
    roleIds: adminRoles,
    sizes,
    ids,
  });
  addHeldPermissions(permissions, specials, jobs, adminRoles);
  const optionIds = makeOptionIds([...users, ...jobs]);
  return {
    sizes,
    ids,
    organizationId: ids.organizationId,
    users,
    actors: users,
    userById: new Map(users.map((u) => [u.id, u])),
    roles,
    tags: makeTags(ids),
    departments,
    offices,
    jobs,
    emails: makeEmails(users, specials, ids, sizes.seed),
    futurePermissions: makeFuture(sizes, ids, users, specials, adminRoles, departments, offices),
    permissions,
    specials,
    jobById: new Map(jobs.map((job) => [job.id, job])),
    optionIds,
    ...makeCustomFields(ids, optionIds),
    bulkRequests: makeBulkRequests(ids, sizes, specials),
    stripped: new Map(),
    version: 0,
  };
}

/** Zoë's rows: a role the list lacks, and two roles on one job (api.md §6.3, §2.5). */
function addHeldPermissions(
  permissions: Permissions,
  { zoe }: Specials,
  jobs: readonly Job[],
  roleIds: readonly number[],
): void {
  const [jobA, jobB] = [jobs[0] as Job, jobs[jobs.length - 1] as Job];
  const at = Date.parse("2026-01-02T03:04:05.006Z");
  const row = { userId: zoe.id, createdAt: at, updatedAt: at };
  const taken = new Set(
    permissions
      .ofUser(zoe.id)
      .filter((r) => r.jobId === jobA.id)
      .map((r) => r.roleId),
  );
  const free = roleIds.filter((role) => !taken.has(role));
  permissions.add({ ...row, jobId: jobA.id, roleId: free[0] as number, automated: null });
  permissions.add({ ...row, jobId: jobA.id, roleId: free[1] as number, automated: false });
  permissions.add({ ...row, jobId: jobB.id, roleId: missingRoleId, automated: true });
}

/** Future job permissions: for everything, for one department, one office, or both (api.md §2.5). */
function makeFuture(
  sizes: OrgSizes,
  ids: Ids,
  users: readonly User[],
  { zoe }: Specials,
  roleIds: readonly number[],
  departments: readonly Department[],
  offices: readonly Office[],
): FuturePermission[] {
  const at = Date.parse("2026-01-02T03:04:05.006Z");
  const rows: FuturePermission[] = [
    {
      id: ids.of("future", 0),
      userId: zoe.id,
      roleId: roleIds[0] as number,
      departmentId: null,
      officeId: null,
      createdAt: at,
      updatedAt: at,
    },
  ];
  users.forEach((user, i) => {
    if (user.siteAdmin || user.service || fraction(sizes.seed, i, 12, 1) > 0.12) return;
    const h = hash(sizes.seed, i, 12, 2);
    const createdAt = Math.floor(
      user.createdAt + fraction(sizes.seed, i, 12, 3) * (sizes.anchor - user.createdAt),
    );
    rows.push({
      id: ids.of("future", rows.length),
      userId: user.id,
      roleId: pick(roleIds, h),
      createdAt,
      updatedAt: createdAt,
      departmentId: h % 3 === 0 ? null : pick(departments, h >>> 4).id,
      officeId: h % 4 < 2 ? null : pick(offices, h >>> 5).id,
    });
  });
  return rows;
}

function makeOptionIds(records: readonly (User | Job)[]): Map<string, number> {
  const values = new Set(
    records.flatMap((r) =>
      Object.entries(r.customFields ?? {}).map(([key, field]) => `${key}=${String(field.value)}`),
    ),
  );
  const known = [...[...values].sort(), ...recruitingOptions];
  return new Map(known.map((value, i) => [value, 78_000_004 + i * 1000]));
}
