/** The closed list of what can go wrong at the API, with status and cure. docs/api.md is generated from it. */

export const ERRORS = {
  invalid_request: {
    status: 400,
    meaning: "A parameter, the query or the body is not what the endpoint takes.",
  },
  invalid_cursor: {
    status: 400,
    meaning: "The cursor is not one that this list gave, or its filter has changed.",
  },
  body_too_large: {
    status: 413,
    meaning: "The body is larger than 1 MB, or than 16 MB of a file to import.",
  },
  not_authorized: { status: 401, meaning: "Nobody is signed in, or the API token is wrong or has expired." },
  sign_in_failed: { status: 401, meaning: "E-mail address and password don't fit together." },
  second_factor_needed: { status: 401, meaning: "The password is right; the second factor is asked for." },
  second_factor_wrong: { status: 401, meaning: "The code is wrong, or was used before." },
  unclaimed: { status: 403, meaning: "There is no admin yet: the setup code comes first." },
  not_allowed: { status: 403, meaning: "The role of who asks doesn't allow it." },
  session_needed: { status: 403, meaning: "This is for people who have signed in, not for tokens." },
  no_role: { status: 403, meaning: "The member has been given no role yet." },
  setup_code_wrong: { status: 403, meaning: "The setup code is wrong or too old." },
  invitation_wrong: { status: 403, meaning: "The one-time code is wrong, was used, or is too old." },
  second_factor_missing: {
    status: 403,
    meaning: "Everybody who signs in with a password needs a second factor, and who asks has none.",
  },
  passkey_needed: {
    status: 403,
    meaning: "A password alone lets nobody in, and the member has a passkey to sign in with.",
  },
  password_wrong: { status: 403, meaning: "The password of now, which the change asks for, is wrong." },
  not_begun: {
    status: 403,
    meaning:
      "What is to be ended was not begun in this browser, was ended before, or is older than ten minutes.",
  },
  sso_cancelled: { status: 403, meaning: "The sign-in was ended at the issuer." },
  sso_answer_refused: { status: 403, meaning: "The issuer's answer doesn't fit, or is dated wrongly." },
  email_unverified: { status: 403, meaning: "The issuer doesn't vouch for the e-mail address." },
  fresh_sign_in_needed: {
    status: 403,
    meaning: "The sign-in is too long ago for a new passkey or second factor.",
  },
  passkey_refused: { status: 403, meaning: "The passkey isn't known here, or doesn't fit." },
  host_not_allowed: { status: 403, meaning: "The Host header names another host than this server's." },
  origin_not_allowed: { status: 403, meaning: "The request comes from a page of another site." },
  not_found: { status: 404, meaning: "No such endpoint." },
  connection_not_found: { status: 404, meaning: "No connection has this name or id." },
  run_not_found: { status: 404, meaning: "The connection has no run with this id." },
  user_not_found: { status: 404, meaning: "The connection has never seen a user with this id." },
  job_not_found: { status: 404, meaning: "The connection has never seen a job with this id." },
  event_not_found: {
    status: 404,
    meaning: "The connection has no event with this id, or no longer: events have a retention.",
  },
  finding_not_found: { status: 404, meaning: "The connection has no finding with this id." },
  session_not_found: { status: 404, meaning: "The member has no session with this id." },
  member_not_found: { status: 404, meaning: "No member fits." },
  token_not_found: { status: 404, meaning: "No API token has this id, or it is another member's." },
  grant_not_found: { status: 404, meaning: "The connection has never seen a grant with this id." },
  action_not_found: { status: 404, meaning: "The connection has no action with this id." },
  destination_not_found: {
    status: 404,
    meaning: "No destination of alerts has this id, or it is another member's.",
  },
  delivery_not_found: {
    status: 404,
    meaning: "No message has this id, or no longer: they are kept for 90 days.",
  },
  passkey_not_found: { status: 404, meaning: "The member has no passkey with this id." },
  sso_off: { status: 404, meaning: "No single sign-on is set up." },
  employee_not_found: { status: 404, meaning: "The directory has no employee with this id." },
  view_not_found: { status: 404, meaning: "No saved view has this id, or it is another member's own." },
  link_not_usable: {
    status: 404,
    meaning: "The one-time link is not known, was used, was taken back, or is older than 24 hours.",
  },
  not_known_then: { status: 404, meaning: "The time asked for lies before the first complete listing." },
  name_taken: {
    status: 409,
    meaning:
      "Another connection, another of your views on this page, or another of your API tokens, has this name.",
  },
  claimed_already: { status: 409, meaning: "There is an admin already." },
  second_factor_on: { status: 409, meaning: "The second factor is on already." },
  second_factor_off: { status: 409, meaning: "No second factor was begun." },
  last_admin: { status: 409, meaning: "Without this member no admin would be left who has ever signed in." },
  yourself: { status: 409, meaning: "Nobody does this to themselves: it could lock them out." },
  email_taken: { status: 409, meaning: "Another member has this e-mail address." },
  sso_email_taken: {
    status: 409,
    meaning: "The member with this e-mail address signs in with another account of the issuer.",
  },
  passkey_taken: { status: 409, meaning: "This passkey is here already." },
  passkeys_elsewhere: { status: 409, meaning: "Passkeys don't work at this address." },
  account_taken: { status: 409, meaning: "Another connection uses this credential already." },
  other_account: { status: 409, meaning: "The new credential opens another Greenhouse account." },
  connection_frozen: {
    status: 409,
    meaning: "The connection is frozen: its credential was destroyed, its data kept.",
  },
  connection_paused: { status: 409, meaning: "The connection is paused." },
  no_worker: {
    status: 409,
    meaning: "No worker lives that would do it: several processes share the database.",
  },
  confirmation_needed: {
    status: 409,
    meaning:
      "It would mark employees as left for being absent, and their number was not given, or is another by now.",
  },
  reads_only: { status: 409, meaning: "The connection's permission type is Read: it changes nothing." },
  listing_stale: {
    status: 409,
    meaning: "The users or grants were not read completely, or not recently enough for an action to rest on.",
  },
  count_wrong: { status: 409, meaning: "The number that was given is not how many it would touch." },
  action_over: {
    status: 409,
    meaning: "The action is in no state for this: it ran, was stopped, or is too old.",
  },
  own_action: { status: 409, meaning: "A second admin approves, not whoever proposed it." },
  nothing_held: { status: 409, meaning: "No listing of this stream is held." },
  credential_malformed: { status: 422, meaning: "The credential can't be right, by its shape alone." },
  password_weak: { status: 422, meaning: "The password is too easy to guess." },
  too_many_tries: { status: 429, meaning: "It was tried or asked too often; wait." },
  file_unreadable: { status: 422, meaning: "The file to import can't be read as a table." },
  rows_wrong: { status: 422, meaning: "Rows of the import are wrong. Nothing was imported." },
  admin_user_malformed: {
    status: 422,
    meaning: "The admin user is neither a number nor the address of a user's page.",
  },
  address_refused: {
    status: 422,
    meaning: "The address of a destination is none that messages are sent to.",
  },
  origin_refused: {
    status: 422,
    meaning: "The origin is not Greenhouse's and the environment doesn't allow it.",
  },
  test_failed: { status: 422, meaning: "The test found that users can't be read. Nothing was saved." },
  not_possible: {
    status: 422,
    meaning: "The request is well formed, but can't be done; the message says why.",
  },
  sso_unreachable: { status: 502, meaning: "The issuer of single sign-on can't be asked at the moment." },
  sso_misconfigured: {
    status: 502,
    meaning: "Issuer, client ID or client secret of single sign-on are not set rightly.",
  },
  not_ready: { status: 503, meaning: "The server is starting or ending." },
  internal: { status: 500, meaning: "A fault of Glasshouse's own; the log has it." },
} as const satisfies Record<string, { status: number; meaning: string }>;

export type ErrorCode = keyof typeof ERRORS;
export const ERROR_CODES = Object.keys(ERRORS) as [ErrorCode, ...ErrorCode[]];

/** What a handler or a service throws to refuse a request. The message is shown to people; it never holds a secret. */
export class ApiError extends Error {
  override name = "ApiError";
  readonly code: ErrorCode;
  readonly cure: string | null;

  constructor(code: ErrorCode, message: string, cure: string | null = null, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.cure = cure;
  }

  get status(): number {
    return ERRORS[this.code].status;
  }
}

/** The one shape of an error: `{ error: { code, message, cure? } }`. */
export function errorBody(code: ErrorCode, message: string, cure: string | null = null) {
  return { error: { code, message, ...(cure === null ? {} : { cure }) } };
}
