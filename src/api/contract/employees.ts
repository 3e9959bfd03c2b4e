/** Employees and who of them is which user. The answers are those of src/insights/employees.ts. */
import { z } from "zod";
import { EMPLOYEE_STATES } from "../../model/employees/employee.ts";
import { EMPLOYEE_LISTS, NO_EMPLOYEE_KINDS } from "../../model/employees/employee-query.ts";
import { USE_SOURCES } from "../../model/recruiting.ts";
import { EmployeeView, MatchView, UserEmployee } from "./employee.ts";
import { anyOf, ConnectionParams, Day, endpoint, Id, listed, Named, PageQuery, Stamp, Time } from "./kit.ts";
import { UserView } from "./users.ts";

export const StillActive = z.object({
  leftOn: Day.nullable().describe("null: the date was not given"),
  toldAt: Time.nullable(),
  daysSince: z.number(),
  used: z.object({
    days: z.number().nullable().describe("days with use after that day; null: nothing of the time was read"),
    lastAt: Time.nullable(),
    lastBy: z.enum(USE_SOURCES).nullable().describe("what tells it"),
    period: z
      .object({ from: Day, to: Day, days: z.number(), coveredDays: z.number() })
      .nullable()
      .describe("the days looked at"),
  }),
});

export const EmployeeRow = z
  .object({
    employee: EmployeeView.nullable(),
    user: UserView.nullable(),
    match: MatchView.nullable(),
    candidates: UserEmployee.shape.candidates,
    nobody: UserEmployee.shape.nobody,
    stillActive: StillActive.nullable(),
    removal: z
      .object({
        after: Time.nullable(),
        by: Time.nullable(),
        days: z
          .number()
          .nullable()
          .describe("from leaving until access had surely ended; null: not measured"),
      })
      .nullable()
      .describe("when access ended: between two listings, or at one moment that an event tells"),
    kind: z.enum(NO_EMPLOYEE_KINDS).nullable().describe("of a user without an employee"),
    users: z
      .array(Named.extend({ match: MatchView }))
      .describe("of an employee in `all` and `no_user`: who of the connection's users they are, or may be"),
  })
  .meta({ id: "EmployeeRow" });
export type EmployeeRow = z.output<typeof EmployeeRow>;

const group = "Employees";
const params = ConnectionParams;

export const EmployeeListQuery = PageQuery.extend({
  list: z
    .enum(EMPLOYEE_LISTS)
    .default("left_active")
    .describe(
      "`left_active`: have left and are active users, or missing from Greenhouse's list; `ambiguous`: users in doubt; `no_user`, `all`: of the whole directory; `no_employee`: active users whom nobody fits",
    ),
  search: z
    .string()
    .max(200)
    .optional()
    .describe("part of a name, an address, an ID, a department or manager"),
  state: anyOf(z.enum(EMPLOYEE_STATES)).describe("of employees"),
  kind: anyOf(z.enum(NO_EMPLOYEE_KINDS)).describe("only of `no_employee`: by why they may be without one"),
  domain: z
    .string()
    .max(253)
    .optional()
    .describe("only of `no_employee`: by the domain of the user's address"),
}).strict();

export const listEmployees = endpoint({
  method: "GET",
  path: "/connections/{c}/employees",
  needs: "viewer",
  group,
  summary: "One of the lists that the directory makes with this connection's users.",
  params,
  query: EmployeeListQuery,
  answer: listed(EmployeeRow),
  errors: ["invalid_request", "invalid_cursor", "connection_not_found", "not_allowed"],
});

const Counts = <K extends string>(keys: readonly [K, ...K[]]) =>
  z.object(Object.fromEntries(keys.map((key) => [key, z.number()])) as Record<K, z.ZodNumber>);

export const DirectoryView = z.object({
  employees: z.number(),
  states: Counts(EMPLOYEE_STATES),
  lastImport: z
    .object({
      at: Time,
      kind: z.enum(["paste", "csv"]),
      by: z.string(),
      whole: z.boolean().describe("it was said to hold everybody"),
      rows: z.number(),
      added: z.number(),
      changed: z.number(),
      gone: z.number().describe("absent from it, and so taken to have left"),
    })
    .nullable(),
  scimAt: Time.nullable().describe("when a SCIM client last spoke; null: never"),
});

