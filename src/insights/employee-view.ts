/** An employee and what makes them a user, as pages and exports show it. */
import { dayText } from "../model/day.ts";
import {
  doubtOf,
  type EmployeeSource,
  type EmployeeState,
  employeeState,
  type MatchWay,
  reasonOf,
  wayOf,
} from "../model/employees/employee.ts";
import { leaveDayOf, type StoredEmployee } from "../model/employees/employee-plan.ts";
import { linksOf, type Match, matchesOfUsers } from "../store/employees/employee-matches.ts";
import { employeesByIds } from "../store/employees/employees.ts";
import { iso, isoOrNull, type Question } from "./question.ts";

export interface EmployeeView {
  id: number;
  employeeId: string | null;
  name: string | null;
  emails: string[];
  department: string | null;
  manager: string | null;
  startDate: string | null;
  state: EmployeeState;
  /** null: not told of any. `date` null: it came without one. `toldAt`: when we heard of it, or the moment itself. */
  leave: { date: string | null; toldAt: string | null } | null;
  cameBack: { at: string; leftBefore: string | null } | null;
  source: EmployeeSource;
  updatedAt: string;
}

/** Why an employee may be a user. `settled` false: in doubt, and why. */
export interface MatchView {
  how: MatchWay;
  reason: string;
  settled: boolean;
  doubt: string | null;
}

export interface CandidateView {
  employee: EmployeeView;
  match: MatchView;
}

/** Who a user is by the directory. */
export interface UserEmployee {
  /** null: nobody, or in doubt. */
  employee: EmployeeView | null;
  match: MatchView | null;
  /** Where it is in doubt: all who fit. */
  candidates: CandidateView[];
  /** A person has said that the user is nobody of the directory. */
  nobody: { by: string; at: string } | null;
}

const dayOrNull = (day: number | null): string | null => (day === null ? null : dayText(day));

export function employeeView(stored: StoredEmployee & { updatedAt: number }, today: number): EmployeeView {
  const { leftDay, leftAt, backAt } = stored;
  return {
    id: stored.id,
    employeeId: stored.number,
    name: stored.name,
    emails: stored.emails,
    department: stored.department,
    manager: stored.manager,
    startDate: dayOrNull(stored.startedDay),
    state: employeeState(stored, today),
    leave: leaveDayOf(stored) === null ? null : { date: dayOrNull(leftDay), toldAt: isoOrNull(leftAt) },
    cameBack: backAt === null ? null : { at: iso(backAt), leftBefore: dayOrNull(stored.wasLeftDay) },
    source: stored.source,
    updatedAt: iso(stored.updatedAt),
  };
}

export function matchView({ rung, key, settled, link, ...fit }: Match): MatchView {
  const how = wayOf(rung);
  return {
    how,
    reason: reasonOf(how, key, link),
    settled,
    doubt: settled ? null : doubtOf({ rung, ...fit }),
  };
}

export async function employeeViews(
  db: Question["db"],
  ids: Iterable<number>,
  today: number,
): Promise<Map<number, EmployeeView>> {
  const stored = await employeesByIds(db, [...new Set(ids)]);
  return new Map(stored.map((each) => [each.id, employeeView(each, today)]));
}

/** Who these users are. A user whom nobody fits is in the answer too. */
export async function employeesOfUsers(
  { db, connection }: Pick<Question, "db" | "connection">,
  users: readonly string[],
  today: number,
): Promise<Map<string, UserEmployee>> {
  const matches = await matchesOfUsers(db, connection.id, users);
  const nobody = new Map(
    (await linksOf(db, connection.id, users)).flatMap((link) =>
      link.employee === null ? [[link.userId, { by: link.by, at: iso(link.at) }] as const] : [],
    ),
  );
  const views = await employeeViews(
    db,
    matches.map(({ employee }) => employee),
    today,
  );
  return new Map(
    users.map((user) => {
      const own = matches.filter(({ userId }) => userId === user);
      const settled = own.find((match) => match.settled);
      return [
        user,
        {
          employee: settled ? views.get(settled.employee)! : null,
          match: settled ? matchView(settled) : null,
          candidates: settled
            ? []
            : own.map((match) => ({ employee: views.get(match.employee)!, match: matchView(match) })),
          nobody: nobody.get(user) ?? null,
        },
      ];
    }),
  );
}
