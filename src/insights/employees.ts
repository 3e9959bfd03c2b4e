/** The directory and the users of a connection together. Matches must be fresh: call `freshMatches` of the store before. */
import type { Connection } from "../model/connection.ts";
import { dayText } from "../model/day.ts";
import { daysToRemoval, utcDay } from "../model/employees/employee.ts";
import type { EmployeeList, EmployeeQuery, NoEmployeeKind } from "../model/employees/employee-query.ts";
import { coveredDaysIn } from "../model/license.ts";
import type { UseSource } from "../model/recruiting.ts";
import {
  countEmployeeRows,
  type EmployeePlace,
  type EmployeeScope,
  noEmployeeKinds,
  type RemovalRow,
  removals,
  selectEmployeeRows,
  usedAfter,
} from "../store/employees/employee-lists.ts";
import { matchesOfEmployees } from "../store/employees/employee-matches.ts";
import { idList } from "../store/engine/bulk.ts";
import type { Db } from "../store/store.ts";
import { cursorOf, idFrom, placeOf } from "./cursor.ts";
import {
  type EmployeeView,
  employeesOfUsers,
  employeeViews,
  type MatchView,
  matchView,
  type UserEmployee,
} from "./employee-view.ts";
import { InvalidCursor } from "./errors.ts";
import { domainsOfCompany } from "./own-domains.ts";
import { DEFAULT_LIMIT, iso, isoOrNull, type Question, question } from "./question.ts";
import type { Listed, Named, UserView } from "./types.ts";
import { rowsOf, userViews } from "./user-view.ts";

/** Use after the day that leaving counts from, as far as it was read. */
export interface UseAfterLeaving {
  /** Days with use; null: nothing of the time was read. */
  days: number | null;
  lastAt: string | null;
  /** What tells it. */
  lastBy: UseSource | null;
  /** The days looked at, both included; null: there is none yet. */
  period: { from: string; to: string; days: number; coveredDays: number } | null;
}

/** Somebody who has left and is an active user still. */
export interface StillActive {
  /** The last day of work; null: not given, and counted from when we were told. */
  leftOn: string | null;
  toldAt: string | null;
  daysSince: number;
  used: UseAfterLeaving;
}

/** When the access of somebody who has left ended. */
export interface RemovalView {
  /** Not before, and not after; both the same where an event tells. null: before the first listing. */
  after: string | null;
  by: string | null;
  /** From leaving until it had surely ended; null: not measured. */
  days: number | null;
}

/** A row of any of the lists: an employee, a user, or both. */
export interface EmployeeRow {
  employee: EmployeeView | null;
  user: UserView | null;
  match: MatchView | null;
  candidates: UserEmployee["candidates"];
  nobody: UserEmployee["nobody"];
  stillActive: StillActive | null;
  removal: RemovalView | null;
  /** Of a user without an employee. */
  kind: NoEmployeeKind | null;
  /** Of an employee in a list of employees: who of the connection's users they are, or may be. */
  users: (Named & { match: MatchView })[];
}

export interface EmployeesQuery extends EmployeeQuery {
  list: EmployeeList;
  limit?: number;
  cursor?: string | null;
}

/** @param everybody false: only employees who are users of this connection are told */
export async function listEmployees(
  db: Db,
  connection: Connection,
  query: EmployeesQuery,
  everybody: boolean,
  now: number,
): Promise<Listed<EmployeeRow>> {
  const { list, limit = DEFAULT_LIMIT, cursor, ...narrowing } = query;
  const asked = await question(db, connection, now);
  const scope = await scopeOf(db, connection, everybody, now);
  const name = `employees ${list}`;
  const after = placeFrom(placeOf(name, cursor, 3));
  const [found, total] = await Promise.all([
    selectEmployeeRows(db, list, narrowing, scope, { after, limit: limit + 1 }),
    after ? null : countEmployeeRows(db, list, narrowing, scope),
  ]);
  const page = found.slice(0, limit);
  const last = found.length > limit ? page.at(-1) : undefined;
  return {
    items: await rowViews(asked, scope, list, page),
    nextCursor: last ? cursorOf(name, [last.key, last.employee, last.userId]) : null,
    total,
    stamp: asked.stamp,
  };
}

/** People who have left and are active users still, the longest ago first: for whoever acts on it. */
export async function leftButActive(
  db: Db,
  connection: Connection,
  now: number,
  page: { limit: number; cursor?: string | null },
): Promise<Listed<EmployeeRow & { employee: EmployeeView; user: UserView; stillActive: StillActive }>> {
  const listed = await listEmployees(db, connection, { list: "left_active", ...page }, true, now);
  return listed as Awaited<ReturnType<typeof leftButActive>>;
}

export async function scopeOf(
  db: Db,
  connection: Connection,
  everybody: boolean,
  now: number,
): Promise<EmployeeScope> {
  const { domains } = await domainsOfCompany(db);
  return { connection: connection.id, today: utcDay(now), ours: domains, everybody };
}

function placeFrom(place: readonly (string | number | null)[] | null): EmployeePlace | null {
  if (!place) return null;
  const [key, employee, userId] = place;
  if (key === null || key === undefined) throw new InvalidCursor();
  if (employee !== null && !Number.isSafeInteger(employee)) throw new InvalidCursor();
  return { key, employee: employee as number | null, userId: userId === null ? null : idFrom(userId) };
}