export const EmployeeSummary = z
  .object({
    directory: DirectoryView.nullable().describe("null: not for a member who is limited to some connections"),
    lists: z
      .object(
        Object.fromEntries(EMPLOYEE_LISTS.map((list) => [list, z.number().nullable()])) as Record<
          (typeof EMPLOYEE_LISTS)[number],
          z.ZodNullable<z.ZodNumber>
        >,
      )
      .describe("rows of each list"),
    noEmployee: Counts(NO_EMPLOYEE_KINDS),
    externalDomains: z.array(z.object({ domain: z.string(), users: z.number() })),
    removal: z.object({
      measured: z.number(),
      notMeasured: z.number().describe("without a leave date, or without a deactivation that we saw"),
      median: z.number().nullable().describe("days"),
      p90: z.number().nullable(),
      steps: z.array(z.number()).describe("up to 0, 1, 3, 7, 14, 30 days, and beyond"),
    }),
    domains: z.object({
      domains: z.array(z.string()),
      said: z.boolean().describe("false: guessed from the addresses of the directory"),
      found: z.array(z.object({ domain: z.string(), employees: z.number() })),
    }),
    stamp: Stamp,
  })
  .meta({ id: "EmployeeSummary" });
export type EmployeeSummary = z.output<typeof EmployeeSummary>;

export const employeeSummary = endpoint({
  method: "GET",
  path: "/connections/{c}/employees/summary",
  needs: "viewer",
  group,
  summary: "How the directory and this connection stand together, in numbers; time from leaving to removal.",
  params,
  answer: EmployeeSummary,
  errors: ["invalid_request", "connection_not_found"],
});

export const findEmployees = endpoint({
  method: "GET",
  path: "/employees",
  needs: "operator",
  group,
  summary: "Employees of the directory by a part of their name, address or ID: the first 20.",
  query: z.object({ search: z.string().trim().min(1).max(200) }).strict(),
  answer: z.object({ items: z.array(EmployeeView) }),
  errors: ["invalid_request", "not_allowed"],
});

const UserParams = ConnectionParams.extend({ user: Id });

export const linkUser = endpoint({
  method: "PUT",
  path: "/connections/{c}/users/{user}/employee",
  needs: "operator",
  group,
  summary: "Says who a user is, or that they are nobody of the directory (null). It wins over ID and e-mail.",
  params: UserParams,
  body: z.object({ employee: z.number().int().positive().nullable() }).strict(),
  answer: UserEmployee,
  errors: ["invalid_request", "connection_not_found", "user_not_found", "employee_not_found", "not_allowed"],
});
export const unlinkUser = endpoint({
  method: "DELETE",
  path: "/connections/{c}/users/{user}/employee",
  needs: "operator",
  group,
  summary: "Takes back what was said of a user: employee ID and e-mail decide again.",
  params: UserParams,
  answer: UserEmployee,
  errors: ["invalid_request", "connection_not_found", "user_not_found"],
});

export const ownDomains = endpoint({
  method: "GET",
  path: "/employees/domains",
  needs: "viewer",
  group,
  summary: "The company's own e-mail domains; guessed from the directory where nobody has said so.",
  answer: EmployeeSummary.shape.domains,
  errors: [],
});
export const setOwnDomains = endpoint({
  method: "PUT",
  path: "/employees/domains",
  needs: "admin",
  group,
  summary: "Says which e-mail domains are the company's own; none: guess again.",
  body: z
    .object({
      domains: z
        .array(
          z
            .string()
            .trim()
            .toLowerCase()
            .transform((text) => text.replace(/^@/, ""))
            .pipe(
              z
                .string()
                .max(253)
                .regex(/^[^\s@.]+(\.[^\s@.]+)+$/, "a domain is written as example.com"),
            ),
        )
        .max(200),
    })
    .strict(),
  answer: EmployeeSummary.shape.domains,
  errors: ["invalid_request"],
});
