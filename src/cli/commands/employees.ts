/** employees: the directory with a connection's users; import, link and unlink. */
import { type Command, InvalidArgumentError, Option } from "commander";
import { EMPLOYEE_CSV } from "../../api/contract/columns.ts";
import type { UserEmployee } from "../../api/contract/employee.ts";
import type { EmployeeRow } from "../../api/contract/employees.ts";
import { EMPLOYEE_STATES } from "../../model/employees/employee.ts";
import {
  EMPLOYEE_LISTS,
  type EmployeeList,
  NO_EMPLOYEE_KINDS,
} from "../../model/employees/employee-query.ts";
import type { Client } from "../client.ts";
import { type Context, choiceOf, examples, type ListOptions, output, UsageError } from "../context.ts";
import { dataLine, printList } from "../list.ts";
import type { Column } from "../table.ts";
import { write } from "../terminal.ts";
import { clock, date, harmless, harmlessJson } from "../text.ts";
import {
  EMPLOYEE_LIST_WORD,
  EMPLOYEE_STATE_WORD,
  employeeName,
  grantsText,
  levelText,
  NO_EMPLOYEE_WORD,
  SOURCE_WORD,
  STATUS_WORD,
} from "../words.ts";
import { importCommand } from "./employee-import.ts";
import { scopeOf } from "./people.ts";

/** The flag of each list; the first without any. */
const FLAGS: Record<EmployeeList, readonly [flag: string, meaning: string]> = {
  left_active: [
    "--left-but-active",
    "people who have left and are not deactivated (so without any of these)",
  ],
  ambiguous: ["--ambiguous", "users whom several employees fit, or who share an employee"],
  no_user: ["--without-user", "employees who are no user of this connection"],
  no_employee: ["--without-employee", "active users whom nobody of the directory fits"],
  came_back: ["--came-back", "had left, and are employed or active again"],
  removed: ["--removed", "have left and are deactivated, with the time that it took"],
  all: ["--all", "everybody in the directory"],
};
const optionOf = (list: EmployeeList) =>
  FLAGS[list][0].slice(2).replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());

export function employeeCommands(root: Command, context: Context): void {
  const command = root
    .command("employees [connection]")
    .description("Employees and who of them is which user: who has left and is still active, first of all.");
  for (const list of EMPLOYEE_LISTS) {
    const others = EMPLOYEE_LISTS.filter((each) => each !== list).map(optionOf);
    command.addOption(new Option(...FLAGS[list]).conflicts(others));
  }
  command
    .option("--search <text>", "part of a name, an address, an ID, a department or manager")
    .addOption(choiceOf("--state <words>", "only employees in these states", EMPLOYEE_STATES))
    .addOption(choiceOf("--kind <words>", "with --without-employee, only these", NO_EMPLOYEE_KINDS));
  examples(output(command, { list: true }), [
    "employees Aldermoor",
    "employees Aldermoor --without-employee --kind external --csv > external.csv",
    "employees import leavers.csv --dry-run",
    "employees link Aldermoor 4017730022 E-0042",
  ]).action((c: string | undefined, given: ListOptions & Record<string, unknown>) =>
    context.withClient("employees", (client) => list(context, client, c, given)),
  );
  importCommand(command, context);
  linkCommands(command, context);
}

async function list(
  context: Context,
  client: Client,
  named: string | undefined,
  given: ListOptions & Record<string, unknown>,
): Promise<void> {
  const c = named ?? (await onlyConnection(client));
  const asked = EMPLOYEE_LISTS.find((each) => given[optionOf(each)] === true) ?? "left_active";
  const { search, state, kind } = given as { search?: string; state?: never; kind?: never };
  const query = { list: asked, search, state, kind };
  await printList(
    context,
    {
      pages: client.pages("listEmployees", { params: { c }, query }, given.limit ?? null),
      columns: columnsOf(asked, context.terminal.now()),
      csv: EMPLOYEE_CSV,
      what: ["no_user", "all"].includes(asked) ? "employees" : "users",
      scope: [inSentence(EMPLOYEE_LIST_WORD[asked]), scopeOf({ search, state, kind })]
        .filter(Boolean)
        .join(", "),
      empty: EMPTY[asked],
      dataLine: () => dataLine(context, client, c),
    },
    given,
  );
}

const EMPTY: Record<EmployeeList, string> = {
  left_active: "Nobody who has left, by the directory of employees, is still active.",
  ambiguous: "No user is in doubt.",
  no_user: "Every employee is a user.",
  no_employee: "Every active user is an employee.",
  came_back: "Nobody came back.",
  removed: "Nobody of those who have left was deactivated yet.",
  all: "The directory is empty: see `glasshouse employees import --help`.",
};

