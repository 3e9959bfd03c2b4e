/** What the API says of a stream beyond its last attempt: that it is read now, that it is behind, what is missing. */
import { longDay, shortDay } from "../../model/day.ts";
import { isRecruiting, STREAM_TEXT, type Stream } from "../../model/stream.ts";
import type { Verdict } from "../../model/verdict.ts";

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
/** Greenhouse keeps the events of its audit log for 30 days (api.md §3). */
const LOG_KEEPS_MS = 30 * DAY_MS;

/** What is known of a stream beside its stored verdict. Times in ms. */
export interface Standing {
  lastSuccessAt: number | null;
  everyMinutes: number;
  /** A run reads it at this moment. */
  reading: boolean;
  /** Paused or frozen: nothing is due. */
  stands: boolean;
  /** Does anything sync by itself: does a worker live, in this process or another? */
  works: boolean;
  /** Of a database that several processes share: when a worker was last seen; null: never. Embedded: not given. */
  workerSeenAt?: number | null;
  /** The connection's name as a shell takes it. */
  shellName: string;
}

/**
 * The verdict to show, from the stored one. Pure; what it makes of it is never stored. `since`: ms; null: as stored.
 *
 * A stream that is well but hasn't been read for twice its interval and ten minutes more is *behind*. While a run reads
 * it, it is `reading`: but a stream that is stopped stays so until it has been read.
 */
export function shownVerdict(
  verdict: Verdict,
  standing: Standing,
  now: number,
): { verdict: Verdict; since: number | null } {
  const { state } = verdict;
  const quiet = state === "well" || state === "not_read_yet";
  if (standing.reading && quiet) return { verdict: { ...verdict, state: "reading" }, since: null };
  const late = state === "well" && !standing.stands ? lateSince(standing) : null;
  if (late === null || now <= late) return { verdict, since: null };
  return { verdict: behind(verdict.stream, standing, now), since: late };
}

function lateSince({ lastSuccessAt, everyMinutes }: Standing): number | null {
  return lastSuccessAt === null ? null : lastSuccessAt + (2 * everyMinutes + 10) * MINUTE_MS;
}

function behind(stream: Stream, standing: Standing, now: number): Verdict {
  const { everyMinutes, works, workerSeenAt, shellName } = standing;
  const shared = workerSeenAt !== undefined;
  const nobody = shared
    ? capital(noWorkerSince(workerSeenAt))
    : "Nothing syncs by itself now: no server with a worker runs.";
  const worker = works ? "The worker runs: its last runs tell why." : nobody;
  const begin = shared ? ` ${START_A_WORKER}` : " Or start the server, which syncs by itself: npm start.";
  const sync = shared && !works ? "" : `glasshouse sync ${shellName}; see glasshouse runs ${shellName}.`;
  return {
    stream,
    state: "stopped",
    cause: "behind",
    text: `Last success ${ago(now - standing.lastSuccessAt!)} ago; due every ${every(everyMinutes)}. ${worker}`,
    cure: works ? sync : `${sync}${begin}`.trim(),
    ask: null,
    facts: { everyMinutes },
  };
}

/** `no worker has been seen since …`: of a database that several processes share. */
export function noWorkerSince(seenAt: number | null): string {
  return seenAt === null
    ? "no worker has ever been seen."
    : `no worker has been seen since ${minute(seenAt)}.`;
}
export const START_A_WORKER = "Start one: glasshouse worker (or glasshouse serve without --no-worker).";

const capital = (text: string) => text[0]!.toUpperCase() + text.slice(1);

function ago(ms: number): string {
  if (ms < 120 * MINUTE_MS) return `${Math.round(ms / MINUTE_MS)} min`;
  return ms < 3 * DAY_MS ? `${Math.round(ms / (60 * MINUTE_MS))} h` : `${Math.round(ms / DAY_MS)} days`;
}

function every(minutes: number): string {
  if (minutes % 1440 === 0) return minutes === 1440 ? "day" : `${minutes / 1440} days`;
  if (minutes % 60 === 0) return minutes === 60 ? "hour" : `${minutes / 60} h`;
  return `${minutes} min`;
}

/** Read to the end, though something about it is odd: nothing of it is missing that its verdict doesn't say. */
const WAS_READ = new Set(["listing_held", "records_unreadable", "clock_wrong"]);
const NO_USE = new Set(["audit_log_empty", "audit_log_no_people"]);

/**
 * What a reader does without: of a stream that is off or was never read, all of it; of one that worked, only what is
 * newer, for the old data stays. null: nothing, or its verdict says all.
 */
export function lostNow(
  { stream, state, cause }: Pick<Verdict, "stream" | "state" | "cause">,
  lastSuccessAt: number | null,
): string | null {
  if (state !== "stopped" && state !== "off" && state !== "waiting_for_users") return null;
  const { lost } = STREAM_TEXT[stream];
  if (state === "off" || lastSuccessAt === null || (cause !== null && NO_USE.has(cause))) return lost;
  if (cause !== null && WAS_READ.has(cause)) return null;
  return `what is newer than ${minute(lastSuccessAt)}; what was read by then stays`;
}

const dayOf = (at: number) => Math.floor(at / DAY_MS);
const minute = (at: number) => `${longDay(dayOf(at))} ${new Date(at).toISOString().slice(11, 16)} UTC`;

/** Can what happens while a stream is not read still be had later? null: nothing is missed. */
export function lostMeanwhile(
  { stream, state, cause }: Pick<Verdict, "stream" | "state" | "cause">,
  lastSuccessAt: number | null,
  now: number,
): string | null {
  const notWell = state === "stopped" || state === "off" || state === "waiting_for_users";
  if (!notWell || cause === null || WAS_READ.has(cause)) return null;
  if (isRecruiting(stream)) return "nothing: what is done meanwhile is read later.";
  if (stream !== "audit_log") {
    return "nothing for good; the next complete listing catches up. Of changes, only the span between two listings is known.";
  }
  const day = (at: number) => shortDay(dayOf(at), dayOf(now));
  if (lastSuccessAt === null) {
    return `Greenhouse keeps 30 days: use since ${day(now - LOG_KEEPS_MS)} can still be read, if it was recorded, a day less each day.`;
  }
  if (now - lastSuccessAt >= LOG_KEEPS_MS) {
    return `use from ${day(lastSuccessAt)} to ${day(now - LOG_KEEPS_MS)} is lost for good: Greenhouse keeps 30 days.`;
  }
  return `nothing yet; use since ${day(lastSuccessAt)} can still be read until ${day(lastSuccessAt + LOG_KEEPS_MS)}, if Greenhouse recorded it; from then on it is lost day by day.`;
}

/** How long the end of a stop is told. */
const TOLD_MS = DAY_MS;

/**
 * Of a stream that had stopped and is well since a short while: since when, and until when it had been read before.
 * What is missing in between is not told here: of lists nothing, of use the holes of its coverage.
 */
export function healed(
  { state, facts }: Pick<Verdict, "state" | "facts">,
  wellSince: number,
  now: number,
): { at: string; readBefore: string } | null {
  const { stoppedBy, readBefore } = facts;
  if ((state !== "well" && state !== "reading") || typeof readBefore !== "number") return null;
  if (WAS_READ.has(String(stoppedBy)) || now - wellSince > TOLD_MS) return null;
  return { at: iso(wellSince), readBefore: iso(readBefore) };
}

const iso = (at: number) => new Date(at).toISOString();
