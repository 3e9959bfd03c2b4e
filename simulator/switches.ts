/**
 * Every switch of the scenario, in one table: its default (the documented or the likelier side),
 * the values it takes and what it means. The scenario's types, its checks and its documentation follow from this table.
 */
export interface Switch<T> {
  readonly default: T;
  /** The allowed values, or the name of a kind checked by scenario.ts. */
  readonly values: readonly unknown[] | Kind;
  readonly meaning: string;
}
export type Kind =
  | "boolean"
  | "number"
  | "share"
  | "text?"
  | "time?"
  | "spans"
  | "cap"
  | "refusals"
  | "v3 credentials"
  | "v1 credentials";

/** A Harvest v3 credential (api.md §2.1). `scopes: null` means every scope. */
interface V3Credential {
  secret: string;
  oldSecrets?: string[];
  scopes?: string[] | null;
  revoked?: boolean;
}
/** A Harvest v1 key (api.md §1.1). `permissions: null` means every endpoint. */
export interface V1Credential {
  permissions?: string[] | null;
  revoked?: boolean;
}

const one = <const T extends readonly unknown[]>(values: T, meaning: string): Switch<T[number]> => ({
  default: values[0] as T[number],
  values,
  meaning,
});
const bool = (value: boolean, meaning: string): Switch<boolean> => ({
  default: value,
  values: "boolean",
  meaning,
});
const num = (value: number, meaning: string): Switch<number> => ({
  default: value,
  values: "number",
  meaning,
});
const share = (value: number, meaning: string): Switch<number> => ({
  default: value,
  values: "share",
  meaning,
});
const time = (meaning: string): Switch<string | null> => ({ default: null, values: "time?", meaning });

export const defaultClientId = "glasshouse-simulator-4004";
export const defaultClientSecret = "simulated-secret-not-a-real-one";
export const defaultV1Key = "simulated-harvest-v1-key";

