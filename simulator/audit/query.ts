import { parseTime } from "../clock.ts";
import { dayMs } from "../events/calendar.ts";
import type { Span } from "../events/log.ts";
import type { Described } from "../events/text.ts";
import type { Scenario } from "../switches.ts";

/** A mistake in a query: becomes a 422 that names the field (api.md §3.6). */
export class QueryError extends Error {
  readonly field: string;
  constructor(field: string, message: string) {
    super(message);
    this.field = field;
  }
}

export interface AuditQuery {
  span: Span;
  filter: ((e: Described) => boolean) | null;
  /** Performer ids, when filtered by them: spares describing the events of others. */
  performers: ReadonlySet<string> | null;
  paging: boolean;
}

const units: Record<string, number> = { second: 1, minute: 60, hour: 3600, day: 86_400, week: 604_800 };

/** `last7days`, `last15minutes`; the underscore writing is the other side (api.md §3.3). */
function parseMagicTime(text: string, underscore: boolean): number | null {
  const match = /^last(\d{1,6})(second|minute|hour|day|week)s?$/.exec(
    underscore ? text.replaceAll("_", "") : text,
  );
  return match ? Number(match[1]) * (units[match[2] as string] as number) * 1000 : null;
}

function time(query: URLSearchParams, field: string, s: Scenario): number | null {
  const text = query.get(field);
  if (text === null) return null;
  const ms = parseTime(text);
  if (ms === null || (s["audit.timeFormat"] === "seconds" && !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(text)))
    throw new QueryError(field, `\`${text}\` is not a valid time`);
  return ms;
}

/** The whole-millisecond span a query asks for, with the bounds the scenario says (api.md §3.3). */
function spanOf(query: URLSearchParams, s: Scenario, now: number): Span {
  let [from, to] = [-Infinity, Infinity];
  const narrow = (a: number, b: number): void => {
    [from, to] = [Math.max(from, a), Math.min(to, b)];
  };
  const after = time(query, "after_time", s);
  if (after !== null) narrow(s["audit.afterBound"] === "inclusive" ? after : after + 1, Infinity);
  const before = time(query, "before_time", s);
  if (before !== null) narrow(-Infinity, s["audit.beforeBound"] === "inclusive" ? before : before - 1);
  const date = query.get("date");
  if (date !== null) {
    const start = /^\d{4}-\d\d-\d\d$/.test(date) ? parseTime(date) : null;
    if (start === null) throw new QueryError("date", `\`${date}\` is not a valid date`);
    const shifted = start - s["audit.dateOffsetMinutes"] * 60_000;
    narrow(shifted, shifted + dayMs - 1);
  }
  const magic = query.get("magic_time");
  if (magic !== null) {
    const length = parseMagicTime(magic, s["audit.magicUnderscore"] === "accept");
    if (length === null) throw new QueryError("magic_time", `\`${magic}\` is not a valid magic time`);
    narrow(now - length, Infinity);
  }
  return [from, to];
}

const filters: Record<string, (e: Described) => string | null> = {
  performer_ids: (e) => e.performerId,
  performer_types: (e) => e.performerType,
  performer_ip_addresses: (e) => e.ip,
  event_types: (e) => e.type,
  event_target_ids: (e) => (e.targetId === null || e.targetId === undefined ? null : String(e.targetId)),
  event_target_types: (e) => e.targetType,
  request_ids: (e) => e.requestId,
  request_types: (e) => e.requestType,
};

/** Reads the query of GET /events. Throws {@link QueryError}. */
export function parseAuditQuery(query: URLSearchParams, s: Scenario, now: number): AuditQuery {
  const tests = Object.entries(filters).flatMap(([name, get]) => {
    const text = query.get(name);
    if (text === null) return [];
    const wanted = new Set(text.split(",").map((item) => item.trim()));
    return [
      (e: Described): boolean => {
        const own = get(e);
        return own !== null && wanted.has(own);
      },
    ];
  });
  const performers = query.get("performer_ids");
  const paging = query.get("paging");
  if (paging !== null && paging !== "true" && paging !== "false")
    throw new QueryError("paging", `\`${paging}\` is not true or false`);
  return {
    span: spanOf(query, s, now),
    performers: performers === null ? null : new Set(performers.split(",").map((item) => item.trim())),
    filter: tests.length === 0 ? null : (e) => tests.every((test) => test(e)),
    paging: paging === "true",
  };
}
