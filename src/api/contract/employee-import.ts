/** Imports into the directory of employees: what one would do, and doing it. */
import { z } from "zod";
import { EMPLOYEE_STATES } from "../../model/employees/employee.ts";
import { IMPORT_FIELDS } from "../../model/employees/import-columns.ts";
import { DATE_ORDERS } from "../../model/employees/import-dates.ts";
import { IMPORT_MEANINGS } from "../../model/employees/import-rows.ts";
import { DELIMITERS, ENCODINGS, MAX_FILE_BYTES } from "../../model/employees/import-table.ts";
import { Day, endpoint } from "./kit.ts";

/** Base64 is a third longer; the rest of the body is small. */
export const IMPORT_BODY_LIMIT = Math.ceil((MAX_FILE_BYTES * 4) / 3) + 200_000;

const Choices = z.object({
  means: z
    .enum(IMPORT_MEANINGS)
    .optional()
    .describe(
      "what the rows say of those in them: `left`, `works_here`, or `told` by their status and leave date. A paste needs it",
    ),
  everybody: z
    .boolean()
    .default(false)
    .describe("it holds everybody who works here: whoever is absent from it has left"),
  marksLeft: z
    .number()
    .int()
    .min(0)
    .optional()
    .describe("with `everybody`: how many it marks as left for being absent, as the preview has told"),
});

export const ImportBody = z.discriminatedUnion("kind", [
  Choices.extend({
    kind: z.literal("paste"),
    text: z
      .string()
      .max(5_000_000)
      .describe("an e-mail address a line, a leave date beside it where there is one"),
    dateOrder: z.enum(DATE_ORDERS).optional(),
  }).strict(),
  Choices.extend({
    kind: z.literal("csv"),
    file: z
      .base64()
      .max(IMPORT_BODY_LIMIT)
      .describe("the bytes of the file in base64, at most 16 MB of them"),
    encoding: z.enum(ENCODINGS).optional().describe("left out, as the others: guessed"),
    delimiter: z.enum(DELIMITERS).optional(),
    header: z.boolean().optional(),
    columns: z
      .array(z.enum(IMPORT_FIELDS).nullable())
      .max(300)
      .optional()
      .describe("by column; null: not kept"),
    dateOrder: z.enum(DATE_ORDERS).optional(),
    states: z
      .record(z.string().max(200), z.enum(EMPLOYEE_STATES))
      .optional()
      .describe("what words of the status column mean"),
  }).strict(),
]);
export type ImportBody = z.output<typeof ImportBody>;

const Outcome = z.object({
  rows: z.number(),
  added: z.number(),
  changed: z.number(),
  unchanged: z.number(),
  sameAddress: z
    .number()
    .describe(
      "of those added: somebody with another employee ID has the same address, so that whoever uses it is in doubt",
    ),
  dateOver: z
    .number()
    .describe(
      "said to work here beside a last day that has passed: the word is believed, the date is not kept",
    ),
  leave: z.number().describe("of those known before: have left by it"),
  comeBack: z.number().describe("had left, and work here again by it"),
  absent: z.number().describe("with `everybody`: work here by what is known, and are not in it"),
});

const Problem = z.object({
  line: z.number(),
  column: z.string().nullable().describe("its heading; null: the row as a whole"),
  text: z.string(),
});

export const ImportPreview = z
  .object({
    means: z.enum(IMPORT_MEANINGS),
    encoding: z.enum(ENCODINGS).nullable().describe("null: it was pasted"),
    delimiter: z.enum(DELIMITERS).nullable(),
    header: z.boolean(),
    columns: z.array(
      z.object({
        heading: z.string(),
        field: z.enum(IMPORT_FIELDS).nullable(),
        examples: z.array(z.string()),
      }),
    ),
    dates: z
      .object({
        order: z.enum(DATE_ORDERS),
        sure: z.boolean().describe("false: every date could be read the other way too"),
      })
      .nullable(),
    states: z.array(
      z.object({
        word: z.string(),
        state: z.enum(EMPLOYEE_STATES).nullable().describe("null: it has to be said"),
        rows: z.number(),
      }),
    ),
    outcome: Outcome,
    working: z.number().describe("employees who work here before it"),
    mustType: z
      .number()
      .nullable()
      .describe("more than a tenth would be marked as left: this number confirms it"),
    problems: z.array(Problem).describe("the first 200"),
    problemCount: z.number().describe("with any, nothing can be applied"),
    shown: z
      .array(
        z.object({
          line: z.number(),
          what: z.enum(["added", "changed", "unchanged"]),
          leaves: z.boolean(),
          comesBack: z.boolean(),
          employeeId: z.string().nullable(),
          name: z.string().nullable(),
          email: z.string().nullable(),
          state: z.enum(EMPLOYEE_STATES),
          leaveDate: Day.nullable(),
        }),
      )
      .describe("the first rows, and what becomes of them"),
  })
  .meta({ id: "ImportPreview" });
export type ImportPreview = z.output<typeof ImportPreview>;

const group = "Employees";

export const previewImport = endpoint({
  method: "POST",
  path: "/employees/import/preview",
  needs: "admin",
  trail: false,
  group,
  summary:
    "What an import would do, with everything that was guessed and every row that is wrong; changes nothing.",
  bodyLimit: IMPORT_BODY_LIMIT,
  body: ImportBody,
  answer: ImportPreview,
  errors: ["invalid_request", "file_unreadable"],
});
export const importEmployees = endpoint({
  method: "POST",
  path: "/employees/import",
  needs: "admin",
  group,
  summary: "Imports employees: all rows in one transaction, or none.",
  bodyLimit: IMPORT_BODY_LIMIT,
  body: ImportBody,
  answer: Outcome,
  errors: ["invalid_request", "file_unreadable", "rows_wrong", "confirmation_needed"],
});
