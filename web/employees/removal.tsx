/** The time from leaving to removal: median, nine of ten, and how many took how long; the same as a table. */
import { useState } from "react";
import type { Answer } from "../api/client.ts";
import { Card } from "../components/page-header.tsx";
import { Button } from "../components/ui/button.tsx";
import { number } from "../format/number.ts";
import { TEXT } from "../text/console.ts";
import { employeeWords as words } from "../text/employees.ts";
import { daysText } from "./view.ts";

export function Removal({ removal }: { removal: Answer<"employeeSummary">["removal"] }) {
  const [asTable, setAsTable] = useState(false);
  const { measured, notMeasured, median, p90, steps } = removal;
  const most = Math.max(1, ...steps);
  const shown = steps.map((people, i) => ({ label: words.steps[i]!, people }));
  return (
    <Card
      title={words.removal}
      className="mb-4"
      aside={
        measured > 0 && (
          <span className="screen-only">
            <Button small look="quiet" aria-pressed={asTable} onClick={() => setAsTable(!asTable)}>
              {asTable ? TEXT.chart.chart : TEXT.chart.table}
            </Button>
          </span>
        )
      }
    >
      {measured === 0 || median === null || p90 === null ? (
        <p>
          {words.notMeasuredYet} {notMeasured > 0 && words.measured("0", number(notMeasured))}
        </p>
      ) : (
        <div className="grid items-end gap-x-8 gap-y-3 sm:grid-cols-[auto_1fr]">
          <dl className="flex gap-x-8">
            {(
              [
                [words.median, median],
                [words.p90, p90],
              ] as const
            ).map(([label, days]) => (
              <div key={label}>
                <dt className="text-dim">{label}</dt>
                <dd className="text-xl font-semibold">{words.days(daysText(days))}</dd>
              </div>
            ))}
          </dl>
          {asTable ? (
            <table className="max-w-sm">
              <thead>
                <tr className="text-left text-dim">
                  <th className="py-1 pr-6 font-normal">{words.took}</th>
                  <th className="py-1 text-right font-normal">{words.people}</th>
                </tr>
              </thead>
              <tbody>
                {shown.map(({ label, people }) => (
                  <tr key={label} className="border-t">
                    <td className="py-1 pr-6">{label}</td>
                    <td className="py-1 text-right">{number(people)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          ) : (
            <ul aria-label={words.removal} className="flex max-w-xl items-start gap-2">
              {shown.map(({ label, people }) => (
                <li key={label} className="grid flex-1 justify-items-center gap-1 text-center text-xs">
                  <span>{number(people)}</span>
                  <span aria-hidden className="flex h-14 w-full items-end">
                    <span
                      className="w-full rounded-t-xs bg-kind-1"
                      style={{ height: people === 0 ? 1 : `${Math.max(4, (people / most) * 100)}%` }}
                    />
                  </span>
                  <span className="text-dim">{label}</span>
                </li>
              ))}
            </ul>
          )}
          <p className="text-sm text-dim sm:col-span-2">
            {words.measured(number(measured), number(notMeasured))}. {words.removalNote}
          </p>
        </div>
      )}
    </Card>
  );
}
