/** Licenses, use, and the overview. */
import { z } from "zod";
import { USE_STATES } from "../../model/license.ts";
import { DEED_SOURCES } from "../../model/recruiting.ts";
import { RECRUITING_STREAMS, STREAMS } from "../../model/stream.ts";
import { STREAM_STATES } from "../../model/verdict.ts";
import { Settings } from "./connections.ts";
import { ConnectionParams, Covered, Day, endpoint, LEVELS, Named, STATUSES, Stamp, Time } from "./kit.ts";
import { DayUse, FilterOfUsers, LastUsed, Use, UserView } from "./users.ts";

const Freed = z
  .object({ low: z.number(), high: z.number() })
  .describe("low is sure, high adds what is unknown");
const Counts = z.object({
  assigned: z.number(),
  inUse: z.number().nullable().describe("null: nothing that tells of use was read"),
  unused: z.number().nullable().describe("null: no day was read, so nothing shows who did not use it"),
  neverUsed: z.number().nullable().describe("null, as of `unused`"),
  unknown: z.number(),
  heldByDeactivated: z.number(),
  couldBeFreed: Freed,
});
const Days = z.object({ from: Day, to: Day, days: z.number(), coveredDays: z.number() });
const WindowDays = Days.extend({
  reason: z.string().nullable().describe("why it isn't covered, and from when it will be; null: it is"),
});
const Range = Days.extend({
  timeZone: z.string(),
  startsAt: Time,
  endsAt: Time.describe("the first moment after it"),
});
const Window = WindowDays.extend({
  timeZone: z.string(),
  others: z
    .array(WindowDays.extend({ level: z.enum(LEVELS).nullable(), role: Named.nullable() }))
    .describe("windows of a level or role, longest first: the first that fits a person is theirs"),
});

const TypeName = z.string().trim().min(1).max(60).nullable();
export const LicenseRule = z
  .object({
    level: z.enum([...LEVELS, "any"]),
    status: z.enum([...STATUSES, "any"]),
    type: TypeName.describe("null: takes up no license"),
  })
  .strict()
  .meta({ id: "LicenseRule" });
export const PurchasedLicense = z
  .object({
    type: z.string().trim().min(1).max(60),
    purchased: z.number().int().min(0).nullable(),
    priceCents: z.number().int().min(0).nullable().describe("a year, for one, in hundredths"),
    currency: z
      .string()
      .regex(/^[A-Z]{3}$/, "three letters such as EUR")
      .nullable(),
  })
  .strict()
  .meta({ id: "PurchasedLicense" });

export const LicensesView = z
  .object({
    sentence: z.string(),
    window: Window,
    types: z.array(
      Counts.extend({
        type: z.string(),
        purchased: z.number().nullable(),
        price: z.object({ amount: z.number(), currency: z.string() }).nullable(),
        couldBeFreedMoney: z.object({ low: z.number(), high: z.number(), currency: z.string() }).nullable(),
      }),
    ),
    total: Counts,
    neverUsedSince: Time.nullable(),
    rules: z.array(LicenseRule),
    stamp: Stamp,
  })
  .meta({ id: "Licenses" });
export type LicensesView = z.output<typeof LicensesView>;

const params = ConnectionParams;
const errors = ["invalid_request", "connection_not_found"] as const;

export const licenses = endpoint({
  method: "GET",
  path: "/connections/{c}/licenses",
  needs: "viewer",
  group: "Licenses",
  summary: "Licenses by type and state, and what could be freed.",
  params,
  answer: LicensesView,
  errors,
});
const RulesBody = z.object({
  rules: z.array(LicenseRule).max(100),
  purchased: z.array(PurchasedLicense).max(100),
});
export const licenseRules = endpoint({
  method: "GET",
  path: "/connections/{c}/license-rules",
  needs: "viewer",
  group: "Licenses",
  summary: "The rules, and the purchased counts and prices that were typed in.",
  params,
  answer: RulesBody,
  errors,
});
export const saveLicenseRules = endpoint({
  method: "PUT",
  path: "/connections/{c}/license-rules",
  needs: "operator",
  group: "Licenses",
  summary: "Replaces rules, counts and prices.",
  params,
  body: RulesBody.strict(),
  answer: RulesBody,
  errors,
});
export const previewLicenseRules = endpoint({
  method: "POST",
  path: "/connections/{c}/license-rules/preview",
  needs: "operator",
  trail: false,
  group: "Licenses",
  summary: "Who would move if these were the rules; saves nothing.",
  params,
  body: RulesBody.pick({ rules: true }).strict(),
  answer: z.object({
    rules: z.array(LicenseRule),
    before: z.record(z.string(), z.number()),
    after: z.record(z.string(), z.number()),
    moves: z.array(
      z.object({
        level: z.enum(LEVELS),
        status: z.enum(STATUSES),
        people: z.number(),
        from: TypeName,
        to: TypeName,
      }),
    ),
  }),
  errors,
});

