/** Connections: their list, connecting, testing, settings, disconnecting. */
import { z } from "zod";
import {
  CONNECTION_STATES,
  CREDENTIAL_KINDS,
  FEWEST_EVENT_DAYS,
  PERMISSION_TYPES,
} from "../../model/connection.ts";
import { LANE_NAMES, STREAMS } from "../../model/stream.ts";
import { CAUSE_CODES, STREAM_STATES } from "../../model/verdict.ts";
import { FindingSettings } from "./findings.ts";
import { anyOf, ConnectionParams, endpoint, Flag, Id, LEVELS, plainList, Time } from "./kit.ts";

const minutes = z.number().int().min(5).max(10_080);

function isTimeZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}

const windowDays = z.number().int().min(1).max(365);
const WindowRule = z
  .object({
    level: z.enum(LEVELS).nullable(),
    role: Id.nullable().describe("a role's ID"),
    days: windowDays,
  })
  .strict()
  .refine(({ level, role }) => (level === null) !== (role === null), "give a level or a role, not both");

export const Settings = z
  .object({
    everyMinutes: z
      .object({ directory: minutes, grants: minutes, usage: minutes, recruiting_activity: minutes })
      .describe("minutes between the starts of two runs of a lane"),
    off: z.array(z.enum(STREAMS)).describe("streams switched off by choice; `audit_log` is usage"),
    timeZone: z
      .string()
      .refine(isTimeZone, "give an IANA time zone such as Europe/Zurich")
      .describe("decides the day"),
    windowDays: windowDays.describe(
      "whole days without use after which a license is unused, unless one of `windows` fits",
    ),
    windows: z
      .array(WindowRule)
      .max(50)
      .describe("windows of a level or of who holds a role; the longest that fits a person is theirs"),
    keepEventsDays: z
      .number()
      .int()
      .min(FEWEST_EVENT_DAYS)
      .max(36_500)
      .nullable()
      .describe("null: for ever; roll-ups stay anyway"),
    sharePercent: z.number().int().min(1).max(100).describe("share of Greenhouse's rate limits that is used"),
    findings: FindingSettings.describe("thresholds and switches of findings"),
    secondApproval: z.boolean().describe("an action runs only once another admin has approved it"),
  })
  .meta({ id: "Settings" });

/** Any of the settings; lanes of everyMinutes and those of findings one by one. */
export const SettingsPatch = Settings.extend({
  everyMinutes: Settings.shape.everyMinutes.partial().strict(),
  findings: FindingSettings.partial().strict(),
})
  .partial()
  .strict();

const Origins = z.object({ harvest: z.url(), auth: z.url(), audit: z.url() });

export const Ask = z
  .object({
    method: z.string(),
    path: z.string().describe("without its query string"),
    host: z.string(),
    status: z.number().nullable().describe("null: no answer came"),
    at: Time,
    requestId: z.string().nullable(),
  })
  .meta({ id: "Ask" });

export const VerdictView = z
  .object({
    stream: z.enum(STREAMS),
    label: z.string(),
    lane: z.enum(LANE_NAMES),
    state: z.enum(STREAM_STATES),
    cause: z.enum(CAUSE_CODES).nullable().describe("null: nothing is wrong"),
    text: z.string().nullable(),
    cure: z.string().nullable(),
    lost: z.string().nullable().describe("what is missing while the stream is not well"),
    lostMeanwhile: z.string().nullable().describe("whether what happens meanwhile can still be read later"),
    since: Time.nullable(),
    healed: z
      .object({ at: Time, readBefore: Time.describe("the last success before it stopped") })
      .nullable()
      .describe("for a day after a stream that had stopped is well again"),
    lastSuccessAt: Time.nullable().describe("null: never"),
    rows: z.number().nullable().describe("stored after the last read; null: not read"),
    nextTryAt: Time.nullable(),
    ask: Ask.nullable(),
    facts: z.record(z.string(), z.union([z.string(), z.number(), z.array(z.string())])),
  })
  .meta({ id: "Verdict" });
export type VerdictView = z.output<typeof VerdictView>;

export const ConnectionView = z
  .object({
    id: z.number(),
    name: z.string(),
    vendor: z.literal("greenhouse"),
    credentialKind: z.enum(CREDENTIAL_KINDS),
    permissionType: z.enum(PERMISSION_TYPES),
    adminUserId: z.string().nullable(),
    adminUserName: z.string().nullable().describe("as the users read tell it; null: not among them"),
    origins: Origins,
    notGreenhouse: z.boolean().describe("true: at least one origin is not Greenhouse's own"),
    settings: Settings,
    paused: z.boolean(),
    frozenAt: Time.nullable(),
    organizationId: z.string().nullable(),
    createdAt: Time,
    state: z.enum(CONNECTION_STATES),
    stateText: z.string().describe("the state in words, such as `Syncing 3 of 8`"),
    streams: z.array(VerdictView),
    usageUpTo: Time.nullable().describe("use has been read completely up to here; null: nothing of it"),
    nextSyncAt: Time.nullable(),
  })
  .meta({ id: "Connection" });
