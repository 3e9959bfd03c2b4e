import type { Answer } from "../http/answer.ts";
import { json } from "../http/answer.ts";
import { resetAt, retryAfter } from "../http/limits.ts";
import { answerExchange } from "../http/mint.ts";
import type { Call } from "../http/request.ts";
import { basicAuth } from "../http/request.ts";
import type { World } from "../http/world.ts";
import { routes, V1Error } from "./routes.ts";

/** Plays /v1 and /auth: limits, authenticates before routing, then answers (api.md §1). */
export function answerV1(world: World, call: Call): Answer {
  const { scenario: s } = world;
  if (s["v1.state"] !== "alive") return retired(Number(s["v1.state"]));
  if (s["v1.plainHttp"] !== "allow") return json(Number(s["v1.plainHttp"]), { message: "HTTPS is required" });
  const basic = basicAuth(call.headers.authorization);
  return withRate(world, basic?.user ?? "nobody", () => authenticated(world, call, basic?.user ?? ""));
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
  const got = verdict.allowed ? answer() : json(429, { message: "Rate limit exceeded" });
  return { ...got, headers: { ...got.headers, ...headers } };
}

function authenticated(world: World, call: Call, key: string): Answer {
  const credential = world.scenario["credentials.v1"][key];
  if (!credential || credential.revoked) return json(401, { message: "Invalid Basic Auth credentials" });
  call.credential = key;
  if (call.path.startsWith("/auth/")) {
    return ["/auth/token", "/auth/jwt_access_token"].includes(call.path)
      ? answerExchange(world, call, key)
      : json(404, { message: "Resource not found" });
  }
  if (call.method === "GET" && call.body !== "") return json(403, { message: "Forbidden" });
  const found = routes.find((route) => route.pattern.test(call.path));
  if (!found || call.method !== "GET") return json(404, { message: "Resource not found" });
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
