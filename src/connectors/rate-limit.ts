/**
 * Rate limits, obeyed before they bite (api.md §1.3, §2.3, §3.3). The rule, and what it knows, are pure;
 * limiter.ts waits by it.
 */
import type { BudgetState } from "./connector.ts";

export const BUDGET_FAMILIES = ["v3", "v1", "audit", "audit_paged", "token"] as const;
export type BudgetFamily = (typeof BUDGET_FAMILIES)[number];

/**
 * What is assumed until headers tell. v3: no ceiling is published, 50 is what others budget. Of the token
 * endpoint only the window is known.
 */
export const FIRST_GUESS: Record<BudgetFamily, { limit: number; windowMs: number }> = {
  v3: { limit: 50, windowMs: 30_000 },
  v1: { limit: 50, windowMs: 10_000 },
  audit: { limit: 50, windowMs: 10_000 },
  audit_paged: { limit: 3, windowMs: 30_000 },
  token: { limit: 10, windowMs: 60_000 },
};

/**
 * Families whose Reset ends a window for all requests in it. Only of v3 is that documented (api.md §2.3). Of v1 Reset is
 * when to try again (§1.3): in a rolling window then a single request is free.
 */
const FIXED: ReadonlySet<string> = new Set(["v3"]);

/**
 * A request may reach Greenhouse later than it left, and a window be counted a little longer than it is told. However
 * late it arrives, `answered` corrects for it, so that a wider margin would only cost time.
 */
export const MARGIN = 1.01;
/** Date and Reset are whole seconds, cut or rounded. */
const HEADER_PRECISION_MS = 1000;
/** Noted later than now by more than this: by a clock that was ahead, in a process before this one. */
const CLOCK_AHEAD_MS = 1000;
/** A reset further away than this is a clock gone wrong, not a window. */
const LONGEST_WINDOW_MS = 2 * 60_000;
/** A longer Retry-After is a clock or a unit gone wrong: after a day it is worth a question. No calendar has what may stand there. */
export const LONGEST_PENALTY_MS = 24 * 60 * 60_000;

export interface Budget extends BudgetState {
  /** Our part of the limit, percent. */
  sharePercent: number;
}

export function newBudget(
  family: BudgetFamily,
  sharePercent: number,
  timeScale: number,
  known?: BudgetState,
): Budget {
  const guess = FIRST_GUESS[family];
  return {
    family,
    limit: known?.limit ?? guess.limit,
    windowMs: known?.timeScale === timeScale ? known.windowMs : guess.windowMs / timeScale,
    timeScale,
    sent: [...(known?.sent ?? [])],
    blockedUntil: known?.blockedUntil ?? 0,
    told: known?.told ?? null,
    sharePercent,
  };
}

/** Requests a window that are ours: rounded, at least 1. */
export function allowance(budget: Pick<Budget, "limit" | "sharePercent">): number {
  return Math.max(1, Math.round((budget.limit * budget.sharePercent) / 100));
}

/**
 * How long to wait before the next request may leave; 0: not at all.
 *
 * Never more than our allowance within any span of one window. Requests of a window that has surely ended
 * count no more. Where Remaining fell by more than we asked, somebody else uses the credential: what they took
 * counts as ours until their window has ended.
 */
export function nextSlot(budget: Budget, now: number): number {
  const allowed = allowance(budget);
  const blocked = Math.max(0, budget.blockedUntil - now);
  const foreign = takenByOthers(budget, now);
  if (foreign > 0 && counted(budget, now).length + foreign >= allowed) {
    return Math.max(blocked, windowOver(budget) - now);
  }
  const ours = counted(budget, now);
  if (ours.length < allowed) return blocked;
  const span = budget.windowMs * MARGIN;
  const rolling = ours[ours.length - allowed]! + span - now;
  const told =
    budget.told?.end && ours[0]! < budget.told.end.earliest
      ? budget.told.end.latest - now
      : Number.POSITIVE_INFINITY;
  return Math.max(blocked, Math.min(rolling, told > 0 ? told : rolling));
}

/** Our requests that the window Greenhouse is in now may hold. */
function counted(budget: Budget, now: number): number[] {
  const from = now - budget.windowMs * MARGIN;
  const end = budget.told?.end;
  const over = end && now >= end.latest ? end.earliest : Number.NEGATIVE_INFINITY;
  return budget.sent.filter((at) => at > from && at >= over && at <= now + CLOCK_AHEAD_MS);
}

/** Requests of this window, as last told, that weren't ours; 0 once that window has ended. */
function takenByOthers(budget: Budget, now: number): number {
  return budget.told && now < windowOver(budget) ? budget.told.others : 0;
}

/** When the window of the last answer has surely ended. */
function windowOver({ told, windowMs }: Budget): number {
  if (!told) return 0;
  const longest = told.at + windowMs * MARGIN;
  return told.end ? Math.min(told.end.latest, longest + 2 * HEADER_PRECISION_MS) : longest;
}

/** Notes that a request leaves now. */
export function spend(budget: Budget, now: number): void {
  budget.sent.push(now);
  const old = now - budget.windowMs * MARGIN;
  while (budget.sent.length > budget.limit || (budget.sent.length > 0 && budget.sent[0]! <= old))
    budget.sent.shift();
}

