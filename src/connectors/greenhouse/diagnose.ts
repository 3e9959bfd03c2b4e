/** Turns what was thrown while a stream was read into its verdict: the deepest cause, with its evidence and cure. */
import { failedState } from "../../model/connection-state.ts";
import type { Stream } from "../../model/stream.ts";
import type { Verdict } from "../../model/verdict.ts";
import { issuerOf } from "../certificate.ts";
import type { Known } from "../connector.ts";
import { ConnectorError, RestartListing } from "../errors.ts";
import { UNKNOWN_ISSUER } from "../network-errors.ts";
import { proxyInForce } from "../proxy.ts";
import type { Authorization } from "./auth.ts";
import type { Caller } from "./call.ts";
import { refusal } from "./diagnose-access.ts";
import { isRefusal } from "./questions.ts";
import { saysOff } from "./said.ts";
import * as trouble from "./trouble-text.ts";
import * as text from "./verdict-text.ts";
import type { Finding } from "./verdict-words.ts";

/** So often a day, and it isn't chance any more (console.md §7). */
const SHARED_FROM = 3;
const CLOCK_TOLERANCE_MS = 5 * 60_000;

/** May ask Greenhouse cheap questions. What is no failure between us and Greenhouse is thrown again: a bug. */
export async function diagnose(
  caller: Caller,
  authorization: Authorization,
  stream: Stream,
  error: unknown,
  known: Known,
): Promise<Verdict> {
  const finding = await find(caller, authorization, stream, error, known);
  return {
    stream,
    state: failedState(stream, finding.cause, known.lastSuccess(stream) !== null),
    ...finding,
  };
}

async function find(
  caller: Caller,
  authorization: Authorization,
  stream: Stream,
  error: unknown,
  known: Known,
): Promise<Finding> {
  if (error instanceof RestartListing) return trouble.unreadable(null, error.message);
  if (!(error instanceof ConnectorError)) throw error;
  if (stream === "audit_log" && saysOff(error)) return text.auditLogOff(error.ask);
  if (!isRefusal(error)) return plain(caller, error);
  try {
    const ask = () => refusal({ caller, authorization, known }, stream, error);
    const finding = await authorization.alone(ask);
    const isPage = error.fault === "html" && (error.ask.status === 401 || error.ask.status === 403);
    return isPage ? trouble.asPage(finding, error.ask) : finding;
  } catch (deeper) {
    if (!(deeper instanceof ConnectorError)) throw deeper;
    return isRefusal(deeper) ? text.credentialWrong(deeper) : plain(caller, deeper);
  }
}

/** Causes that say themselves what they are. */
async function plain(caller: Caller, error: ConnectorError): Promise<Finding> {
  const { origins } = caller.options;
  const { ask, said } = error;
  switch (error.family) {
    case "network":
      return trouble.network(ask, said, origins);
    case "proxy":
      return trouble.proxy(ask, said, proxyInForce()?.host ?? "of this machine", origins);
    case "tls": {
      const unknownIssuer = UNKNOWN_ISSUER.some((code) => said?.includes(code));
      if (!unknownIssuer) return trouble.tls(ask, said);
      return trouble.tlsIntercepted(ask, await issuerOf(ask.host, caller.signal), origins);
    }
    case "rate_limited":
      return trouble.rateLimited(ask, error.retryAfterMs, error.fault === "wait_untold");
    case "unavailable":
      return trouble.unavailable(ask, error.tries, error.retryAfterMs);
    default:
      return trouble.unreadable(ask, said);
  }
}

/** What is wrong although users were read: another program keeps ending our sessions. null: nothing. */
export async function concern(authorization: Authorization): Promise<Verdict | null> {
  const endedEarly = await authorization.endedEarly();
  const last = endedEarly.at(-1);
  if (!last || endedEarly.length < SHARED_FROM) return null;
  return { stream: "users", state: "stopped", ...text.credentialShared(last, endedEarly.length) };
}

/** More than five minutes between our clock and Greenhouse's: use can't be judged. null: less, or not seen. */
export function wrongClock({ meter: { clockSkewMs }, now }: Caller): Finding | null {
  const wrong = clockSkewMs !== null && Math.abs(clockSkewMs) > CLOCK_TOLERANCE_MS;
  return wrong ? trouble.clockWrong(clockSkewMs, now()) : null;
}