export type ConnectionView = z.output<typeof ConnectionView>;

export const TEST_STEPS = ["reach", "credential", "admin_user", ...STREAMS] as const;
export const TestStepView = z
  .object({
    step: z.enum(TEST_STEPS),
    label: z.string(),
    state: z
      .enum(["asking", "well", "off", "failed", "skipped"])
      .describe("`off`: not allowed, but optional"),
    text: z.string(),
    verdict: VerdictView.pick({ stream: true, state: true, cause: true, text: true, cure: true, facts: true })
      .extend({ ask: Ask.nullable() })
      .nullable(),
    tookMs: z.number(),
  })
  .meta({ id: "TestStep" });
export type TestStepView = z.output<typeof TestStepView>;

const TestAnswer = z.object({ well: z.boolean(), steps: z.array(TestStepView) });
const OfDraft = z.object({
  accountOf: z
    .object({ id: z.number(), name: z.string() })
    .nullable()
    .describe("the connection that has this account already, if the reader may see it"),
});

const Note = z.object({
  type: z.literal("note"),
  text: z.string().describe("what was tidied or looks odd in what was given"),
});

/** What a stream of a test carries: steps, and at the end what came of it. */
const TestEvent = z.discriminatedUnion("type", [
  Note,
  z.object({ type: z.literal("step"), step: TestStepView }),
  z.object({ type: z.literal("done"), well: z.boolean() }),
]);
const DraftEvent = z.discriminatedUnion("type", [
  Note,
  z.object({ type: z.literal("step"), step: TestStepView }),
  z.object({ type: z.literal("done"), well: z.boolean() }).extend(OfDraft.shape),
]);
export const SavingEvent = z.discriminatedUnion("type", [
  Note,
  z.object({ type: z.literal("step"), step: TestStepView }),
  z.object({ type: z.literal("saved"), connection: ConnectionView }),
]);

export const CredentialBody = z
  .object({
    kind: z.enum(CREDENTIAL_KINDS),
    clientId: z.string().max(500).nullable().default(null).describe("v3 only"),
    secret: z.string().max(5000).describe("v3: the client secret; v1: the key"),
  })
  .strict();

export const ConnectionName = z
  .string()
  .trim()
  .min(1, "a connection needs a name")
  .max(80)
  .regex(/^[^\p{Cc}\p{Cf}]*$/u, "a name holds no control characters")
  .regex(/\D/, "a name that is only a number could be taken for an id");

export const DraftBody = z
  .object({
    name: ConnectionName,
    vendor: z.literal("greenhouse").default("greenhouse"),
    credential: CredentialBody,
    permissionType: z.enum(PERMISSION_TYPES).default("read"),
    adminUser: z
      .string()
      .max(1000)
      .nullable()
      .default(null)
      .describe("a Site Admin's user id, or the address of their page in Greenhouse"),
    usage: z.boolean().default(true).describe("false: the audit log is switched off"),
    origins: Origins.partial()
      .strict()
      .optional()
      .describe("other hosts than the environment's; only where allowed"),
    settings: SettingsPatch.optional(),
  })
  .strict();
export type DraftBody = z.input<typeof DraftBody>;

const group = "Connections";
const params = ConnectionParams;
const draftErrors = [
  "invalid_request",
  "credential_malformed",
  "admin_user_malformed",
  "origin_refused",
] as const;

