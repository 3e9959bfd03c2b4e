import { randomBytes } from "node:crypto";
import { isoTime } from "../clock.ts";
import { auditScope } from "../v3/listings.ts";
import type { Answer } from "./answer.ts";
import { json, raw, tooMany } from "./answer.ts";
import { retryAfter } from "./limits.ts";
import type { Call } from "./request.ts";
import { basicAuth } from "./request.ts";
import type { Token } from "./tokens.ts";
import type { World } from "./world.ts";
import { subjectProblem } from "./world.ts";

const grants = [
  "authorization_code",
  "refresh_token",
  "client_credentials",
  "urn:ietf:params:oauth:grant-type:token-exchange",
];
const errorId = (): string => `err-${randomBytes(8).toString("hex")}`;

/** Plays POST /token with the failures measured in api.md §2.1. */
export function answerToken(world: World, call: Call): Answer {
  if (call.method !== "POST") return json(404, { message: "Resource not found" });
  const basic = basicAuth(call.headers.authorization);
  const limited = limit(world, basic?.user ?? "nobody");
  if (limited) return limited;
  if (!basic) return json(401, { message: "Unauthorized", errorId: errorId() });
  if (world.scenario["token.clientIdSuffix"] === "required" && !/-\d+$/.test(basic.user))
    return json(400, {
      message: `client_id=${basic.user} does not contain a valid client ID suffix`,
      errorId: errorId(),
    });
  const credentials = world.scenario["credentials.v3"];
  const credential = Object.hasOwn(credentials, basic.user) ? credentials[basic.user] : undefined;
  const known =
    credential &&
    !credential.revoked &&
    (credential.secret === basic.password || credential.oldSecrets?.includes(basic.password));
  if (!known) return json(401, { error: "invalid_client" });
  call.credential = basic.user;
  const parameters = readParameters(world, call);
  const grant = parameters("grant_type");
  if (grant === null) return json(400, { message: "Must include `grant_type` parameter in /token request" });
  if (!grants.includes(grant))
    return json(400, { message: `grant_type=${grant} is invalid, please use one of: ${grants.join(", ")}` });
  if (grant !== "client_credentials")
    return json(
      world.scenario["token.invalidGrantStatus"],
      world.scenario["token.invalidGrantBody"] === "error"
        ? { error: "invalid_grant" }
        : { message: "The grant is invalid or has expired." },
    );
  if (parameters("scope") !== null && world.scenario["token.scopeParameter"] === "refuse")
    return json(400, { error: "invalid_scope" });
  const onlyAudit = credential.scopes?.every((scope) => scope === auditScope) ?? false;
  if (onlyAudit && world.scenario["audit.addon"] === "off" && world.scenario["audit.offAtToken"])
    return json(403, { message: "Forbidden" });
  return mintFor(world, basic.user, parameters("sub"));
}

function limit(world: World, key: string): Answer | null {
  const { scenario: s, timeScale } = world;
  if (!s["rate.enabled"]) return null;
  const rule = {
    limit: s["rate.token.limit"],
    windowSeconds: s["rate.token.windowSeconds"],
    kind: s["rate.token.kind"],
  };
  const verdict = world.limiters.token.take(key, rule, timeScale);
  return verdict.allowed
    ? null
    : tooMany(s["rate.body"], { "Retry-After": retryAfter(verdict.waitMs, timeScale) });
}

/** grant_type and sub come in the form body; the OpenAPI operation has them in the query and in JSON (api.md §2.1). */
function readParameters(world: World, call: Call): (name: string) => string | null {
  const place = world.scenario["token.parameters"];
  const type = call.headers["content-type"] ?? "";
  const form = new URLSearchParams(type.includes("application/x-www-form-urlencoded") ? call.body : "");
  const body = jsonBody(call);
  const text = (value: unknown): string | null =>
    typeof value === "string" || typeof value === "number" ? String(value) : null;
  return (name) =>
    (place === "query" ? null : form.get(name)) ??
    (place === "form" ? null : (call.query.get(name) ?? text(body[name])));
}

