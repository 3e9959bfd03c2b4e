/** Users and roles. The answers are those of src/insights/types.ts. */
import { z } from "zod";
import { LICENSE_STATES, USE_STATES } from "../../model/license.ts";
import { DEED_SOURCES, USE_SOURCES } from "../../model/recruiting.ts";
import { KINDS_OF_USE } from "../../model/usage.ts";
import { ChangeView } from "./changes.ts";
import { UserEmployee } from "./employee.ts";
import { GrantView } from "./grants.ts";
import {
  anyOf,
  ConnectionParams,
  Covered,
  Day,
  endpoint,
  Flag,
  Id,
  LEVELS,
  listed,
  Named,
  PageQuery,
  STATUSES,
  Stamp,
  Time,
  TimeAsked,
} from "./kit.ts";

export const LastUsed = z
  .object({
    at: Time,
    source: z.enum(USE_SOURCES).describe("`audit_log`, or which row of a recruiting list tells it"),
    event: z
      .object({
        id: z.string(),
        kind: z.enum(KINDS_OF_USE),
        what: z.string().nullable(),
        requestType: z.string().nullable(),
      })
      .nullable()
      .describe("null: no event of the audit log stands behind it"),
  })
  .nullable();

export const Use = z.object({
  state: z.enum(USE_STATES),
  reason: z.string(),
  activeDays: z.number().nullable().describe("null: no day of the window is covered"),
  coveredDays: z.number(),
  windowDays: z.number(),
  since: Time.nullable().describe("since when every use would be known"),
});

export const UserView = z
  .object({
    id: Id,
    name: z.string().nullable(),
    email: z.string().nullable(),
    emails: z.array(z.string()),
    emailConfirmed: z
      .boolean()
      .nullable()
      .describe(
        "at least one address is; null: not told, as by v1 and as of an earlier time, or there is none",
      ),
    employeeId: z.string().nullable(),
    jobTitle: z.string().nullable(),
    status: z.enum(STATUSES),
    serviceAccount: z.boolean(),
    level: z.enum(LEVELS),
    roles: z
      .array(Named.extend({ grants: z.number() }))
      .nullable()
      .describe("most grants first; null: not read"),
    departments: z.array(Named),
    offices: z.array(Named),
    license: z.object({
      type: z.string().nullable().describe("null: takes up none by the rules"),
      state: z.enum(LICENSE_STATES).nullable(),
      reason: z.string(),
    }),
    lastUsed: LastUsed,
    usage: Use,
    createdAt: Time.nullable(),
    updatedAt: Time.nullable(),
    firstSeenAt: Time,
    lastSeenAt: Time.nullable(),
    agency: z.boolean(),
    grants: z
      .union([
        z.literal("all jobs"),
        z.object({ jobs: z.number().nullable(), futureJobs: z.number().nullable() }),
      ])
      .describe("`all jobs`: a Site Admin sees every job that isn't confidential; null: not read"),
    grantsReadAt: Time.nullable().describe("v1 reads grants user by user; null: with everybody's"),
  })
  .meta({ id: "User" });
export type UserView = z.output<typeof UserView>;

export const DayUse = z
  .object({
    day: Day,
    covered: Covered,
    people: z.number().nullable().describe("null: nothing of the day was read"),
    deeds: z.number().nullable(),
    kinds: z.record(z.enum(KINDS_OF_USE), z.number()).nullable(),
    recruiting: z
      .number()
      .nullable()
      .describe("people with recruiting activity; null: no list of it was read for that day"),
  })
  .meta({ id: "DayUse" });

export const UserDetail = UserView.extend({
  levelReason: z.string(),
  statusSince: Time.nullable(),
  addresses: z
    .array(
      z.object({ email: z.string(), confirmed: z.boolean().nullable().describe("null: not told, as by v1") }),
    )
    .describe("all of them: `emails`, then those that were never confirmed"),
  grantList: z.array(GrantView).describe("the first 500; `grants` has the rest"),
  useByDay: z.array(DayUse),
  recruiting: z
    .array(z.object({ source: z.enum(DEED_SOURCES), lastAt: Time, days: z.number() }))
    .describe(
      "recruiting activity of each kind, newest first: its newest, and on how many days of `useByDay`",
    ),
  changes: z.array(ChangeView),
  sharing: z.array(z.object({ user: Named, what: z.enum(["email", "employeeId"]) })),
  markedServiceAccount: z.boolean(),
  employee: UserEmployee.nullable().describe(
    "who this is by the directory of employees; null: none was given",
  ),
  stamp: Stamp,
}).meta({ id: "UserDetail" });
export type UserDetail = z.output<typeof UserDetail>;

const AsOf = TimeAsked.optional().describe("the list as it stood then");

