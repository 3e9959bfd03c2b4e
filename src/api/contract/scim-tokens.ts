/** What identity providers send employees with: a token of its own for each, good for SCIM alone. */
import { z } from "zod";
import { endpoint, plainList, Time } from "./kit.ts";

export const ScimTokenView = z
  .object({
    id: z.number(),
    name: z.string(),
    madeBy: z.string(),
    createdAt: Time,
    lastUsedAt: Time.nullable().describe("null: never"),
  })
  .meta({ id: "ScimToken" });
export type ScimTokenView = z.output<typeof ScimTokenView>;

const group = "Employees";

export const listScimTokens = endpoint({
  method: "GET",
  path: "/scim-tokens",
  needs: "admin",
  group,
  summary: "SCIM tokens, newest first, never what opens them.",
  answer: plainList(ScimTokenView).extend({ url: z.string().describe("where SCIM clients send employees") }),
  errors: [],
});
export const createScimToken = endpoint({
  method: "POST",
  path: "/scim-tokens",
  needs: "admin",
  by: "person",
  target: "name",
  group,
  status: 201,
  summary: "Makes a SCIM token. What opens it is shown this once.",
  body: z
    .object({ name: z.string().trim().min(1, "a token needs a name").max(100).describe("what it is for") })
    .strict(),
  answer: z.object({
    token: ScimTokenView,
    secret: z.string().describe("`glasshouse_scim_…`, shown once"),
    url: z.string(),
  }),
  errors: ["invalid_request", "name_taken"],
});
export const revokeScimToken = endpoint({
  method: "DELETE",
  path: "/scim-tokens/{token}",
  needs: "admin",
  by: "person",
  group,
  summary: "Revokes a SCIM token. It counts from the next request on; employees stay as they are.",
  params: z.object({ token: z.coerce.number().int().positive() }),
  answer: z.object({ revoked: z.literal(true) }),
  errors: ["invalid_request", "token_not_found"],
});
