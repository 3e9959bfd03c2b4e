/** What Greenhouse says when it doesn't answer: five shapes of error body (api.md §1.4, §2.1, §2.4, §3.6), whatever the status. */
import type { ConnectorError } from "../errors.ts";

/** The words of an error body in one line, not scrubbed yet; null: it says nothing. */
export function saidIn(body: unknown): string | null {
  if (typeof body === "string") return body || null;
  if (body === null || typeof body !== "object") return null;
  const { message, error, error_description, errors } = body as Record<string, unknown>;
  const parts = [message, error, error_description, ...(Array.isArray(errors) ? errors : [errors])].flatMap(
    words,
  );
  return parts.length > 0 ? [...new Set(parts)].join("; ") : null;
}

function words(part: unknown): string[] {
  if (typeof part === "string") return part ? [part] : [];
  if (part === null || typeof part !== "object") return [];
  const { message, field } = part as { message?: unknown; field?: unknown };
  if (typeof message === "string") return [typeof field === "string" ? `${field} ${message}` : message];
  return Object.entries(part).flatMap(([name, text]) =>
    typeof text === "string"
      ? [`${name}: ${text}`]
      : Array.isArray(text)
        ? [`${name}: ${text.join(", ")}`]
        : [],
  );
}

/** The error id that the token endpoint puts into its body instead of a header. */
export function errorIdIn(body: unknown): string | null {
  const id = body !== null && typeof body === "object" ? (body as { errorId?: unknown }).errorId : null;
  return typeof id === "string" ? id.replace(/[^\x21-\x7e]/g, "").slice(0, 100) || null : null;
}

/** Greenhouse says itself that there is no audit log: with which status isn't documented (api.md §3.6). */
export function saysOff({ ask, said }: Pick<ConnectorError, "ask" | "said">): boolean {
  const { status } = ask;
  return status !== null && status < 500 && status !== 429 && SAYS_OFF.test(said ?? "");
}

/** What an answer is that isn't what was asked for, with what it says. */
export function withWords(what: string, said: string | null | undefined): string {
  return said ? `${what}; it says: ${said}` : what;
}

const SAYS_OFF =
  /audit.?log[^.;]{0,60}\b(not (been )?(enabled|available|active|activated|included|part)|disabled|isn't (enabled|available)|add-?on)|add-?on[^.;]{0,40}(not|required|needed|disabled)|(\bnot|n't) include[^.;]{0,40}audit.?log/i;
