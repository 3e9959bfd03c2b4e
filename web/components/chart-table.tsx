/** The same as the chart, as a table: for eyes that don't see it, and for copying. */
import { Link } from "@tanstack/react-router";
import { number } from "../format/number.ts";
import { longDay } from "../format/time.ts";
import { useView } from "../search.ts";
import { TEXT } from "../text/console.ts";
import { type DayOfUse, type KindOfUse, WORD } from "../text/words.ts";
import type { HrefOf } from "./chart.tsx";

const CELL = "border-b px-3 py-1.5";

export function ChartTable({
  days,
  title,
  kinds,
  hrefOf,
}: {
  days: readonly DayOfUse[];
  title: string;
  kinds: readonly KindOfUse[];
  hrefOf: HrefOf;
}) {
  const unknown = <span className="text-idle">{TEXT.unknown}</span>;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section aria-label={title} tabIndex={0} className="print-whole max-h-80 overflow-auto">
      <table className="w-full border-separate border-spacing-0">
        <thead className="sticky top-0 bg-surface text-sm text-dim">
          <tr>
            <th scope="col" className={`${CELL} text-left font-medium`}>
              {TEXT.chart.day}
            </th>
            <th scope="col" className={`${CELL} text-right font-medium`}>
              {TEXT.chart.total}
            </th>
            {kinds.map((kind) => (
              <th key={kind} scope="col" className={`${CELL} text-right font-medium`}>
                {WORD.kind[kind]}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {[...days].reverse().map((each) => (
            <tr key={each.day}>
              <th scope="row" className={`${CELL} text-left font-normal whitespace-nowrap`}>
                <DayLink day={each.day} href={hrefOf(each.day)} />
              </th>
              <td className={`${CELL} text-right`}>{each.people === null ? unknown : number(each.people)}</td>
              {kinds.map((kind) => (
                <td key={kind} className={`${CELL} text-right`}>
                  {each.kinds ? number(each.kinds[kind]) : unknown}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function DayLink({ day, href: { to, search } }: { day: string; href: ReturnType<HrefOf> }) {
  const [{ c }] = useView();
  return (
    <Link to={to} search={{ c, ...search }} className="link">
      {longDay(day)}
    </Link>
  );
}
