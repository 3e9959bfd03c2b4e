/** Actions: what is changed in Greenhouse, previewed, applied, approved, read back. */
import { z } from "zod";
import { ACTION_KINDS, ACTION_STATES, REFUSALS, TARGET_STATES } from "../../model/action.ts";
import { LISTS_TO_ACT_ON } from "../../model/words.ts";
import { Ask } from "./connections.ts";
import { EmployeeListQuery } from "./employees.ts";
import { GrantFilter } from "./grants.ts";
import {
  anyOf,
  ConnectionParams,
  endpoint,
  Id,
  LEVELS,
  listed,
  Named,
  PageQuery,
  STATUSES,
  Time,
} from "./kit.ts";
import { FilterOfUsers } from "./users.ts";

const count = z.number().int();
const Person = z.string().describe("a member's name, or `the command line`");

export const ActionView = z
  .object({
    id: count,
    kind: z.enum(ACTION_KINDS),
    state: z
      .enum(ACTION_STATES)
      .describe(
        "`previewed`: nothing follows from it; `proposed`: waits for a second admin; `approved`: waits for its turn",
      ),
    targets: count.describe("people or grants, those that are refused among them"),
    counts: z
      .object({ waiting: count, sent: count, seen: count, refused: count, unknown: count })
      .describe(
        "`seen`: done, and read back; `refused`: not done; `unknown`: check in Greenhouse; of a preview `waiting` is whom it would touch",
      ),
    serviceAccounts: z.boolean().describe("service accounts are meant too"),
    needsApproval: z.boolean(),
    undoes: count.nullable().describe("the action that this one takes back"),
    undoneBy: count.nullable().describe("the latest action that takes this one back, or is about to"),
    undo: z
      .enum(ACTION_KINDS)
      .nullable()
      .describe("what would take this one back; null: nothing, or that is done or under way"),
    undoText: z.string(),
    notTold: z.array(z.string()).describe("what Greenhouse doesn't tell of the effect"),
    madeBy: Person,
    madeByMember: count.nullable().describe("the member's id; null: the command line"),
    madeAt: Time,
    endsAt: Time.describe("until when it can be applied, or approved"),
    appliedAt: Time.nullable(),
    approvedBy: Person.nullable(),
    approvedAt: Time.nullable(),
    stoppedBy: Person.nullable(),
    startedAt: Time.nullable(),
    endedAt: Time.nullable(),
  })
  .meta({ id: "Action" });
export type ActionView = z.output<typeof ActionView>;

const Place = z.union([Named, z.literal("every")]).nullable();
export const TargetView = z
  .object({
    n: count,
    user: Named.extend({
      email: z.string().nullable(),
      status: z.enum(STATUSES),
      level: z.enum(LEVELS),
      serviceAccount: z.boolean(),
    }).describe("as the preview showed them"),
    grant: z
      .object({
        kind: z.enum(["job", "future_job"]),
        id: Id,
        role: Named.nullable(),
        job: Named.extend({ status: z.string().nullable(), confidential: z.boolean().nullable() }).nullable(),
        department: Place,
        office: Place,
      })
      .nullable(),
    state: z.enum(TARGET_STATES),
    effect: z.array(z.string()),
    reason: z
      .object({ code: z.enum([...REFUSALS, "unknown"]), text: z.string() })
      .nullable()
      .describe("why it was refused, or isn't known"),
    after: z
      .object({ status: z.enum(STATUSES).nullable(), level: z.enum(LEVELS).nullable() })
      .nullable()
      .describe("as read back; null: not seen done"),
    ask: Ask.nullable().describe("what was asked for, and answered"),
    sentAt: Time.nullable(),
    endedAt: Time.nullable(),
  })
  .meta({ id: "Target" });
export type TargetView = z.output<typeof TargetView>;

const group = "Actions";
const params = ConnectionParams.extend({ action: z.coerce.number().int().positive() });
const MOST_NAMED = 5_000;

