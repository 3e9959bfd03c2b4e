/** The rows of a DataTable: only those in sight are drawn, more are asked for as the end comes near. */
import type { ReactTable } from "@tanstack/react-table";
import { useVirtualizer } from "@tanstack/react-virtual";
import { ArrowDown, ArrowUp, ChevronsUpDown } from "lucide-react";
import { type KeyboardEvent, useCallback, useEffect, useMemo, useRef } from "react";
import { TEXT } from "../text/console.ts";
import type { Column, features, TableQuery } from "./data-table.tsx";
import { RowCard } from "./table-card.tsx";
import { Row } from "./table-row.tsx";
import { cx } from "./ui/cx.ts";

const ROW = 36;
const TALL_ROW = 52;
const CARD = 66;
/** Rows drawn beyond the edge, and how near the end the next page is asked for. */
const OVERSCAN = 12;
const NEAR_END = 40;

interface BodyProps<R extends object> {
  table: ReactTable<typeof features, R>;
  columns: readonly Column<R>[];
  rows: readonly R[];
  rowKey: (row: R) => string;
  phone: boolean;
  total: number | null;
  label: string;
  old: boolean;
  query: TableQuery;
  fills: boolean;
  maxRows: number;
}

export function TableBody<R extends object>(props: BodyProps<R>) {
  const { table, columns, rows, rowKey, phone, query } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const { columnVisibility } = table.state;
  const shown = useMemo(() => columns.filter(({ id }) => columnVisibility[id]), [columns, columnVisibility]);
  const size = phone ? CARD : shown.some((column) => column.sub) ? TALL_ROW : ROW;
  // Another function would have all places counted anew, with each frame.
  const getItemKey = useCallback((index: number) => rowKey(rows[index]!), [rows, rowKey]);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => size,
    getItemKey,
    overscan: OVERSCAN,
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: another height makes all measures void
  useEffect(() => virtual.measure(), [size]);

  const items = virtual.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;
  const wantsMore =
    query.hasNextPage && !query.isFetchingNextPage && !props.old && last >= rows.length - NEAR_END;
  useEffect(() => {
    if (wantsMore) query.fetchNextPage?.();
  }, [wantsMore, query]);

  const before = items[0]?.start ?? 0;
  const after = virtual.getTotalSize() - (items.at(-1)?.end ?? 0);
  const head = phone ? 0 : ROW;
  const height = props.fills ? undefined : Math.min(rows.length, props.maxRows) * size + head + 1;

  return (
    // biome-ignore lint/a11y/useSemanticElements: the section around it is the table's own
    <div
      ref={scroller}
      role="region"
      aria-label={props.label}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
      tabIndex={0}
      onKeyDown={walk}
      style={{ height }}
      className={cx(
        "print-whole min-h-0 overflow-auto outline-offset-[-2px]",
        props.fills && "flex-1",
        props.old && "old",
      )}
    >
      {phone ? (
        <ul style={{ paddingTop: before, paddingBottom: after }}>
          {items.map((item) => (
            <RowCard key={item.key} row={rows[item.index]!} columns={shown} height={CARD} />
          ))}
        </ul>
      ) : (
        <table
          className="w-full table-fixed border-separate border-spacing-0"
          style={{ minWidth: shown.reduce((sum, column) => sum + column.width, 0) }}
          aria-label={props.label}
          aria-rowcount={props.total === null ? -1 : props.total + 1}
        >
          <colgroup>
            {shown.map((column) => (
              <col key={column.id} style={column.grow ? undefined : { width: column.width }} />
            ))}
          </colgroup>
          <Head table={table} columns={columns} />
          <tbody>
            {before > 0 && <Gap height={before} span={shown.length} />}
            {items.map((item) => (
              <Row key={item.key} row={rows[item.index]!} index={item.index} columns={shown} height={size} />
            ))}
            {after > 0 && <Gap height={after} span={shown.length} />}
          </tbody>
        </table>
      )}
      {query.hasNextPage && (
        <p role="status" className="px-3 py-2 text-sm text-dim">
          {TEXT.table.loadingMore}
        </p>
      )}
    </div>
  );
}

function Head<R extends object>({ table, columns }: Pick<BodyProps<R>, "table" | "columns">) {
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

function Gap({ height, span }: { height: number; span: number }) {
  return (
    <tr aria-hidden>
      <td colSpan={span} style={{ height, padding: 0 }} />
    </tr>
  );
}

/** Arrow keys walk from row to row: the first link of the row above or below. */
function walk(event: KeyboardEvent<HTMLElement>): void {
  if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
  const row = (event.target as HTMLElement).closest("[data-row]");
  if (!row) return;
  const next = event.key === "ArrowDown" ? row.nextElementSibling : row.previousElementSibling;
  const target = next?.querySelector<HTMLElement>("a, button");
  if (!target) return;
  event.preventDefault();
  target.focus();
  target.scrollIntoView({ block: "nearest" });
}
