import type { Connection } from "../model/connection.ts";
import { licenseTypeOf } from "../model/license.ts";
import { searchable } from "../model/text.ts";
import { type UserThen, usersAsOf } from "../store/ledger/as-of.ts";
import { grantsHeldAsOf, type HeldThen } from "../store/ledger/held-then.ts";
import type { Db } from "../store/store.ts";
import { namesOf } from "../store/users/names.ts";
import { cursorOf, idFrom, placeOf } from "./cursor.ts";
import { NotKnownThen, QueryRefused } from "./errors.ts";
import { iso, isoOrNull, NOT_THEN, type Question, question } from "./question.ts";
import type { Listed, Named, RoleHeld, UserFilter, UserView } from "./types.ts";

const ROWS_AT_ONCE = 500;

/** What follows from use and grants is told for now only. */
const NOW_ONLY = [
  "license",
  "use",
  "role",
  "deactivatedWithGrants",
  "newlyUnused",
  "stopped",
  "usedFrom",
  "usedTo",
  "usedKind",
  "usedSource",
  "lastUsedBy",
  "unconfirmed",
] as const;

/** Users as they stood then, by id. Throws NotKnownThen before the first complete listing. */
export async function listUsersAsOf(
  db: Db,
  connection: Connection,
  query: UserFilter & { limit: number; cursor?: string | null; asOf: number },
  now: number,
): Promise<Listed<UserView>> {
  const asked = NOW_ONLY.find((name) => query[name] !== undefined);
  if (asked)
    throw new QueryRefused(
      `The filter "${asked}" can't be asked as of an earlier time. Leave one of them out.`,
    );
  const list = `users as of ${query.asOf}`;
  const place = placeOf(list, query.cursor, 1);
  const then = await question(db, connection, now, query.asOf);
  const found: UserThen[] = [];
  let after = place ? idFrom(place[0]) : null;
  // Mostly the first rows all fit; where a filter passes few of them, more are read at once.
  let limit = query.limit + 1;
  do {
    const page = await usersAsOf(db, connection.id, query.asOf, { after, limit });
    limit = ROWS_AT_ONCE;
    if (!page.listing) throw new NotKnownThen(page.knownSince);
    found.push(...page.items.filter((user) => fits(user, query, then)));
    after = page.next;
  } while (after !== null && found.length <= query.limit);
  const items = found.slice(0, query.limit);
  const more = found.length > query.limit || after !== null;
  return {
    items: await views(then, items, query.asOf),
    nextCursor: more && items.length > 0 ? cursorOf(list, [items.at(-1)!.record.id]) : null,
    total: null,
    stamp: then.stamp,
  };
}

function fits(user: UserThen, filter: UserFilter, { judge }: Question): boolean {
  const { record } = user;
  const oneOf = (value: string, values: readonly string[] | undefined) => !values || values.includes(value);
  const same = (value: boolean, wanted: boolean | undefined) => wanted === undefined || value === wanted;
  const type = licenseTypeOf({ ...user, serviceAccount: record.serviceAccount }, judge.rules);
  return (
    oneOf(user.status, filter.status) &&
    oneOf(user.level, filter.level) &&
    oneOf(type ?? "none", filter.licenseType) &&
    same(record.agencyId !== null, filter.agency) &&
    same(record.email === null, filter.noEmail) &&
    (filter.department === undefined || record.departmentIds.includes(filter.department)) &&
    (filter.office === undefined || record.officeIds.includes(filter.office)) &&
    (filter.serviceAccounts !== "only" || record.serviceAccount) &&
    (filter.serviceAccounts !== "exclude" || !record.serviceAccount) &&
    (filter.search === undefined || matches(user, searchable(filter.search)))
  );
}

function matches({ record }: UserThen, text: string): boolean {
  return [record.name, record.email, ...record.emails, record.employeeId, record.id].some(
    (part) => part !== null && searchable(part).includes(text),
  );
}

async function views(
  { db, connection, judge, listings }: Question,
  users: readonly UserThen[],
  asOf: number,
): Promise<UserView[]> {
  const held = await grantsThen(db, connection.id, users, asOf);
  const departments = await namesOf(
    db,
    connection.id,
    "department",
    users.flatMap(({ record }) => record.departmentIds),
  );
  const offices = await namesOf(
    db,
    connection.id,
    "office",
    users.flatMap(({ record }) => record.officeIds),
  );
  const named = (ids: string[], names: Map<string, string | null>): Named[] =>
    ids.map((id) => ({ id, name: names.get(id) ?? null }));
  return users.map(({ record, status, state, level, firstSeenAt }) => {
    const type = licenseTypeOf({ level, status, serviceAccount: record.serviceAccount }, judge.rules);
    return {
      id: record.id,
      name: record.name,
      email: record.email,
      emails: record.emails,
      emailConfirmed: null,
      employeeId: record.employeeId,
      jobTitle: record.jobTitle,
      status,
      serviceAccount: record.serviceAccount,
      level,
      roles: held.jobs === null ? null : (held.roles.get(record.id) ?? []),
      departments: named(record.departmentIds, departments),
      offices: named(record.officeIds, offices),
      license: { type, state: type === null ? null : "unknown", reason: NOT_THEN },
      lastUsed: null,
      usage: {
        state: "unknown",
        reason: NOT_THEN,
        activeDays: null,
        coveredDays: 0,
        windowDays: judge.known.windowDays,
        since: null,
      },
      createdAt: isoOrNull(record.createdAt),
      updatedAt: isoOrNull(record.updatedAt),
      firstSeenAt: iso(firstSeenAt),
      lastSeenAt: state === "present" ? isoOrNull(listings.users?.endedAt ?? null) : null,
      agency: record.agencyId !== null,
      grants:
        level === "site_admin"
          ? "all jobs"
          : {
              jobs: held.jobs && (held.jobs.get(record.id) ?? 0),
              futureJobs: held.futureJobs && (held.futureJobs.get(record.id) ?? 0),
            },
      grantsReadAt: null,
    };
  });
}

/** What these users held then, with the role names of today. */
async function grantsThen(
  db: Db,
  connection: number,
  users: readonly UserThen[],
  asOf: number,
): Promise<{ jobs: HeldThen["jobs"]; futureJobs: HeldThen["futureJobs"]; roles: Map<string, RoleHeld[]> }> {
  const ids = users.map(({ record }) => record.id);
  const { jobs, futureJobs, roles } = await grantsHeldAsOf(db, connection, asOf, ids);
  const names = await namesOf(
    db,
    connection,
    "role",
    [...roles.values()].flatMap((counts) => [...counts.keys()]),
  );
  const held = [...roles].map(([user, counts]): [string, RoleHeld[]] => {
    const all = [...counts].map(([id, grants]) => ({ id, name: names.get(id) ?? null, grants }));
    return [user, all.filter(({ grants }) => grants > 0).sort((a, b) => b.grants - a.grants)];
  });
  return { jobs, futureJobs, roles: new Map(held) };
}
