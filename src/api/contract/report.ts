/** The weekly report. */
import { z } from "zod";
import { ConnectionParams, Day, endpoint, Stamp } from "./kit.ts";

const ReportSection = z.object({
  title: z.string(),
  basis: z.string().describe("for which time its numbers are, and what they come from"),
  bar: z
    .object({ inUse: z.number(), unused: z.number(), neverUsed: z.number(), unknown: z.number() })
    .nullable()
    .describe("active people by use"),
  rows: z.array(
    z.object({
      label: z.string(),
      value: z.string().nullable().describe("null: unknown"),
      note: z.string().nullable(),
      part: z.enum(["inUse", "unused", "neverUsed", "unknown"]).nullable().describe("of the bar"),
    }),
  ),
  notes: z.array(z.string()),
});

const ReportView = z
  .object({
    subject: z.string(),
    title: z.string(),
    week: z.string().describe("the days it tells of, in words"),
    period: z.object({ from: Day, to: Day }).describe("the same, both included"),
    sample: z.boolean().describe("true: a made-up organization; nobody in it exists"),
    lead: z.array(z.string()).describe("what somebody must know who reads nothing else"),
    sections: z.array(ReportSection),
    foot: z.array(z.string()),
    text: z.string().describe("all of it as plain text, as the mail has it"),
    html: z.string().describe("all of it as HTML, as the mail has it; asks nothing of any server"),
    stamp: Stamp,
  })
  .meta({ id: "Report" });

export const weeklyReport = endpoint({
  method: "GET",
  path: "/connections/{c}/report",
  needs: "viewer",
  group: "Alerts",
  summary: "The weekly report as of now, as its mail has it.",
  params: ConnectionParams,
  answer: ReportView,
  errors: ["invalid_request", "connection_not_found"],
});
