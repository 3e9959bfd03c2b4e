/** The credential of a connection: what may be told of it, and another in its place. */
import { z } from "zod";
import { CREDENTIAL_KINDS } from "../../model/connection.ts";
import { ConnectionView, CredentialBody, SavingEvent } from "./connections.ts";
import { ConnectionParams, endpoint } from "./kit.ts";

const group = "Connections";
const params = ConnectionParams;

export const credentialInUse = endpoint({
  method: "GET",
  path: "/connections/{c}/credential",
  needs: "admin",
  group,
  summary: "Which credential a connection has, never the credential itself.",
  params,
  answer: z.object({
    kind: z.enum(CREDENTIAL_KINDS),
    state: z
      .enum(["present", "destroyed", "locked"])
      .describe("`destroyed`: the connection was frozen; `locked`: sealed with a key that is not here"),
    clientIdEnds: z
      .string()
      .nullable()
      .describe("the last four characters of the client id; null: a v1 key has none, or it can't be opened"),
  }),
  errors: ["connection_not_found"],
});
export const replaceCredential = endpoint({
  method: "PUT",
  path: "/connections/{c}/credential",
  needs: "admin",
  group,
  summary: "Tests another credential or admin user of the same account, then replaces the old one.",
  params,
  body: z
    .object({
      credential: CredentialBody.optional().describe("left out: the stored one stays"),
      adminUser: z.string().max(1000).nullable().optional().describe("left out: as before"),
    })
    .strict()
    .refine((body) => body.credential !== undefined || body.adminUser !== undefined, {
      error: "give a credential, an admin user, or both",
    }),
  answer: ConnectionView,
  stream: SavingEvent,
  errors: [
    "invalid_request",
    "connection_not_found",
    "credential_malformed",
    "admin_user_malformed",
    "test_failed",
    "other_account",
    "account_taken",
  ],
});
