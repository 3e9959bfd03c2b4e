/** The head of a table: a column that can be sorted by is a button. */
import type { ReactTable } from "@tanstack/react-table";
import { ArrowDown, ArrowUp, ChevronsUpDown } from "lucide-react";
import type { Column, features } from "./data-table.tsx";
import { cx } from "./ui/cx.ts";

interface HeadProps<R extends object> {
  table: ReactTable<typeof features, R>;
  columns: readonly Column<R>[];
}

export function Head<R extends object>({ table, columns }: HeadProps<R>) {
  return (
    <thead className="sticky top-0 z-10 bg-surface">
      {table.getHeaderGroups().map((group) => (
        <tr key={group.id} aria-rowindex={1}>
          {group.headers.map((header) => {
            const column = columns.find((each) => each.id === header.column.id)!;
            const sorted = header.column.getIsSorted();
            const Icon = sorted === "asc" ? ArrowUp : sorted === "desc" ? ArrowDown : ChevronsUpDown;
            return (
              <th
                key={header.id}
                scope="col"
                title={column.hint}
                aria-sort={
                  sorted === "asc"
                    ? "ascending"
                    : sorted === "desc"
                      ? "descending"
                      : column.sort
                        ? "none"
                        : undefined
                }
                className={cx(
                  "h-9 border-b bg-surface px-2 text-sm font-medium text-dim first:pl-3 last:pr-3",
                  column.number ? "text-right" : "text-left",
                )}
              >
                {column.sort ? (
                  <button
                    type="button"
                    onClick={() => header.column.toggleSorting()}
                    className={cx(
                      "inline-flex max-w-full items-center gap-1 hover:text-ink [&_svg]:size-3.5 [&_svg]:shrink-0",
                      sorted && "text-ink",
                    )}
                  >
                    <span className="truncate">{column.header}</span>
                    <Icon aria-hidden className={sorted ? undefined : "opacity-50"} />
                  </button>
                ) : (
                  <span className={column.headerHidden ? "sr-only" : "block truncate"}>{column.header}</span>
                )}
              </th>
            );
          })}
        </tr>
      ))}
    </thead>
  );
}
