import type { Answer } from "../http/answer.ts";
import { json } from "../http/answer.ts";
import type { Call } from "../http/request.ts";
import type { World } from "../http/world.ts";
import type { User } from "../org/types.ts";
import { permissionShows } from "../v3/listings.ts";
import type { Write } from "../writes/effects.ts";
import { refusalOf } from "../writes/rules.ts";
import { V1Error } from "./paging.ts";
import type { Route } from "./routes.ts";
import { v1User } from "./rows.ts";

const notFound = (): Answer => json(404, { message: "Resource not found" });
type Json = Record<string, unknown>;

function bodyOf(call: Call): Json {
  try {
    const body: unknown = JSON.parse(call.body);
    if (typeof body === "object" && body !== null && !Array.isArray(body)) return body as Json;
  } catch {
    // Said below, like a body of another shape.
  }
  throw new V1Error("body", "is not a JSON object");
}

/** Who acts, by On-Behalf-Of, which every write needs (api.md §1.1); or the refusal. */
function acting(world: World, call: Call): User | Answer {
  const { scenario: s, org } = world;
  const header = call.headers["on-behalf-of"];
  const refuse = (message: string): Answer => json(s["v1.onBehalfOfStatus"], { message });
  if (typeof header !== "string" || !/^\d+$/.test(header))
    return refuse("On-Behalf-Of must be the id of a user");
  const user = org.userById.get(Number(header));
  if (!user || user.hidden || user.deactivated) return refuse("On-Behalf-Of is no active user");
  return s["v1.onBehalfOfMust"] === "be a Site Admin" && !user.siteAdmin
    ? refuse("On-Behalf-Of must be a Site Admin")
    : user;
}

/** Finds the user by exactly one of email, user_id and employee_id (api.md §1.7). */
function selected({ org }: World, body: Json): User | null {
  const selector = Object.entries((body.user ?? {}) as Json).filter(
    ([, value]) => value !== null && value !== undefined,
  );
  const [key, value] = selector[0] ?? [];
  if (selector.length !== 1 || !["email", "user_id", "employee_id"].includes(String(key)))
    throw new V1Error("user", "must have exactly one of: email, user_id, employee_id");
  const wanted = String(value).toLowerCase();
  const found = org.users.find((u) =>
    key === "user_id"
      ? String(u.id) === wanted
      : key === "email"
        ? u.primaryEmail?.toLowerCase() === wanted
        : u.employeeId?.toLowerCase() === wanted,
  );
  return found && !found.hidden && !found.service ? found : null;
}

/** Does a write for whoever acts, unless it is refused. */
function done(world: World, call: Call, write: Omit<Write, "by" | "path">, answer: () => Answer): Answer {
  const who = acting(world, call);
  if ("status" in who) return who;
  const whole: Write = { ...write, by: who.id, path: call.path };
  const refusal = refusalOf(world, whole);
  if (refusal) {
    if (refusal.status === 422) throw new V1Error("user", refusal.why);
    return json(refusal.status, { message: refusal.why });
  }
  world.desk.take(world, [whole], null);
  return answer();
}

const userAnswer = (world: World, user: User): Answer =>
  json(200, v1User(user, world.org, world.scenario, false));

const ability = (kind: "deactivate" | "activate", word: "disable" | "enable"): Route[] => {
  const set = (world: World, call: Call, user: User | null | undefined): Answer =>
    user && !user.hidden
      ? done(world, call, { kind, userId: user.id, id: 0 }, () => userAnswer(world, user))
      : notFound();
  return [
    {
      method: "PATCH",
      pattern: new RegExp(`^/v2/users/${word}$`),
      permission: "enable_disable_user",
      answer: (world, call) => set(world, call, selected(world, bodyOf(call))),
    },
    {
      method: "PATCH",
      pattern: new RegExp(`^/v1/users/(\\d+)/${word}$`),
      permission: "enable_disable_user",
      answer: (world, call, id) => set(world, call, world.org.userById.get(Number(id))),
    },
  ];
};

/** A removal by DELETE with a body: the id is not in the path (api.md §1.7). */
function removal(what: "job" | "future_job", label: string): Route {
  const field = `${what}_permission_id`;
  return {
    method: "DELETE",
    pattern: new RegExp(`^/v1/users/(\\d+)/permissions/${what}s$`),
    permission: `delete_user_${what}_permission`,
    answer(world, call, userId) {
      const id = Number(bodyOf(call)[field]);
      if (!Number.isSafeInteger(id)) throw new V1Error(field, "is missing");
      const { org } = world;
      const job = what === "job" ? org.permissions.get(id) : undefined;
      const row =
        what === "job"
          ? job && (permissionShows(job, world) ? job : undefined)
          : org.futurePermissions.find((f) => f.id === id);
      if (!row || String(row.userId) !== userId) return notFound();
      const kind = what === "job" ? "removePermission" : "removeFuture";
      return done(world, call, { kind, userId: row.userId, id }, () =>
        json(200, { message: `${label} ${id} has been deleted.` }),
      );
    },
  };
}

/** Every played v1 write (api.md §1.7). */
export const writeRoutes: readonly Route[] = [
  ...ability("deactivate", "disable"),
  ...ability("activate", "enable"),
  {
    method: "PATCH",
    pattern: /^\/v1\/users\/permission_level$/,
    permission: "permission_level",
    answer(world, call) {
      const body = bodyOf(call);
      if (body.level !== "basic") throw new V1Error("level", "Must be one of: basic");
      const user = selected(world, body);
      return user
        ? done(world, call, { kind: "revoke", userId: user.id, id: 0 }, () => json(200, { success: true }))
        : notFound();
    },
  },
  removal("job", "Job Permission"),
  removal("future_job", "Future Job Permission"),
];
