import type { Answer } from "../http/answer.ts";
import { json, tooMany } from "../http/answer.ts";
import { resetAt, retryAfter } from "../http/limits.ts";
import { answerExchange } from "../http/mint.ts";
import type { Call } from "../http/request.ts";
import { basicAuth } from "../http/request.ts";
import type { World } from "../http/world.ts";
import type { V1Credential } from "../switches.ts";
import { routes, V1Error } from "./routes.ts";
import { writeRoutes } from "./writes.ts";

const allRoutes = [...routes, ...writeRoutes];

/** Plays /v1, the two paths of /v2 and /auth: limits, authenticates before routing, then answers (api.md §1). */
export function answerV1(world: World, call: Call): Answer {
  const { scenario: s } = world;
  if (s["v1.state"] !== "alive") return retired(Number(s["v1.state"]));
  if (s["v1.plainHttp"] !== "allow") return json(Number(s["v1.plainHttp"]), { message: "HTTPS is required" });
  const basic = basicAuth(call.headers.authorization);
  const key = basic?.user ?? "";
  const exists = exchanges.includes(call.path) || allRoutes.some((route) => route.pattern.test(call.path));
  if (!exists && !s["v1.authenticatesFirst"]) return json(404, { message: "Resource not found" });
  if (!credentialOf(world, key) && !s["rate.v1.countUnauthenticated"]) return authenticated(world, call, key);
  return withRate(world, key === "" ? "nobody" : key, () => authenticated(world, call, key));
}

/** What a retired v1 answers is not documented (api.md §1.8): the status is a switch, the wording is ours. */
function retired(status: number): Answer {
  const messages: Record<number, string> = {
    401: "Invalid Basic Auth credentials",
    403: "Forbidden",
    404: "Resource not found",
    410: "This API version has been removed",
  };
  return json(status, { message: messages[status] });
}

function withRate(world: World, key: string, answer: () => Answer): Answer {
  const { scenario: s, timeScale } = world;
  if (!s["rate.enabled"]) return answer();
  const verdict = world.limiters.v1.take(
    key,
    { limit: s["rate.v1.limit"], windowSeconds: s["rate.v1.windowSeconds"], kind: s["rate.v1.kind"] },
    timeScale,
  );
  const headers: Record<string, string> = {
    "X-RateLimit-Limit": String(verdict.limit),
    "X-RateLimit-Remaining": String(verdict.remaining),
  };
  if (!verdict.allowed) {
    headers["X-RateLimit-Reset"] = resetAt(world.clock.now(), verdict.waitMs, timeScale);
    if (s["rate.v1.retryAfter"]) headers["Retry-After"] = retryAfter(verdict.waitMs, timeScale);
  }
  const got = verdict.allowed ? answer() : tooMany(s["rate.body"], {});
  return { ...got, headers: { ...got.headers, ...headers } };
}

/** The key's credential, unless unknown or revoked. */
function credentialOf(world: World, key: string): V1Credential | null {
  const credentials = world.scenario["credentials.v1"];
  const credential = Object.hasOwn(credentials, key) ? credentials[key] : undefined;
  return credential && !credential.revoked ? credential : null;
}

const exchanges = ["/auth/token", "/auth/jwt_access_token"];

function authenticated(world: World, call: Call, key: string): Answer {
  const credential = credentialOf(world, key);
  if (!credential) return json(401, { message: "Invalid Basic Auth credentials" });
  call.credential = key;
  if (call.path.startsWith("/auth/")) {
    return exchanges.includes(call.path)
      ? answerExchange(world, call, key)
      : json(404, { message: "Resource not found" });
  }
  if (call.method === "GET" && call.body !== "") return json(403, { message: "Forbidden" });
  const found = allRoutes.find(
    (route) => (route.method ?? "GET") === call.method && route.pattern.test(call.path),
  );
  if (!found) return json(404, { message: "Resource not found" });
  const permissions = credential.permissions ?? null;
  if (permissions !== null && !permissions.includes(found.permission)) {
    const status = world.scenario["v1.missingPermissionStatus"];
    return json(status, { message: status === 401 ? "Invalid Basic Auth credentials" : "Forbidden" });
  }
  try {
    return found.answer(world, call, found.pattern.exec(call.path)?.[1] ?? "");
  } catch (error) {
    if (error instanceof V1Error)
      return json(422, {
        message: "Validation error",
        errors: [{ message: error.message, field: error.field }],
      });
    throw error;
  }
}
