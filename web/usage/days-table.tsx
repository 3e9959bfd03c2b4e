/** The chart's days as a table. A day opens its events: all of them, or those of the kind that is chosen. */
import { Link } from "@tanstack/react-router";
import { Day } from "../components/time.tsx";
import { number } from "../format/number.ts";
import { TEXT } from "../text/console.ts";
import { usageWords as words } from "../text/usage.ts";
import { type DayOfUse, type KindOfUse, WORD } from "../text/words.ts";
import { deedsOf, KINDS } from "./figures.ts";

const known = (n: number | null | undefined) =>
  n === null || n === undefined ? <span className="text-idle">{TEXT.unknown}</span> : number(n);

interface DaysProps {
  days: readonly DayOfUse[];
  kind: KindOfUse | null;
  c: string | undefined;
}

export function DaysTable({ days, kind, c }: DaysProps) {
  const { columns } = words.chart;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard
    <section className="max-h-96 overflow-auto print-whole" tabIndex={0} aria-label={words.chart.tableLabel}>
      <table className="w-full">
        <thead className="sticky top-0 bg-surface">
          <tr className="border-b text-right text-sm text-dim [&>th]:px-2 [&>th]:py-1.5 [&>th]:font-medium">
            <th scope="col" className="text-left">
              {columns.day}
            </th>
            <th scope="col">{columns.people}</th>
            {KINDS.map((each) => (
              <th key={each} scope="col">
                {WORD.kind[each]}
              </th>
            ))}
            <th scope="col">{columns.deeds}</th>
            <th scope="col" className="text-left">
              {columns.read}
            </th>
          </tr>
        </thead>
        <tbody>
          {days.map((day) => (
            <tr key={day.day} className="h-9 border-b text-right [&>td]:px-2">
              <th scope="row" className="px-2 text-left font-normal whitespace-nowrap">
                <Link
                  to="/events"
                  search={{ c, ...deedsOf(day.day, kind) }}
                  className="link"
                  aria-label={words.chart.openDay(day.day, kind && WORD.kind[kind])}
                >
                  <Day day={day.day} />
                </Link>
              </th>
              <td>{known(day.people)}</td>
              {KINDS.map((each) => (
                <td key={each}>{known(day.kinds?.[each])}</td>
              ))}
              <td>{known(day.deeds)}</td>
              <td className="text-left text-dim whitespace-nowrap">{words.coverage[day.covered]}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
