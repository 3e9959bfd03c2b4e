/** An employee, and who of them a user is. The answers are those of src/insights/employee-view.ts. */
import { z } from "zod";
import { EMPLOYEE_SOURCES, EMPLOYEE_STATES, MATCH_WAYS } from "../../model/employees/employee.ts";
import { Day, Time } from "./kit.ts";

export const EmployeeView = z
  .object({
    id: z.number(),
    employeeId: z.string().nullable(),
    name: z.string().nullable(),
    emails: z.array(z.string()),
    department: z.string().nullable(),
    manager: z.string().nullable(),
    startDate: Day.nullable(),
    state: z.enum(EMPLOYEE_STATES),
    leave: z
      .object({
        date: Day.nullable().describe("the last day of work; null: it was not given"),
        toldAt: Time.nullable().describe("the very moment, or when we were told of a leaving without a date"),
      })
      .nullable()
      .describe("null: none is known"),
    cameBack: z
      .object({ at: Time, leftBefore: Day.nullable() })
      .nullable()
      .describe("had left, and works here again"),
    source: z.enum(EMPLOYEE_SOURCES).describe("where it was told last"),
    updatedAt: Time,
  })
  .meta({ id: "Employee" });
export type EmployeeView = z.output<typeof EmployeeView>;

export const MatchView = z.object({
  how: z.enum(MATCH_WAYS),
  reason: z.string().describe("`by employee ID E-0042`, `by e-mail a@b`, `linked by M. Ito, 2026-11-03`"),
  settled: z.boolean(),
  doubt: z.string().nullable().describe("why it is not settled"),
});
export type MatchView = z.output<typeof MatchView>;

/** Who a user is by the directory. */
export const UserEmployee = z.object({
  employee: EmployeeView.nullable().describe("null: nobody, or in doubt"),
  match: MatchView.nullable(),
  candidates: z
    .array(z.object({ employee: EmployeeView, match: MatchView }))
    .describe("all who fit, where it is in doubt"),
  nobody: z
    .object({ by: z.string(), at: Time })
    .nullable()
    .describe("somebody has said that the user is nobody of the directory"),
});
export type UserEmployee = z.output<typeof UserEmployee>;