/**
 * Notes that the answer to the request that left at `sentAt` came in at `now`. When it was counted lies between the
 * two; more than the margin later than it left, and the log must say so.
 */
export function answered(budget: Budget, sentAt: number, now: number): void {
  const counted = Math.max(sentAt, now - budget.windowMs * (MARGIN - 1));
  const place = budget.sent.lastIndexOf(sentAt);
  if (counted === sentAt || place < 0) return;
  budget.sent[place] = counted;
  budget.sent.sort((a, b) => a - b);
}

/** Our clock was set back by so many ms: all moments that were noted lie so much earlier on it. */
export function setBack(budget: BudgetState, ms: number): void {
  budget.sent = budget.sent.map((at) => at - ms);
  budget.blockedUntil -= ms;
  const { told } = budget;
  if (!told) return;
  const end = told.end && { earliest: told.end.earliest - ms, latest: told.end.latest - ms };
  budget.told = { ...told, at: told.at - ms, sentAt: told.sentAt - ms, end };
}

export interface Headers {
  limit: number | null;
  remaining: number | null;
  /** Epoch ms by Greenhouse's clock. */
  reset: number | null;
  /** Greenhouse's clock when it answered, ms. */
  date: number | null;
}

/** Reads the limit headers; names in lower case. Reset is epoch seconds (api.md §2.3), tolerated as a date too. */
export function limitHeaders(headers: Record<string, string>, date: number | null): Headers {
  const reset = headers["x-ratelimit-reset"];
  return {
    limit: whole(headers["x-ratelimit-limit"]),
    remaining: whole(headers["x-ratelimit-remaining"]),
    reset: reset === undefined ? null : epoch(reset),
    date,
  };
}

/** Takes in what an answer told about the request that left at `sentAt` and came back at `now`. */
export function learn(budget: Budget, headers: Headers, sentAt: number, now: number): void {
  if (headers.limit !== null && headers.limit > 0) budget.limit = headers.limit;
  if (headers.remaining === null) return;
  if (budget.told && budget.told.sentAt > sentAt) return; // answers overtake each other; the later question knows more
  const left = headers.reset !== null && headers.date !== null ? headers.reset - headers.date : null;
  if (left !== null && left > budget.windowMs + 2 * HEADER_PRECISION_MS && left <= LONGEST_WINDOW_MS) {
    budget.windowMs = left; // a longer window than is documented: believed, since believing costs only time
  }
  const ends =
    FIXED.has(budget.family) && left !== null && left >= -HEADER_PRECISION_MS && left <= LONGEST_WINDOW_MS;
  const from = sentAt - budget.windowMs * MARGIN;
  const ours = budget.sent.filter((at) => at > from && at <= now).length;
  budget.told = {
    at: now,
    sentAt,
    others: Math.max(0, budget.limit - headers.remaining - ours),
    end: ends
      ? { earliest: sentAt + left - 2 * HEADER_PRECISION_MS, latest: now + left + HEADER_PRECISION_MS }
      : null,
  };
}

/**
 * How long a 429 asks us to stay away: as told, a day at most, else until the window has surely passed. What is told is in whole
 * seconds, and may be cut: never less than one. Where it was too short, the window is waited for.
 */
export function penalty(
  budget: Pick<Budget, "windowMs" | "timeScale">,
  retryAfterMs: number | null,
  headers: Headers,
  again = false,
): number {
  if (again) return Math.max(penalty(budget, retryAfterMs, headers), budget.windowMs * MARGIN);
  if (retryAfterMs !== null) {
    const told = Math.max(retryAfterMs, HEADER_PRECISION_MS / budget.timeScale);
    return Math.min(told, LONGEST_PENALTY_MS);
  }
  if (headers.reset !== null && headers.date !== null) {
    const left = Math.max(0, headers.reset - headers.date) + HEADER_PRECISION_MS;
    return Math.min(left, LONGEST_PENALTY_MS);
  }
  return budget.windowMs * MARGIN;
}

/** Retry-After in ms, a day at most: seconds, or a date compared with Greenhouse's own clock. null: not told, or not understood. */
export function retryAfter(value: string | undefined, date: number | null, now: number): number | null {
  if (value === undefined || value.trim() === "") return null;
  const seconds = Number(value);
  if (Number.isFinite(seconds)) return seconds >= 0 ? Math.min(seconds * 1000, LONGEST_PENALTY_MS) : null;
  const at = Date.parse(value);
  return Number.isNaN(at) ? null : Math.min(Math.max(0, at - (date ?? now)), LONGEST_PENALTY_MS);
}

function whole(value: string | undefined): number | null {
  const found = value === undefined || value.trim() === "" ? Number.NaN : Number(value);
  return Number.isFinite(found) && found >= 0 ? Math.floor(found) : null;
}

function epoch(value: string): number | null {
  const seconds = Number(value);
  if (value.trim() !== "" && Number.isFinite(seconds)) return seconds > 1e11 ? seconds : seconds * 1000;
  const at = Date.parse(value);
  return Number.isNaN(at) ? null : at;
}
