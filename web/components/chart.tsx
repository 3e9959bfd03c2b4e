/**
 * Use by day: <UseChart days={usage.days} today="2026-11-24" title="Active people a day" hrefOf={(day) => ({ to: "/usage", search: { from: day, to: day } })} />
 * One bar a day, its height the active people, its colors in proportion to the people of each kind; days not read are hatched and
 * named; a day that isn't over is lighter. Bars are links in one stop of Tab: arrows, Home and End go from day to day, Enter opens.
 * A *Table* switch and a sentence say the same, its days are links too.
 * The only part of a page that scrolls sideways.
 */

import { useNavigate } from "@tanstack/react-router";
import { AxisLeft } from "@visx/axis";
import { Group } from "@visx/group";
import { PatternLines } from "@visx/pattern";
import { scaleBand, scaleLinear } from "@visx/scale";
import { Bar } from "@visx/shape";
import { type KeyboardEvent, useEffect, useId, useState } from "react";
import { number } from "../format/number.ts";
import { day as dayText, longDay } from "../format/time.ts";
import type { Search } from "../search.ts";
import { TEXT } from "../text/console.ts";
import { type DayOfUse, type KindOfUse, WORD } from "../text/words.ts";
import { ChartTable } from "./chart-table.tsx";
import { barText, holesOf, KINDS, sentenceOf, stackOf } from "./chart-words.ts";
import { Button } from "./ui/button.tsx";
import { cx } from "./ui/cx.ts";
import { useWidth } from "./use-width.ts";

export const KIND_FILL: Record<KindOfUse, string> = {
  viewed: "fill-kind-1",
  changed: "fill-kind-2",
  acted: "fill-kind-3",
  other: "fill-kind-4",
};
const KIND_DOT: Record<KindOfUse, string> = {
  viewed: "bg-kind-1",
  changed: "bg-kind-2",
  acted: "bg-kind-3",
  other: "bg-kind-4",
};

/** What opens with a day. */
export type HrefOf = (day: string) => { to: string; search: Search };

interface UseChartProps {
  days: readonly DayOfUse[];
  /** The connection's day that is not over yet. */
  today?: string;
  title: string;
  hrefOf: HrefOf;
}

const HEIGHT = 220;
const LEAST_BAR = 7;
const BELOW = 22;
const ABOVE = 6;
/** Room left of the bars for the numbers of the axis: a digit, and what stands around them. */
const DIGIT = 7.5;
const LEFT = 18;
/** Room for one date below the bars. */
const DATE_WIDTH = 64;

export function UseChart(props: UseChartProps) {
  const { days, title, today, hrefOf } = props;
  const [asTable, setAsTable] = useState(false);
  const used = KINDS.filter((kind) => days.some((each) => (each.kinds?.[kind] ?? 0) > 0));
  return (
    <figure className="grid min-w-0 gap-2" aria-label={title}>
      <div className="flex flex-wrap items-center gap-x-4 gap-y-1 text-sm">
        {used.map((kind) => (
          <span key={kind} className="flex items-center gap-1.5">
            <span aria-hidden className={cx("size-2.5 rounded-xs", KIND_DOT[kind])} />
            {WORD.kind[kind]}
          </span>
        ))}
        {holesOf(days).length > 0 && (
          <span className="flex items-center gap-1.5">
            <span aria-hidden className="hatched size-3 rounded-xs border border-edge" />
            {TEXT.hole}
          </span>
        )}
        <span className="screen-only ml-auto">
          <Button small look="quiet" aria-pressed={asTable} onClick={() => setAsTable(!asTable)}>
            {asTable ? TEXT.chart.chart : TEXT.chart.table}
          </Button>
        </span>
      </div>
      {asTable ? <ChartTable days={days} title={title} kinds={used} hrefOf={hrefOf} /> : <Bars {...props} />}
      <figcaption className="text-sm text-dim">
        {sentenceOf(days, today)}
        {used.length > 1 && ` ${TEXT.chart.several}`}
      </figcaption>
    </figure>
  );
}

