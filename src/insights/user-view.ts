/** A user as pages and exports show it: design.md §9. */
import { knownFor, licenseOf, type Use, useOf } from "../model/license.ts";
import { lastListing } from "../store/listings/listed.ts";
import { confirmedAddresses } from "../store/users/confirmed.ts";
import { namesOf, rolesHeldBy } from "../store/users/names.ts";
import { type NewestUse, type UserRow, usersByIds } from "../store/users/users.ts";
import { iso, isoOrNull, type Question } from "./question.ts";
import type { LastUsed, Named, RoleHeld, UserView, UseView } from "./types.ts";

export function rowsOf({ db, connection, judge }: Question, ids: readonly string[]): Promise<UserRow[]> {
  return usersByIds(db, connection.id, ids, judge);
}

/** The same rows as the API shows them. */
export async function userViews(asked: Question, rows: readonly UserRow[]): Promise<UserView[]> {
  const names = await namesBehind(asked, rows);
  const lastSeen = await lastSeenOf(asked, rows);
  return rows.map((row) => userView(asked, row, names, lastSeen.get(row.id) ?? null));
}

interface Names {
  roles: Map<string, RoleHeld[]>;
  departments: Map<string, string | null>;
  offices: Map<string, string | null>;
  confirmed: Map<string, boolean>;
}

async function namesBehind({ db, connection: { id } }: Question, rows: readonly UserRow[]): Promise<Names> {
  const held = await rolesHeldBy(
    db,
    id,
    rows.map((row) => row.id),
  );
  const [confirmed, roleNames, departments, offices] = await Promise.all([
    confirmedAddresses(
      db,
      id,
      rows.map((row) => row.id),
    ),
    namesOf(
      db,
      id,
      "role",
      held.map(({ roleId }) => roleId),
    ),
    namesOf(
      db,
      id,
      "department",
      rows.flatMap((row) => row.departmentIds),
    ),
    namesOf(
      db,
      id,
      "office",
      rows.flatMap((row) => row.officeIds),
    ),
  ]);
  const roles = new Map<string, RoleHeld[]>();
  for (const { userId, roleId, grants } of held) {
    const of = roles.get(userId) ?? [];
    of.push({ id: roleId, name: roleNames.get(roleId) ?? null, grants });
    roles.set(userId, of);
  }
  return { roles, departments, offices, confirmed };
}

/** For who is still listed, the end of the last complete listing; else the end of the last one that had them. */
async function lastSeenOf(
  { db, connection, listings }: Question,
  rows: readonly UserRow[],
): Promise<Map<string, number | null>> {
  const ends = new Map<number, number | null>();
  for (const goneAt of new Set(rows.flatMap((row) => row.goneAt ?? []))) {
    ends.set(goneAt, (await lastListing(db, connection.id, "users", goneAt - 1))?.endedAt ?? null);
  }
  const present = listings.users?.endedAt ?? null;
  return new Map(rows.map((row) => [row.id, row.goneAt === null ? present : ends.get(row.goneAt)!]));
}

function userView(asked: Question, row: UserRow, names: Names, lastSeenAt: number | null): UserView {
  const { judge, listings } = asked;
  const roleIds = (names.roles.get(row.id) ?? []).map(({ id }) => id);
  const known = knownFor({ level: row.level, roleIds }, judge);
  const use = useOf(
    { ...row, lastUsedAt: row.lastUsed?.at ?? null, lastUsedBy: row.lastUsed?.source },
    known,
  );
  const named = (ids: string[], found: Map<string, string | null>): Named[] =>
    ids.map((id) => ({ id, name: found.get(id) ?? null }));
  return {
    id: row.id,
    name: row.name,
    email: row.email,
    emails: row.emails,
    emailConfirmed: row.email === null ? null : (names.confirmed.get(row.id) ?? null),
    employeeId: row.employeeId,
    jobTitle: row.jobTitle,
    status: row.status,
    serviceAccount: row.serviceAccount,
    level: row.level,
    roles: listings.jobGrants ? (names.roles.get(row.id) ?? []) : null,
    departments: named(row.departmentIds, names.departments),
    offices: named(row.officeIds, names.offices),
    license: licenseOf(row, use, judge.rules),
    lastUsed: lastUsedView(row.lastUsed),
    usage: useView(use),
    createdAt: isoOrNull(row.createdAt),
    updatedAt: isoOrNull(row.updatedAt),
    firstSeenAt: iso(row.firstSeenAt),
    lastSeenAt: isoOrNull(lastSeenAt),
    agency: row.agencyId !== null,
    grants:
      row.level === "site_admin"
        ? "all jobs"
        : {
            jobs: listings.jobGrants ? row.jobGrants : null,
            futureJobs: listings.futureJobGrants ? row.futureJobGrants : null,
          },
    grantsReadAt: isoOrNull(row.grantsReadAt),
  };
}

export function useView({ code: _, since, ...use }: Use): UseView {
  return { ...use, since: isoOrNull(since) };
}

export function lastUsedView(use: NewestUse | null): LastUsed | null {
  if (!use) return null;
  const { source, event } = use;
  return {
    at: iso(use.at),
    source,
    event: event && {
      id: eventId(event),
      kind: event.kind,
      what: event.targetType,
      requestType: event.requestType,
    },
  };
}

/** Names an event in links and cursors: it has no id of its own. */
export function eventId({ at, hash, n }: { at: number; hash: string; n: number }): string {
  return `${at}-${hash}-${n}`;
}
