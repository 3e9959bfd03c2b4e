/** A row of a table. It is drawn anew only when it changes: while a list is scrolled, only those that come are made. */
import { memo } from "react";
import type { Column } from "./data-table.tsx";
import { cx } from "./ui/cx.ts";

interface RowProps<R> {
  row: R;
  index: number;
  columns: readonly Column<R>[];
  height: number;
}

function Plain<R>({ row, index, columns, height }: RowProps<R>) {
  return (
    <tr aria-rowindex={index + 2} data-row className="group hover:bg-sunken">
      {columns.map((column) => {
        const sub = column.sub?.(row);
        return (
          <td
            key={column.id}
            style={{ height }}
            className={cx("border-b px-2 py-0 first:pl-3 last:pr-3", column.number && "text-right")}
          >
            <div className="truncate">{column.cell(row)}</div>
            {sub && <div className="truncate text-sm leading-4 text-dim">{sub}</div>}
          </td>
        );
      })}
    </tr>
  );
}

export const Row = memo(Plain) as typeof Plain;
