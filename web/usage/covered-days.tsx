/** Covered days first: a bar of what was read, and the spans that never were, in words. */
import type { Answer } from "../api/client.ts";
import { Time } from "../components/time.tsx";
import { day as dayText } from "../format/time.ts";
import { holeText, usageWords } from "../text/usage.ts";
import type { DayOfUse } from "../text/words.ts";
import { type Stretch, stretches } from "./figures.ts";

const words = usageWords.coverage;
const FILL: Record<DayOfUse["covered"], string> = {
  all: "bg-well",
  part: "bg-well opacity-50",
  none: "hatched bg-idle-soft",
};

export function CoveredDays({ usage }: { usage: Answer<"usage"> }) {
  const { range, days, stamp } = usage;
  const parts = stretches(days);
  const text = words.sum(range.coveredDays, range.days);
  const within = stamp.holes.filter(
    ({ from, to }) => to.slice(0, 10) >= range.from && from.slice(0, 10) <= range.to,
  );
  return (
    <section aria-labelledby="covered" className="card grid grid-cols-1 gap-2 p-4">
      <h2 id="covered" className="eyebrow">
        {words.title}
      </h2>
      <p>
        {text} <span className="text-dim">({range.timeZone})</span>
      </p>
      <div
        role="img"
        aria-label={words.barLabel([text, ...parts.filter(isHole).map(spoken)].join("; "))}
        className="flex h-4 gap-px overflow-hidden rounded"
      >
        {parts.map((part) => (
          <span
            key={part.from}
            style={{ flexGrow: part.days }}
            className={FILL[part.covered]}
            title={spoken(part)}
          />
        ))}
      </div>
      <div className="flex justify-between text-sm text-dim">
        <span>{dayText(range.from)}</span>
        <span>{dayText(range.to)}</span>
      </div>
      {within.length > 0 && (
        <ul className="grid gap-1 text-sm">
          {within.map(({ from, to, cause }) => (
            <li key={from}>
              {words.neverRead} <Time at={from} as="clock" /> {words.until} <Time at={to} as="clock" /> (
              {holeText(cause)})
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

const isHole = ({ covered }: Stretch) => covered !== "all";
function spoken({ from, to, covered }: Stretch): string {
  return words.day(
    from === to ? dayText(from) : `${dayText(from)} ${words.until} ${dayText(to)}`,
    words[covered],
  );
}