/** What a list of users can be narrowed by. */
const UserFilter = z.object({
  status: anyOf(z.enum(STATUSES)),
  level: anyOf(z.enum(LEVELS)),
  license: anyOf(z.enum(LICENSE_STATES)),
  licenseType: anyOf(z.string()).describe("names of license types; `none`: takes up none"),
  use: anyOf(z.enum(USE_STATES)),
  role: Id.optional(),
  department: Id.optional(),
  office: Id.optional(),
  agency: Flag.optional(),
  serviceAccounts: z.enum(["include", "exclude", "only"]).optional(),
  search: z
    .string()
    .max(200)
    .optional()
    .describe("part of the name, an e-mail address or employee id; or the user id"),
  noEmail: Flag.optional(),
  deactivatedWithGrants: Flag.optional(),
  newlyUnused: Flag.optional().describe("became unused in the last 7 days"),
  stopped: Flag.optional().describe(
    "active people who used it in as many days before the window, and not since: whom `stopped` of the usage counts",
  ),
  usedFrom: Day.optional().describe("recorded use on this day of the connection's time zone or later"),
  usedTo: Day.optional().describe("recorded use on this day or earlier; with `usedFrom` on a day of these"),
  usedKind: z.enum(KINDS_OF_USE).optional().describe("recorded use of this kind, on these days"),
  usedSource: z.enum(USE_SOURCES).optional().describe("recorded use told by this source, on these days"),
  lastUsedBy: anyOf(z.enum(USE_SOURCES)).describe("one of these sources tells the newest use"),
  unconfirmed: Flag.optional().describe(
    "has addresses, and none of them is confirmed: the nearest thing to never signed in that Greenhouse tells",
  ),
});

/** The same in an answer: opens the list behind a number. */
export const FilterOfUsers = z.object({
  status: z.array(z.enum(STATUSES)).optional(),
  level: z.array(z.enum(LEVELS)).optional(),
  license: z.array(z.enum(LICENSE_STATES)).optional(),
  licenseType: z.array(z.string()).optional(),
  use: z.array(z.enum(USE_STATES)).optional(),
  role: z.string().optional(),
  department: z.string().optional(),
  office: z.string().optional(),
  agency: z.boolean().optional(),
  serviceAccounts: z.enum(["include", "exclude", "only"]).optional(),
  search: z.string().optional(),
  noEmail: z.boolean().optional(),
  deactivatedWithGrants: z.boolean().optional(),
  newlyUnused: z.boolean().optional(),
  stopped: z.boolean().optional(),
  usedFrom: Day.optional(),
  usedTo: Day.optional(),
  usedKind: z.enum(KINDS_OF_USE).optional(),
  usedSource: z.enum(USE_SOURCES).optional(),
  lastUsedBy: z.array(z.enum(USE_SOURCES)).optional(),
  unconfirmed: z.boolean().optional(),
});
export const UserQuery = PageQuery.extend({
  ...UserFilter.shape,
  sort: z.enum(["name", "lastUsed", "created", "grants"]).optional(),
  descending: Flag.optional(),
  asOf: AsOf.describe("the list as it stood then, by ID: it takes no `sort` or `descending`"),
}).strict();

const params = ConnectionParams;
const listErrors = ["invalid_request", "invalid_cursor", "connection_not_found", "not_known_then"] as const;

export const listUsers = endpoint({
  method: "GET",
  path: "/connections/{c}/users",
  needs: "viewer",
  group: "Users and roles",
  summary: "Users with level, license and use.",
  params,
  query: UserQuery,
  answer: listed(UserView),
  errors: listErrors,
});
export const getUser = endpoint({
  method: "GET",
  path: "/connections/{c}/users/{user}",
  needs: "viewer",
  group: "Users and roles",
  summary: "One user: level and why, grants, use by day, changes.",
  params: ConnectionParams.extend({ user: Id }),
  answer: UserDetail,
  errors: ["invalid_request", "connection_not_found", "user_not_found"],
});

export const markUser = endpoint({
  method: "PATCH",
  path: "/connections/{c}/users/{user}",
  needs: "admin",
  group: "Users and roles",
  summary: "Marks a user as an integration's own, or takes the mark back; use is counted anew.",
  params: ConnectionParams.extend({ user: Id }),
  body: z.object({ markedServiceAccount: z.boolean() }).strict(),
  answer: UserDetail,
  errors: ["invalid_request", "connection_not_found", "user_not_found"],
});

export const RoleView = Named.extend({
  type: z.string().nullable(),
  inList: z.boolean().describe("false: grants name it, Greenhouse's list doesn't"),
  users: z
    .number()
    .nullable()
    .describe("of Greenhouse's own role for Site Admins: how many are active; null: grants were not read"),
  grants: z
    .union([z.number(), z.literal("all jobs")])
    .nullable()
    .describe("`all jobs`: of Site Admins, who need none"),
  firstSeenAt: Time.nullable(),
}).meta({ id: "Role" });
export type RoleView = z.output<typeof RoleView>;

export const listRoles = endpoint({
  method: "GET",
  path: "/connections/{c}/roles",
  needs: "viewer",
  group: "Users and roles",
  summary: "Roles and how many hold them.",
  params,
  query: PageQuery.extend({
    search: z.string().max(200).optional(),
    inList: Flag.optional().describe(
      "true: only those in Greenhouse's list; false: only those that grants alone name",
    ),
    asOf: AsOf,
  }).strict(),
  answer: listed(RoleView),
  errors: listErrors,
});
