import type { Connection } from "../model/connection.ts";
import { parseDay } from "../model/day.ts";
import { kindOfUse } from "../model/usage.ts";
import type { Db } from "../store/store.ts";
import {
  type EventKey,
  type EventRow,
  eventByKey,
  oldestEvent,
  searchEvents,
} from "../store/usage/event-search.ts";
import { cursorOf, placeOf } from "./cursor.ts";
import { InvalidCursor, QueryRefused } from "./errors.ts";
import { DEFAULT_LIMIT, iso, isoOrNull, type Question, question } from "./question.ts";
import type { EventQuery, EventsView, EventView } from "./types.ts";
import { eventId } from "./user-view.ts";

const BUDGET_MS = 1000;
const LIST = "events";

/**
 * Events, newest first. A search that runs out of time answers with what it has found, says how far back it looked, and
 * goes on with its cursor. Throws InvalidCursor, QueryRefused.
 */
export async function listEvents(
  db: Db,
  connection: Connection,
  query: EventQuery,
  now: number,
): Promise<EventsView> {
  const { limit = DEFAULT_LIMIT, cursor, budgetMs = BUDGET_MS, day: _, from: __, to: ___, ...filter } = query;
  const place = placeOf(LIST, cursor, 3);
  const asked = await question(db, connection, now);
  const { rows, searchedBackTo } = await searchEvents(db, connection.id, filter, {
    ...spanOf(asked, query),
    before: place && keyOf(place),
    limit: limit + 1,
    deadline: performance.now() + budgetMs,
    now: () => performance.now(),
  });
  const page = rows.slice(0, limit);
  const last = rows.length > limit ? page.at(-1) : undefined;
  const next = last ?? (searchedBackTo === null ? null : { at: searchedBackTo, hash: "", n: 0 });
  return {
    items: page.map(eventView),
    nextCursor: next && cursorOf(LIST, [next.at, next.hash, next.n]),
    total: null,
    stamp: asked.stamp,
    searchedBackTo: last ? null : isoOrNull(searchedBackTo),
    keptSince: isoOrNull(await oldestEvent(db, connection.id)),
  };
}

/** The event behind a "last used" or a change; null: there is none, or it is past its retention. */
export async function getEvent(db: Db, connection: Connection, id: string): Promise<EventView | null> {
  const found = /^(\d{1,15})-([0-9a-f]{32})-(\d{1,9})$/.exec(id);
  if (!found) return null;
  const row = await eventByKey(db, connection.id, {
    at: Number(found[1]),
    hash: found[2]!,
    n: Number(found[3]),
  });
  return row && eventView(row);
}

function spanOf({ zone }: Question, { day, from, to }: EventQuery): { from: number; to: number } {
  const asked = { from: from ?? 0, to: to ?? Number.MAX_SAFE_INTEGER };
  if (day === undefined) return asked;
  const number = parseDay(day);
  if (number === null) throw new QueryRefused(`"${day}" is not a day. Write it as 2026-11-23.`);
  return { from: Math.max(asked.from, zone.start(number)), to: Math.min(asked.to, zone.end(number)) };
}

function keyOf(place: readonly (string | number | null)[]): EventKey {
  const [at, hash, n] = place;
  if (
    typeof at !== "number" ||
    typeof n !== "number" ||
    typeof hash !== "string" ||
    !/^(?:[0-9a-f]{2})*$/.test(hash)
  ) {
    throw new InvalidCursor();
  }
  return { at, hash, n };
}

function eventView(row: EventRow): EventView {
  return {
    id: eventId(row),
    at: iso(row.at),
    performerType: row.performerType,
    user: row.userId === null ? null : { id: row.userId, name: row.userName },
    performer: row.performer,
    kind: kindOfUse(row),
    counts: row.counts,
    type: row.type,
    targetType: row.targetType,
    targetId: shownTarget(row.targetType, row.targetId),
    requestId: row.requestId,
    requestType: row.requestType,
    ip: row.ip,
  };
}

/** Of whom and what an account is made; everything else may be a candidate, or about one. */
const NO_CANDIDATES =
  /^(user|job|department|office|role|agenc|organization|api key|web ?hook|scim|single sign)/i;

/** A candidate's id is never shown whole (console.md §1). */
function shownTarget(type: string | null, id: string | null): string | null {
  if (id === null || (type !== null && NO_CANDIDATES.test(type))) return id;
  return id.length <= 7 ? id : `${id.slice(0, 4)}…${id.slice(-3)}`;
}