function jsonBody(call: Call): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(call.body);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

/** Why a sub is refused when minting, or null (api.md §2.1 "sub"). */
function subProblem(world: World, sub: string | null): string | null {
  if (sub === null || sub === "") return null;
  if (!/^\d{1,16}$/.test(sub)) return "sub is not a user id";
  const problem = world.scenario["token.subjectCheck"] === "mint" ? subjectProblem(world, Number(sub)) : null;
  return problem === "unknown" || problem === "deactivated" ? `The user in sub is ${problem}.` : null;
}

function mintFor(world: World, clientId: string, sub: string | null): Answer {
  const { scenario: s } = world;
  const problem = subProblem(world, sub);
  if (problem) return json(403, { message: "Forbidden", errors: [problem] });
  const token = world.tokens.mint(
    clientId,
    sub ? Number(sub) : null,
    world.clock.now(),
    s["token.ttlSeconds"],
    s["token.oneActive"],
    "v3",
  );
  const field = s["token.expiryField"];
  const times = {
    expires_at: isoTime(token.expiresAt),
    expires_in: s["token.ttlSeconds"],
    expires: isoTime(token.expiresAt),
  };
  const shown =
    field === "none"
      ? {}
      : field === "both"
        ? { expires_at: times.expires_at, expires_in: times.expires_in }
        : { [field]: times[field] };
  return json(200, { token_type: "Bearer", access_token: token.text, ...shown });
}

const tokenAnswer = (token: Token, quoted: boolean): Answer =>
  raw(
    200,
    `{"access_token":"${token.text}","expires":${quoted ? `"${isoTime(token.expiresAt)}"` : isoTime(token.expiresAt)}}`,
  );

/** Plays the v1 world's two exchanges; the caller is already authenticated by its key (api.md §2.1 "Transition", §3.1). */
export function answerExchange(world: World, call: Call, key: string): Answer {
  const { scenario: s } = world;
  if (call.method !== "POST") return json(404, { message: "Resource not found" });
  const now = world.clock.now();
  if (call.path === "/auth/token") {
    const given = jsonBody(call).sub;
    const sub = typeof given === "string" || typeof given === "number" ? String(given) : null;
    const problem = subProblem(world, sub);
    if (problem) return json(403, { message: problem });
    const owner = transitionClient(world, key);
    return tokenAnswer(
      world.tokens.mint(
        owner,
        sub ? Number(sub) : null,
        now,
        s["token.ttlSeconds"],
        s["token.oneActive"],
        "v3",
      ),
      s["v1.expiresQuoted"],
    );
  }
  const behalf = call.headers["on-behalf-of"];
  const subject = typeof behalf === "string" && /^\d{1,16}$/.test(behalf) ? Number(behalf) : null;
  if (s["v1.onBehalfOf"] === "required" && subject === null)
    return json(422, {
      message: "Validation error",
      errors: [{ message: "is required", field: "On-Behalf-Of" }],
    });
  if (subject !== null && subjectProblem(world, subject) === "unknown")
    return json(404, { message: "Resource not found" });
  const permissions = s["credentials.v1"][key]?.permissions;
  if (
    (permissions && !permissions.includes("audit_log")) ||
    (s["audit.addon"] === "off" && s["audit.offAtToken"])
  )
    return json(403, { message: "Forbidden" });
  return tokenAnswer(world.tokens.mint(key, subject, now, 86_400, false, "v1"), s["v1.expiresQuoted"]);
}

/** A token from the transition call acts with the first v3 credential that isn't revoked: a v1 key has no scopes of its own. */
function transitionClient(world: World, key: string): string {
  const live = Object.entries(world.scenario["credentials.v3"]).find(([, credential]) => !credential.revoked);
  return live?.[0] ?? key;
}
