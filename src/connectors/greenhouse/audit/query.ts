/** One question to the audit log and its answer (api.md §3.3): bounds, time formats, pages, cursors. */
import { z } from "zod";
import type { EventRecord, UnreadableRecord } from "../../../model/records.ts";
import type { Span } from "../../../model/span.ts";
import type { Ask } from "../../../model/verdict.ts";
import { ConnectorError } from "../../errors.ts";
import type { AuditAnswer, AuditTransport } from "../audit-transport.ts";
import { saysOff, withWords } from "../said.ts";
import { EventReader } from "./event.ts";

export const SECOND = 1000;
export const PAGE_SIZE = 500;

/** What the reader needs of an AuditTransport. */
export interface Transport {
  get(
    ...ask: Parameters<AuditTransport["get"]>
  ): Promise<Pick<AuditAnswer, "body" | "ask" | "date"> & Partial<Pick<AuditAnswer, "invalidUtf8" | "said">>>;
}

/** Fewer strays are no sign that bounds were ignored; nor are those of bounds that are taken in minutes. */
const MANY = 10;
const NEAR = 60 * SECOND;

/** In order of preference: seconds with Z is what everybody says was accepted (api.md §3.3). */
export const TIME_FORMATS = ["seconds", "milliseconds", "offset"] as const;
export type TimeFormat = (typeof TIME_FORMATS)[number];

export function formatTime(at: number, format: TimeFormat): string {
  const iso = new Date(at).toISOString();
  if (format === "milliseconds") return iso;
  return iso.replace(/\.\d+Z$/, format === "seconds" ? "Z" : "+00:00");
}

export interface Window extends Span {
  /** Its end is about now. */
  open?: boolean;
}

export interface Answer {
  /** In the order of the answer; those a second beyond the asked window may be among them. */
  events: EventRecord[];
  /** Events of other times: Greenhouse may choose by another time than it shows. */
  strays: EventRecord[];
  unreadable: UnreadableRecord[];
  /** Times of entries in the order of the answer, strays aside; null: unreadable. Empty where all can be read. */
  times: (number | null)[];
  /** Entries in the answer, unreadable ones included. */
  count: number;
  /** What Greenhouse calls hits: of this answer or of the whole window, that isn't documented. null: not told. */
  hits: number | null;
  /** Most of it are strays from afar: the bounds were not understood. */
  ignored: boolean;
  ask: Ask;
  /** Greenhouse's clock, ms; null: the answer had no Date. */
  date: number | null;
}

/** Where a paged listing goes on. */
export interface Position {
  pitId: string | null;
  searchAfter: string;
}

export interface PagedAnswer extends Answer {
  next: Position | null;
}

/** The point in time that a paged listing looks at is gone: the listing must begin anew. */
export class PitExpired extends Error {
  override name = "PitExpired";
}

const Envelope = z.object({
  results: z.array(z.unknown()).nullable(),
  hits: z.coerce.number().nullish().catch(null),
  paging: z.object({ pit_id: z.unknown(), next_search_after: z.unknown() }).partial().nullish().catch(null),
});

export class AuditLog {
  readonly #transport: Transport;
  readonly #key: Uint8Array;
  /** The format that worked last. */
  format: TimeFormat;
  /** Times that haven't come yet are refused: an open window is asked for without its end. */
  leavesOpen: boolean;
  largestPage = 0;
  /** How much time a listing may take in to end before its PIT does; the most pages that one of those which ended has had. */
  reach = { ms: Number.POSITIVE_INFINITY, pages: 0 };
  /** How often a cursor led to where it came from. */
  standstills = 0;

  constructor(
    transport: Transport,
    eventKey: Uint8Array,
    { format = "seconds", leavesOpen = false }: Partial<Pick<AuditLog, "format" | "leavesOpen">> = {},
  ) {
    this.#transport = transport;
    this.#key = eventKey;
    this.format = format;
    this.leavesOpen = leavesOpen;
  }

  /** A fresh reader for one listing: it numbers the listing's equal events. */
  reader(): EventReader {
    return new EventReader(this.#key);
  }

  /** All of a window in one answer, or the newest events of it where Greenhouse cuts answers. */
  async window(window: Window): Promise<Answer> {
    return this.#inAnyWay(window, (format) => this.#get(window, format, {}, false, this.reader()));
  }

  /** The newest events of a window, at once or else as a page. Whoever may not read the log may not read its pages either. */
  async glance(window: Window): Promise<Answer> {
    return this.window(window).catch((error: unknown) => {
      const asPage = error instanceof ConnectorError && ["invalid", "unreadable"].includes(error.family);
      if ((!asPage && !isTooMuch(error)) || saysOff(error as ConnectorError)) throw error;
      return this.page(window, null, this.reader());
    });
  }

  /**
   * A page of a window. Size and position travel as headers, and the query stays the same on every page (api.md §3.3).
   * @throws PitExpired on a page after the first.
   */
  async page(window: Window, position: Position | null, reader: EventReader): Promise<PagedAnswer> {
    const headers: Record<string, string> = { Size: String(PAGE_SIZE) };
    if (position === null) {
      return this.#inAnyWay(window, (format) => this.#get(window, format, headers, true, reader));
    }
    headers["Search-After"] = position.searchAfter;
    if (position.pitId !== null) headers["Pit-Id"] = position.pitId;
    try {
      return await this.#get(window, this.format, headers, true, reader);
    } catch (error) {
      // Which status an expired PIT has is not known, only that its text names Pit_Id (api.md §3.3).
      const expired =
        error instanceof ConnectorError &&
        (error.family === "invalid" || error.family === "gone" || /pit[ _-]?id/i.test(error.said ?? ""));
      throw expired ? new PitExpired(error.message, { cause: error }) : error;
    }
  }

  /**
   * A cursor of one part, as in the docs' example, is refused as `Search-After`, or skips events of equal times; and
   * where cursors are overlooked, it is no use to send more of them. Times lead on as well (api.md §3.3).
   */
  canFollow(position: Position | null): boolean {
    return position?.searchAfter.includes(",") === true && this.standstills < 2;
  }

  /** Can there be more behind a page of so many entries? `Size` begins at 100 (api.md §3.3). */
  mayBeCut(count: number): boolean {
    return count >= 100 && count >= this.largestPage;
  }

  /** In any format; and if each is refused, without the time that hasn't come yet. */
  async #inAnyWay<A extends Answer>(window: Window, ask: (format: TimeFormat) => Promise<A>): Promise<A> {
    try {
      return await this.#inAnyFormat(ask);
    } catch (error) {
      const ofTime =
        error instanceof ConnectorError &&
        error.family === "invalid" &&
        /time|future/i.test(error.said ?? "time");
      if (!window.open || this.leavesOpen || !ofTime) throw error;
      this.leavesOpen = true;
      return ask(this.format).catch(() => {
        this.leavesOpen = false;
        throw error;
      });
    }
  }

