/** Who is here: claiming the installation, signing in and out, sessions, the second factor. */
import { z } from "zod";
import { MEMBER_ROLES } from "../../model/member.ts";
import { endpoint, plainList, Time } from "./kit.ts";

/** A name without control characters, as people have one. */
export const PersonName = z
  .string()
  .trim()
  .min(1, "give a name")
  .max(120)
  .regex(/^[^\p{Cc}\p{Cf}]*$/u, "a name holds no control characters");
export const Email = z.string().trim().max(254).pipe(z.email("give an e-mail address"));
const Password = z.string().max(500);
const Code = z.string().max(100);

export const Self = z
  .object({
    id: z.number(),
    name: z.string(),
    email: z.string(),
    role: z.enum(MEMBER_ROLES),
    connections: z
      .array(z.number())
      .nullable()
      .describe("ids of the connections that may be seen; null: all"),
    secondFactor: z.boolean(),
    hasPassword: z.boolean().describe("false: signs in by single sign-on or a passkey alone"),
  })
  .meta({ id: "Self" });

export const SessionView = z
  .object({
    state: z
      .enum(["unclaimed", "signed_out", "second_factor_missing", "signed_in"])
      .describe("`second_factor_missing`: all that may be done is to add one, or to sign out"),
    sample: z.boolean().describe("true: this is sample data"),
    version: z.string(),
    member: Self.nullable(),
    idleMinutes: z.number().describe("a session ends once nothing was asked for so long"),
    ways: z
      .object({
        sso: z
          .string()
          .nullable()
          .describe("what stands on the button of single sign-on; null: there is none"),
        passkey: z.boolean().describe("true: somebody has one"),
        address: z.string().describe("where both work, and only there"),
        here: z.boolean().describe("true: that is the address asked"),
      })
      .describe("to sign in, besides the password"),
  })
  .meta({ id: "Session" });
export type SessionView = z.output<typeof SessionView>;

const group = "Sign-in";

