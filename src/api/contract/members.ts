/** Members: who may sign in, as what, and what of theirs still lives. */
import { z } from "zod";
import { MEMBER_ROLES } from "../../model/member.ts";
import { Email, listSessions, PersonName } from "./access.ts";
import { endpoint, plainList, Time } from "./kit.ts";

const Connections = z
  .array(z.number().int().positive())
  .max(10_000)
  .nullable()
  .describe("ids of the connections that may be seen; null: all. An admin's rights are never limited");
const INVITATIONS = ["join", "reset"] as const;

export const MemberView = z
  .object({
    id: z.number(),
    name: z.string(),
    email: z.string(),
    role: z.enum(MEMBER_ROLES).nullable().describe("null: none yet, so no sign-in"),
    connections: Connections,
    secondFactor: z.boolean(),
    hasPassword: z.boolean(),
    passkeys: z.number(),
    sso: z.boolean().describe("true: has come by single sign-on"),
    you: z.boolean().describe("true: who asks"),
    createdAt: Time,
    lastSeenAt: Time.nullable().describe("null: never here"),
    sessions: z.number().describe("that still live"),
    tokens: z.number().describe("that have not expired"),
    invitation: z
      .object({
        kind: z
          .enum(INVITATIONS)
          .describe(
            "`join`: for who was never here; `reset`: also ends second factor, passkeys and sessions",
          ),
        endsAt: Time,
      })
      .nullable()
      .describe("a one-time code that can still be used"),
  })
  .meta({ id: "Member" });
export type MemberView = z.output<typeof MemberView>;

const OneTimeCode = z
  .object({
    member: MemberView,
    kind: z.enum(INVITATIONS),
    code: z.string().describe("shown once; typed at /invitation, or put behind it as /invitation#CODE"),
    endsAt: Time,
  })
  .meta({ id: "OneTimeCode" });

const group = "Members";
const params = z.object({ member: z.coerce.number().int().positive() });

export const listMembers = endpoint({
  method: "GET",
  path: "/members",
  needs: "admin",
  group,
  summary: "Everybody who may sign in, by name.",
  answer: plainList(MemberView),
  errors: [],
});
const SignInRules = z
  .object({
    secondFactorNeeded: z
      .boolean()
      .describe(
        "whoever signs in with a password needs a second factor: an app's codes, or a passkey. Single sign-on is up to its issuer",
      ),
  })
  .meta({ id: "SignInRules" });

export const getSignInRules = endpoint({
  method: "GET",
  path: "/sign-in-rules",
  needs: "admin",
  group,
  summary: "What is asked of everybody who signs in.",
  answer: SignInRules,
  errors: [],
});
export const changeSignInRules = endpoint({
  method: "PATCH",
  path: "/sign-in-rules",
  needs: "admin",
  by: "person",
  group,
  summary:
    "Asks a second factor of everybody who signs in with a password, or no longer. Who has none adds one before anything else, from the next request on.",
  body: SignInRules.strict(),
  answer: SignInRules,
  errors: ["invalid_request", "not_possible"],
});
export const inviteMember = endpoint({
  method: "POST",
  path: "/members",
  needs: "admin",
  by: "person",
  target: "email",
  group,
  status: 201,
  summary: "Adds a member, and gives a one-time code to hand over: it sets the password within 7 days.",
  body: z
    .object({
      name: PersonName,
      email: Email,
      role: z.enum(MEMBER_ROLES),
      connections: Connections.default(null),
    })
    .strict(),
  answer: OneTimeCode,
  errors: ["invalid_request", "email_taken", "connection_not_found", "not_possible"],
});
export const changeMember = endpoint({
  method: "PATCH",
  path: "/members/{member}",
  needs: "admin",
  by: "person",
  group,
  summary: "Gives another role, or limits to some connections. It counts from the next request on.",
  params,
  body: z
    .object({
      role: z
        .enum(MEMBER_ROLES)
        .nullable()
        .optional()
        .describe("null: takes it away, and ends sessions; the member stays"),
      connections: Connections.optional(),
    })
    .strict(),
  answer: MemberView,
  errors: [
    "invalid_request",
    "member_not_found",
    "connection_not_found",
    "last_admin",
    "yourself",
    "not_possible",
  ],
});
export const removeMember = endpoint({
  method: "DELETE",
  path: "/members/{member}",
  needs: "admin",
  by: "person",
  group,
  summary:
    "Removes a member with sessions, API tokens, one-time codes and private views. Shared views stay, as do rows of the audit trail.",
  params,
  answer: z.object({ removed: z.literal(true) }),
  errors: ["invalid_request", "member_not_found", "last_admin", "yourself"],
});
export const newMemberCode = endpoint({
  method: "POST",
  path: "/members/{member}/code",
  needs: "admin",
  by: "person",
  group,
  status: 201,
  summary:
    "Gives a one-time code to hand over; the one before is void. Who has been here gets one for an hour that also ends second factor and passkeys.",
  params,
  answer: OneTimeCode,
  errors: ["invalid_request", "member_not_found", "yourself", "no_role"],
});
export const listMemberSessions = endpoint({
  method: "GET",
  path: "/members/{member}/sessions",
  needs: "admin",
  group,
  summary: "A member's sessions, newest first.",
  params,
  answer: listSessions.answer,
  errors: ["invalid_request", "member_not_found"],
});
export const endMemberSessions = endpoint({
  method: "DELETE",
  path: "/members/{member}/sessions",
  needs: "admin",
  by: "person",
  group,
  summary: "Ends all of a member's sessions, at once.",
  params,
  answer: z.object({ ended: z.number() }),
  errors: ["invalid_request", "member_not_found"],
});
export const endMemberSession = endpoint({
  method: "DELETE",
  path: "/members/{member}/sessions/{session}",
  needs: "admin",
  by: "person",
  group,
  summary: "Ends one of a member's sessions.",
  params: params.extend({ session: z.coerce.number().int().positive() }),
  answer: z.object({ ended: z.literal(true) }),
  errors: ["invalid_request", "member_not_found", "session_not_found"],
});