  /** A format that is refused, or whose bounds are ignored, gives way to the next one. */
  async #inAnyFormat<A extends Answer>(ask: (format: TimeFormat) => Promise<A>): Promise<A> {
    let refusal: unknown = null;
    let ignored: A | null = null;
    for (const format of new Set([this.format, ...TIME_FORMATS])) {
      try {
        const answer = await ask(format);
        if (!answer.ignored) {
          this.format = format;
          return answer;
        }
        ignored ??= answer;
      } catch (error) {
        if (!(error instanceof ConnectorError) || error.family !== "invalid" || saysOff(error)) throw error;
        refusal ??= error;
      }
    }
    if (ignored) return ignored;
    throw refusal;
  }

  async #get(
    window: Window,
    format: TimeFormat,
    headers: Record<string, string>,
    paged: boolean,
    reader: EventReader,
  ): Promise<PagedAnswer> {
    // Whether bounds are inclusive isn't told: a second earlier, and exactly the end, are right either way.
    const query: Record<string, string> = {
      after_time: formatTime(window.from - SECOND, format),
    };
    if (!(window.open && this.leavesOpen)) query.before_time = formatTime(window.to, format);
    if (paged) query.paging = "true";
    const { body, ask, date, invalidUtf8, said } = await this.#transport.get(query, headers, paged);
    const parsed = Envelope.safeParse(Array.isArray(body) ? { results: body } : body);
    // null is a list without any; beside an error it is none.
    if (!parsed.success || (parsed.data.results === null && said)) {
      const what = withWords("no list of results", said);
      throw new ConnectorError("unreadable", `The audit log's answer has ${what}.`, ask, { said: what });
    }
    const { hits, paging } = parsed.data;
    const results = parsed.data.results ?? [];
    const answer: PagedAnswer = {
      events: [],
      strays: [],
      unreadable: [],
      times: [],
      count: results.length,
      hits: hits ?? null,
      ignored: false,
      ask,
      date,
      next: positionOf(paging),
    };
    const times: (number | null)[] = [];
    for (const raw of results) {
      const event = reader.read(raw, invalidUtf8);
      if ("reason" in event) answer.unreadable.push(event);
      else if (beyond(event.at, window) > SECOND) {
        answer.strays.push(event);
        continue;
      } else answer.events.push(event);
      times.push("reason" in event ? null : event.at);
    }
    const far = answer.strays.filter(({ at }) => beyond(at, window) > NEAR).length;
    answer.ignored = far >= MANY && far > results.length / 2;
    if (answer.unreadable.length > 0) answer.times = times;
    return answer;
  }
}

/** ms that a moment lies outside a window. */
function beyond(at: number, { from, to }: Span): number {
  return Math.max(from - at, at - to, 0);
}

function positionOf(
  paging: { pit_id?: unknown; next_search_after?: unknown } | null | undefined,
): Position | null {
  const searchAfter = cursorText(paging?.next_search_after);
  if (searchAfter === null) return null;
  const pitId = paging?.pit_id;
  return { searchAfter, pitId: typeof pitId === "string" && pitId !== "" ? pitId : null };
}

/**
 * Cursors were seen as a text or a list of one to three parts, while requests take `integer,string` only:
 * of more parts the first two are sent (api.md §3.3).
 */
export function cursorText(cursor: unknown): string | null {
  if (cursor === null || cursor === undefined || cursor === "") return null;
  const parts = Array.isArray(cursor) ? cursor.map(String) : String(cursor).split(",");
  return parts.length === 0 ? null : parts.slice(0, 2).join(",");
}

/** Would a smaller window help? */
export function isTooMuch(error: unknown): boolean {
  return error instanceof ConnectorError && (error.fault === "too_large" || error.fault === "timed_out");
}

/** Is the question refused for good, so that asking again as it is won't help? */
export function isRefusal(error: unknown): boolean {
  return (
    error instanceof ConnectorError && ["invalid", "refused", "gone", "unreadable"].includes(error.family)
  );
}
