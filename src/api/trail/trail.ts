/** One row of our audit trail for whatever changes something. Never a secret: targets are names and ids. */
import type { FastifyRequest } from "fastify";
import { placeOf } from "../../access/place.ts";
import { COMMAND_LINE } from "../../model/asked.ts";
import type { Actor } from "../../model/member.ts";
import { addTrail, type TrailEntry } from "../../store/members/trail.ts";
import type { Endpoint } from "../contract/kit.ts";
import type { ApiContext } from "../handler.ts";
import { asApiError } from "../http/failure.ts";
import { Limit } from "../http/limits.ts";
import { oneAMinute } from "../http/turned-away.ts";

/** What a handler adds to its row. */
export interface TrailNote {
  /** Who acted, where the request didn't know it yet. */
  who?: Actor;
  target?: string;
  /** Nothing was there to change: no row. */
  nothingDone?: true;
  connection?: number;
  details?: TrailEntry["details"];
}

export const leavesTrail = (endpoint: Endpoint): boolean => endpoint.trail ?? endpoint.method !== "GET";

/** Rows by nobody, from one place and from all: more than honest people leave who mistype. */
const BY_NOBODY = { place: { burst: 200, perSecond: 0.2 }, all: { burst: 2000, perSecond: 1 } } as const;

/** `result`: ok, or the error that came of it. */
export type Note = (
  request: FastifyRequest,
  endpoint: Endpoint,
  action: string,
  added: TrailNote,
  result: unknown,
) => Promise<void>;

/** A row of each, but for what whoever isn't signed in could do without end: the disk is full of that one day. */
export function notes(context: ApiContext): Note {
  const { place, all } = BY_NOBODY;
  const [ofPlace, ofAll] = [new Limit(place.burst, place.perSecond), new Limit(all.burst, all.perSecond)];
  const tell = oneAMinute<string>(context.now);
  const tooMany = (from: string) =>
    ofPlace.take(from, context.now()) > 0 || ofAll.take("all", context.now()) > 0;
  return async (request, endpoint, action, added, result) => {
    const code = typeof result === "string" ? result : (asApiError(result)?.code ?? "internal");
    // Refused without a look: a row for each would fill the disk for whoever tries.
    if (!leavesTrail(endpoint) || added.nothingDone || code === "too_many_tries") return;
    const who = added.who ?? request.who;
    if (who.kind === "nobody" && tooMany(placeOf(request.ip))) {
      const facts = { action, code, from: request.ip };
      tell(action, (othersBefore) =>
        request.log.warn(
          { ...facts, othersBefore },
          "the audit trail has no row of this: too many by nobody",
        ),
      );
      return;
    }
    const entry: TrailEntry = {
      at: context.now(),
      ...actorFields(who),
      ip: request.who.kind === "machine" ? null : request.ip,
      action,
      target: added.target ?? targetOf(request, endpoint),
      connection: added.connection ?? null,
      result: code,
      details: added.details ?? null,
    };
    await context.services.store.write((tx) => addTrail(tx, entry));
  };
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