export const listConnections = endpoint({
  method: "GET",
  path: "/connections",
  needs: "viewer",
  group,
  summary: "All connections with their state and streams.",
  query: z
    .object({
      id: anyOf(z.string().regex(/^\d+$/, "give a connection's id")).describe("only these; left out: all"),
    })
    .strict(),
  answer: plainList(ConnectionView),
  errors: ["invalid_request"],
});
export const createConnection = endpoint({
  method: "POST",
  path: "/connections",
  needs: "admin",
  target: "name",
  group,
  status: 201,
  summary: "Tests an account, then saves it. Refused when users can't be read.",
  body: DraftBody,
  answer: ConnectionView,
  stream: SavingEvent,
  errors: [...draftErrors, "test_failed", "name_taken", "account_taken"],
});
export const testDraft = endpoint({
  method: "POST",
  path: "/connections/test",
  needs: "admin",
  target: "name",
  group,
  summary: "Tests an account step by step; saves nothing.",
  body: DraftBody.partial({ name: true }),
  answer: TestAnswer.extend(OfDraft.shape),
  stream: DraftEvent,
  errors: draftErrors,
});
export const draftSiteAdmins = endpoint({
  method: "POST",
  path: "/connections/site-admins",
  needs: "admin",
  trail: false,
  group,
  summary:
    "The account's active Site Admins, to pick the admin user from, where the credential may list users.",
  body: DraftBody.partial({ name: true }),
  answer: z.object({
    items: z.array(
      z.object({
        id: z.string(),
        name: z.string().nullable(),
        email: z.string().nullable(),
        serviceAccount: z.boolean(),
      }),
    ),
  }),
  errors: [...draftErrors, "test_failed"],
});
export const getConnection = endpoint({
  method: "GET",
  path: "/connections/{c}",
  needs: "viewer",
  group,
  summary: "One connection.",
  params,
  answer: ConnectionView,
  errors: ["connection_not_found"],
});
export const updateConnection = endpoint({
  method: "PATCH",
  path: "/connections/{c}",
  needs: "operator",
  group,
  summary: "Renames, pauses, or changes settings.",
  params,
  body: z
    .object({
      name: ConnectionName.optional(),
      paused: z.boolean().optional(),
      permissionType: z.enum(PERMISSION_TYPES).optional().describe("needs the role admin"),
      settings: SettingsPatch.optional(),
    })
    .strict(),
  answer: ConnectionView,
  errors: ["invalid_request", "connection_not_found", "connection_frozen", "name_taken"],
});
export const disconnectPreview = endpoint({
  method: "GET",
  path: "/connections/{c}/disconnect-preview",
  needs: "admin",
  group,
  summary: "What disconnecting would touch.",
  params,
  answer: z.object({
    users: z.number(),
    grants: z.number(),
    events: z.number(),
    usageDays: z.number().describe("days with recorded use"),
    eventsBefore: Time.nullable().describe("older events than this Greenhouse no longer has"),
  }),
  errors: ["connection_not_found"],
});
export const disconnect = endpoint({
  method: "DELETE",
  path: "/connections/{c}",
  needs: "admin",
  group,
  summary: "Disconnects: destroys the credential and keeps the data, or deletes everything.",
  params,
  query: z
    .object({
      data: z.enum(["keep", "delete"]),
      wait: Flag.optional().describe(
        "false: answers once deleting has begun, which may take minutes; else at its end, or after twenty seconds",
      ),
    })
    .strict(),
  answer: z.object({ data: z.enum(["kept", "deleted", "deleting"]) }),
  errors: ["invalid_request", "connection_not_found"],
});
export const listDeletions = endpoint({
  method: "GET",
  path: "/deletions",
  needs: "viewer",
  group,
  summary: "Disconnected connections whose data is being deleted now.",
  answer: plainList(z.object({ id: z.number(), name: z.string() })),
  errors: [],
});
export const testConnection = endpoint({
  method: "POST",
  path: "/connections/{c}/test",
  needs: "operator",
  group,
  summary: "Tests the connection step by step.",
  params,
  answer: TestAnswer,
  stream: TestEvent,
  errors: ["connection_not_found", "connection_frozen"],
});
export const verdicts = endpoint({
  method: "GET",
  path: "/connections/{c}/verdicts",
  needs: "viewer",
  group,
  summary: "What is well, what isn't, why, and what to do: stream by stream.",
  params,
  answer: z.object({
    connection: ConnectionView.pick({ id: true, name: true, state: true, stateText: true, paused: true }),
    needsAttention: z.boolean(),
    items: z.array(VerdictView),
  }),
  errors: ["connection_not_found"],
});

export const HeldView = z
  .object({
    stream: z.enum(STREAMS),
    run: z.number(),
    since: Time,
    rowsBefore: z.number(),
    rowsAbsent: z.number(),
    rowsListed: z.number(),
    lastSeenAt: Time,
    needsPerson: z.boolean().describe("false: the next listing that agrees applies it"),
  })
  .meta({ id: "Held" });
export const held = endpoint({
  method: "GET",
  path: "/connections/{c}/held",
  needs: "viewer",
  group,
  summary: "Listings that lost too many rows to be believed at once.",
  params,
  answer: plainList(HeldView),
  errors: ["connection_not_found"],
});
export const acceptHeld = endpoint({
  method: "POST",
  path: "/connections/{c}/held/{stream}/accept",
  needs: "operator",
  group,
  summary: "Says that a held listing is right: its missing rows are applied.",
  params: ConnectionParams.extend({ stream: z.enum(STREAMS) }),
  body: z
    .object({
      rowsAbsent: z.number().int().min(1).describe("as it was shown: another loss isn't accepted"),
    })
    .strict(),
  answer: z.object({ stream: z.enum(STREAMS) }),
  errors: ["invalid_request", "connection_not_found", "connection_frozen", "nothing_held", "count_wrong"],
});
