/** Who may see which job. */
import { z } from "zod";
import { USE_STATES } from "../../model/license.ts";
import { USE_SOURCES } from "../../model/recruiting.ts";
import {
  anyOf,
  ConnectionParams,
  endpoint,
  Flag,
  Id,
  LEVELS,
  listed,
  Named,
  PageQuery,
  STATUSES,
  Time,
  TimeAsked,
} from "./kit.ts";

const MADE = ["by_rule", "by_hand", "not_told"] as const;

const JobRef = Named.extend({ status: z.string().nullable(), confidential: z.boolean().nullable() });

export const GrantView = z
  .object({
    kind: z.enum(["job", "future_job", "site_admin"]).describe("`site_admin`: no grant, but sees every job"),
    id: z.string().nullable(),
    user: Named.extend({
      email: z.string().nullable(),
      status: z.enum(STATUSES),
      level: z.enum(LEVELS),
      agency: z.boolean(),
      serviceAccount: z.boolean(),
      usage: z
        .object({
          state: z.enum(USE_STATES),
          reason: z.string(),
          since: Time.nullable().describe("since when every use would be known"),
        })
        .describe("of whatever they do; without `lastUsed`, only `never_used` says that there was none"),
    }),
    role: Named.nullable(),
    job: JobRef.nullable(),
    department: z.union([Named, z.literal("every")]).nullable(),
    office: z.union([Named, z.literal("every")]).nullable(),
    made: z.enum(MADE),
    since: Time.nullable().describe("when Greenhouse says it was made"),
    seenSince: Time.nullable(),
    lastUsed: Time.nullable(),
    lastUsedBy: z.enum(USE_SOURCES).nullable().describe("what tells it"),
  })
  .meta({ id: "Grant" });
export type GrantView = z.output<typeof GrantView>;

export const JobView = JobRef.extend({
  inList: z
    .boolean()
    .describe("false: grants name it or it was listed once; Greenhouse's list doesn't have it now"),
}).meta({ id: "Job" });
export type JobView = z.output<typeof JobView>;

/** What grants can be narrowed by, as of now: what an action takes. */
export const GrantFilter = z.object({
  user: z.string().optional(),
  role: z.string().optional(),
  kind: z.array(z.enum(["job", "future_job"])).optional(),
  made: z.array(z.enum(MADE)).optional(),
  jobStatus: z.array(z.string()).optional(),
  userStatus: z.array(z.enum(STATUSES)).optional(),
  agency: z.boolean().optional(),
  everyFutureJob: z.boolean().optional(),
});

export const listJobs = endpoint({
  method: "GET",
  path: "/connections/{c}/jobs",
  needs: "viewer",
  group: "Grants",
  summary: "Jobs to choose one from, by name. Where their list can't be read: those that grants name, by id.",
  params: ConnectionParams,
  query: PageQuery.extend({
    search: z.string().max(200).optional().describe("part of the name or of the id"),
  }).strict(),
  answer: listed(JobView),
  errors: ["invalid_request", "invalid_cursor", "connection_not_found"],
});

export const listGrants = endpoint({
  method: "GET",
  path: "/connections/{c}/grants",
  needs: "viewer",
  group: "Grants",
  summary: "Grants by user and role; with `job`, everybody who can see that job.",
  params: ConnectionParams,
  query: PageQuery.extend({
    user: Id.optional(),
    role: Id.optional(),
    job: Id.optional().describe("who can see this job: Site Admins and future-job rules included"),
    kind: anyOf(z.enum(["job", "future_job"])),
    made: anyOf(z.enum(MADE)),
    jobStatus: anyOf(z.string()),
    userStatus: anyOf(z.enum(STATUSES)),
    agency: Flag.optional(),
    everyFutureJob: Flag.optional().describe(
      "true: rules for every future job, in every department and office; false: all other grants",
    ),
    asOf: TimeAsked.optional().describe("the list as it stood then"),
  }).strict(),
  answer: listed(GrantView),
  errors: ["invalid_request", "invalid_cursor", "connection_not_found", "job_not_found", "not_known_then"],
});
