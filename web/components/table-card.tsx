/** A row on a phone: name and state, below them level and last use. */
import { Fragment, memo } from "react";
import type { Column } from "./data-table.tsx";

const LINE = 2;

function Plain<R>({ row, columns, height }: { row: R; columns: readonly Column<R>[]; height: number }) {
  const { title, state, line } = placed(columns);
  return (
    <li data-row style={{ height }} className="grid grid-cols-1 content-center gap-0.5 border-b px-3">
      <div className="flex items-center justify-between gap-3">
        <span className="min-w-0 truncate font-medium">{title?.cell(row)}</span>
        {state && (
          <span className="shrink-0 text-sm">
            {state.number && <span className="text-dim">{state.header} </span>}
            {state.cell(row)}
          </span>
        )}
      </div>
      <div className="flex items-center gap-1.5 overflow-hidden text-sm whitespace-nowrap text-dim">
        {line.map((column, index) => (
          <Fragment key={column.id}>
            {index > 0 && <span aria-hidden>·</span>}
            <span className={index === 0 && line.length > 1 ? "shrink-0" : "min-w-0 truncate"}>
              {column.number && <span>{column.header} </span>}
              {column.cell(row)}
            </span>
          </Fragment>
        ))}
      </div>
    </li>
  );
}

export const RowCard = memo(Plain) as typeof Plain;

/** Where each column stands: as it says, else first = title, second = state, the next two = line. */
function placed<R>(columns: readonly Column<R>[]) {
  const said = (place: string) => columns.filter((column) => column.card === place);
  const free = columns.filter((column) => column.card === undefined);
  const title = said("title")[0] ?? free.shift();
  const state = said("state")[0] ?? free.shift();
  const line = said("line");
  return { title, state, line: line.length > 0 ? line : free.slice(0, LINE) };
}
