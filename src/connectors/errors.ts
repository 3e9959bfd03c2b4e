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

export class ConnectorError extends Error {
  override name = "ConnectorError";
  readonly family: Family;
  readonly ask: Ask;
  /** What Greenhouse said, scrubbed and cut to 200 characters; or the system's error code. */
  readonly said: string | null;
  /** After how long Greenhouse wants to be asked again. */
  readonly retryAfterMs: number | null;

  constructor(
    family: Family,
    message: string,
    ask: Ask,
    more: { said?: string | null; retryAfterMs?: number | null; cause?: unknown } = {},
  ) {
    super(message, { cause: more.cause });
    this.family = family;
    this.ask = ask;
    this.said = more.said ?? null;
    this.retryAfterMs = more.retryAfterMs ?? null;
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
