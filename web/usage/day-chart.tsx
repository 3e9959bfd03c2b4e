/**
 * Active people by day: all of them, or those with one kind of use. A person may do several kinds on one day, so kinds
 * are shown one at a time and never stacked. What was not read is hatched, never 0; today is drawn lighter.
 */

import { useNavigate } from "@tanstack/react-router";
import { AxisBottom, AxisLeft } from "@visx/axis";
import { scaleBand, scaleLinear } from "@visx/scale";
import { useEffect, useId, useRef, useState } from "react";
import { useZone } from "../components/time.tsx";
import { Button } from "../components/ui/button.tsx";
import { useWidth } from "../components/use-width.ts";
import { number } from "../format/number.ts";
import { dayOf, day as dayText, longDay } from "../format/time.ts";
import { TEXT } from "../text/console.ts";
import { usageWords } from "../text/usage.ts";
import { type DayOfUse, type KindOfUse, WORD } from "../text/words.ts";
import { DaysTable } from "./days-table.tsx";
import { deedsOf, KINDS, peakOf, peopleOf } from "./figures.ts";

const words = usageWords.chart;
const HEIGHT = 240;
const MARGIN = { top: 8, right: 8, bottom: 28, left: 52 };
const LEAST_DAY = 10;
const LEAST_WIDTH = 280;
/** Room for one date below the bars. */
const DATE_WIDTH = 60;

export function DayChart({ days, c }: { days: readonly DayOfUse[]; c: string }) {
  const [kind, setKind] = useState<KindOfUse | null>(null);
  const [table, setTable] = useState(false);
  return (
    <section aria-labelledby="by-day" className="card grid grid-cols-1 gap-2 p-4">
      <div className="flex flex-wrap items-center gap-2">
        <h2 id="by-day" className="eyebrow mr-2">
          {words.title}
        </h2>
        <fieldset className="screen-only flex flex-wrap gap-1">
          <legend className="sr-only">{words.kind}</legend>
          {[null, ...KINDS].map((each) => (
            <Button
              key={each}
              small
              look={each === kind ? "plain" : "quiet"}
              aria-pressed={each === kind}
              onClick={() => setKind(each)}
            >
              {each === null ? words.everyKind : WORD.kind[each]}
            </Button>
          ))}
        </fieldset>
        <Button small className="screen-only ml-auto" aria-pressed={table} onClick={() => setTable(!table)}>
          {table ? words.chart : words.table}
        </Button>
      </div>
      <p>{sentence(days, kind)}</p>
      {table ? <DaysTable days={days} kind={kind} c={c} /> : <Bars days={days} kind={kind} c={c} />}
      <p className="text-sm text-dim">{words.kindsOverlap}</p>
    </section>
  );
}

function sentence(days: readonly DayOfUse[], kind: KindOfUse | null): string {
  const peak = peakOf(days, kind);
  if (peak === null) return words.nothing;
  if (peak.people === 0) return words.quiet;
  return words.summary(peak.people, dayText(peak.day), peak.unknownDays);
}

function Bars({ days, kind, c }: { days: readonly DayOfUse[]; kind: KindOfUse | null; c: string }) {
  const id = useId();
  const zone = useZone();
  const navigate = useNavigate();
  const today = dayOf(new Date().toISOString(), zone ?? "UTC");
  const [frame, room] = useWidth();
  const width = Math.max(room, LEAST_WIDTH, days.length * LEAST_DAY + MARGIN.left + MARGIN.right);
  const most = Math.max(1, peakOf(days, kind)?.people ?? 0);
  const x = scaleBand({
    domain: days.map(({ day }) => day),
    range: [MARGIN.left, width - MARGIN.right],
    padding: 0.2,
  });
  const y = scaleLinear({ domain: [0, most], range: [HEIGHT - MARGIN.bottom, MARGIN.top], nice: true });
  const every = Math.ceil((days.length * DATE_WIDTH) / (width - MARGIN.left - MARGIN.right));
  const foot = y(0);
  // Where not all fit, the newest days are those to see first.
  const scroller = useRef<HTMLElement>(null);
  useEffect(() => {
    if (scroller.current) scroller.current.scrollLeft = width;
  }, [width]);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard
    <section ref={scroller} className="overflow-x-auto" tabIndex={0} aria-label={words.scrolls}>
      <div ref={frame}>
        <svg
          width={width}
          height={HEIGHT}
          viewBox={`0 0 ${width} ${HEIGHT}`}
          className="block print:h-auto print:w-full"
          role="img"
          aria-label={`${words.title}. ${sentence(days, kind)}`}
        >
          <defs>
            <pattern id={id} width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
              <rect width="6" height="6" className="fill-idle-soft" />
              <rect width="1.5" height="6" className="fill-edge" />
            </pattern>
          </defs>
          <AxisLeft
            scale={y}
            left={MARGIN.left}
            numTicks={4}
            hideAxisLine
            tickStroke="var(--line)"
            tickFormat={(n) => (Number.isInteger(n) ? number(Number(n)) : "")}
            tickLabelProps={{ fill: "var(--dim)", fontSize: 12, textAnchor: "end", dx: -4, dy: 4 }}
          />
          <AxisBottom
            scale={x}
            top={foot}
            stroke="var(--line)"
            hideTicks
            tickValues={days.filter((_, index) => index % every === 0).map(({ day }) => day)}
            tickFormat={(day) => dayText(day)}
            tickLabelProps={{ fill: "var(--dim)", fontSize: 12, textAnchor: "middle" }}
          />
          {days.map((each) => {
            const people = peopleOf(each, kind);
            const top = people === null ? MARGIN.top : y(people);
            const word =
              people === null
                ? TEXT.hole
                : `${number(people)}${each.day === today ? `, ${words.today}` : ""}`;
            return (
              // biome-ignore lint/a11y/noStaticElementInteractions: the same
              <g
                key={each.day}
                className="cursor-pointer"
                onClick={() => void navigate({ to: "/events", search: { c, ...deedsOf(each.day, kind) } })}
              >
                <title>{`${longDay(each.day)}: ${word}`}</title>
                <rect
                  x={x(each.day)}
                  y={MARGIN.top}
                  width={x.bandwidth()}
                  height={foot - MARGIN.top}
                  className="fill-transparent hover:fill-sunken"
                />
                <rect
                  x={x(each.day)}
                  y={top}
                  width={x.bandwidth()}
                  height={Math.max(0, foot - top)}
                  className={people === null ? undefined : "fill-kind-2"}
                  {...(people === null ? { fill: `url(#${id})` } : {})}
                  opacity={people !== null && (each.day === today || each.covered !== "all") ? 0.55 : 1}
                />
              </g>
            );
          })}
        </svg>
      </div>
    </section>
  );
}
