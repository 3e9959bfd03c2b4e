/** How the audit reader asks Greenhouse: authorized, within the limits, bounded in size and time. */
import type { Ask } from "../../model/verdict.ts";
import { ConnectorError } from "../errors.ts";
import type { Authorization } from "./auth.ts";
import type { Caller } from "./call.ts";

const MAX_BYTES = 32 * 1024 * 1024;
const IDLE_MS = 30_000;
const TOTAL_MS = 90_000;

/** An answer to `GET /events` (api.md §3.3). Anything but a readable 200 is a thrown ConnectorError. */
export interface AuditAnswer {
  status: 200;
  /** Parsed JSON; integers of 16 digits and more are exact strings. */
  body: unknown;
  /** Size of the body after decompression. */
  bytes: number;
  ask: Ask;
  /** Greenhouse's own clock: the Date header in milliseconds; null where none was sent. */
  date: number | null;
  /** Header names in lower case. */
  headers: Record<string, string>;
  /** What it says in words, scrubbed; null: nothing. */
  said: string | null;
  /** Bytes that are no UTF-8 were replaced by U+FFFD while decoding: fields that hold it can't be trusted. */
  invalidUtf8: boolean;
}

export interface AuditTransport {
  /**
   * Asks `{audit}/events` once, waiting for a slot of the limits `audit` and, if paged, `audit_paged`.
   * `query` holds `before_time`, `after_time`, `paging` …; `headers` Size, Pit-Id, Search-After.
   *
   * Throws ConnectorError. What a reader tells apart:
   * - `fault: "too_large"` (more than 32 MB decoded) or `"timed_out"`: ask for a shorter span. Only a page that timed out has
   *   been asked for again
   * - family `invalid` (400, 422), with Greenhouse's words in `said` ("… Pit_Id has expired …")
   * - anything else has been retried as far as that makes sense
   */
  get(query: Record<string, string>, headers: Record<string, string>, paged: boolean): Promise<AuditAnswer>;
}

/** Greenhouse's documents write the path both ways (api.md §3.3). */
const PATHS = ["/events", "/events/"] as const;

export function auditTransport(
  caller: Pick<Caller, "url">,
  authorization: Pick<Authorization, "audit">,
): AuditTransport {
  let path: (typeof PATHS)[number] = PATHS[0];
  /** An answer has come from there, or from neither. */
  let settled = false;
  const ask: AuditTransport["get"] = async (query, headers, paged) => {
    const answer = await authorization.audit({
      method: "GET",
      url: caller.url("audit", path, query),
      headers,
      families: paged ? ["audit_paged", "audit"] : ["audit"],
      maxBytes: MAX_BYTES,
      idleMs: IDLE_MS,
      totalMs: TOTAL_MS,
      // A shorter span makes an unpaged answer shorter, but not a page.
      retryTimeouts: paged,
    });
    settled = true;
    return { ...answer, status: 200 };
  };
  return {
    async get(...question) {
      try {
        return await ask(...question);
      } catch (error) {
        if (settled || !isElsewhere(error)) throw error;
        settled = true;
        [, path] = PATHS;
        return ask(...question).catch((second: unknown) => {
          if (!isElsewhere(second)) throw second;
          [path] = PATHS;
          throw error;
        });
      }
    },
  };
}

function isElsewhere(error: unknown): boolean {
  if (!(error instanceof ConnectorError)) return false;
  return error.ask.status === 404 || (error.fault === "redirect" && error.said?.endsWith(PATHS[1]) === true);
}