export const switches = {
  "http.gzip": bool(false, "Compress answers with gzip when the client accepts it."),
  "http.dateOffsetSeconds": num(0, "Moves the Date header away from the simulator's clock."),
  "http.latencyMs": num(0, "Every answer waits this long."),
  "http.latencyJitterMs": num(0, "Adds up to this much to the wait."),

  "rate.enabled": bool(true, "All rate limits at once."),
  "rate.body": one(
    ["message", "empty", "html"],
    "Body of every 429: the message that was seen, none, or a gateway's HTML (§1.3).",
  ),
  "rate.v3.limit": num(50, "Harvest v3: requests per window (§2.3)."),
  "rate.v3.windowSeconds": num(30, "Harvest v3: the window."),
  "rate.v3.kind": one(["fixed", "rolling"], "Harvest v3: a fixed or a rolling window."),
  "rate.v3.headersOn401": bool(false, 'Harvest v3: rate headers on a 401 too ("every response", §2.3).'),
  "rate.v3.retryAfter": bool(true, "Harvest v3: Retry-After on 429."),
  "rate.v1.limit": num(50, "Harvest v1: requests per window (§1.3)."),
  "rate.v1.windowSeconds": num(10, "Harvest v1: the window."),
  "rate.v1.kind": one(["fixed", "rolling"], "Harvest v1: a fixed or a rolling window."),
  "rate.v1.retryAfter": bool(true, "Harvest v1: Retry-After on 429; one guide says it is not sent (§1.2)."),
  "rate.v1.countUnauthenticated": bool(true, "Calls without a good key count too (§1.3)."),
  "rate.token.limit": num(20, "Token endpoint: requests per window; the number is not published."),
  "rate.token.windowSeconds": num(60, "Token endpoint: the window (§2.1)."),
  "rate.token.kind": one(["fixed", "rolling"], "Token endpoint: a fixed or a rolling window."),
  "rate.audit.limit": num(50, "Audit log: requests per window (§3.3)."),
  "rate.audit.windowSeconds": num(10, "Audit log: the window."),
  "rate.audit.kind": one(["fixed", "rolling"], "Audit log: a fixed or a rolling window, for both limits."),
  "rate.audit.headersOn429": bool(false, "Audit log: X-RateLimit headers on 429 too."),
  "rate.audit.retryAfter": bool(false, "Audit log: Retry-After on 429 (none is promised)."),
  "rate.auditPaged.limit": num(3, "Audit log: requests with paging=true per window (§3.3)."),
  "rate.auditPaged.windowSeconds": num(30, "Audit log: the window of the paginated requests."),

  "credentials.v3": {
    default: { [defaultClientId]: { secret: defaultClientSecret, scopes: null } } as Record<
      string,
      V3Credential
    >,
    values: "v3 credentials",
    meaning:
      "Client id → {secret, oldSecrets, scopes (null = all), revoked}. A narrowing works at once, on live tokens too (§2.1).",
  } as Switch<Record<string, V3Credential>>,
  "credentials.v1": {
    default: { [defaultV1Key]: { permissions: null } } as Record<string, V1Credential>,
    values: "v1 credentials",
    meaning: "Key → {permissions (null = all), revoked} (§1.1).",
  } as Switch<Record<string, V1Credential>>,
  "access.trustedIps": one(
    ["any", "refuse"],
    "A trusted IP list that leaves this caller out: every call is refused (§4, §8.10).",
  ),
  "access.trustedIpsStatus": one([403, 401], "The status of that refusal."),

  "token.expiryField": one(
    ["expires_at", "expires_in", "expires", "both", "none"],
    "How the token answer tells its end (§2.1).",
  ),
  "token.ttlSeconds": num(3600, "Lifetime of a v3 token; 86400 is the other side (§2.1)."),
  "token.oneActive": bool(true, "A new token revokes the credential's earlier one (§2.1, one source)."),
  "token.parameters": one(
    ["form", "query", "either"],
    "Where grant_type and sub are read: the form body, or the query and a JSON body (§2.1).",
  ),
  "token.scopeParameter": one(["ignore", "refuse"], "A scope parameter in the token request (§2.1)."),
  "token.invalidGrantBody": one(["error", "message"], "Body for a dead refresh token (§2.1)."),
  "token.invalidGrantStatus": one([400, 401], "Status for a dead refresh token (§2.1)."),
  "token.clientIdSuffix": one(
    ["required", "any"],
    "A client id that does not end in -<number> is a 400, or just unknown (§2.1).",
  ),
  "token.subjectCheck": one(
    ["mint", "call"],
    "An unknown or deactivated sub is refused when minting or at the call.",
  ),

  "v3.isuIsSiteAdmin": bool(
    true,
    "The service user that acts without sub passes as Site Admin (§2.1, §8.3).",
  ),
  "v3.nonSiteAdmin": one(
    ["forbidden", "empty"],
    "A subject who is not a Site Admin gets 403 or an empty list (§2.4).",
  ),
  "v3.forbiddenBody": one(["message", "errors", "empty"], "Body of a 403, never published (§2.4, §8.7)."),
  "v3.showServiceAccounts": one(
    ["heed", "ignore", "refuse"],
    "show_service_accounts=true is heeded, overlooked, or a 422 (§2.5).",
  ),
  "v3.unknownParameters": one(
    ["ignore", "refuse"],
    "A query parameter the contract lacks is ignored, or a 422.",
  ),
  "v3.bracketDates": one(
    ["unknown", "accept"],
    "updated_at[gte]=… is an unknown parameter, or works (§2.2).",
  ),
  "v3.twoSidedDates": one(
    ["accept", "refuse", "first only", "last only"],
    "gte|A|lte|B works, is a 422, or one of its sides is overlooked (§2.2).",
  ),
  "v3.dateFormat": one(["any", "seconds"], "Any ISO-8601 time, or whole seconds and Z only, as in §2.2."),
  "v3.bothDates": one(["accept", "refuse"], "created_at and updated_at in one request (§2.2)."),
  "v3.cursorTtlSeconds": num(3600, "A cursor older than this is a 422; the real time is unknown (§2.2)."),
  "v3.mostPerPage": num(500, "Rows of a page at most, whatever is asked: small lists come in several pages."),
  "v3.prevLink": bool(false, "The Link header carries a prev relation as well (§2.2)."),
  "v3.linkStyle": one(
    ["quoted", "unquoted", "extra", "lowercase"],
    'rel="next", rel=next, further relations beside it, or a lower-case header name (§2.2).',
  ),
  "v3.linkOrigin": {
    default: null,
    values: "text?",
    meaning: "Origin of the next link; null = the one called.",
  } as Switch<string | null>,
  "v3.redirectToLogin": bool(
    false,
    "Every /v3 call is a 302 to a browser login, as api.greenhouse.io does (§2.1).",
  ),
  "v3.routesFirst": bool(true, "An unknown path is a 404 before anybody asks for a token (§2.4)."),
  "v3.serviceAccountEmail": one(["empty", "null"], 'primary_email of a service account: "" or null (§2.5).'),
  "v3.nulls": one(["sent", "left out"], "A field without a value is null, or left out of its row (§2.5)."),
  "v3.deactivatedKeepsSiteAdmin": bool(true, "site_admin stays true after deactivation (§2.5)."),
  "v3.deactivatedKeepsPermissions": bool(true, "Job permission rows survive deactivation (§2.5)."),
  "v3.deactivatedKeepsTags": bool(true, "Interviewer tags and employee id stay while deactivated (§4)."),
  "v3.confidentialGrants": one(["shown", "hidden"], "Permissions on confidential jobs (§4, §8.8)."),
  "v3.permissionBumpsUpdatedAt": bool(
    false,
    "Adding or removing a permission touches users.updated_at (§2.7, §8.8).",
  ),

  "v3.singleWrites": one(
    ["work", "404"],
    "POST /v3/users/{id}/deactivate, …/activate and …/revoke_permissions; only implementers name them (§2.5, §8.9).",
  ),
  "v3.revokePermissions": one(["work", "404"], "POST /v3/users/{id}/revoke_permissions by itself (§2.5)."),
  "v3.bulkWrites": one(
    ["work", "404"],
    "POST /v3/users/deactivate/bulk, …/activate/bulk and …/revoke_permissions/bulk (§2.5).",
  ),
  "v3.bulkBody": one(
    ["data", "user_ids", "ids", "objects", "any"],
    'Body of those: {"data": [ids]}, {"user_ids": [ids]}, {"ids": [ids]}, {"data": [{"id"}]}, or any list of ids; another is a 422 (§8.9).',
  ),
  "v3.bulkStatus": one([202, 200, 204], "Status of their answer; 204 has no body and so no UUID (§8.9)."),
  "v3.bulkPoll": one(
    ["object", "array", "404"],
    "GET /v3/bulk_requests/{uuid}: one record, a list of one, or no such path (§2.2).",
  ),
  "v3.bulkRefusal": one(
    ["counted", "whole"],
    "A person in a bulk request who is refused or unknown: counted as a failure, or the whole request is refused and nothing done.",
  ),
  "v3.writeStatus": one([204, 200, 202], "Status of the answer to any other write (§2.5, §8.9)."),
  "v3.repeatedWrite": one(
    ["same", "refuse"],
    "A write for somebody who is so already: the same answer, or a 422 (§2.5: no idempotency keys).",
  ),
  "v3.repeatedDelete": one(["404", "same"], "DELETE of a permission that is gone: 404, or the same answer."),

  "write.effectSeconds": num(0, "A write shows this long after its answer, on the simulator's clock (§2.5)."),
  "write.effectCalls": num(0, "A write shows with the nth call after it, of any API; 0 and 1 are at once."),
  "write.refusals": {
    default: {},
    values: "refusals",
    meaning: "User id → 403, 422 or 500: every write about that person is refused with it.",
  } as Switch<Record<string, 403 | 422 | 500>>,
  "write.siteAdminTarget": one(
    ["allow", "refuse"],
    "Deactivating a Site Admin, or making one Basic: done, or a 403.",
  ),
  "write.self": one(["allow", "refuse"], "The same for whoever acts: done, or a 422."),
  "write.auditPerformer": one(
    ["user", "api_key", "nobody"],
    "The audit log tells of a write as done by whoever acts (a service user without sub), by the key, or not at all (§1.1, §8.6).",
  ),

  "v1.state": one(
    ["alive", "401", "403", "404", "410"],
    "What every /v1 and /auth path answers: it works, or this status as retired (§1.8, §8.1).",
  ),
  "v1.plainHttp": one(
    ["allow", "403", "401"],
    "Plain HTTP; the simulator speaks only that, so it is allowed unless told (§1.1).",
  ),
  "v1.missingPermissionStatus": one([403, 401], "A key without the endpoint's permission (§1.4)."),
  "v1.authenticatesFirst": bool(true, "An unknown path without a good key is a 401, not a 404 (§1.4)."),
  "v1.emailFilter": one(["array", "object"], "GET /v1/users?email= answers a list or one object (§1.5)."),
  "v1.linkHeader": bool(true, "Link headers; one guide says there are none (§1.2)."),
  "v1.order": one(["ascending", "descending", "shuffled"], "Order of GET /v1/users, not documented (§1.2)."),
  "v1.childExternalIds": one(
    ["plural", "singular"],
    "child_office_external_ids or child_office_external_id (§1.6).",
  ),
  "v1.parentExternalId": one(["singular", "plural"], "parent_department_external_id or …_ids (§1.6)."),
  "v1.topLevelParent": one(
    ["null", "empty"],
    'External id of the parent at the top level: null or "" (§1.6).',
  ),
  "v1.externalIdArrays": one(
    ["aligned", "ragged"],
    'External-id arrays line up with child_ids, or hold null and "" and don\'t (§1.6).',
  ),
  "v1.onBehalfOf": one(["optional", "required"], "On-Behalf-Of at /auth/jwt_access_token (§3.1)."),
  "v1.onBehalfOfStatus": one(
    [403, 401, 422],
    "A write without On-Behalf-Of, or with one that may not act (§1.1).",
  ),
  "v1.onBehalfOfMust": one(
    ["be active", "be a Site Admin"],
    "Who may be named there: any active user, or Site Admins alone, as is recommended (§1.1).",
  ),
  "v1.expiresQuoted": bool(
    true,
    "expires as a JSON string; the docs print it unquoted, which is not JSON (§3.1).",
  ),

  "audit.addon": one(["on", "off"], "The audit-log add-on (§3.1, §3.6)."),
  "audit.offStatus": one([403, 401], "Answer while the add-on is off (§3.6, §8.7)."),
  "audit.offAtToken": bool(
    false,
    "While it is off, /auth/jwt_access_token is refused, and so is a token for a credential whose only scope is the audit log's.",
  ),
  "audit.onSince": time("The add-on was bought then: nothing older exists."),
  "audit.holes": {
    default: [],
    values: "spans",
    meaning: "Times it was off: [[from, to], …]; nothing from them exists.",
  } as Switch<[string, string][]>,
  "audit.silentFrom": time("From then on nothing is recorded, though calls work."),
  "audit.siteAdminNeeded": bool(true, "The acting user must be a Site Admin (§3.1)."),
  "audit.pagingPlace": one(
    ["headers", "query", "both"],
    "Pit-Id and Search-After as headers, as query parameters pit_id and search_after, or either (§3.3).",
  ),
  "audit.sizePlace": one(
    ["headers", "query", "both"],
    "Size as a header or as the query parameter size (§3.3).",
  ),
  "audit.sizeOutOfRange": one(["refuse", "clamp"], "Size outside 100–500 is a 422, or brought into range."),
  "audit.timeFormat": one(
    ["any", "seconds"],
    "Times with milliseconds or +00:00 are read, or refused with 422 (§3.3).",
  ),
  "audit.beforeBound": one(["inclusive", "exclusive"], "before_time (§3.3)."),
  "audit.afterBound": one(["inclusive", "exclusive"], "after_time (§3.3)."),
  "audit.dateOffsetMinutes": num(0, "Time zone of date=, minutes east of UTC (unstated, §3.3)."),
  "audit.magicUnderscore": one(["refuse", "accept"], "magic_time=last_24_hours (§3.3)."),
  "audit.cursorShape": one(
    ["integer,string", "integer", "list", "three", "mixed"],
    "Shape of next_search_after (§3.3).",
  ),
  "audit.searchAfterStrict": bool(
    true,
    "A Search-After of any other shape than integer,string is a 400 (§3.3).",
  ),
  "audit.searchAfterStatus": one([400, 422], "Status of that refusal (§3.6)."),
  "audit.pitTtlSeconds": num(300, "Lifetime of a PIT since its last use; the real time is unknown (§3.3)."),
  "audit.pitExpiredStatus": one([400, 404, 422], "Status of an expired PIT (§3.3)."),
  "audit.hits": one(
    ["page", "total", "log"],
    "hits counts the page, the whole answer or the whole log (§3.3).",
  ),
  "audit.lastPage": one(
    ["empty", "with results"],
    "next_search_after is null on an empty last page, or already on the last page with results (§3.3).",
  ),
  "audit.shortPages": share(0, "Share of pages that are smaller than asked (§3.3)."),
  "audit.unpagedCap": {
    default: 100,
    values: "cap",
    meaning: 'Answers without paging=true: at most this many events, null = no limit, "refuse" = 422.',
  } as Switch<number | null | "refuse">,
  "audit.order": one(["newest first", "oldest first"], "Order of the events (§3.6)."),
  "audit.lagSeconds": num(0, "An event shows up this long after its time (undocumented, §3.6)."),
  "audit.lateShare": share(0, "Share of the events that show up later than that."),
  "audit.lateSeconds": num(900, "How much later those show up."),
  "audit.retentionDays": num(30, "Older events are gone (§3.6)."),
  "audit.apiKeyPerformer": one(["id", "name"], "performer.id of an API key (§3.4)."),
  "audit.userMeta": one(
    ["object", "text"],
    "performer.meta of a user: {name, username} or the e-mail (§3.4).",
  ),
  "audit.keyMeta": one(
    ["text", "object", "null"],
    'performer.meta of a key: "harvest", {api_key_type} or null (§3.4).',
  ),
  "audit.createMeta": one(
    ["mixed", "pairs", "scalars"],
    "event.meta of a create: pairs, scalars, or both mixed (§3.4).",
  ),
  "audit.mailOnlyShare": share(0, "Share of the page views whose performer has no id, only a username (§7)."),
} as const;

export type SwitchName = keyof typeof switches;
/** The scenario: one value per switch, by its dotted name. */
export type Scenario = {
  -readonly [K in SwitchName]: (typeof switches)[K] extends Switch<infer T> ? T : never;
};
