/** A table on paper: every row that is loaded, nothing cut off; head and foot stand on each sheet. */
import type { ReactNode } from "react";
import { TEXT } from "../text/console.ts";
import type { Column, TableQuery } from "./data-table.tsx";

/** Rows on paper at most: some forty sheets. */
const MOST = 1_000;

interface PrintTableProps<R> {
  label: string;
  columns: readonly Column<R>[];
  rows: readonly R[];
  rowKey: (row: R) => string;
  total: number | null;
  foot: ReactNode;
}

export function PrintTable<R>({ label, columns: all, rows, rowKey, total, foot }: PrintTableProps<R>) {
  // What has no header to be seen is there to be clicked.
  const columns = all.filter(({ headerHidden }) => !headerHidden);
  const printed = rows.slice(0, MOST);
  const left = total === null ? null : total - printed.length;
  const sum = columns.reduce((width, column) => width + column.width, 0);
  return (
    <table className="w-full table-fixed border-collapse text-[10px] leading-3.5" aria-label={label}>
      <colgroup>
        {columns.map((column) => (
          <col key={column.id} style={{ width: `${(column.width / sum) * 100}%` }} />
        ))}
      </colgroup>
      <thead>
        <tr>
          {columns.map((column) => (
            <th
              key={column.id}
              scope="col"
              className={`border-b px-1.5 py-1 align-bottom font-medium ${column.number ? "text-right" : "text-left"}`}
            >
              {column.header}
            </th>
          ))}
        </tr>
      </thead>
      <tfoot>
        <tr>
          <td colSpan={columns.length}>
            {left !== 0 && (
              <p className="px-3 pt-2 text-sm font-medium">{TEXT.table.printed(printed.length, left)}</p>
            )}
            {foot}
          </td>
        </tr>
      </tfoot>
      <tbody>
        {printed.map((row) => (
          <tr key={rowKey(row)} data-row className="break-inside-avoid">
            {columns.map((column) => (
              <td
                key={column.id}
                className={`border-b px-1.5 py-1 align-top break-words ${column.number ? "text-right" : ""}`}
              >
                {column.cell(row)}
                {column.sub && <div className="text-dim">{column.sub(row)}</div>}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Loads what is to be printed first. */
export async function print(query: TableQuery, loaded: number): Promise<void> {
  let { hasNextPage = false } = query;
  for (let rows = loaded; hasNextPage && rows < MOST; ) {
    const next = (await query.fetchNextPage?.()) as
      | { hasNextPage: boolean; isError: boolean; data?: { pages: { items: unknown[] }[] } }
      | undefined;
    if (!next || next.isError) break;
    hasNextPage = next.hasNextPage;
    rows = next.data?.pages.reduce((sum, page) => sum + page.items.length, 0) ?? rows;
  }
  // The rows that came are on the page with the next frame.
  requestAnimationFrame(() => window.print());
}
