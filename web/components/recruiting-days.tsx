/** People with recruiting activity by day: <RecruitingDays days={usage.recruiting.days} />. What was not read is hatched. */
import { useState } from "react";
import { number } from "../format/number.ts";
import { day as dayText, longDay } from "../format/time.ts";
import { usageWords } from "../text/usage.ts";
import { Day } from "./time.tsx";
import { Button } from "./ui/button.tsx";

const words = usageWords.recruiting;

interface RecruitingDay {
  day: string;
  /** null: no list of it was read for that day. */
  people: number | null;
  /** Left out where they are not told. */
  deeds?: number | null;
}

const HEIGHT = 72;

/** People a day; a day of which no list was read is hatched. The table says the same. */
export function RecruitingDays({ days }: { days: readonly RecruitingDay[] }) {
  const [table, setTable] = useState(false);
  const peak = days.reduce<RecruitingDay | null>(
    (most, each) => ((each.people ?? 0) > (most?.people ?? 0) ? each : most),
    null,
  );
  const quiet = days.some(({ people }) => people !== null) ? words.quiet : words.unread;
  const sentence = peak === null ? quiet : words.peak(peak.people!, dayText(peak.day));
  const most = peak?.people ?? 1;
  return (
    <div className="grid gap-2">
      <div className="flex flex-wrap items-center justify-between gap-2">
        <p>{sentence}</p>
        <Button small className="screen-only" aria-pressed={table} onClick={() => setTable(!table)}>
          {table ? words.chartWord : words.table}
        </Button>
      </div>
      {table ? (
        <DayTable days={days} />
      ) : (
        <div role="img" aria-label={`${words.chart}. ${sentence}`} className="grid gap-1">
          <div className="flex items-end gap-px" style={{ height: HEIGHT }}>
            {days.map(({ day, people, deeds }) => (
              <span
                key={day}
                title={words.day(longDay(day), people === null ? words.unknown : words.ofDay(people, deeds))}
                className={
                  people === null
                    ? "hatched h-full min-w-0 flex-1 bg-idle-soft"
                    : "min-w-0 flex-1 rounded-t-xs bg-kind-2"
                }
                style={people === null ? undefined : { height: `${Math.max(2, (people / most) * 100)}%` }}
              />
            ))}
          </div>
          <div className="flex justify-between text-sm text-dim">
            <span>{dayText(days[0]!.day)}</span>
            <span>{dayText(days.at(-1)!.day)}</span>
          </div>
        </div>
      )}
    </div>
  );
}

function DayTable({ days }: { days: readonly RecruitingDay[] }) {
  const { columns } = words;
  const times = days.some(({ deeds }) => deeds !== undefined);
  const known = (n: number | null) =>
    n === null ? <span className="text-idle">{words.unknown}</span> : number(n);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard
    <section className="max-h-80 overflow-auto print-whole" tabIndex={0} aria-label={words.tableLabel}>
      <table className="w-full text-right">
        <thead className="sticky top-0 bg-surface">
          <tr className="border-b text-sm text-dim">
            <th scope="col" className="py-1.5 text-left font-medium">
              {columns.day}
            </th>
            <th scope="col" className="font-medium">
              {columns.people}
            </th>
            {times && (
              <th scope="col" className="font-medium">
                {columns.times}
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {days.map(({ day, people, deeds }) => (
            <tr key={day} className="h-9 border-b">
              <th scope="row" className="text-left font-normal whitespace-nowrap">
                <Day day={day} />
              </th>
              <td>{known(people)}</td>
              {times && <td>{known(deeds ?? null)}</td>}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