export const PreviewBody = z
  .object({
    kind: z.enum(ACTION_KINDS),
    users: z.array(Id).min(1).max(MOST_NAMED).optional(),
    usersThatFit: FilterOfUsers.strict().optional().describe("everybody whom this filter of users finds"),
    usersOnList: EmployeeListQuery.pick({ search: true, kind: true, domain: true })
      .extend({ list: z.enum(LISTS_TO_ACT_ON) })
      .strict()
      .optional()
      .describe("all users on this list of employees"),
    grants: z
      .array(z.object({ kind: z.enum(["job", "future_job"]), id: Id }).strict())
      .min(1)
      .max(MOST_NAMED)
      .optional()
      .describe("for `remove_grants`"),
    grantsThatFit: GrantFilter.strict().optional().describe("all that this filter of grants finds"),
    undo: count
      .positive()
      .optional()
      .describe("everybody whom this action has deactivated; for `reactivate`"),
    serviceAccounts: z.boolean().default(false).describe("service accounts are meant too"),
  })
  .strict()
  .refine(
    ({ kind, users, usersThatFit, usersOnList, grants, grantsThatFit, undo }) => {
      const people = [users, usersThatFit, usersOnList, undo].filter((each) => each !== undefined).length;
      const held = [grants, grantsThatFit].filter((each) => each !== undefined).length;
      return kind === "remove_grants" ? held === 1 && people === 0 : people === 1 && held === 0;
    },
    {
      error:
        "say once whom it is about: users, usersThatFit, usersOnList or undo; for remove_grants grants or grantsThatFit",
    },
  );
export type PreviewBody = z.input<typeof PreviewBody>;

const cantNow = ["connection_not_found", "reads_only", "listing_stale", "not_possible"] as const;

export const previewAction = endpoint({
  method: "POST",
  path: "/connections/{c}/actions",
  needs: "admin",
  by: "person",
  target: "kind",
  group,
  status: 201,
  summary: "Shows what an action would do, to each. Changes nothing; can be applied for half an hour.",
  params: ConnectionParams,
  body: PreviewBody,
  answer: ActionView,
  errors: ["invalid_request", ...cantNow, "user_not_found", "grant_not_found"],
});
export const applyAction = endpoint({
  method: "POST",
  path: "/connections/{c}/actions/{action}/apply",
  needs: "admin",
  by: "person",
  group,
  status: 202,
  summary:
    "Does what the preview showed, or proposes it where a second admin approves. Said again, it changes nothing.",
  params,
  body: z
    .object({ count: count.describe("how many it will touch, as typed: `counts.waiting` of the preview") })
    .strict(),
  answer: ActionView,
  errors: ["invalid_request", ...cantNow, "action_not_found", "count_wrong", "action_over", "no_worker"],
});
export const approveAction = endpoint({
  method: "POST",
  path: "/connections/{c}/actions/{action}/approve",
  needs: "admin",
  by: "session",
  group,
  status: 202,
  summary: "Approves what another admin has proposed: it runs.",
  params,
  answer: ActionView,
  errors: ["invalid_request", ...cantNow, "action_not_found", "own_action", "action_over", "no_worker"],
});
export const stopAction = endpoint({
  method: "POST",
  path: "/connections/{c}/actions/{action}/stop",
  needs: "admin",
  by: "person",
  group,
  summary: "Cancels an action; of one that runs, what was not sent yet isn't sent.",
  params,
  answer: ActionView,
  errors: ["invalid_request", "connection_not_found", "action_not_found", "action_over"],
});
export const listActions = endpoint({
  method: "GET",
  path: "/connections/{c}/actions",
  needs: "viewer",
  group,
  summary: "Actions, newest first. Previews that nobody applied are not among them.",
  params: ConnectionParams,
  query: PageQuery.strict(),
  answer: listed(ActionView),
  errors: ["invalid_request", "invalid_cursor", "connection_not_found"],
});
export const getAction = endpoint({
  method: "GET",
  path: "/connections/{c}/actions/{action}",
  needs: "viewer",
  group,
  summary: "One action, and how far it is.",
  params,
  answer: ActionView,
  errors: ["invalid_request", "connection_not_found", "action_not_found"],
});
export const listTargets = endpoint({
  method: "GET",
  path: "/connections/{c}/actions/{action}/targets",
  needs: "viewer",
  group,
  summary: "Each of whom an action is aimed at: the effect, and what became of it.",
  params,
  query: PageQuery.extend({ state: anyOf(z.enum(TARGET_STATES)) }).strict(),
  answer: listed(TargetView),
  errors: ["invalid_request", "invalid_cursor", "connection_not_found", "action_not_found"],
});
