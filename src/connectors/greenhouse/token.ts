/** Reads what the two token endpoints answer: three spellings of the expiry, one of them not JSON (api.md §2.1, §3.1). */
import { isRecord, parseExact } from "../json.ts";
import { milliseconds } from "./schema.ts";

const HOUR_MS = 3_600_000;
/** The longest that is documented (api.md §3.1). Whoever says more may mean another unit, and what is refused is minted anew anyway. */
const LONGEST_LIFE_MS = 24 * HOUR_MS;

export interface MintedToken {
  accessToken: string;
  /** How long it is good, from the moment of the answer, ms. */
  lifeMs: number;
}

/**
 * Parses the body of a token answer. The v1 audit token's documented example prints `expires` without quotes, so
 * what isn't JSON is searched for the two fields. Throws SyntaxError if there is no token in it.
 */
export function parseTokenBody(text: string): Record<string, unknown> {
  try {
    const body = parseExact(text);
    if (isRecord(body)) return body;
  } catch {
    const token = /"access_token"\s*:\s*"([^"\\]+)"/.exec(text)?.[1];
    const expiry = /"?(expires(?:_at|_in)?)"?\s*:\s*"?([^",}\s]+)/.exec(text);
    if (token) return { access_token: token, ...(expiry && { [expiry[1]!]: expiry[2] }) };
  }
  throw new SyntaxError("no access token in the answer");
}

/**
 * Token and life of a token body. `now` is the server's clock where it told it, else ours: `expires_at` is by theirs.
 * In order: `expires_at`, `expires_in` (seconds), `expires`, the JWT's own `exp`, else one hour. null: no token.
 */
export function mintedToken(body: Record<string, unknown>, now: number): MintedToken | null {
  const accessToken = body.access_token;
  if (typeof accessToken !== "string" || accessToken === "") return null;
  const lifeMs =
    until(body.expires_at, now) ??
    seconds(body.expires_in) ??
    until(body.expires, now) ??
    jwtLife(accessToken, now) ??
    HOUR_MS;
  return { accessToken, lifeMs: Math.min(lifeMs, LONGEST_LIFE_MS) };
}

function until(time: unknown, now: number): number | null {
  const at =
    typeof time === "number"
      ? time * (time < 1e11 ? 1000 : 1)
      : typeof time === "string"
        ? (milliseconds(time) ?? Date.parse(time))
        : Number.NaN;
  return Number.isNaN(at) || at <= now ? null : at - now;
}

function seconds(value: unknown): number | null {
  const count = typeof value === "string" ? Number(value) : value;
  return typeof count === "number" && Number.isFinite(count) && count > 0 ? count * 1000 : null;
}

function jwtLife(token: string, now: number): number | null {
  try {
    const payload = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString("utf8"));
    return typeof payload?.exp === "number" ? until(payload.exp, now) : null;
  } catch {
    return null;
  }
}
