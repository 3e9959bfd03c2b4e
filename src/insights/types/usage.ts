/** Use: of one person, by day, by kind and part of the organization. */
import type { UseState } from "../../model/license.ts";
import type { DeedSource, UseSource } from "../../model/recruiting.ts";
import type { RecruitingStream } from "../../model/stream.ts";
import type { KindOfUse } from "../../model/usage.ts";
import type { StreamState } from "../../model/verdict.ts";
import type { Stamp } from "./common.ts";
import type { WindowView } from "./windows.ts";

/** The newest counted event behind a "last used". */
export interface EventRef {
  /** Opens the event: `getEvent`, `events?event=`. */
  id: string;
  kind: KindOfUse;
  /** Greenhouse's label, such as `PII Page Accessed`; null where it gives none. */
  what: string | null;
  requestType: string | null;
}

export interface LastUsed {
  at: string;
  source: UseSource;
  /** null: a row of a recruiting list tells it, not an event. */
  event: EventRef | null;
}

export interface UseView {
  state: UseState;
  reason: string;
  /** Days of the window with counted use; null: no day is covered. */
  activeDays: number | null;
  coveredDays: number;
  windowDays: number;
  /** Since when every use would be known: start of unbroken coverage, or creation if later. null: not known now. */
  since: string | null;
}

/** How much of a day was read: `all`, `part`, or `none`. */
export type Covered = "all" | "part" | "none";

export interface DayUse {
  day: string;
  covered: Covered;
  /** null: nothing of the day was read. */
  people: number | null;
  deeds: number | null;
  kinds: Record<KindOfUse, number> | null;
  /** People with recruiting activity; null: no list of it was read for that day. */
  recruiting: number | null;
}

/** Use without the audit log. Numbers are null where the list behind them was not read. */
export interface RecruitingView {
  kinds: {
    stream: RecruitingStream;
    label: string;
    state: StreamState;
    text: string | null;
    cure: string | null;
    /** Read without a gap from here, until there: by when a row was last changed. null: never. */
    from: string | null;
    until: string | null;
    coveredDays: number;
  }[];
  /** Distinct active people with any of it in the range. */
  people: number | null;
  sources: {
    source: DeedSource;
    stream: RecruitingStream;
    people: number | null;
    deeds: number | null;
    shows: string;
    limits: string;
  }[];
  days: {
    day: string;
    covered: Covered;
    people: number | null;
    deeds: number | null;
    sources: Record<DeedSource, number> | null;
  }[];
  note: string;
}

export type UseDimension = "kind" | "level" | "role" | "department" | "office";

export interface UsePart {
  /** Id of a role, department or office; else the level or kind. */
  id: string;
  name: string | null;
  /** Distinct people with counted use in the range. */
  people: number;
  /** Active people of that level, role, department or office now; null for kinds, and where not known. */
  of: number | null;
}

export interface UsageView {
  /** The audit log: can use be known at all? */
  source: { state: StreamState; cause: string | null; text: string | null; cure: string | null };
  range: {
    from: string;
    to: string;
    days: number;
    coveredDays: number;
    timeZone: string;
    /** Its first moment, and the one after its last. */
    startsAt: string;
    endsAt: string;
  };
  window: WindowView;
  days: DayUse[];
  /** Distinct people; null: nothing of that span was read. */
  people: {
    range: number | null;
    lastDay: number | null;
    last7Days: number | null;
    last28Days: number | null;
    /** Active people with an account, the whole of each. */
    of: number;
  };
  by: Record<UseDimension, UsePart[]> | null;
  /** People who were active in the 28 days before the window and not in it; null: not both are covered. */
  stopped: number | null;
  /** Why `stopped` is not known; null where it is. */
  stoppedReason: string | null;
  whatCounts: RequestTypeView[];
  notCounted: { performerType: string; events: number }[];
  /** null: this kind of credential can't read it. */
  recruiting: RecruitingView | null;
  /** Days before this one were counted under an older rule or time zone, and their events are gone. */
  olderDays: { before: string; cause: "time_zone" | "request_types"; timeZone: string }[];
  note: string;
  stamp: Stamp;
}

export interface RequestTypeView {
  /** null: events that name no request. */
  requestType: string | null;
  events: number;
  counts: boolean;
}
