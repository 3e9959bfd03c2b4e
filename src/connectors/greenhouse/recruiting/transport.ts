/** Asks for the pages of a recruiting list: the first one by date where Greenhouse takes dates, further ones by cursor. */
import type { RecruitingStream } from "../../../model/stream.ts";
import { ConnectorError } from "../../errors.ts";
import type { Authorization } from "../auth.ts";
import type { Answer, Caller } from "../call.ts";
import { inSeconds } from "../dates.ts";
import { cursorPage, list, PER_PAGE, requireLinks } from "../harvest-v3.ts";
import { LinkTrail } from "../next-link.ts";
import { readRows } from "../rows.ts";
import { RECRUITING_LISTS, RECRUITING_ROWS, type RecruitingRow } from "./rows.ts";

/** How a list can be narrowed to rows that were changed within a span: sources disagree on two-sided dates (api.md §2.2). */
export const DATES = ["two_sided", "one_sided", "none"] as const;
export type Dates = (typeof DATES)[number];

export interface RecruitingAnswer {
  records: RecruitingRow[];
  unreadable: ReturnType<typeof readRows>["unreadable"];
  rows: number;
  lowest: string | null;
  /** Path and query of the next page; null: this was the last one. */
  next: string | null;
  /** By the server's clock, ms; null: not told. */
  date: number | null;
  ask: Answer["ask"];
}

/** One listing at a time: `first` begins another. */
export interface RecruitingTransport {
  /** The first page of rows changed within the span. Tells which of `dates` was taken, the first that isn't refused. */
  first(span: { from: number; to: number }, dates: Dates): Promise<RecruitingAnswer & { dates: Dates }>;
  /** @throws RestartListing when the cursor is not taken any more */
  next(place: string, below: string | null): Promise<RecruitingAnswer>;
}

export function recruitingTransport(
  stream: RecruitingStream,
  caller: Caller,
  authorization: Authorization,
): RecruitingTransport {
  const { path } = RECRUITING_LISTS[stream];
  let trail = new LinkTrail(caller.options.origins.harvest);
  const read = (url: URL, answer: Answer, below: string | null): RecruitingAnswer => {
    const rows = list(answer);
    const page = readRows<RecruitingRow>(
      rows,
      (row, nullsLeftOut) => RECRUITING_ROWS[stream](row, answer.invalidUtf8, undefined, nullsLeftOut),
      below,
      undefined,
      caller.habit,
    );
    const next = trail.next(answer, url, page.records.length + page.unreadable.length);
    return {
      records: page.records,
      unreadable: page.unreadable,
      rows: rows.length,
      lowest: page.lowest,
      next: next && next.pathname + next.search,
      date: answer.date,
      ask: answer.ask,
    };
  };
  return {
    async first(span, wanted) {
      trail = new LinkTrail(caller.options.origins.harvest);
      const asked = { dates: wanted, fields: true };
      for (;;) {
        const url = caller.url("harvest", path, queryOf(stream, span, asked));
        try {
          const answer = await authorization.harvest({ method: "GET", url, families: ["v3"] });
          const page = read(url, answer, null);
          if (page.next === null) await requireLinks({ url, answer }, page.rows, authorization);
          return { ...page, dates: asked.dates };
        } catch (error) {
          if (!askLess(error, asked)) throw error;
        }
      }
    },
    async next(place, below) {
      const { url, answer } = await cursorPage(caller.url("harvest", place), authorization);
      return read(url, answer, below);
    },
  };
}

function queryOf(
  stream: RecruitingStream,
  { from, to }: { from: number; to: number },
  { dates, fields }: { dates: Dates; fields: boolean },
): Record<string, string> {
  const after = `gte|${inSeconds(from)}`;
  // The second after the one that `to` lies in: rather a row too many.
  const within = dates === "two_sided" ? `${after}|lte|${inSeconds(to + 1000)}` : after;
  return {
    per_page: PER_PAGE,
    ...(fields && { fields: RECRUITING_LISTS[stream].fields }),
    ...(dates !== "none" && { updated_at: within }),
  };
}

/** A refused question is put again with less in it: without what Greenhouse names, else two-sided dates go first. */
function askLess(error: unknown, asked: { dates: Dates; fields: boolean }): boolean {
  if (!(error instanceof ConnectorError) || error.family !== "invalid" || error.fault !== null) return false;
  const names = (what: string) => error.said?.includes(what) ?? false;
  const fewerDates = () => {
    asked.dates = DATES[DATES.indexOf(asked.dates) + 1]!;
    return true;
  };
  if (asked.dates !== "none" && names("updated_at")) return fewerDates();
  if (asked.fields && (names("fields") || asked.dates !== "two_sided")) {
    asked.fields = false;
    return true;
  }
  return asked.dates === "none" ? false : fewerDates();
}
