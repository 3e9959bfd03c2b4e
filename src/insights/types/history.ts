/** What happened: events of the audit log, and changes that listings show. */
import type { ChangeKind } from "../../model/query.ts";
import type { Stream } from "../../model/stream.ts";
import type { KindOfUse } from "../../model/usage.ts";
import type { Listed, Named } from "./common.ts";

export interface EventView {
  id: string;
  at: string;
  /** `user`, `api_key`, `greenhouse_internal`, another word of Greenhouse's, or null: nobody. */
  performerType: string | null;
  user: Named | null;
  /** Name or id of an API key and the like. */
  performer: string | null;
  kind: KindOfUse;
  /** Is it a person's deed that counts as use? */
  counts: boolean;
  type: string | null;
  targetType: string | null;
  /** Candidates' ids are cut: `2218…003`. */
  targetId: string | null;
  requestId: string | null;
  requestType: string | null;
  /** Not for viewers. */
  ip: string | null;
}

export interface EventsView extends Listed<EventView> {
  /** Set when the time budget ended the search: older events were not looked at; `nextCursor` goes on. */
  searchedBackTo: string | null;
  /** Oldest raw event that is kept; null: none. */
  keptSince: string | null;
}

export interface ChangeView {
  id: string;
  stream: Stream;
  kind: ChangeKind;
  /** Greenhouse's id of the row that changed; null for a baseline. */
  rowId: string | null;
  /** What it was about, in words: `grant added: Standard on Data Analyst`. */
  what: string;
  user: Named | null;
  before: Record<string, unknown> | null;
  after: Record<string, unknown> | null;
  /** The moment, where an audit event tells it. */
  happenedAt: string | null;
  /** Otherwise it lies between two listings; `from` null: before the first one. */
  between: { from: string | null; to: string };
  /** null: not told. */
  by: string | null;
  /** The action of ours that it follows from. */
  action: number | null;
  eventId: string | null;
  runId: number;
}
