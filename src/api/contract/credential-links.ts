/** One-time links: a Site Admin elsewhere types a credential in, and sees nothing else. */
import { z } from "zod";
import { CREDENTIAL_KINDS, PERMISSION_TYPES } from "../../model/connection.ts";
import { CAUSE_CODES } from "../../model/verdict.ts";
import { ConnectionName, SettingsPatch, TEST_STEPS, TestStepView } from "./connections.ts";
import { endpoint, Time } from "./kit.ts";

const Asked = z.object({
  name: z.string(),
  credentialKind: z.enum(CREDENTIAL_KINDS),
  permissionType: z.enum(PERMISSION_TYPES),
  usage: z.boolean().describe("whether the audit log is wanted too"),
  replaces: z.boolean().describe("true: another credential for a connection that there is"),
  endsAt: Time,
});

export const CredentialLinkView = Asked.extend({
  id: z.number(),
  madeBy: z.string(),
  createdAt: Time,
}).meta({ id: "CredentialLink" });
export type CredentialLinkView = z.output<typeof CredentialLinkView>;

/** Without what a test says in words: that may name people of the account. */
export const LinkStepView = z
  .object({
    step: z.enum(TEST_STEPS),
    label: z.string(),
    state: TestStepView.shape.state,
    cause: z.enum(CAUSE_CODES).nullable(),
    cure: z.string().nullable().describe("where it names nobody"),
  })
  .meta({ id: "LinkStep" });
export type LinkStepView = z.output<typeof LinkStepView>;

const group = "One-time links";
/** In the body alone: an address stands in the logs of whatever it passes. */
const Opener = z.object({ link: z.string().min(20).max(100).describe("what opens it") }).strict();

export const createCredentialLink = endpoint({
  method: "POST",
  path: "/connections/credential-links",
  needs: "admin",
  by: "session",
  target: "name",
  group,
  status: 201,
  summary:
    "Makes a link that takes one credential within 24 hours, for a new connection or for one that there is.",
  body: z
    .object({
      connection: z.string().min(1).max(200).optional().describe("name or id of the one that there is"),
      name: ConnectionName.optional().describe("of a new one"),
      credentialKind: z.enum(CREDENTIAL_KINDS).default("harvest_v3"),
      permissionType: z.enum(PERMISSION_TYPES).default("read"),
      usage: z.boolean().default(true).describe("false: the audit log is switched off"),
      settings: SettingsPatch.default({}),
    })
    .strict()
    .refine((body) => (body.connection === undefined) !== (body.name === undefined), {
      error: "give either a connection or the name of a new one",
    }),
  answer: z.object({
    id: z.number(),
    link: z.string().describe("shown once; whoever has it can use it"),
    endsAt: Time,
  }),
  errors: ["invalid_request", "connection_not_found", "name_taken"],
});
export const listCredentialLinks = endpoint({
  method: "GET",
  path: "/connections/credential-links",
  needs: "admin",
  group,
  summary: "Links that can still be used, without what opens them.",
  answer: z.object({ items: z.array(CredentialLinkView) }),
  errors: [],
});
export const deleteCredentialLink = endpoint({
  method: "DELETE",
  path: "/connections/credential-links/{id}",
  needs: "admin",
  group,
  summary: "Takes a link back.",
  params: z.object({ id: z.coerce.number().int().positive() }),
  answer: z.object({ deleted: z.literal(true) }),
  errors: ["invalid_request", "link_not_usable"],
});
export const openCredentialLink = endpoint({
  method: "POST",
  path: "/credential-links/open",
  needs: "nobody",
  trail: false,
  group,
  summary: "What the link asks for, and nothing else.",
  body: Opener,
  answer: Asked,
  errors: ["invalid_request", "link_not_usable", "too_many_tries"],
});
export const useCredentialLink = endpoint({
  method: "POST",
  path: "/credential-links/use",
  needs: "nobody",
  group,
  summary: "Tests the credential, then connects, or replaces the old one; the link is over once that worked.",
  body: Opener.extend({
    clientId: z.string().max(500).nullable().default(null).describe("v3 only"),
    secret: z.string().max(5000).describe("v3: the client secret; v1: the key"),
    adminUser: z.string().max(1000).nullable().default(null),
  }),
  answer: z.object({ connected: z.literal(true), steps: z.array(LinkStepView) }),
  stream: z.discriminatedUnion("type", [
    z.object({ type: z.literal("note"), text: z.string() }),
    z.object({ type: z.literal("step"), step: LinkStepView }),
    z.object({ type: z.literal("connected") }),
  ]),
  errors: [
    "invalid_request",
    "link_not_usable",
    "credential_malformed",
    "admin_user_malformed",
    "test_failed",
    "name_taken",
    "other_account",
    "account_taken",
    "too_many_tries",
  ],
});
