/** What is being read, stream by stream: rows, waits, what is left. */
import { Check, Circle, CircleDashed, LoaderCircle, TriangleAlert } from "lucide-react";
import { connection as words } from "../text/connection.ts";
import { STREAM } from "../text/words.ts";
import { type Line, progressText } from "./progress-lines.ts";

export function Progress({ readings }: { readings: readonly Line[] }) {
  return (
    <ul aria-label={words.running} className="grid gap-2 text-sm">
      {[...readings].sort(inOrder).map((reading) => (
        <li key={reading.stream} className="grid gap-1">
          <div className="flex items-start gap-2">
            <span aria-hidden className="mt-0.5 [&>svg]:size-4">
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
  waiting: <CircleDashed className="text-idle" />,
  reading: <LoaderCircle className="text-link motion-safe:animate-spin" />,
  done: <Check className="text-well" />,
  failed: <TriangleAlert className="text-look" />,
  off: <Circle className="text-idle" />,
} as const;
