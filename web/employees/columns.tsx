/** The columns of each list. */
import { employeeName, NO_EMPLOYEE_WORD } from "../../src/model/words.ts";
import type { FiledColumn } from "../api/file-columns.ts";
import { Level, StatusBadge } from "../components/state.tsx";
import { Day, Time } from "../components/time.tsx";
import { Button } from "../components/ui/button.tsx";
import { NotGiven } from "../components/unknown.tsx";
import { number } from "../format/number.ts";
import { employeeWords as words } from "../text/employees.ts";
import { userName } from "../text/words.ts";
import { Grants, LastUsed, Text } from "../users/cells.tsx";
import {
  Back,
  Ended,
  HadLeft,
  LeftOn,
  MayBe,
  State,
  Took,
  UsedAfter,
  UserLink,
  Users,
  Why,
} from "./cells.tsx";
import type { EmployeeRow, ListName } from "./view.ts";

const { column: header } = words;
type Column_ = FiledColumn<EmployeeRow, "employees">;
type Id = Column_["id"];

function column(id: Id, width: number, cell: Column_["cell"], more: Partial<Column_> = {}): Column_ {
  return { id, header: header[id], width, cell, card: "none", ...more };
}

const optional = (id: Id, width: number, cell: Column_["cell"]): Column_ =>
  column(id, width, cell, { optional: true });

const USER = column("user", 200, (row) => <UserLink row={row} />, {
  grow: true,
  fixed: true,
  card: "title",
  sub: ({ user }) => user?.email ?? words.noEmail,
});
const EMPLOYEE = column("employee", 190, ({ employee }) => employee && employeeName(employee), {
  grow: true,
  fixed: true,
  card: "title",
  sub: ({ employee }) => employee?.emails[0] ?? words.noEmail,
});
const LEFT = column("leftOn", 110, ({ employee }) => <LeftOn employee={employee} />);
const LEVEL = column("level", 110, ({ user }) => user && <Level user={user} />);
const WHY = column("why", 230, (row) => <Why row={row} />);
const OF_EMPLOYEE: readonly Column_[] = [
  optional("employee", 170, ({ employee }) => employee && employeeName(employee)),
  optional("employeeId", 120, ({ employee }) => <Text value={employee?.employeeId ?? null} />),
  optional("department", 160, ({ employee }) => <Text value={employee?.department ?? null} />),
  optional("manager", 160, ({ employee }) => <Text value={employee?.manager ?? null} />),
];
const USER_ID = optional("userId", 160, ({ user }) => user?.id);

/** Without a leave date it counts from when we were told, so at least. */
function daysSince({ leftOn, daysSince: days }: NonNullable<EmployeeRow["stillActive"]>): string {
  return leftOn === null ? words.atLeast(number(days)) : number(days);
}

/** @param decide opens the question who a user is; null: the reader may not say */
export function columnsOf(list: ListName, decide: ((row: EmployeeRow) => void) | null): Column_[] {
  const decision: Column_[] = decide
    ? [
        column(
          "decide",
          100,
          (row) => {
            const verb = row.match || row.nobody ? words.change : words.decide;
            return (
              <Button
                small
                aria-label={row.user ? words.decideFor(verb, userName(row.user)) : undefined}
                onClick={() => decide(row)}
              >
                {verb}
              </Button>
            );
          },
          { fixed: true },
        ),
      ]
    : [];
  switch (list) {
    case "left_active":
      return [
        USER,
        { ...LEFT, card: "line" },
        column("days", 90, ({ stillActive }) => stillActive && daysSince(stillActive), {
          number: true,
          card: "state",
        }),
        column("used", 215, (row) => <UsedAfter row={row} />, { card: "line" }),
        LEVEL,
        column("grants", 90, ({ user }) => user && <Grants user={user} />, { number: true }),
        WHY,
        ...OF_EMPLOYEE,
        optional("status", 120, ({ user }) => user && <StatusBadge status={user.status} />),
        USER_ID,
      ];
    case "ambiguous":
      return [
        USER,
        column("mayBe", 360, (row) => <MayBe row={row} />, { grow: true, card: "line" }),
        column("status", 120, ({ user }) => user && <StatusBadge status={user.status} />, { card: "state" }),
        ...decision,
        USER_ID,
      ];
    case "no_employee":
      return [
        USER,
        column("kind", 160, ({ kind }) => kind && NO_EMPLOYEE_WORD[kind], { card: "line" }),
        { ...LEVEL, card: "line" },
        column("lastUsed", 150, ({ user }) => user && <LastUsed user={user} />),
        column("grants", 90, ({ user }) => user && <Grants user={user} />, { number: true }),
        ...decision,
        USER_ID,
      ];
    case "removed":
      return [
        USER,
        { ...LEFT, card: "line" },
        column("ended", 140, (row) => <Ended row={row} />, { card: "line" }),
        column("took", 130, (row) => <Took row={row} />, { number: true, card: "state" }),
        WHY,
        ...OF_EMPLOYEE,
        USER_ID,
      ];
    case "came_back":
      return [
        EMPLOYEE,
        column("state", 120, ({ employee }) => employee && <State employee={employee} />, { card: "state" }),
        column("hadLeft", 120, ({ employee }) => employee && <HadLeft employee={employee} />, {
          card: "line",
        }),
        column("back", 190, ({ employee }) => employee && <Back employee={employee} />, { card: "line" }),
        column("user", 190, (row) => <UserLink row={row} />),
        WHY,
      ];
    default:
      return [
        EMPLOYEE,
        column("employeeId", 120, ({ employee }) => <Text value={employee?.employeeId ?? null} />, {
          card: "line",
        }),
        column("state", 120, ({ employee }) => employee && <State employee={employee} />, { card: "state" }),
        column("lastDay", 130, ({ employee }) => <LeftOn employee={employee} />),
        column("department", 160, ({ employee }) => <Text value={employee?.department ?? null} />, {
          card: "line",
        }),
        ...(list === "all" ? [column("users", 200, (row) => <Users row={row} />)] : []),
        optional("manager", 160, ({ employee }) => <Text value={employee?.manager ?? null} />),
        optional("startDate", 110, ({ employee }) =>
          employee?.startDate ? <Day day={employee.startDate} /> : <NotGiven />,
        ),
        optional("source", 100, ({ employee }) => employee && words.source[employee.source]),
        optional("updated", 120, ({ employee }) => employee && <Time at={employee.updatedAt} />),
      ];
  }
}
