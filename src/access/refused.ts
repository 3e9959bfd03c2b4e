/** What keeps somebody out. The API tells it under the same code. */
export type AccessCode =
  | "unclaimed"
  | "claimed_already"
  | "setup_code_wrong"
  | "sign_in_failed"
  | "second_factor_needed"
  | "second_factor_wrong"
  | "second_factor_on"
  | "second_factor_off"
  | "passkey_needed"
  | "password_weak"
  | "password_wrong"
  | "no_role"
  | "invitation_wrong"
  | "member_not_found"
  | "last_admin"
  | "yourself"
  | "name_taken"
  | "connection_not_found"
  | "not_allowed"
  | "not_possible"
  | "not_begun"
  | "sso_unreachable"
  | "sso_misconfigured"
  | "sso_cancelled"
  | "sso_answer_refused"
  | "sso_email_taken"
  | "email_unverified"
  | "fresh_sign_in_needed"
  | "passkey_refused"
  | "passkey_taken"
  | "passkey_not_found"
  | "passkeys_elsewhere"
  | "too_many_tries";

export class AccessRefused extends Error {
  override name = "AccessRefused";
  readonly code: AccessCode;
  readonly cure: string | null;

  constructor(code: AccessCode, message: string, cure: string | null = null) {
    super(message);
    this.code = code;
    this.cure = cure;
  }
}
