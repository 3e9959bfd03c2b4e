import { fraction, hash, pick } from "../random.ts";
import type { Ids } from "./ids.ts";
import type { Department, Job, Office, OrgSizes, Role, Tag } from "./types.ts";
import { cities, departmentNames, jobNames, roleNames } from "./words.ts";

const day = 86_400_000;
const old = (iso: string): { createdAt: number; updatedAt: number } => ({
  createdAt: Date.parse(iso),
  updatedAt: Date.parse(iso),
});

/** A role id that permission rows use and the role list lacks (api.md §6.3). */
export const missingRoleId = 99999999;

/** Built-in roles, an unknown role type and the customer's own (api.md §2.5, §6.3). */
export function makeRoles(ids: Ids, anchor: number): Role[] {
  const fixed: Omit<Role, "id">[] = [
    {
      roleType: "deprecated_interviewer",
      name: "Interviewer",
      createdAt: Date.parse("2017-01-01T00:00:00Z"),
      updatedAt: Date.parse("2021-10-21T00:00:00Z"),
    },
    { roleType: "job_admin", name: "Standard", ...old("2019-01-01T00:00:00Z") },
    { roleType: "job_admin", name: "Private", ...old("2019-01-01T00:00:00Z") },
    { roleType: "site_admin", name: "Site Admin", ...old("2019-01-01T00:00:00Z") },
    {
      roleType: "coordinator_plus",
      name: "Köordinator ☕",
      createdAt: anchor - 22 * day,
      updatedAt: anchor - 22 * day,
    },
  ];
  const own = roleNames.map(
    (name, i): Omit<Role, "id"> => ({
      roleType: "job_admin",
      name,
      ...old(`202${i % 6}-03-0${i + 1}T09:30:00Z`),
    }),
  );
  return [...fixed, ...own].map((role, i) => ({ id: ids.of("role", i), ...role }));
}

const tagNames = ["Bar Raiser", "Shadow", "Systems design"];
/** The interviewer tags that users carry. */
export function makeTags(ids: Ids): Tag[] {
  return tagNames.map((name, i) => ({ id: ids.of("tag", i), ...old(`2020-0${i + 1}-01T00:00:00Z`), name }));
}

/** Departments as a tree; some external ids are empty or null (api.md §1.6). */
export function makeDepartments(sizes: OrgSizes, ids: Ids): Department[] {
  const count = Math.min(300, 3 + Math.ceil(sizes.users / 60));
  return Array.from({ length: count }, (_, i) => ({
    id: ids.of("department", i),
    ...old("2019-01-01T00:00:00Z"),
    name:
      i < departmentNames.length
        ? (departmentNames[i] as string)
        : `${pick(departmentNames, hash(sizes.seed, i, 3))} ${i}`,
    parentId: i < 3 ? null : ids.of("department", hash(sizes.seed, i, 4) % Math.min(i, 40)),
    externalId: i % 3 === 0 ? null : `dep-${i}`,
  }));
}

/** Offices; the location is plain text or null (api.md §2.5). */
export function makeOffices(sizes: OrgSizes, ids: Ids, contact: number): Office[] {
  const count = Math.min(80, 2 + Math.ceil(sizes.users / 200));
  return Array.from({ length: count }, (_, i) => {
    const [city, location] = pick(cities, i);
    return {
      id: ids.of("office", i),
      ...old("2019-01-01T00:00:00Z"),
      name: i < cities.length ? city : `${city} ${i}`,
      location: i === 0 ? null : location,
      parentId: i < 2 ? null : ids.of("office", i % 2),
      contactUserId: i % 2 === 1 ? contact : null,
      externalId: i === 0 ? "zrh" : i % 4 === 1 ? null : `off-${i}`,
    };
  });
}

/** Jobs of every status, some confidential, some templates. */
export function makeJobs(
  sizes: OrgSizes,
  ids: Ids,
  departments: readonly Department[],
  offices: readonly Office[],
): Job[] {
  return Array.from({ length: sizes.jobs }, (_, i) => {
    const f = (salt: number): number => fraction(sizes.seed, i, 5, salt);
    const createdAt = Math.floor(
      sizes.anchor - 6 * 365 * day + ((i + f(1)) / (sizes.jobs + 1)) * (6 * 365 - 1) * day,
    );
    const status = i % 7 === 2 ? "draft" : f(2) < 0.6 ? "closed" : "open";
    const openedAt = status === "draft" ? null : createdAt;
    const closedAt = status === "closed" ? Math.floor(createdAt + f(3) * (sizes.anchor - createdAt)) : null;
    return {
      id: ids.of("job", i),
      createdAt,
      updatedAt: closedAt ?? createdAt,
      name: `${pick(jobNames, hash(sizes.seed, i, 6))} ${i + 1}`,
      requisitionId: i % 5 === 0 ? null : `R-${i + 1}`,
      notes: i % 8 === 0 ? "Backfill; “urgent” — see plan" : null,
      status,
      confidential: i % 10 === 4,
      isTemplate: i % 25 === 9,
      copiedFromId: i % 6 === 5 ? ids.of("job", i - 1) : null,
      departmentId: i % 13 === 7 ? null : pick(departments, hash(sizes.seed, i, 7)).id,
      officeIds: i % 12 === 6 ? [] : [pick(offices, hash(sizes.seed, i, 8)).id],
      openedAt,
      closedAt,
      customFields:
        i % 3 === 0
          ? { employment_type: { name: "Employment Type", type: "single_select", value: "Full-time" } }
          : null,
    };
  });
}