const inSentence = (words: string) => words.charAt(0).toLowerCase() + words.slice(1);

/** @throws UsageError where it has to be said which */
async function onlyConnection(client: Client): Promise<string> {
  const { items } = await client.call("listConnections", {});
  if (items.length === 1) return String(items[0]!.id);
  throw new UsageError(
    items.length === 0
      ? "Nothing is connected yet: see `glasshouse connect greenhouse --help`."
      : `Say of which connection: ${items.map(({ name }) => harmless(name)).join(", ")}.`,
  );
}

const known = (text: string | null | undefined) => text ?? "Not given";

function columnsOf(list: EmployeeList, now: number): Column<EmployeeRow>[] {
  const employee: Column<EmployeeRow> = {
    name: "Employee",
    value: (r) => (r.employee ? employeeName(r.employee) : ""),
    min: 14,
  };
  const user: Column<EmployeeRow>[] = [
    { name: "User", value: (r) => r.user?.name ?? (r.user ? `Not given (${r.user.id})` : "None"), min: 14 },
    { name: "E-mail", value: (r) => known(r.user?.email), min: 14, rank: 9 },
  ];
  const why: Column<EmployeeRow> = { name: "Why", value: (r) => r.match?.reason ?? "", min: 12, rank: 8 };
  const left: Column<EmployeeRow> = {
    name: "Left on",
    value: (r) => (r.employee?.leave ? leftText(r.employee.leave, now) : ""),
    min: 11,
    rank: 2,
  };
  switch (list) {
    case "left_active":
      return [
        ...user,
        left,
        {
          name: "Days",
          value: ({ stillActive: s }) => (s ? `${s.leftOn === null ? "≥ " : ""}${s.daysSince}` : ""),
          right: true,
          tone: () => "attention",
        },
        {
          name: "Used after",
          value: (r) => (r.stillActive ? usedText(r.stillActive.used, now) : ""),
          min: 12,
          rank: 3,
        },
        { name: "Status", value: (r) => (r.user ? STATUS_WORD[r.user.status] : ""), rank: 7 },
        { name: "Level", value: (r) => (r.user ? levelText(r.user) : ""), min: 9, rank: 5 },
        { name: "Grants", value: (r) => (r.user ? grantsText(r.user) : ""), right: true, rank: 6 },
        why,
      ];
    case "removed":
      return [
        ...user,
        left,
        {
          name: "Access ended",
          value: ({ removal }) => (removal?.by ? `by ${clock(removal.by, now)}` : "before the first listing"),
          min: 14,
          rank: 3,
        },
        { name: "Days", value: ({ removal }) => removal?.days?.toFixed(1) ?? "Not measured", right: true },
        why,
      ];
    case "ambiguous":
      return [
        ...user,
        {
          name: "May be",
          value: (r) =>
            r.candidates
              .map(({ employee, match }) => {
                const left = employee.state === "left" ? "has left; " : "";
                return `${employeeName(employee)} (${left}${match.reason}; ${match.doubt})`;
              })
              .join("; "),
          min: 24,
        },
        { name: "User ID", value: (r) => r.user?.id ?? "", rank: 2 },
      ];
    case "no_employee":
      return [
        ...user,
        { name: "Which", value: (r) => (r.kind ? NO_EMPLOYEE_WORD[r.kind] : ""), min: 12 },
        { name: "Level", value: (r) => (r.user ? levelText(r.user) : ""), min: 9, rank: 4 },
        { name: "User ID", value: (r) => r.user?.id ?? "", rank: 5 },
      ];
    case "came_back":
      return [
        employee,
        { name: "State", value: (r) => (r.employee ? EMPLOYEE_STATE_WORD[r.employee.state] : "") },
        { name: "Had left", value: ({ employee: e }) => hadLeft(e), min: 11, rank: 2 },
        {
          name: "Back",
          value: ({ employee: e }) => (e?.cameBack ? date(e.cameBack.at) : "as a user"),
          min: 10,
        },
        ...user,
      ];
    default:
      return [
        employee,
        { name: "ID", value: (r) => known(r.employee?.employeeId), min: 6, rank: 3 },
        { name: "E-mail", value: (r) => known(r.employee?.emails[0]), min: 14, rank: 6 },
        { name: "State", value: (r) => (r.employee ? EMPLOYEE_STATE_WORD[r.employee.state] : "") },
        { ...left, name: "Last day" },
        { name: "Department", value: (r) => known(r.employee?.department), min: 8, rank: 7 },
        ...(list === "all"
          ? [{ name: "User", value: (r: EmployeeRow) => usersText(r.users), min: 14, rank: 4 }]
          : []),
      ];
  }
}

