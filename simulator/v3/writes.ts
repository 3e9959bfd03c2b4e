import type { Answer } from "../http/answer.ts";
import { json, raw, unprocessable, v3Error } from "../http/answer.ts";
import type { Call } from "../http/request.ts";
import type { World } from "../http/world.ts";
import { uuidOf } from "../org/bulk.ts";
import { bulkRow, userRow } from "../org/rows.ts";
import type { BulkRequest } from "../org/types.ts";
import type { Scenario } from "../switches.ts";
import type { Write } from "../writes/effects.ts";
import { alreadyDone } from "../writes/effects.ts";
import { refusalOf } from "../writes/rules.ts";
import { permissionShows } from "./listings.ts";

/** A v3 endpoint that is no list: its scope, and what it does for whoever acts. */
export interface Deed {
  scope: string;
  answer(world: World, call: Call, by: number | null): Answer;
}
type Verb = "deactivate" | "activate" | "revoke_permissions";
const kinds = { deactivate: "deactivate", activate: "activate", revoke_permissions: "revoke" } as const;
const notFound = (): Answer => v3Error(404, "Resource not found");

/** The write, or the state of a bulk request, that a method and a path mean; null when there is none (api.md §2.5). */
export function deedOf({ scenario: s }: World, method: string, name: string): Deed | null {
  const single = /^users\/(\d+)\/(deactivate|activate|revoke_permissions)$/.exec(name);
  if (single && method === "POST" && playsSingle(s, single[2] as Verb))
    return lifecycle(Number(single[1]), single[2] as Verb);
  const bulk = /^users\/(deactivate|activate|revoke_permissions)\/bulk$/.exec(name);
  if (bulk && method === "POST" && s["v3.bulkWrites"] === "work") return inBulk(bulk[1] as Verb);
  const removal = /^(user_job|future_job)_permissions\/(\d+)$/.exec(name);
  if (removal && method === "DELETE")
    return removal[1] === "user_job"
      ? jobPermission(Number(removal[2]))
      : futurePermission(Number(removal[2]));
  const poll = /^bulk_requests\/([\w-]+)$/.exec(name);
  if (poll && method === "GET" && s["v3.bulkPoll"] !== "404") return bulkState(poll[1] as string);
  return null;
}

const playsSingle = (s: Scenario, verb: Verb): boolean =>
  s["v3.singleWrites"] === "work" && (verb !== "revoke_permissions" || s["v3.revokePermissions"] === "work");

/** The answer to a write that was taken; its status is not published. */
function taken(world: World, body: unknown): Answer {
  const status = world.scenario["v3.writeStatus"];
  return status === 204 ? raw(204, "") : json(status, status === 202 ? { message: "Accepted" } : body);
}

function refused(world: World, write: Write): Answer | null {
  const refusal = refusalOf(world, write);
  if (!refusal) return null;
  const { status, why } = refusal;
  return status === 422
    ? unprocessable(why)
    : v3Error(status, status === 403 ? "Forbidden" : "Internal Server Error", [why]);
}

function lifecycle(userId: number, verb: Verb): Deed {
  return {
    scope: `harvest:users:${verb}`,
    answer(world, call, by) {
      const user = world.org.userById.get(userId);
      if (!user || user.hidden) return notFound();
      const write: Write = { kind: kinds[verb], userId, id: 0, by, path: call.path };
      const refusal = refused(world, write);
      if (refusal) return refusal;
      if (alreadyDone(world, write) && world.scenario["v3.repeatedWrite"] === "refuse")
        return unprocessable("The user is so already.");
      world.desk.take(world, [write], null);
      return taken(world, userRow(user, world.org, world.scenario));
    },
  };
}

/** The row must be one the list shows, and its role one of Job Admins. */
function jobPermission(id: number): Deed {
  return {
    scope: "harvest:user_job_permissions:destroy",
    answer(world, call, by) {
      const { org } = world;
      const row = org.permissions.get(id);
      if (!row || !permissionShows(row, world)) return repeated(world);
      const role = org.roles.find((r) => r.id === row.roleId);
      if (role && role.roleType !== "job_admin")
        return unprocessable("Only job permissions of Job Admin roles can be deleted.");
      return removed(
        world,
        { kind: "removePermission", userId: row.userId, id, by, path: call.path },
        "Job permission",
      );
    },
  };
}