async function rowViews(
  asked: Question,
  scope: EmployeeScope,
  list: EmployeeList,
  page: readonly EmployeePlace[],
): Promise<EmployeeRow[]> {
  const { db } = asked;
  const userIds = page.flatMap(({ userId }) => userId ?? []);
  const employeeIds = page.flatMap(({ employee }) => employee ?? []);
  const [users, employees, who, kinds, stillActive, removed, usersOf] = await Promise.all([
    usersById(asked, userIds),
    employeeViews(db, employeeIds, scope.today),
    employeesOfUsers(asked, userIds, scope.today),
    list === "no_employee" ? noEmployeeKinds(db, scope, idList(userIds)) : null,
    list === "left_active" || list === "came_back" ? stillActiveOf(asked, scope, page) : null,
    list === "removed" ? removalsOf(asked, scope, userIds) : null,
    list === "all" || list === "no_user" ? usersOfEmployees(asked, employeeIds) : null,
  ]);
  return page.map(({ employee, userId }) => {
    const user = userId === null ? null : (users.get(userId) ?? null);
    const known = userId === null ? undefined : who.get(userId);
    return {
      employee: employee === null ? null : (employees.get(employee) ?? null),
      user,
      match: known?.match ?? null,
      candidates: known?.candidates ?? [],
      nobody: known?.nobody ?? null,
      stillActive: (userId !== null && stillActive?.get(userId)) || null,
      removal: (userId !== null && removed?.get(userId)) || null,
      kind: (userId !== null && kinds?.get(userId)) || null,
      users: (employee !== null && usersOf?.get(employee)) || [],
    };
  });
}

async function usersById(asked: Question, ids: readonly string[]): Promise<Map<string, UserView>> {
  if (ids.length === 0) return new Map();
  const views = await userViews(asked, await rowsOf(asked, ids));
  return new Map(views.map((view) => [view.id, view]));
}

async function usersOfEmployees(
  asked: Question,
  employees: readonly number[],
): Promise<Map<number, EmployeeRow["users"]>> {
  const matches = await matchesOfEmployees(asked.db, asked.connection.id, employees);
  const users = new Map(
    (await rowsOf(asked, [...new Set(matches.map(({ userId }) => userId))])).map((row) => [row.id, row]),
  );
  const of = new Map<number, EmployeeRow["users"]>();
  for (const match of matches) {
    const all = of.get(match.employee) ?? [];
    const name = users.get(match.userId)?.name ?? null;
    of.set(match.employee, [...all, { id: match.userId, name, match: matchView(match) }]);
  }
  return of;
}

/** By user. Of a leaver who is deactivated, or came back, there is none. */
async function stillActiveOf(
  asked: Question,
  scope: EmployeeScope,
  page: readonly EmployeePlace[],
): Promise<Map<string, StillActive>> {
  const { db, connection, zone, coverage, now } = asked;
  const employees = await employeeViews(
    db,
    page.flatMap(({ employee }) => employee ?? []),
    scope.today,
  );
  const left = page.flatMap(({ employee, userId }) => {
    const view = employee === null ? undefined : employees.get(employee);
    if (!view || userId === null || view.state !== "left" || !view.leave) return [];
    const day = utcDay(Date.parse(view.leave.date ?? view.leave.toldAt!));
    return [{ userId, day, view }];
  });
  const used = await usedAfter(db, connection.id, left);
  const today = zone.day(now);
  return new Map(
    left.map(({ userId, day, view }) => {
      const days = today - day;
      const coveredDays = coveredDaysIn(coverage.effective.spans, zone, day + 1, today - 1);
      const { days: count, last } = used.get(userId)!;
      const after = last !== null && last.at >= zone.end(day) ? last : null;
      const read = coverage.effective.spans.some(({ to }) => to > zone.end(day));
      return [
        userId,
        {
          leftOn: view.leave!.date,
          toldAt: view.leave!.toldAt,
          daysSince: Math.max(0, days),
          used: {
            days: count > 0 || read ? count : null,
            lastAt: after && iso(after.at),
            lastBy: after?.source ?? null,
            period: days < 1 ? null : { from: dayText(day + 1), to: dayText(today), days, coveredDays },
          },
        },
      ];
    }),
  );
}

async function removalsOf(
  asked: Question,
  scope: EmployeeScope,
  users: readonly string[],
): Promise<Map<string, RemovalView>> {
  const rows = await removals(asked.db, scope, idList(users));
  return new Map(rows.map((row) => [row.userId, removalView(row, asked)]));
}

export function removalView(row: RemovalRow, { zone }: Pick<Question, "zone">): RemovalView {
  const by = row.eventAt ?? row.seenAt;
  const after = row.eventAt ?? row.afterAt;
  return {
    after: isoOrNull(after),
    by: isoOrNull(by),
    days: daysToRemoval({ leftAt: leftAtOf(row, zone), after, by }),
  };
}

/** The end of the last day of work in the connection's zone, or the very moment; null: no date was given. */
function leftAtOf({ leftDay, leftAt }: RemovalRow, zone: Question["zone"]): number | null {
  if (leftDay === null) return null;
  return leftAt ?? zone.end(leftDay);
}
