/** Our own audit trail: who did what, when, from where. */
import { z } from "zod";
import type { CsvColumn } from "../../model/csv.ts";
import { anyOf, endpoint, FileAnswer, PageQuery, Time, TimeAsked } from "./kit.ts";

const BY = ["member", "token", "machine", "nobody"] as const;

export const TrailView = z
  .object({
    id: z.number(),
    at: Time,
    by: z.enum(BY).describe("`machine`: the command line on the server; `nobody`: before sign-in"),
    name: z.string().describe("as who acted was called then"),
    member: z.number().nullable(),
    token: z.number().nullable(),
    ip: z.string().nullable(),
    action: z.string().describe("the endpoint's name"),
    target: z.string().nullable(),
    connection: z
      .object({ id: z.number(), name: z.string().nullable().describe("null: deleted since") })
      .nullable(),
    result: z.string().describe("`ok`, or the code of the error"),
    details: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])).nullable(),
  })
  .meta({ id: "TrailRow" });
export type TrailView = z.output<typeof TrailView>;

const Action = z.string().regex(/^\w{1,60}$/, "give an endpoint's name, as listConnections");
const filter = {
  by: anyOf(z.enum(BY)),
  member: z.coerce.number().int().positive().optional(),
  token: z.coerce.number().int().positive().optional(),
  action: anyOf(Action),
  result: anyOf(Action).describe("`ok`, codes of errors, or `refused`: whatever isn't `ok`"),
  connection: z.coerce.number().int().positive().optional().describe("an id: it may be deleted since"),
  target: z.string().max(200).optional().describe("text in the target, whatever its case"),
  from: TimeAsked.optional().describe("from this time on"),
  to: TimeAsked.optional().describe("before this time"),
};
const group = "Audit trail";

export const listTrail = endpoint({
  method: "GET",
  path: "/trail",
  needs: "admin",
  group,
  summary: "Who did what in Glasshouse, newest first. Reading leaves no row; exports do.",
  query: PageQuery.extend(filter).strict(),
  answer: z.object({
    items: z.array(TrailView),
    nextCursor: z.string().nullable(),
    total: z.number().nullable().describe("rows of the whole filter, on the first page"),
    since: Time.nullable().describe("the oldest row that is kept; null: none"),
  }),
  errors: ["invalid_request", "invalid_cursor"],
});

export const TRAIL_CSV: CsvColumn<TrailView>[] = [
  { name: "at", value: (row) => row.at },
  { name: "by", value: (row) => row.by },
  { name: "name", value: (row) => row.name },
  { name: "member_id", value: (row) => row.member },
  { name: "token_id", value: (row) => row.token },
  { name: "ip", value: (row) => row.ip },
  { name: "action", value: (row) => row.action },
  { name: "target", value: (row) => row.target },
  { name: "connection_id", value: (row) => row.connection?.id },
  { name: "connection", value: (row) => row.connection?.name },
  { name: "result", value: (row) => row.result },
  { name: "details", value: (row) => row.details && JSON.stringify(row.details) },
];

/** What an export of the trail is stamped with. */
export const TrailStamp = z
  .object({
    list: z.literal("trail"),
    filter: z.record(z.string(), z.unknown()).describe("as asked; empty: everything"),
    sort: z.string(),
    columns: z.array(z.string()),
    rows: z.number(),
    of: z.number().describe("rows of the whole trail"),
    since: Time.nullable().describe("the oldest row that is kept"),
    member: z.string(),
    version: z.string().describe("of Glasshouse"),
    startedAt: Time,
    endedAt: Time,
    file: z.string(),
    sha256: z
      .string()
      .describe("of the data file; in JSON of the text of `rows`, from its first [ to its last ]"),
    sample: z.boolean(),
  })
  .meta({ id: "TrailStamp" });
export type TrailStamp = z.output<typeof TrailStamp>;

export const exportTrail = endpoint({
  method: "GET",
  path: "/trail/export",
  needs: "admin",
  trail: true,
  group,
  summary: "Every row of the filter, up to when it was asked. Leaves a row with the file's hash.",
  query: z
    .object({
      ...filter,
      format: z
        .enum(["csv", "json"])
        .default("csv")
        .describe("`csv`: a zip with the CSV and its stamp; `json`: one document"),
    })
    .strict(),
  answer: FileAnswer,
  file: ["application/zip", "application/json"],
  errors: ["invalid_request"],
});
