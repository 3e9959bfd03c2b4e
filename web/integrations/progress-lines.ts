/** What is told of each stream while a connection is read. */
import { number } from "../format/number.ts";
import { duration } from "../format/time.ts";
import { connection as words } from "../text/connection.ts";
import { integrations } from "../text/integrations.ts";
import { type Connection, isOffByChoice, type Verdict } from "./troubles.ts";
import type { Reading } from "./use-progress.ts";

export interface Line
  extends Pick<
    Reading,
    "stream" | "label" | "rows" | "expectedRows" | "waitingUntil" | "note" | "remainingMs"
  > {
  state: Reading["state"] | "off";
}

/**
 * A line for each stream from the beginning, so that nothing jumps: what is being read, what had been read before anybody
 * followed, and what is off. That something optional is not allowed is no failure.
 */
export function linesOf(connection: Connection, readings: readonly Reading[]): Line[] {
  return connection.streams.map((verdict) => {
    const reading = readings.find(({ stream }) => stream === verdict.stream);
    const off = verdict.state === "off" && (!reading || reading.state === "failed");
    if (reading && !off) return reading;
    const state = off ? "off" : verdict.lastSuccessAt === null ? "waiting" : "done";
    return { ...NOTHING_YET, ...told(connection, verdict, state), state };
  });
}

const NOTHING_YET = { expectedRows: null, waitingUntil: null, remainingMs: null };

function told(connection: Connection, { stream, label, rows, lost }: Verdict, state: Line["state"]) {
  const off = isOffByChoice(connection, stream) ? integrations.offByChoice : words.notAllowed(lost);
  return { stream, label, rows: rows ?? 0, note: state === "off" ? off : null };
}

/** `300 of 428 read · waits 4 s for Greenhouse's limit · about 3 min left` */
export function progressText(reading: Line, now = Date.now()): string {
  const { rows, expectedRows, waitingUntil, note, remainingMs, state } = reading;
  if (state === "off") return note ?? words.notRead;
  if (rows === 0 && state === "failed") return words.notRead;
  if (rows === 0 && state === "waiting" && waitingUntil === null) return words.waiting;
  const under = state === "reading" || state === "waiting";
  const waits = waitingUntil === null ? 0 : Date.parse(waitingUntil) - now;
  return [
    words.progress(number(rows), expectedRows === null || !under ? null : number(expectedRows)),
    ...(under && waits > 500 ? [words.waits(duration(waits))] : []),
    ...(under && note ? [note] : []),
    ...(under && remainingMs !== null && remainingMs >= 1000 ? [words.left(duration(remainingMs))] : []),
  ].join(" · ");
}
