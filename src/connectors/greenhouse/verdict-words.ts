/** What the words of all verdicts are made of. */
import type { Ask, CauseCode, Verdict } from "../../model/verdict.ts";

/** A cause with its words: a verdict that lacks only its stream and state. */
export interface Finding {
  cause: CauseCode;
  text: string;
  cure: string;
  ask: Ask | null;
  facts: Verdict["facts"];
}

/** "GET /v3/users answered 403 at 09:03:11 UTC (request ID f3a1)": the evidence in every verdict. */
export function askSentence(ask: Ask): string {
  const what =
    ask.status === null
      ? `${ask.method} ${ask.host}${ask.path} got no answer`
      : `${ask.method} ${ask.path} answered ${ask.status}`;
  return `${what} at ${clock(ask.at)}${ask.requestId ? ` (request ID ${ask.requestId})` : ""}`;
}

/** The time of day of an hour ago or less; with its day beyond that. */
export function clock(at: number): string {
  return `${new Date(at).toISOString().slice(11, 19)} UTC`;
}

export function dateAndTime(at: number): string {
  return `${new Date(at).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}

export function finding(
  cause: CauseCode,
  ask: Ask | null,
  text: string,
  cure: string,
  facts: Verdict["facts"] = {},
): Finding {
  return { cause, text, cure, ask, facts };
}

export function duration(ms: number): string {
  const minutes = ms / 60_000;
  if (minutes < 1) return `${Math.round(ms / 1000)} s`;
  if (minutes < 120) return `${Math.round(minutes)} min`;
  return minutes < 72 * 60 ? `${Math.round(minutes / 60)} h` : `${Math.round(minutes / 1440)} days`;
}
