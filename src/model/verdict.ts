import type { Stream } from "./stream.ts";

/** The request behind a verdict: enough to quote to Greenhouse, nothing secret. */
export interface Ask {
  method: string;
  /** Path without its query string. */
  path: string;
  host: string;
  /** null: no answer came. */
  status: number | null;
  at: number;
  requestId: string | null;
}

export const STREAM_STATES = [
  "well",
  "reading",
  "stopped",
  "off",
  "waiting_for_users",
  "not_read_yet",
] as const;
/**
 * `stopped`: it worked before, or was asked for and is not well. `off`: never allowed, or switched off by choice;
 * it leaves the check mark green.
 */
export type StreamState = (typeof STREAM_STATES)[number];

export const CAUSE_CODES = [
  "credential_wrong",
  "credential_malformed",
  "credential_shared",
  "credential_retired",
  "permission_missing",
  "lists_refused",
  "users_empty",
  "admin_user_missing",
  "admin_user_malformed",
  "admin_user_unknown",
  "admin_user_deactivated",
  "admin_user_not_site_admin",
  "admin_user_refused",
  "audit_log_refused",
  "audit_log_off",
  "audit_log_empty",
  "audit_log_no_people",
  "audit_log_silent",
  "rate_limited",
  "greenhouse_unavailable",
  "network",
  "tls",
  "tls_intercepted",
  "proxy",
  "answer_unreadable",
  "records_unreadable",
  "clock_wrong",
  "listing_held",
  "other_account",
  "behind",
  "switched_off",
  "waiting_for_users",
] as const;
export type CauseCode = (typeof CAUSE_CODES)[number];

/** What a stream's last attempt says: the answer to "why is it not appearing?". */
export interface Verdict {
  stream: Stream;
  state: StreamState;
  /** null exactly when the stream is well, being read, or not read yet. */
  cause: CauseCode | null;
  /** One sentence, with its evidence in it. */
  text: string | null;
  /** One click here or one path in Greenhouse. */
  cure: string | null;
  ask: Ask | null;
  /** Facts a page may show beside the text: counts, ids, names of users. Never a secret. */
  facts: Record<string, string | number | string[]>;
}
