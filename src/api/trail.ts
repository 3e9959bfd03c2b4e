/** One row of our audit trail for whatever changes something. Never a secret: targets are names and ids. */
import type { FastifyRequest } from "fastify";
import { COMMAND_LINE } from "../model/asked.ts";
import type { Actor } from "../model/member.ts";
import { addTrail, type TrailEntry } from "../store/trail.ts";
import type { Endpoint } from "./contract/kit.ts";
import { asApiError } from "./failure.ts";
import type { ApiContext } from "./handler.ts";

/** What a handler adds to its row. */
export interface TrailNote {
  /** Who acted, where the request didn't know it yet. */
  who?: Actor;
  target?: string;
  connection?: number;
  details?: TrailEntry["details"];
}

export const leavesTrail = (endpoint: Endpoint): boolean => endpoint.trail ?? endpoint.method !== "GET";

/** `result`: ok, or the error that came of it. */
export async function note(
  context: ApiContext,
  request: FastifyRequest,
  endpoint: Endpoint,
  action: string,
  added: TrailNote,
  result: unknown,
): Promise<void> {
  const code = typeof result === "string" ? result : (asApiError(result)?.code ?? "internal");
  // Refused without a look: a row for each would fill the disk for whoever tries.
  if (!leavesTrail(endpoint) || code === "too_many_tries") return;
  const entry: TrailEntry = {
    at: context.now(),
    ...actorFields(added.who ?? request.who),
    ip: request.who.kind === "machine" ? null : request.ip,
    action,
    target: added.target ?? targetOf(request, endpoint),
    connection: added.connection ?? null,
    result: code,
    details: added.details ?? null,
  };
  await context.services.store.write((tx) => addTrail(tx, entry));
}

/** What was named in the path, or in the one field of the body that the endpoint points at. */
function targetOf(request: FastifyRequest, endpoint: Endpoint): string | null {
  const params = Object.values((request.params ?? {}) as Record<string, unknown>).map(String);
  const body = request.body as Record<string, unknown> | null | undefined;
  const field = endpoint.target && body?.[endpoint.target];
  const all = [...params, ...(typeof field === "string" ? [field] : [])];
  return all.length === 0 ? null : all.join(" / ").slice(0, 500);
}

function actorFields(who: Actor): Pick<TrailEntry, "by" | "member" | "token" | "name"> {
  if (who.kind === "nobody") return { by: "nobody", member: null, token: null, name: "nobody" };
  if (who.kind === "machine") return { by: "machine", member: null, token: null, name: COMMAND_LINE };
  const { member, via } = who;
  const name = `${member.name} (${member.email})`;
  return "token" in via
    ? { by: "token", member: member.id, token: via.token, name: `${name}, token ${via.name}` }
    : { by: "member", member: member.id, token: null, name };
}

/** Notes how it ended, once it has. */
export async function* noted<T, R>(
  items: AsyncGenerator<T, R, void>,
  end: (result: unknown) => Promise<void>,
): AsyncGenerator<T, R, void> {
  let result: unknown = "client_gone";
  try {
    const value = yield* items;
    result = "ok";
    return value;
  } catch (error) {
    result = error;
    throw error;
  } finally {
    await end(result);
  }
}
