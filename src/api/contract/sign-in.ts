/** Signing in without a password: single sign-on and passkeys. */
import { z } from "zod";
import { SessionView } from "./access.ts";
import { endpoint, plainList, Time } from "./kit.ts";

const group = "Sign-in";

const Base64url = z
  .string()
  .max(20_000)
  .regex(/^[\w-]*$/, "is base64url");
/** As browsers give it (`PublicKeyCredential.toJSON()`); what isn't named here is not looked at. */
const Credential = z.object({
  id: Base64url.max(2000),
  rawId: Base64url.max(2000),
  type: z.literal("public-key"),
});
const NewCredential = Credential.extend({
  response: z.object({
    clientDataJSON: Base64url,
    attestationObject: Base64url,
    transports: z.array(z.string().max(40)).max(20).optional(),
  }),
});
const UsedCredential = Credential.extend({
  response: z.object({
    clientDataJSON: Base64url,
    authenticatorData: Base64url,
    signature: Base64url,
    userHandle: Base64url.max(200).nullish(),
  }),
});
const Options = z
  .looseObject({ challenge: z.string() })
  .describe("as `navigator.credentials` takes them, as JSON");
const PasskeyName = z
  .string()
  .trim()
  .min(1, "give a name")
  .max(60)
  .regex(/^[^\p{Cc}\p{Cf}]*$/u, "a name holds no control characters");

export const PasskeyView = z
  .object({
    id: z.number(),
    name: z.string(),
    synced: z.boolean().describe("true: a password manager or system keeps it, on several devices"),
    createdAt: Time,
    lastUsedAt: Time.nullable().describe("null: never used"),
  })
  .meta({ id: "Passkey" });
export type PasskeyView = z.output<typeof PasskeyView>;

export const beginSso = endpoint({
  method: "POST",
  path: "/session/sso/begin",
  group,
  summary: "Begins single sign-on: where the browser goes for it. It gets a cookie, good for ten minutes.",
  needs: "nobody",
  trail: false,
  body: z
    .object({
      back: z.string().max(4000).optional().describe("the page to show afterwards, from its `/` on"),
    })
    .strict(),
  answer: z.object({ url: z.string() }),
  errors: ["invalid_request", "sso_off", "sso_unreachable", "sso_misconfigured", "too_many_tries"],
});
export const signInWithSso = endpoint({
  method: "POST",
  path: "/session/sso",
  group,
  status: 201,
  summary: "Ends single sign-on, in the browser that began it, and signs in.",
  needs: "nobody",
  body: z
    .object({
      found: z.string().max(8000).describe("what the issuer has added to the address, after its `?`"),
    })
    .strict(),
  answer: z.object({ session: SessionView, back: z.string().nullable() }),
  errors: [
    "invalid_request",
    "sso_off",
    "sso_unreachable",
    "sso_misconfigured",
    "sso_cancelled",
    "sso_answer_refused",
    "sso_email_taken",
    "email_unverified",
    "not_begun",
    "no_role",
    "too_many_tries",
  ],
});
export const beginPasskeySignIn = endpoint({
  method: "POST",
  path: "/session/passkey/begin",
  group,
  summary: "Begins a sign-in with a passkey: what the browser asks the device. Good for ten minutes.",
  needs: "nobody",
  trail: false,
  answer: z.object({ options: Options }),
  errors: ["passkeys_elsewhere", "too_many_tries"],
});
export const signInWithPasskey = endpoint({
  method: "POST",
  path: "/session/passkey",
  group,
  status: 201,
  summary: "Signs in with what the device answered. No second factor is asked for: the device has made sure.",
  needs: "nobody",
  body: z.object({ answer: UsedCredential }).strict(),
  answer: SessionView,
  errors: [
    "invalid_request",
    "not_begun",
    "passkey_refused",
    "passkeys_elsewhere",
    "no_role",
    "too_many_tries",
  ],
});
export const listPasskeys = endpoint({
  method: "GET",
  path: "/passkeys",
  group,
  summary: "One's own passkeys, oldest first.",
  needs: "viewer",
  by: "session",
  beforeSecondFactor: true,
  answer: plainList(PasskeyView).extend({
    address: z.string().describe("where passkeys are made and used"),
    here: z.boolean().describe("true: the address asked, and passkeys work there"),
    works: z.boolean().describe("false: passkeys work at no address without https"),
    proof: z
      .enum(["nothing", "password", "sign_in"])
      .describe("what adding and removing asks for: nothing within ten minutes of the sign-in"),
  }),
  errors: [],
});
export const beginPasskey = endpoint({
  method: "POST",
  path: "/passkeys/begin",
  group,
  summary: "Begins to add a passkey: what the browser asks the device. Good for ten minutes.",
  needs: "viewer",
  by: "session",
  beforeSecondFactor: true,
  body: z.object({ password: z.string().max(500).optional().describe("where `proof` asks for it") }).strict(),
  answer: z.object({ options: Options }),
  errors: [
    "invalid_request",
    "password_wrong",
    "fresh_sign_in_needed",
    "passkey_needed",
    "passkeys_elsewhere",
    "not_possible",
    "too_many_tries",
  ],
});
export const addPasskey = endpoint({
  method: "POST",
  path: "/passkeys",
  group,
  status: 201,
  summary: "Adds the passkey that the device made.",
  needs: "viewer",
  by: "session",
  beforeSecondFactor: true,
  target: "name",
  body: z.object({ name: PasskeyName, answer: NewCredential }).strict(),
  answer: PasskeyView,
  errors: [
    "invalid_request",
    "not_begun",
    "passkey_refused",
    "passkey_taken",
    "passkey_needed",
    "passkeys_elsewhere",
  ],
});
export const renamePasskey = endpoint({
  method: "PATCH",
  path: "/passkeys/{passkey}",
  group,
  summary: "Gives one of one's own passkeys another name.",
  needs: "viewer",
  by: "session",
  target: "name",
  params: z.object({ passkey: z.coerce.number().int().positive() }),
  body: z.object({ name: PasskeyName }).strict(),
  answer: PasskeyView,
  errors: ["invalid_request", "passkey_not_found"],
});
export const removePasskey = endpoint({
  method: "DELETE",
  path: "/passkeys/{passkey}",
  group,
  summary: "Removes one of one's own passkeys, and ends the other sessions.",
  needs: "viewer",
  by: "session",
  params: z.object({ passkey: z.coerce.number().int().positive() }),
  body: z.object({ password: z.string().max(500).optional().describe("where `proof` asks for it") }).strict(),
  answer: z.object({ removed: z.literal(true) }),
  errors: [
    "invalid_request",
    "passkey_not_found",
    "password_wrong",
    "fresh_sign_in_needed",
    "not_possible",
    "too_many_tries",
  ],
});