function Bars({ days, today, title, hrefOf }: UseChartProps) {
  const [box, room] = useWidth();
  const hatch = useId();
  const [chosen, setChosen] = useState<string | null>(null);
  const stop = days.some(({ day }) => day === chosen) ? chosen : days.at(-1)?.day;
  const most = Math.max(1, ...days.map((each) => each.people ?? 0));
  const left = Math.ceil(LEFT + number(most).length * DIGIT);
  const width = Math.max(room, left + days.length * LEAST_BAR);
  const x = scaleBand({
    domain: days.map((each) => each.day),
    range: [left, width],
    padding: 0.2,
  });
  const floor = HEIGHT - BELOW;
  const y = scaleLinear({ domain: [0, most], range: [floor, ABOVE], nice: true });
  const everyNth = Math.max(1, Math.ceil((days.length * DATE_WIDTH) / Math.max(1, width - left)));
  // Where not all fit, the newest days are those to see first.
  useEffect(() => {
    if (box.current) box.current.scrollLeft = width;
  }, [box, width]);
  return (
    <div ref={box} className="min-w-0 overflow-x-auto overflow-y-hidden">
      {room > 0 && (
        // biome-ignore lint/a11y/useSemanticElements: a drawing with parts, not a fieldset
        <svg
          role="group"
          aria-label={TEXT.chart.walk(title)}
          onKeyDown={walk}
          width={width}
          height={HEIGHT}
          viewBox={`0 0 ${width} ${HEIGHT}`}
          className="block print:h-auto print:w-full"
        >
          <PatternLines
            id={hatch}
            width={6}
            height={6}
            stroke="var(--edge)"
            strokeWidth={1.2}
            orientation={["diagonal"]}
          />
          <AxisLeft
            scale={y}
            left={left - 6}
            numTicks={4}
            hideAxisLine
            hideTicks
            tickFormat={(value) => (Number.isInteger(Number(value)) ? number(Number(value)) : "")}
            tickLabelProps={{ fill: "var(--dim)", fontSize: 12, textAnchor: "end", dy: "0.33em" }}
          />
          {y.ticks(4).map((tick) => (
            <line key={tick} x1={left} x2={width} y1={y(tick)} y2={y(tick)} stroke="var(--line)" />
          ))}
          {days.map((each) => (
            <DayBar
              key={each.day}
              each={each}
              today={today}
              x={x(each.day) ?? 0}
              width={Math.max(1, x.bandwidth())}
              y={y}
              floor={floor}
              hatch={hatch}
              href={hrefOf(each.day)}
              isStop={each.day === stop}
              onFocus={() => setChosen(each.day)}
            />
          ))}
          <line x1={left} x2={width} y1={floor} y2={floor} stroke="var(--edge)" />
          {days.map((each, index) => {
            if ((days.length - 1 - index) % everyNth !== 0) return null;
            const at = (x(each.day) ?? 0) + x.bandwidth() / 2;
            const anchor = index === 0 ? "start" : index === days.length - 1 ? "end" : "middle";
            const end = anchor === "start" ? x(each.day) : (x(each.day) ?? 0) + x.bandwidth();
            return (
              <text
                key={each.day}
                x={anchor === "middle" ? at : end}
                y={HEIGHT - 4}
                textAnchor={anchor}
                className="fill-dim text-xs"
              >
                {dayText(each.day)}
              </text>
            );
          })}
        </svg>
      )}
    </div>
  );
}

interface DayBarProps {
  each: DayOfUse;
  today: string | undefined;
  x: number;
  width: number;
  y: (value: number) => number;
  floor: number;
  hatch: string;
  href: ReturnType<HrefOf>;
  /** The one day that Tab comes to. */
  isStop: boolean;
  onFocus: () => void;
}

/** Arrows, Home and End: the link of another day. */
function walk(event: KeyboardEvent<SVGElement>): void {
  const links = [...event.currentTarget.querySelectorAll<SVGElement>("[role=link]")];
  const at = links.indexOf(event.target as SVGElement);
  const to = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: links.length - 1 }[event.key];
  if (at < 0 || to === undefined) return;
  event.preventDefault();
  links[to]?.focus();
}

function DayBar({ each, today, x, width, y, floor, hatch, href, isStop, onFocus }: DayBarProps) {
  const navigate = useNavigate();
  const text = barText(each, each.day === today);
  const known = each.people !== null && each.covered !== "none";
  const body = (
    <Group opacity={each.day === today ? 0.5 : 1}>
      <title>{text}</title>
      <Bar x={x} width={width} y={ABOVE} height={Math.max(0, floor - ABOVE)} fill="transparent" />
      {each.covered !== "all" && each.day !== today && (
        <Bar
          x={x}
          width={width}
          y={ABOVE}
          height={Math.max(0, floor - ABOVE)}
          fill={`url(#${hatch})`}
          opacity={0.7}
        />
      )}
      {known &&
        stackOf(each).map(({ kind, from, to }) => (
          <Bar
            key={kind}
            x={x}
            width={width}
            y={y(to)}
            height={Math.max(0, y(from) - y(to))}
            className={KIND_FILL[kind]}
          />
        ))}
    </Group>
  );
  const open = () =>
    void navigate({ to: href.to, search: (before: Search) => ({ c: before.c, ...href.search }) });
  return (
    // biome-ignore lint/a11y/useSemanticElements: an SVG link without an address of its own
    <g
      role="link"
      tabIndex={isStop ? 0 : -1}
      aria-label={`${longDay(each.day)}: ${text}`}
      onFocus={onFocus}
      onClick={open}
      onKeyDown={(event) => event.key === "Enter" && open()}
      className="cursor-pointer outline-offset-0 hover:opacity-80"
    >
      {body}
    </g>
  );
}