type Leave = NonNullable<NonNullable<EmployeeRow["employee"]>["leave"]>;
function leftText({ date: day, toldAt }: Leave, now: number): string {
  if (day !== null) return day;
  return toldAt === null ? "Not given" : `before ${clock(toldAt, now)}`;
}

function hadLeft(employee: EmployeeRow["employee"]): string {
  if (!employee) return "";
  return employee.cameBack ? known(employee.cameBack.leftBefore) : known(employee.leave?.date);
}

type Used = NonNullable<EmployeeRow["stillActive"]>["used"];
function usedText({ days, lastAt, lastBy }: Used, now: number): string {
  if (days === null) return "Unknown";
  if (days === 0) return "no recorded use";
  const last =
    lastAt === null ? "" : `, last ${clock(lastAt, now)}${lastBy ? ` · ${SOURCE_WORD[lastBy]}` : ""}`;
  return `${days} ${days === 1 ? "day" : "days"}${last}`;
}

function usersText(users: EmployeeRow["users"]): string {
  if (users.length === 0) return "None";
  return users.map(({ id, name, match }) => `${name ?? id}${match.settled ? "" : " (in doubt)"}`).join(", ");
}

/** Who a user is by the directory, in one line. */
export function whoText({ employee, match, candidates, nobody }: UserEmployee): string {
  if (employee) {
    const id = employee.employeeId ? `, ${employee.employeeId}` : "";
    return `${employeeName(employee)}${id}: ${EMPLOYEE_STATE_WORD[employee.state].toLowerCase()} (${match!.reason})`;
  }
  if (candidates.length > 0) {
    const may = candidates.map((each) => `${employeeName(each.employee)} (${each.match.reason})`).join(", ");
    return `In doubt: ${may}; ${candidates[0]!.match.doubt}`;
  }
  return nobody
    ? `Nobody of the directory, said ${nobody.by}, ${date(nobody.at)}`
    : "Nobody of the directory fits";
}

function linkCommands(employees: Command, context: Context): void {
  const link = employees
    .command("link <connection> <user> <employee>")
    .description(
      "Say who a user is: by employee ID or e-mail address, or `nobody`. It wins over ID and e-mail.",
    );
  examples(output(link, { list: false }), [
    "employees link Aldermoor 4017730022 E-0042",
    "employees link Aldermoor 4017730022 nobody",
  ]).action((c: string, user: string, who: string, given: { json?: boolean }) =>
    context.withClient("employees link", async (client) => {
      const employee = who === "nobody" ? null : await findOne(client, who);
      const answer = await client.call("linkUser", { params: { c, user: userId(user) }, body: { employee } });
      const text = given.json ? harmlessJson(answer, 2) : harmless(whoText(answer));
      await write(context.terminal.out, `${text}\n`);
    }),
  );
  const unlink = employees
    .command("unlink <connection> <user>")
    .description("Take back what was said of a user: employee ID and e-mail decide again.");
  examples(output(unlink, { list: false }), ["employees unlink Aldermoor 4017730022"]).action(
    (c: string, user: string, given: { json?: boolean }) =>
      context.withClient("employees unlink", async (client) => {
        const answer = await client.call("unlinkUser", { params: { c, user: userId(user) } });
        const text = given.json ? harmlessJson(answer, 2) : harmless(whoText(answer));
        await write(context.terminal.out, `${text}\n`);
      }),
  );
}

function userId(text: string): string {
  if (/^\d{1,19}$/.test(text)) return text;
  throw new InvalidArgumentError("Give the user ID: `glasshouse users --search TEXT --json` shows it.");
}

/** @throws UsageError where none or several fit */
async function findOne(client: Client, text: string): Promise<number> {
  const { items } = await client.call("findEmployees", { query: { search: text } });
  const same = (value: string | null) => value?.toLowerCase() === text.toLowerCase();
  const exact = items.filter(({ employeeId, emails }) => same(employeeId) || emails.some(same));
  if (exact.length === 1) return exact[0]!.id;
  throw new UsageError(
    exact.length === 0
      ? `No employee has the ID or e-mail address ${harmless(text)}.`
      : `${exact.length} employees have it: give the employee ID.`,
  );
}