const Moved = z.object({
  level: z.enum(LEVELS),
  people: z.number(),
  from: z.enum(USE_STATES),
  to: z.enum(USE_STATES),
  first: z.array(Named).describe("the first of them, by name"),
});
const ByState = z.record(z.enum(USE_STATES), z.number());
export const previewWindows = endpoint({
  method: "POST",
  path: "/connections/{c}/windows/preview",
  needs: "operator",
  trail: false,
  group: "Licenses",
  summary: "Which active people would be judged otherwise if these were the windows; saves nothing.",
  params,
  body: Settings.pick({ windowDays: true, windows: true }).strict(),
  answer: z.object({
    window: Window,
    before: ByState,
    after: ByState,
    moves: z.array(Moved).describe("most people first"),
  }),
  errors,
});

const RequestType = z.object({
  requestType: z.string().nullable().describe("null: events that name no request"),
  events: z.number(),
  counts: z.boolean(),
});
/** As the log's words are kept: PostgreSQL has none with another character in them, and none is longer. */
const KeptText = z
  .string()
  .max(700)
  .refine((text) => text.isWellFormed() && !text.includes("\u0000"), {
    error: "holds a character that is none",
  });
const Part = z.object({
  id: z.string(),
  name: z.string().nullable(),
  people: z.number(),
  of: z.number().nullable(),
});

const RecruitingView = z
  .object({
    kinds: z.array(
      z.object({
        stream: z.enum(RECRUITING_STREAMS),
        label: z.string(),
        state: z.enum(STREAM_STATES),
        text: z.string().nullable(),
        cure: z.string().nullable(),
        from: Time.nullable().describe("read without a gap from here"),
        until: Time.nullable().describe("until there; null: never read"),
        coveredDays: z.number().describe("days of the range for which it was read"),
      }),
    ),
    people: z.number().nullable().describe("distinct active people in the range; null: nothing was read"),
    sources: z.array(
      z.object({
        source: z.enum(DEED_SOURCES),
        stream: z.enum(RECRUITING_STREAMS),
        people: z.number().nullable(),
        deeds: z.number().nullable(),
        shows: z.string(),
        limits: z.string(),
      }),
    ),
    days: z.array(
      z.object({
        day: Day,
        covered: Covered,
        people: z.number().nullable(),
        deeds: z.number().nullable(),
        sources: z.record(z.enum(DEED_SOURCES), z.number()).nullable().describe("people by source"),
      }),
    ),
    note: z.string(),
  })
  .meta({ id: "Recruiting" });

export const UsageView = z
  .object({
    source: z.object({
      state: z.enum(STREAM_STATES),
      cause: z.string().nullable(),
      text: z.string().nullable(),
      cure: z.string().nullable(),
    }),
    range: Range,
    window: Window,
    days: z.array(DayUse),
    people: z
      .object({
        range: z.number().nullable(),
        lastDay: z.number().nullable(),
        last7Days: z.number().nullable(),
        last28Days: z.number().nullable(),
        of: z.number(),
      })
      .describe(
        "active people with use, of all active people; spans that end with the last whole day count today so far too, as `in_use` does",
      ),
    by: z
      .record(z.enum(["kind", "level", "role", "department", "office"]), z.array(Part))
      .nullable()
      .describe("the same people as `people.range`, by part"),
    stopped: z
      .number()
      .nullable()
      .describe(
        "active people who used it in the 28 days (or what the window is) before the window, and not since; null: not known",
      ),
    stoppedReason: z.string().nullable().describe("why `stopped` is not known"),
    recruiting: RecruitingView.nullable().describe("null: this kind of credential can't read it"),
    whatCounts: z.array(RequestType),
    notCounted: z.array(z.object({ performerType: z.string(), events: z.number() })),
    olderDays: z.array(
      z.object({ before: Day, cause: z.enum(["time_zone", "request_types"]), timeZone: z.string() }),
    ),
    note: z.string(),
    stamp: Stamp,
  })
  .meta({ id: "Usage" });
export type UsageView = z.output<typeof UsageView>;

