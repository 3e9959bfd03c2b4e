/** What a list shows, as a file: every row of its filter, with the stamp that an auditor asks for. */
import { z } from "zod";
import type { CsvColumn } from "../../model/csv.ts";
import { listActions, listTargets } from "./actions.ts";
import { listChanges, listEvents } from "./changes.ts";
import {
  ACTION_CSV,
  CHANGE_CSV,
  EMPLOYEE_CSV,
  EVENT_CSV,
  FINDING_CSV,
  GRANT_CSV,
  LICENSE_CSV,
  ROLE_CSV,
  TARGET_CSV,
  USER_CSV,
} from "./columns.ts";
import { listEmployees } from "./employees.ts";
import { listFindings } from "./findings.ts";
import { listGrants } from "./grants.ts";
import { anyOf, ConnectionParams, endpoint, FileAnswer, Stamp, Time } from "./kit.ts";
import { listRoles, listUsers } from "./users.ts";

/** One column of an export. `value` loses its row's type here: the list it belongs to has it. */
export const EXPORT_COLUMNS = {
  users: USER_CSV,
  roles: ROLE_CSV,
  grants: GRANT_CSV,
  licenses: LICENSE_CSV,
  events: EVENT_CSV,
  changes: CHANGE_CSV,
  employees: EMPLOYEE_CSV,
  findings: FINDING_CSV,
  actions: ACTION_CSV,
  targets: TARGET_CSV,
} as const;
export type ExportedList = keyof typeof EXPORT_COLUMNS;

export const ExportStamp = Stamp.omit({ at: true })
  .extend({
    list: z.string(),
    filter: z.record(z.string(), z.unknown()).describe("as asked; empty: everything"),
    sort: z.string(),
    columns: z.array(z.string()),
    rows: z.number(),
    of: z.number().nullable().describe("rows of the list without its filter; null: not counted"),
    changedMeanwhile: z
      .boolean()
      .describe("another complete listing of users or of grants ended while this was written"),
    directory: z
      .object({ employees: z.number(), importedAt: Time.nullable(), scimAt: Time.nullable() })
      .nullable()
      .describe("the directory of employees behind the list; null: it has none to do with it"),
    member: z.string(),
    version: z.string().describe("of Glasshouse"),
    startedAt: Time,
    endedAt: Time,
    file: z.string(),
    sha256: z
      .string()
      .describe("of the data file; in JSON of the text of `rows`, from its first [ to its last ]"),
  })
  .meta({ id: "ExportStamp" });
export type ExportStamp = z.output<typeof ExportStamp>;

const FORMATS = ["csv", "json"] as const;

const asFile = <T>(columns: readonly CsvColumn<T>[]) => ({
  format: z
    .enum(FORMATS)
    .default("csv")
    .describe("`csv`: a zip with the CSV and its stamp; `json`: one document"),
  columns: anyOf(z.enum(columns.map(({ name }) => name) as [string, ...string[]])).describe(
    `in this order; left out: ${columns.map(({ name }) => `\`${name}\``).join(", ")}`,
  ),
});
const params = ConnectionParams;
const answer = FileAnswer;
const file = ["application/zip", "application/json"] as const;
const group = "Exports";
const PAGE = { limit: true, cursor: true } as const;
const errors = ["invalid_request", "connection_not_found"] as const;

export const exportUsers = endpoint({
  method: "GET",
  path: "/connections/{c}/users/export",
  group,
  summary: "Every user of the filter.",
  needs: "viewer",
  trail: true,
  params,
  query: listUsers.query.omit(PAGE).extend(asFile(USER_CSV)),
  answer,
  file,
  errors: [...errors, "not_known_then"],
});
export const exportRoles = endpoint({
  method: "GET",
  path: "/connections/{c}/roles/export",
  group,
  summary: "Every role of the filter.",
  needs: "viewer",
  trail: true,
  params,
  query: listRoles.query.omit(PAGE).extend(asFile(ROLE_CSV)),
  answer,
  file,
  errors: [...errors, "not_known_then"],
});
export const exportGrants = endpoint({
  method: "GET",
  path: "/connections/{c}/grants/export",
  group,
  summary: "Every grant of the filter; with `job`, everybody who can see that job.",
  needs: "viewer",
  trail: true,
  params,
  query: listGrants.query.omit(PAGE).extend(asFile(GRANT_CSV)),
  answer,
  file,
  errors: [...errors, "job_not_found", "not_known_then"],
});
export const exportLicenses = endpoint({
  method: "GET",
  path: "/connections/{c}/licenses/export",
  group,
  summary: "Licenses by type.",
  needs: "viewer",
  trail: true,
  params,
  query: z.object(asFile(LICENSE_CSV)).strict(),
  answer,
  file,
  errors,
});
export const exportEvents = endpoint({
  method: "GET",
  path: "/connections/{c}/events/export",
  group,
  summary: "Every event of the filter that is kept.",
  needs: "viewer",
  trail: true,
  params,
  query: listEvents.query.omit(PAGE).extend(asFile(EVENT_CSV)),
  answer,
  file,
  errors,
});
export const exportChanges = endpoint({
  method: "GET",
  path: "/connections/{c}/changes/export",
  group,
  summary: "Every change of the filter.",
  needs: "viewer",
  trail: true,
  params,
  query: listChanges.query.omit(PAGE).extend(asFile(CHANGE_CSV)),
  answer,
  file,
  errors,
});
export const exportEmployees = endpoint({
  method: "GET",
  path: "/connections/{c}/employees/export",
  group,
  summary: "Every row of one of the lists of employees and users.",
  needs: "viewer",
  trail: true,
  params,
  query: listEmployees.query.omit(PAGE).extend(asFile(EMPLOYEE_CSV)),
  answer,
  file,
  errors: [...errors, "not_allowed"],
});
export const exportFindings = endpoint({
  method: "GET",
  path: "/connections/{c}/findings/export",
  group,
  summary: "Every finding of the filter.",
  needs: "viewer",
  trail: true,
  params,
  query: listFindings.query.omit(PAGE).extend(asFile(FINDING_CSV)),
  answer,
  file,
  errors,
});
export const exportActions = endpoint({
  method: "GET",
  path: "/connections/{c}/actions/export",
  group,
  summary: "Every action that was applied.",
  needs: "viewer",
  trail: true,
  params,
  query: listActions.query.omit(PAGE).extend(asFile(ACTION_CSV)),
  answer,
  file,
  errors,
});
export const exportTargets = endpoint({
  method: "GET",
  path: "/connections/{c}/actions/{action}/targets/export",
  group,
  summary: "Each of whom an action was aimed at, and what became of it.",
  needs: "viewer",
  trail: true,
  params: listTargets.params,
  query: listTargets.query.omit(PAGE).extend(asFile(TARGET_CSV)),
  answer,
  file,
  errors: [...errors, "action_not_found"],
});
