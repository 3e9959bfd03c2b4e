/** API tokens: for programs, in the name of a member, and never above that member's role. */
import { z } from "zod";
import { MEMBER_ROLES } from "../../model/member.ts";
import { Email, PersonName } from "./access.ts";
import { endpoint, plainList, Time } from "./kit.ts";

export const TokenView = z
  .object({
    id: z.number(),
    name: z.string(),
    role: z.enum(MEMBER_ROLES).describe("as it was made"),
    may: z
      .enum(MEMBER_ROLES)
      .nullable()
      .describe("what it may now: never above its member's role; null: nothing any more"),
    member: z.object({ id: z.number(), name: z.string(), email: z.string() }),
    mine: z.boolean(),
    createdAt: Time,
    endsAt: Time.nullable().describe("null: never"),
    expired: z.boolean(),
    lastUsedAt: Time.nullable().describe("null: never"),
  })
  .meta({ id: "Token" });
export type TokenView = z.output<typeof TokenView>;

const group = "API tokens";

export const listTokens = endpoint({
  method: "GET",
  path: "/tokens",
  needs: "viewer",
  group,
  summary: "One's own API tokens, an admin's answer has everybody's; newest first, never what opens them.",
  answer: plainList(TokenView),
  errors: [],
});
export const createToken = endpoint({
  method: "POST",
  path: "/tokens",
  needs: "viewer",
  by: "person",
  target: "name",
  group,
  status: 201,
  summary: "Makes an API token. What opens it is shown this once.",
  body: z
    .object({
      name: PersonName.describe("what it is for"),
      role: z.enum(MEMBER_ROLES).default("viewer").describe("never above one's own"),
      days: z
        .number()
        .int()
        .min(1)
        .max(3650)
        .nullable()
        .default(90)
        .describe("how long it is good; null: until it is revoked"),
      member: Email.optional().describe("whose; for the command line on the server's machine alone"),
    })
    .strict(),
  answer: z.object({
    token: TokenView,
    secret: z.string().describe("`glasshouse_…`, shown once"),
    warning: z.string().nullable().describe("where it never expires"),
  }),
  errors: ["invalid_request", "member_not_found", "name_taken", "not_allowed"],
});
export const revokeToken = endpoint({
  method: "DELETE",
  path: "/tokens/{token}",
  needs: "viewer",
  by: "person",
  group,
  summary: "Revokes one of one's own API tokens; an admin anybody's. It counts from the next request on.",
  params: z.object({ token: z.coerce.number().int().positive() }),
  answer: z.object({ revoked: z.literal(true) }),
  errors: ["invalid_request", "token_not_found"],
});