export const usage = endpoint({
  method: "GET",
  path: "/connections/{c}/usage",
  needs: "viewer",
  group: "Usage",
  summary: "Active people by day, kind, level, role, department and office.",
  params,
  query: z.object({ from: Day.optional(), to: Day.optional() }).strict(),
  answer: UsageView,
  errors,
});
export const requestTypes = endpoint({
  method: "GET",
  path: "/connections/{c}/usage/request-types",
  needs: "viewer",
  group: "Usage",
  summary: "Which request types count as use.",
  params,
  answer: z.object({ items: z.array(RequestType) }),
  errors,
});
export const setRequestTypes = endpoint({
  method: "PATCH",
  path: "/connections/{c}/usage/request-types",
  needs: "operator",
  group: "Usage",
  summary: "Switches request types on or off; days whose events are kept are counted anew.",
  params,
  body: z
    .object({
      set: z
        .array(RequestType.pick({ counts: true }).extend({ requestType: KeptText.nullable() }).strict())
        .min(1)
        .max(500),
    })
    .strict(),
  answer: z.object({ items: z.array(RequestType) }),
  errors,
});

const Person = Named.extend({ lastUsed: LastUsed, usage: Use });
export const OverviewView = z
  .object({
    listing: Stamp.shape.listing,
    grantsAsOf: Time.nullable(),
    usageUpTo: Time.nullable(),
    people: z.object({
      active: z.number(),
      byLevel: z.record(z.enum(LEVELS), z.number()),
      deactivated: z.number(),
      missing: z.number(),
      serviceAccounts: z.number(),
    }),
    window: Window,
    use: z.object({
      inUse: z.number(),
      unused: z.number(),
      neverUsed: z.number(),
      neverUsedSince: Time.nullable(),
      unknown: z.number(),
      unknownReason: z.string().nullable(),
      newlyUnused: z.number().nullable(),
      of: z.number(),
    }),
    licenses: z.object({ sentence: z.string(), assigned: z.number(), couldBeFreed: Freed }),
    siteAdmins: z.object({ total: z.number(), items: z.array(Person) }),
    leftButActive: z
      .object({
        total: z.number(),
        missing: z
          .number()
          .describe("so many of them Greenhouse lists no longer: whether they are active isn't known"),
        items: z.array(
          Named.extend({
            level: UserView.shape.level,
            grants: UserView.shape.grants,
            missing: z.boolean(),
            leftOn: Day.nullable().describe("the last day of work; null: not given"),
            daysSince: z.number(),
            daysUsed: z
              .number()
              .nullable()
              .describe("days with use after it; null: nothing of the time was read"),
          }),
        ),
      })
      .nullable()
      .describe(
        "people who have left and aren't known to be deactivated; null: no directory of employees was given",
      ),
    changes7Days: z
      .object({
        usersAdded: z.number(),
        deactivated: z.number(),
        levelChanged: z.number(),
        grantsAdded: z.number(),
        grantsRemoved: z.number(),
      })
      .nullable(),
    days: z.array(DayUse),
    recruiting: z
      .object({
        since: Time.nullable().describe("since when all lists that are read have been read; null: none is"),
        inUse: z
          .number()
          .describe("active people in use for whom such a list, not the audit log, tells the newest use"),
        read: z
          .array(
            z.object({
              stream: z.enum(RECRUITING_STREAMS),
              label: z.string(),
              from: Time.nullable(),
              until: Time.nullable(),
            }),
          )
          .describe("each list, with the time for which it was read without a gap; null: never"),
      })
      .nullable()
      .describe("null: this kind of credential can't read it"),
    needsYou: z.array(
      z.object({
        code: z.enum([
          "left_but_active",
          "actions_to_approve",
          "deactivated_with_grants",
          "site_admins_without_use",
          "missing_users",
          "users_without_email",
          "verdict",
        ]),
        count: z.number(),
        text: z.string(),
        filter: FilterOfUsers.nullable(),
        stream: z.enum(STREAMS).nullable(),
      }),
    ),
    findings: z
      .object({ high: z.number(), medium: z.number(), low: z.number() })
      .describe("open findings, by severity"),
    stamp: Stamp,
  })
  .meta({ id: "Overview" });
export type OverviewView = z.output<typeof OverviewView>;

export const overview = endpoint({
  method: "GET",
  path: "/connections/{c}/overview",
  needs: "viewer",
  group: "Usage",
  summary: "Who has access, who uses it, what changed, what needs you.",
  params,
  answer: OverviewView,
  errors,
});
