/** Stop, wait or skip: what can go wrong between us and a vendor. A message never holds a secret. */
import type { Ask } from "../model/verdict.ts";

export type Family =
  | "network" // no connection: name not found, refused, no answer
  | "tls"
  | "proxy"
  | "rate_limited"
  | "unavailable" // 5xx
  | "credential" // the token endpoint or v1 doesn't know it
  | "refused" // 401, 403: a permission, a subject
  | "gone" // 404, 410
  | "invalid" // 400, 422: we asked wrongly, or a cursor has expired
  | "unreadable"; // an answer came, and can't be read

/** Why an answer could not be had or read, where the family alone doesn't say. */
export type Fault =
  | "too_large" // longer than we accept, after decompression
  | "timed_out" // no headers, or no end of the body, in time
  | "cut" // ended before it was complete
  | "html" // a page for people: a gateway's, a proxy's, a sign-in form
  | "garbled" // not JSON, or compressed wrongly
  | "redirect" // a 3xx, which is never followed
  | "foreign" // leads to an origin that isn't this connection's
  | "empty" // a listing without a single row that can't be without one
  | "repeated_link" // a next link that has been followed before
  | "wait_untold" // too many requests, and not for how long
  | "shape"; // JSON, but not what this endpoint answers

export class ConnectorError extends Error {
  override name = "ConnectorError";
  readonly family: Family;
  readonly ask: Ask;
  /** What Greenhouse said, scrubbed and cut to 200 characters; or the system's error code. */
  readonly said: string | null;
  /** After how long Greenhouse wants to be asked again. */
  readonly retryAfterMs: number | null;
  readonly fault: Fault | null;
  /** How often it was asked, in all. */
  tries = 1;

  constructor(
    family: Family,
    message: string,
    ask: Ask,
    more: { said?: string | null; retryAfterMs?: number | null; fault?: Fault | null; cause?: unknown } = {},
  ) {
    super(message, { cause: more.cause });
    this.family = family;
    this.ask = ask;
    this.said = more.said ?? null;
    this.retryAfterMs = more.retryAfterMs ?? null;
    this.fault = more.fault ?? null;
  }
}

/** The listing must start over from its first page: its cursor has expired, or rows came out of order. */
export class RestartListing extends Error {
  override name = "RestartListing";
  readonly reason: "cursor_expired" | "out_of_order";
  constructor(reason: "cursor_expired" | "out_of_order", message: string) {
    super(message);
    this.reason = reason;
  }
}
