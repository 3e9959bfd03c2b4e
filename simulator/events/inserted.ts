import { isoTime, parseTime } from "../clock.ts";
import type { Org } from "../org/org.ts";
import { BadRequest } from "../scenario.ts";
import type { Described } from "./text.ts";

/** An event put in by hand. `seq` is its arrival order: an earlier snapshot doesn't see it. */
export interface Inserted {
  ms: number;
  seq: number;
  described: Described;
  text: string;
  userId: number | null;
  counted: boolean;
}

/** What a caller gives: a whole event as Greenhouse writes it, or just who and when. */
export interface EventInput {
  event_time?: string;
  userId?: number;
  organization_id?: number;
  request?: { id?: string; type?: string | null };
  performer?: { id?: unknown; type?: string; ip_address?: string | null; meta?: unknown } | null;
  event?: { type?: string; target_type?: string; target_id?: number | null; meta?: unknown };
}

/** Makes an inserted event; what is left out is filled in like a page view (api.md §3.4). */
export function makeInserted(input: EventInput, seq: number, now: number, org: Org): Inserted {
  const time = input.event_time ?? isoTime(now);
  const ms = parseTime(time);
  if (ms === null) throw new BadRequest(`event_time "${time}" is not an ISO-8601 time.`);
  const user = input.userId === undefined ? undefined : org.userById.get(input.userId);
  if (input.userId !== undefined && !user) throw new BadRequest(`No user has the id ${input.userId}.`);
  const performer =
    input.performer !== undefined
      ? input.performer
      : user
        ? {
            id: user.id,
            type: "user",
            ip_address: "198.51.100.20",
            meta: { name: user.name, username: user.primaryEmail },
          }
        : null;
  const event = {
    type: "action",
    target_type: "PII Page Accessed",
    meta: { path: "/dashboard" } as unknown,
    ...input.event,
  };
  const request = {
    id: `inserted-${seq}`,
    type: "my_dashboard/controllers/my_dashboard#index" as string | null,
    ...input.request,
  };
  const text = JSON.stringify({
    organization_id: input.organization_id ?? org.organizationId,
    event_time: time,
    request,
    performer,
    event,
  });
  const id = performer?.id ?? null;
  const described: Described = {
    ms,
    requestId: request.id,
    requestType: request.type,
    performer: JSON.stringify(performer),
    performerId: id === null ? null : String(id),
    performerType: performer?.type ?? null,
    ip: performer?.ip_address ?? null,
    type: event.type,
    targetType: event.target_type,
    targetId: event.target_id,
    meta: JSON.stringify(event.meta),
  };
  const known = id !== null && org.userById.has(Number(id)) ? Number(id) : null;
  return {
    ms,
    seq,
    described,
    text,
    userId: known,
    counted: performer?.type === "user" && event.type !== "harvest_access",
  };
}
