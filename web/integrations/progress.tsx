/** What is being read, stream by stream: rows, waits, what is left. */
import { Check, LoaderCircle, TriangleAlert } from "lucide-react";
import { number } from "../format/number.ts";
import { duration } from "../format/time.ts";
import { connection as words } from "../text/connection.ts";
import { STREAM } from "../text/words.ts";
import type { Verdict } from "./troubles.ts";
import type { Reading } from "./use-progress.ts";

type Line = Pick<
  Reading,
  "stream" | "label" | "state" | "rows" | "expectedRows" | "waitingUntil" | "note" | "remainingMs"
>;

/** A stream that had been read before anybody followed. */
export const alreadyRead = ({ stream, label, rows }: Verdict): Line => ({
  stream,
  label,
  state: "done",
  rows: rows ?? 0,
  expectedRows: null,
  waitingUntil: null,
  note: null,
  remainingMs: null,
});

export function Progress({ readings }: { readings: readonly Line[] }) {
  return (
    <ul aria-label={words.running} className="grid gap-2 text-sm">
      {[...readings].sort(inOrder).map((reading) => (
        <li key={reading.stream} className="grid gap-1">
          <div className="flex items-baseline gap-2">
            <span aria-hidden className="self-center [&>svg]:size-4">
              {ICON[reading.state]}
            </span>
            <span className="w-36 shrink-0 font-medium">{reading.label}</span>
            <span className="min-w-0 text-dim">{progressText(reading)}</span>
          </div>
          {reading.state === "reading" && reading.expectedRows !== null && reading.expectedRows > 0 && (
            <progress
              aria-label={reading.label}
              max={reading.expectedRows}
              value={Math.min(reading.rows, reading.expectedRows)}
              className="ml-6 h-1 w-[calc(100%-1.5rem)] overflow-hidden rounded-full bg-sunken [&::-moz-progress-bar]:bg-link [&::-webkit-progress-bar]:bg-sunken [&::-webkit-progress-value]:bg-link"
            />
          )}
        </li>
      ))}
    </ul>
  );
}

const ORDER = Object.keys(STREAM);
const inOrder = (a: Line, b: Line) => ORDER.indexOf(a.stream) - ORDER.indexOf(b.stream);

const ICON = {
  waiting: <LoaderCircle className="text-idle" />,
  reading: <LoaderCircle className="text-link motion-safe:animate-spin" />,
  done: <Check className="text-well" />,
  failed: <TriangleAlert className="text-look" />,
} as const;

/** `300 of 428 read · waits 4 s for Greenhouse's limit · about 3 min left` */
export function progressText(reading: Line, now = Date.now()): string {
  const { rows, expectedRows, waitingUntil, note, remainingMs, state } = reading;
  const under = state === "reading" || state === "waiting";
  const waits = waitingUntil === null ? 0 : Date.parse(waitingUntil) - now;
  return [
    words.progress(number(rows), expectedRows === null || !under ? null : number(expectedRows)),
    ...(under && waits > 500 ? [words.waits(duration(waits))] : []),
    ...(under && note ? [note] : []),
    ...(under && remainingMs !== null && remainingMs >= 1000 ? [words.left(duration(remainingMs))] : []),
  ].join(" · ");
}
