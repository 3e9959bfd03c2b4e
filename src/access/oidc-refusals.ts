/** What keeps single sign-on from working, and who can mend it. Says nothing of what was sent. */
import type { OidcSettings } from "../config.ts";
import { trouble } from "../connectors/network-errors.ts";
import { proxyInForce } from "../connectors/proxy.ts";
import { AccessRefused } from "./refused.ts";

const MEANWHILE = "Signing in with a password works meanwhile.";
const AGAIN = "Begin again.";

interface Failure {
  name?: string;
  code?: string;
  /** The issuer's own word. */
  error?: string;
  status?: number;
  cause?: unknown;
}

export function refusalOf(thrown: unknown, { issuer, label }: OidcSettings): AccessRefused {
  if (thrown instanceof AccessRefused) return thrown;
  const failure = thrown as Failure;
  const unreachable = (why: string) =>
    new AccessRefused(
      "sso_unreachable",
      `${label} can't be asked: ${issuer.host} ${why}.`,
      `This server must reach ${issuer.host} by ${issuer.protocol === "https:" ? "https" : "http"}. ${MEANWHILE}`,
    );
  const misconfigured = (why: string, cure: string) =>
    new AccessRefused("sso_misconfigured", why, `${cure} ${MEANWHILE}`);
  const answer = (why: string, cure = AGAIN) => new AccessRefused("sso_answer_refused", why, cure);

  switch (failure.code) {
    case "OAUTH_TIMEOUT":
    case "OAUTH_ABORT":
      return unreachable("didn't answer in time");
    case "OAUTH_AUTHORIZATION_RESPONSE_ERROR":
      return ended(failure.error ?? "", label, misconfigured, unreachable);
    case "OAUTH_WWW_AUTHENTICATE_CHALLENGE":
      return clientRefused(label, failure.status);
    case "OAUTH_RESPONSE_BODY_ERROR":
      if (failure.error === "invalid_grant")
        return answer(`${label} doesn't know this sign-in any more.`, AGAIN);
      return failure.error === "invalid_client" || failure.error === "unauthorized_client"
        ? clientRefused(label, failure.status)
        : misconfigured(
            `${label} refused what we asked (${word(failure.error)}).`,
            "An admin compares the client at the issuer with docs/sign-in.md.",
          );
    case "OAUTH_JSON_ATTRIBUTE_COMPARISON_FAILED":
      return otherName(failure, issuer, misconfigured);
    case "OAUTH_JWT_TIMESTAMP_CHECK_FAILED":
      return answer(
        `The answer of ${label} is dated too far from our time: a clock is wrong.`,
        "Switch on time synchronization where Glasshouse runs, and begin again.",
      );
    case "OAUTH_RESPONSE_IS_NOT_CONFORM": {
      const status = (failure.cause as { status?: number } | undefined)?.status ?? 0;
      if (status >= 500 || status === 429) return unreachable(`answered ${status}`);
      return misconfigured(
        `${issuer.host} answered ${status} where an issuer tells of itself.`,
        CHECK_ISSUER,
      );
    }
    case "OAUTH_RESPONSE_IS_NOT_JSON":
    case "OAUTH_PARSE_ERROR":
    case "OAUTH_MISSING_SERVER_METADATA":
    case "OAUTH_INVALID_SERVER_METADATA":
    case "OAUTH_HTTP_REQUEST_FORBIDDEN":
      return misconfigured(`${issuer.host} doesn't answer as an issuer of OpenID Connect.`, CHECK_ISSUER);
  }
  if (failure.code?.startsWith("OAUTH_")) {
    return answer(`The answer of ${label} doesn't fit what this browser asked for.`);
  }
  if (thrown instanceof TypeError && failure.cause !== undefined) {
    const found = trouble(failure, issuer.protocol === "https:" ? proxyInForce() : null);
    return unreachable(found.family === "proxy" ? `is behind a proxy: ${found.words}` : `(${found.words})`);
  }
  throw thrown;
}

const CHECK_ISSUER =
  "Check GLASSHOUSE_OIDC_ISSUER: it is what stands before /.well-known/openid-configuration.";

type Misconfigured = (why: string, cure: string) => AccessRefused;

/** The issuer sent the browser back with a refusal. */
function ended(
  said: string,
  label: string,
  misconfigured: Misconfigured,
  unreachable: (why: string) => AccessRefused,
): AccessRefused {
  if (/^(server_error|temporarily_unavailable)$/.test(said)) return unreachable(`says ${said}`);
  if (/^(invalid_|unauthorized_client$|unsupported_|request_)/.test(said)) {
    return misconfigured(
      `${label} refused what we asked (${word(said)}).`,
      "An admin compares the client at the issuer with docs/sign-in.md.",
    );
  }
  return new AccessRefused(
    "sso_cancelled",
    `The sign-in at ${label} was ended there (${word(said)}).`,
    "Begin again. Still refused? Ask whoever runs it whether you may use Glasshouse.",
  );
}

function clientRefused(label: string, status?: number): AccessRefused {
  return new AccessRefused(
    "sso_misconfigured",
    `${label} doesn't accept our client ID or client secret${status ? ` (${status})` : ""}.`,
    `An admin sets GLASSHOUSE_OIDC_CLIENT_ID and GLASSHOUSE_OIDC_CLIENT_SECRET anew; a secret may have expired. ${MEANWHILE}`,
  );
}

/** To the letter: a slash more is another issuer. */
function otherName(failure: Failure, issuer: URL, misconfigured: Misconfigured): AccessRefused {
  const { body } = (failure.cause ?? {}) as { body?: { issuer?: unknown } };
  const name = typeof body?.issuer === "string" && URL.canParse(body.issuer) ? body.issuer : null;
  return name === null
    ? misconfigured(`${issuer.host} doesn't answer as an issuer of OpenID Connect.`, CHECK_ISSUER)
    : misconfigured(
        `The issuer calls itself ${name.slice(0, 200)}, not ${issuer.href}.`,
        "Set GLASSHOUSE_OIDC_ISSUER to what it calls itself, to the letter.",
      );
}

/** What the issuer calls the error: a word of the standard, or nothing that we repeat. */
function word(said: string | undefined): string {
  return said && /^[a-z_]{1,60}$/.test(said) ? said : "no reason told";
}
