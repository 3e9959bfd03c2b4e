/** What an import would do, what is wrong in it, and the way to do it. */
import { useState } from "react";
import { EMPLOYEE_STATE_WORD } from "../../../src/model/words.ts";
import { Facts } from "../../components/page-header.tsx";
import { Partial } from "../../components/states.tsx";
import { Day } from "../../components/time.tsx";
import { Button } from "../../components/ui/button.tsx";
import { Field, Input, Select } from "../../components/ui/field.tsx";
import { number } from "../../format/number.ts";
import { employeeWords, importWords as words } from "../../text/employees.ts";
import type { Preview } from "./draft.ts";

interface OutcomeProps {
  preview: Preview;
  busy: boolean;
  onApply: (marksLeft: number) => void;
}

export function Outcome({ preview, busy, onApply }: OutcomeProps) {
  const [typed, setTyped] = useState("");
  const { outcome, problemCount, mustType, working } = preview;
  const { absent } = outcome;
  const right = mustType === null || typed.replaceAll(/[\s,.]/g, "") === String(mustType);
  return (
    <section aria-live="polite" className="grid gap-4">
      {problemCount > 0 ? (
        <Problems preview={preview} />
      ) : (
        <>
          <div>
            <h3>{words.outcome}</h3>
            <Facts
              items={(
                [
                  "added",
                  "changed",
                  "unchanged",
                  "sameAddress",
                  "dateOver",
                  "leave",
                  "comeBack",
                  "absent",
                ] as const
              )
                .filter((key) => outcome[key] > 0 || key === "added" || key === "changed")
                .map((key) => ({
                  label: words.counts[key],
                  value: number(outcome[key]),
                  note: key === "absent" && words.absentOf(number(working)),
                }))}
            />
          </div>
          {outcome.sameAddress > 0 && <Partial>{words.sameAddressText}</Partial>}
          {outcome.dateOver > 0 && <Partial>{words.dateOverText}</Partial>}
          <FirstRows preview={preview} />
          {mustType !== null && (
            <div className="grid gap-3">
              <Partial>{words.confirmText(number(mustType), number(working))}</Partial>
              <Field
                label={words.confirm(number(mustType))}
                error={typed !== "" && !right && words.confirmWrong}
              >
                {(ids) => (
                  <Input
                    {...ids}
                    inputMode="numeric"
                    className="sm:w-40"
                    value={typed}
                    onChange={(event) => setTyped(event.target.value)}
                  />
                )}
              </Field>
            </div>
          )}
          <div className="flex justify-end">
            <Button look="solid" busy={busy} disabled={!right} onClick={() => onApply(absent)}>
              {words.done}
            </Button>
          </div>
        </>
      )}
    </section>
  );
}

function Problems({ preview: { problems, problemCount } }: { preview: Preview }) {
  return (
    <div role="alert" className="grid gap-2 rounded-lg border border-cant/40 bg-cant-soft p-4">
      <p className="font-semibold">{words.wrong(number(problemCount))}</p>
      <ul className="grid gap-1">
        {problems.slice(0, 20).map(({ line, column, text }) => (
          <li key={`${line} ${column} ${text}`} className="break-words">
            <span className="font-medium">
              {words.line(number(line))}
              {column !== null && `, ${column}`}:
            </span>{" "}
            {text}
          </li>
        ))}
      </ul>
      {problemCount > 20 && <p className="text-dim">{words.more(number(problemCount - 20))}</p>}
    </div>
  );
}

const SHOWN = 8;

function FirstRows({ preview: { shown } }: { preview: Preview }) {
  return (
    <div className="grid gap-1">
      <h3>{words.firstRows}</h3>
      <ul className="divide-y rounded-md border">
        {shown.slice(0, SHOWN).map((row) => (
          <li
            key={`${row.line} ${row.email}`}
            className="grid grid-cols-[minmax(0,1fr)_auto] items-baseline gap-x-3 px-3 py-1.5 sm:grid-cols-[minmax(0,1.6fr)_minmax(0,1fr)_6rem]"
          >
            <span className="truncate">
              <span className="font-medium">{row.name ?? row.email ?? row.employeeId}</span>{" "}
              <span className="text-dim">
                {[row.employeeId, row.name && row.email].filter(Boolean).join(" · ")}
              </span>
            </span>
            <span className="flex items-baseline gap-1.5 text-dim">
              {EMPLOYEE_STATE_WORD[row.state]}
              {(row.leaveDate || row.state === "left") && (
                <span>
                  ·{" "}
                  {row.leaveDate ? (
                    <>
                      {employeeWords.column.leftOn.toLowerCase()} <Day day={row.leaveDate} />
                    </>
                  ) : (
                    words.noLeaveDate
                  )}
                </span>
              )}
            </span>
            <span className="text-right max-sm:col-start-2 max-sm:row-start-1">{words.what[row.what]}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}

type Order = NonNullable<Preview["dates"]>["order"];

export function DateOrder({
  dates,
  onChange,
}: {
  dates: Preview["dates"];
  onChange: (order: Order) => void;
}) {
  if (!dates) return null;
  return (
    <Field label={words.dates} hint={!dates.sure && <span className="text-look">{words.datesUnsure}</span>}>
      {(ids) => (
        <Select
          {...ids}
          options={Object.entries(words.order)}
          value={dates.order}
          onChange={(event) => onChange(event.target.value as Order)}
        />
      )}
    </Field>
  );
}