export const getSession = endpoint({
  method: "GET",
  path: "/session",
  group,
  summary: "Whether the installation is claimed, and who asks.",
  needs: "nobody",
  beforeClaim: true,
  answer: SessionView,
  errors: [],
});
export const claim = endpoint({
  method: "POST",
  path: "/setup",
  group,
  status: 201,
  summary: "Makes who has the setup code the first admin, and signs in.",
  needs: "nobody",
  beforeClaim: true,
  target: "email",
  body: z.object({ code: Code, name: PersonName, email: Email, password: Password }).strict(),
  answer: SessionView,
  errors: ["invalid_request", "setup_code_wrong", "claimed_already", "password_weak", "too_many_tries"],
});
export const newSetupCode = endpoint({
  method: "POST",
  path: "/setup/code",
  group,
  summary: "A new setup code, while there is no admin; the one before is void.",
  needs: "machine",
  body: z
    .object({
      toFile: z.boolean().default(false).describe("write it to a file (0600) instead of the answer"),
    })
    .strict(),
  answer: z.object({
    code: z.string().nullable(),
    file: z.string().nullable(),
    endsAt: Time,
  }),
  errors: ["invalid_request", "claimed_already"],
});
export const resetAdmin = endpoint({
  method: "POST",
  path: "/setup/reset-admin",
  group,
  summary: "A code with which an admin who can't sign in sets a new password.",
  needs: "machine",
  target: "email",
  body: z.object({ email: Email }).strict(),
  answer: z.object({ name: z.string(), email: z.string(), code: z.string(), endsAt: Time }),
  errors: ["invalid_request", "member_not_found"],
});
export const signIn = endpoint({
  method: "POST",
  path: "/session",
  group,
  status: 201,
  summary: "Signs in with e-mail address, password and, where it is on, the second factor.",
  needs: "nobody",
  target: "email",
  body: z
    .object({
      email: Email,
      password: Password,
      code: Code.optional().describe("of the app, or a recovery code"),
    })
    .strict(),
  answer: SessionView,
  errors: [
    "invalid_request",
    "sign_in_failed",
    "second_factor_needed",
    "second_factor_wrong",
    "passkey_needed",
    "no_role",
    "too_many_tries",
  ],
});
export const acceptInvitation = endpoint({
  method: "POST",
  path: "/invitation",
  group,
  status: 201,
  summary: "Sets a password with a one-time code (of an invitation, or of `reset-admin`), and signs in.",
  needs: "nobody",
  body: z.object({ code: Code, name: PersonName.optional(), password: Password }).strict(),
  answer: SessionView,
  errors: ["invalid_request", "invitation_wrong", "password_weak", "no_role", "too_many_tries"],
});
export const signOut = endpoint({
  method: "DELETE",
  path: "/session",
  group,
  summary: "Signs out: this session ends.",
  needs: "nobody",
  answer: SessionView,
  errors: [],
});
export const listSessions = endpoint({
  method: "GET",
  path: "/sessions",
  group,
  summary: "One's own sessions, newest first.",
  needs: "viewer",
  by: "session",
  answer: plainList(
    z.object({
      id: z.number(),
      current: z.boolean().describe("true: the one that asks"),
      createdAt: Time,
      lastSeenAt: Time,
      endsAt: Time.describe("at the latest"),
      ip: z.string().nullable().describe("null: not told, or not for viewers"),
      agent: z.string().nullable().describe("what the browser calls itself"),
    }),
  ),
  errors: [],
});
export const endSession = endpoint({
  method: "DELETE",
  path: "/sessions/{session}",
  group,
  summary: "Ends one of one's own sessions.",
  needs: "viewer",
  by: "session",
  params: z.object({ session: z.coerce.number().int().positive() }),
  answer: z.object({ ended: z.literal(true) }),
  errors: ["invalid_request", "session_not_found"],
});
export const beginTotp = endpoint({
  method: "POST",
  path: "/session/totp",
  group,
  summary: "Begins to add an app's codes as second factor. It counts once confirmed.",
  needs: "viewer",
  by: "session",
  beforeSecondFactor: true,
  body: z
    .object({ password: Password.optional().describe("where the sign-in is older than ten minutes") })
    .strict(),
  answer: z.object({
    url: z.string().describe("`otpauth://…`, what the QR code holds"),
    secret: z.string().describe("to type where no QR code can be read"),
    qr: z
      .object({ size: z.number(), path: z.string() })
      .describe("the QR code: its dark squares as a path of SVG, in a view of so many squares each way"),
  }),
  errors: [
    "invalid_request",
    "second_factor_on",
    "password_wrong",
    "fresh_sign_in_needed",
    "passkey_needed",
    "too_many_tries",
  ],
});
export const confirmTotp = endpoint({
  method: "PUT",
  path: "/session/totp",
  group,
  summary: "Confirms the second factor with a code of the app. The recovery codes are shown this once.",
  needs: "viewer",
  by: "session",
  beforeSecondFactor: true,
  body: z.object({ code: Code }).strict(),
  answer: z.object({ recoveryCodes: z.array(z.string()) }),
  errors: [
    "invalid_request",
    "second_factor_wrong",
    "second_factor_on",
    "second_factor_off",
    "passkey_needed",
    "too_many_tries",
  ],
});
export const removeTotp = endpoint({
  method: "DELETE",
  path: "/session/totp",
  group,
  summary: "Switches the second factor off, and ends the other sessions.",
  needs: "viewer",
  by: "session",
  body: z.object({ password: Password }).strict(),
  answer: z.object({ secondFactor: z.literal(false) }),
  errors: ["invalid_request", "password_wrong", "too_many_tries"],
});
export const changePassword = endpoint({
  method: "PUT",
  path: "/session/password",
  group,
  summary: "Changes one's password, and ends the other sessions.",
  needs: "viewer",
  by: "session",
  body: z.object({ password: Password.describe("the one of now"), newPassword: Password }).strict(),
  answer: z.object({ changed: z.literal(true) }),
  errors: ["invalid_request", "password_wrong", "password_weak", "too_many_tries"],
});