function futurePermission(id: number): Deed {
  return {
    scope: "harvest:future_job_permissions:destroy",
    answer(world, call, by) {
      const row = world.org.futurePermissions.find((f) => f.id === id);
      if (!row) return repeated(world);
      return removed(
        world,
        { kind: "removeFuture", userId: row.userId, id, by, path: call.path },
        "Future job permission",
      );
    },
  };
}

const repeated = (world: World): Answer =>
  world.scenario["v3.repeatedDelete"] === "same" ? taken(world, { message: "Deleted" }) : notFound();

function removed(world: World, write: Write, what: string): Answer {
  const refusal = refused(world, write);
  if (refusal) return refusal;
  world.desk.take(world, [write], null);
  return taken(world, { message: `${what} ${write.id} has been deleted.` });
}

/** Many people in one call: answered at once with the address of its state (api.md §2.5). */
function inBulk(verb: Verb): Deed {
  return {
    scope: `harvest:users:${verb}`,
    answer(world, call, by) {
      const ids = bulkIds(call.body, world.scenario["v3.bulkBody"]);
      if (!ids)
        return unprocessable({
          [nameIn(world.scenario["v3.bulkBody"])]: "is not a list of user ids",
        });
      const { org, clock, scenario: s } = world;
      const writes: Write[] = [];
      for (const userId of new Set(ids)) {
        const write: Write = { kind: kinds[verb], userId, id: 0, by, path: call.path };
        const user = org.userById.get(userId);
        const known = user && !user.hidden;
        const refusal = known ? refused(world, write) : notFound();
        if (refusal && s["v3.bulkRefusal"] === "whole") return refusal;
        const again = known && s["v3.repeatedWrite"] === "refuse" && alreadyDone(world, write);
        if (!refusal && !again) writes.push(write);
      }
      const now = clock.now();
      const records = new Set(ids).size;
      const bulk: BulkRequest = {
        id: (org.bulkRequests.at(-1)?.id ?? 0) + 1000,
        createdAt: now,
        updatedAt: now,
        uuid: uuidOf(org.sizes.seed, 1000 + org.bulkRequests.length),
        endpoint: `/v3/users/${verb}/bulk`,
        status: "building",
        records,
        succeeded: 0,
        failed: records - writes.length,
        requestedBy: by,
        completedAt: null,
        callback: null,
      };
      org.bulkRequests.push(bulk);
      const status = s["v3.bulkStatus"];
      const body = {
        bulk_action_uuid: bulk.uuid,
        status: bulk.status,
        status_url: `${call.origin}/v3/bulk_requests/${bulk.uuid}`,
      };
      world.desk.take(world, writes, bulk);
      return status === 204 ? raw(204, "") : json(status, body);
    },
  };
}

const nameIn = (shape: Scenario["v3.bulkBody"]): string =>
  shape === "user_ids" || shape === "ids" ? shape : "data";

/** The published body is `{"data": [ids]}`; null for another. */
function bulkIds(text: string, shape: Scenario["v3.bulkBody"]): number[] | null {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return null;
  }
  const named = (body ?? {}) as Record<string, unknown>;
  const list = shape === "any" ? (named.data ?? named.user_ids ?? named.ids ?? body) : named[nameIn(shape)];
  if (!Array.isArray(list) || list.length === 0) return null;
  if (shape === "objects" && !list.every((one) => typeof one === "object")) return null;
  const ids = list.map((one) => Number((one as { id?: unknown } | null)?.id ?? one));
  return ids.every((id) => Number.isSafeInteger(id) && id > 0) ? ids : null;
}

function bulkState(uuid: string): Deed {
  return {
    scope: "harvest:bulk_requests:list",
    answer({ org, scenario: s }) {
      const bulk = org.bulkRequests.find((one) => one.uuid === uuid);
      if (!bulk) return notFound();
      return json(200, s["v3.bulkPoll"] === "array" ? [bulkRow(bulk)] : bulkRow(bulk));
    },
  };
}
