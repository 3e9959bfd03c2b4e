import { answerAudit } from "../audit/answer.ts";
import { answerV1 } from "../v1/answer.ts";
import { answerV3 } from "../v3/answer.ts";
import type { Answer } from "./answer.ts";
import { json } from "./answer.ts";
import { answerToken } from "./mint.ts";
import type { Call } from "./request.ts";
import type { World } from "./world.ts";

export type Family = "v3" | "v1" | "token" | "audit" | "other";

/** The endpoint a path belongs to, for counters and fault rules: `v3.users`, `v1.users.id.permissions.jobs`, `v2.users.disable`, `token`, `audit.events`… */
export function endpointOf(path: string): { family: Family; endpoint: string } {
  const parts = path
    .split("/")
    .filter((part) => part !== "")
    .map((part) => (/^\d+$|^[\da-f]{8}-[\da-f-]{27}$/.test(part) ? "id" : part));
  if (parts[0] === "token") return { family: "token", endpoint: "token" };
  if (parts[0] === "events") return { family: "audit", endpoint: "audit.events" };
  if (parts[0] === "v3") return { family: "v3", endpoint: parts.join(".") };
  if (parts[0] === "v1" || parts[0] === "v2") return { family: "v1", endpoint: parts.join(".") };
  if (parts[0] === "auth") return { family: "v1", endpoint: `v1.${parts.join(".")}` };
  return { family: "other", endpoint: "other" };
}

/** Sends a call to the API its path belongs to: the three hosts' paths don't collide (api.md §2.1, §3.2). */
export async function routeCall(world: World, call: Call): Promise<Answer> {
  const { scenario: s } = world;
  world.desk.settle(world, 1);
  if (s["access.trustedIps"] === "refuse")
    return json(s["access.trustedIpsStatus"], {
      message: s["access.trustedIpsStatus"] === 401 ? "Unauthorized" : "Forbidden",
    });
  switch (endpointOf(call.path).family) {
    case "v3":
      return answerV3(world, call);
    case "v1":
      return answerV1(world, call);
    case "token":
      return answerToken(world, call);
    case "audit":
      return /^\/events\/?$/.test(call.path)
        ? answerAudit(world, call)
        : json(404, { message: "Resource not found" });
    case "other":
      return json(404, { message: "Resource not found" });
  }
}
