/** What each column was taken for, and each word of the status. */
import { EMPLOYEE_STATE_WORD } from "../../../src/model/words.ts";
import { Select } from "../../components/ui/field.tsx";
import { number } from "../../format/number.ts";
import { importWords as words } from "../../text/employees.ts";
import { type CsvBody, columnsWith, type Preview } from "./draft.ts";

type Field = NonNullable<Preview["columns"][number]["field"]>;
type State = NonNullable<Preview["states"][number]["state"]>;
const NONE = "";

interface ColumnsProps {
  preview: Preview;
  onChange: (columns: NonNullable<CsvBody["columns"]>) => void;
}

export function Columns({ preview, onChange }: ColumnsProps) {
  return (
    <section className="grid gap-2">
      <div>
        <h3>{words.columns}</h3>
        <p className="text-sm text-dim">{words.columnsText}</p>
      </div>
      <ul className="divide-y rounded-md border">
        {preview.columns.map(({ heading, field, examples }, i) => (
          <li
            // biome-ignore lint/suspicious/noArrayIndexKey: two columns may bear one heading
            key={i}
            className="grid grid-cols-[minmax(0,1fr)_10rem] items-center gap-x-3 px-3 py-1.5 sm:grid-cols-[minmax(0,1fr)_10rem_minmax(0,1.4fr)]"
          >
            <span className="truncate font-medium" title={heading}>
              {heading}
            </span>
            <Select
              aria-label={words.holdsOf(heading)}
              options={[[NONE, words.notKept], ...Object.entries(words.field)]}
              value={field ?? NONE}
              onChange={(event) =>
                onChange(
                  columnsWith(preview, i, event.target.value === NONE ? null : (event.target.value as Field)),
                )
              }
            />
            <span className="col-span-2 truncate text-sm text-dim sm:col-span-1">{examples.join(", ")}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

interface StatesProps {
  preview: Preview;
  onChange: (states: Record<string, State>) => void;
}

export function States({ preview, onChange }: StatesProps) {
  return (
    <section className="grid gap-2">
      <h3>{words.states}</h3>
      <ul className="divide-y rounded-md border">
        {preview.states.map(({ word, state, rows }) => (
          <li key={word} className="grid grid-cols-[minmax(0,1fr)_10rem] items-center gap-3 px-3 py-1.5">
            <span className="flex min-w-0 items-baseline gap-2">
              <span className="truncate font-medium">{word}</span>
              <span className="shrink-0 text-sm text-dim">
                {rows === 1 ? words.rowsOne : words.rows(number(rows))}
              </span>
            </span>
            <Select
              aria-label={words.stateOf(word)}
              aria-invalid={state === null || undefined}
              options={[
                ...(state === null ? [[NONE, words.stateAsk] as const] : []),
                ...Object.entries(EMPLOYEE_STATE_WORD),
              ]}
              value={state ?? NONE}
              onChange={(event) => onChange({ [word]: event.target.value as State })}
            />
          </li>
        ))}
      </ul>
    </section>
  );
}
