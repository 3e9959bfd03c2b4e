/** Findings: what somebody should look at, with its evidence. */
import { z } from "zod";
import { FINDING_RULES, FINDING_STATES, SEVERITIES } from "../../model/finding.ts";
import { anyOf, ConnectionParams, endpoint, Id, listed, Named, PageQuery, Time, TimeAsked } from "./kit.ts";

const days = z.number().int().min(1).max(3650);

export const FindingSettings = z
  .object({
    off: z.array(z.enum(FINDING_RULES)).describe("rules that are switched off"),
    newSiteAdminDays: days.describe("so long a Site Admin is a new one"),
    agencyGrants: z
      .number()
      .int()
      .min(0)
      .max(1_000_000)
      .describe("an agency's user with more job grants than this has wide access"),
    privateRoles: z
      .array(z.string().min(1).max(200))
      .max(50)
      .describe("names of the roles that see private things"),
    credentialDays: days.describe("a credential older than this should be replaced"),
  })
  .meta({ id: "FindingSettings" });

const Evidence = z.object({
  text: z.string(),
  userId: z.string().nullable(),
  at: Time.nullable().describe("when it happened, or since when it is so; null: not told"),
});

export const FindingView = z
  .object({
    id: z.string().describe("its rule, and what it is about"),
    rule: z.enum(FINDING_RULES),
    label: z.string(),
    severity: z.enum(SEVERITIES),
    state: z.enum(FINDING_STATES),
    text: z.string(),
    user: Named.nullable(),
    rows: z.number().describe("rows that it counts"),
    evidence: z.array(Evidence).describe("the first rows"),
    rowsAt: z
      .object({
        list: z.enum(["users", "grants", "events", "changes", "employees"]),
        filter: z.record(z.string(), z.string()),
      })
      .nullable()
      .describe("the list that has all of them"),
    coverage: z.string().describe("what was read to know it"),
    remedy: z.string(),
    firstSeenAt: Time,
    lastSeenAt: Time,
    stateAt: Time.describe("since when it is in this state"),
    returned: z.number().describe("how often it came back after it was seen fixed"),
    accepted: z.object({ until: Time, reason: z.string() }).nullable(),
    owner: z.object({ id: z.number(), name: z.string() }).nullable(),
    by: z.string().nullable().describe("who changed its state last; null: nobody did"),
    fixedRun: z.number().nullable().describe("the run that showed it fixed, where a listing did"),
  })
  .meta({ id: "Finding" });
export type FindingView = z.output<typeof FindingView>;

const params = ConnectionParams;
const one = ConnectionParams.extend({ finding: z.string().min(1).max(400) });
const group = "Findings";

export const listFindings = endpoint({
  method: "GET",
  path: "/connections/{c}/findings",
  needs: "viewer",
  group,
  summary: "Findings, the severest first.",
  params,
  query: PageQuery.extend({
    state: anyOf(z.enum(FINDING_STATES)),
    severity: anyOf(z.enum(SEVERITIES)),
    rule: anyOf(z.enum(FINDING_RULES)),
    user: Id.optional(),
    owner: z.coerce.number().int().positive().optional().describe("a member's id"),
  }).strict(),
  answer: listed(FindingView).extend({
    open: z
      .object({ high: z.number(), medium: z.number(), low: z.number() })
      .describe("of all that are open"),
    rules: z
      .array(
        z.object({
          rule: z.enum(FINDING_RULES),
          label: z.string(),
          on: z.boolean(),
          judgedAt: Time.nullable().describe("null: not yet"),
          notJudged: z.string().nullable().describe("why it can't be judged now"),
        }),
      )
      .describe("every rule"),
  }),
  errors: ["invalid_request", "invalid_cursor", "connection_not_found"],
});

export const getFinding = endpoint({
  method: "GET",
  path: "/connections/{c}/findings/{finding}",
  needs: "viewer",
  group,
  summary: "One finding.",
  params: one,
  answer: FindingView,
  errors: ["connection_not_found", "finding_not_found"],
});

export const changeFinding = endpoint({
  method: "PATCH",
  path: "/connections/{c}/findings/{finding}",
  needs: "operator",
  group,
  summary: "Accepts a finding until a date, says that it is fixed, opens it again, or gives it an owner.",
  params: one,
  body: z
    .object({
      state: z.enum(["open", "accepted", "fixed"]).optional(),
      until: TimeAsked.optional().describe("with `accepted`: open again from then on"),
      reason: z.string().trim().min(1).max(500).optional().describe("with `accepted`"),
      owner: z.number().int().positive().nullable().optional().describe("a member's id; null: nobody"),
    })
    .strict(),
  answer: FindingView,
  errors: [
    "invalid_request",
    "connection_not_found",
    "finding_not_found",
    "member_not_found",
    "not_possible",
  ],
});
