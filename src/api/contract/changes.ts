/** The ledger, and the events behind it. */
import { z } from "zod";
import { STREAMS } from "../../model/stream.ts";
import { KINDS_OF_USE } from "../../model/usage.ts";
import {
  anyOf,
  ConnectionParams,
  Day,
  endpoint,
  Flag,
  Id,
  listed,
  Named,
  PageQuery,
  Time,
  TimeAsked,
} from "./kit.ts";

const CHANGE_KINDS = ["baseline", "added", "changed", "removed", "not_visible", "returned", "level"] as const;
const Row = z.record(z.string(), z.unknown()).nullable();

export const ChangeView = z
  .object({
    id: z.string(),
    stream: z.enum(STREAMS),
    kind: z.enum(CHANGE_KINDS),
    rowId: z.string().nullable(),
    what: z.string(),
    user: Named.nullable(),
    before: Row,
    after: Row,
    happenedAt: Time.nullable().describe("the moment, where an event tells it"),
    between: z.object({ from: Time.nullable(), to: Time }).describe("the two listings it lies between"),
    by: z.string().nullable().describe("null: not told"),
    action: z.number().nullable().describe("the action of ours that it follows from"),
    eventId: z.string().nullable(),
    runId: z.number(),
  })
  .meta({ id: "Change" });
export type ChangeView = z.output<typeof ChangeView>;

const params = ConnectionParams;
const errors = ["invalid_request", "invalid_cursor", "connection_not_found"] as const;
const From = TimeAsked.optional().describe("from this time on");
const To = TimeAsked.optional().describe("before this time");

export const listChanges = endpoint({
  method: "GET",
  path: "/connections/{c}/changes",
  needs: "viewer",
  group: "Events and changes",
  summary: "Differences in who has what, newest first.",
  params,
  query: PageQuery.extend({
    user: Id.optional(),
    stream: anyOf(z.enum(STREAMS)),
    kind: anyOf(z.enum([...CHANGE_KINDS, "deactivated"])).describe(
      "`deactivated`: users who became that, of those that changed",
    ),
    run: z.coerce.number().int().positive().optional(),
    from: From,
    to: To,
  }).strict(),
  answer: listed(ChangeView),
  errors,
});

export const EventView = z
  .object({
    id: z.string(),
    at: Time,
    performerType: z.string().nullable(),
    user: Named.nullable(),
    performer: z.string().nullable(),
    kind: z.enum(KINDS_OF_USE),
    counts: z.boolean().describe("a person's deed that counts as use"),
    type: z.string().nullable(),
    targetType: z.string().nullable(),
    targetId: z.string().nullable().describe("ids of candidates are cut"),
    requestId: z.string().nullable(),
    requestType: z.string().nullable(),
    ip: z.string().nullable().describe("null: not told, or not for viewers"),
  })
  .meta({ id: "Event" });
export type EventView = z.output<typeof EventView>;

export const listEvents = endpoint({
  method: "GET",
  path: "/connections/{c}/events",
  needs: "viewer",
  group: "Events and changes",
  summary: "Events of the audit log, newest first.",
  params,
  query: PageQuery.extend({
    user: Id.optional(),
    type: anyOf(z.string()),
    kind: anyOf(z.enum(KINDS_OF_USE)).describe("of any event; `counts=true` leaves those that are use"),
    performerType: anyOf(z.string()),
    targetType: anyOf(z.string()),
    target: z.string().max(200).optional(),
    requestId: z.string().max(200).optional(),
    requestType: z.string().max(500).optional(),
    counts: Flag.optional().describe("true: only deeds that count"),
    day: Day.optional(),
    from: From,
    to: To,
  }).strict(),
  answer: listed(EventView).extend({
    searchedBackTo: Time.nullable().describe(
      "the search ran into its time budget here; `nextCursor` goes on",
    ),
    keptSince: Time.nullable().describe("oldest event that is kept"),
  }),
  errors,
});

export const getEvent = endpoint({
  method: "GET",
  path: "/connections/{c}/events/{event}",
  needs: "viewer",
  group: "Events and changes",
  summary: "One event: the one behind a last use or a change.",
  params: ConnectionParams.extend({ event: z.string().max(100).describe("as `lastUsed.event.id` has it") }),
  answer: EventView,
  errors: ["connection_not_found", "event_not_found"],
});
