/** The rows of a DataTable: only those in sight are drawn, more are asked for as the end comes near. */
import type { ReactTable } from "@tanstack/react-table";
import { useVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, useCallback, useEffect, useLayoutEffect, useMemo, useRef } from "react";
import { TEXT } from "../text/console.ts";
import type { Column, features, TableQuery } from "./data-table.tsx";
import { RowCard } from "./table-card.tsx";
import { Head } from "./table-head.tsx";
import { placeOf } from "./table-place.ts";
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
  /** Nothing more is asked for by itself. */
  stopped: boolean;
  /** Another one is another list, and is seen from its first row. */
  which: string;
  query: TableQuery;
  fills: boolean;
  maxRows: number;
}

export function TableBody<R extends object>(props: BodyProps<R>) {
  const { table, columns, rows, rowKey, phone, query, which } = props;
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

  const shownBefore = useRef(which);
  useLayoutEffect(() => {
    if (shownBefore.current === which) return;
    shownBefore.current = which;
    if (scroller.current) scroller.current.scrollTop = 0;
  }, [which]);

  const items = virtual.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;
  const wantsMore =
    query.hasNextPage && !query.isFetching && !props.old && !props.stopped && last >= rows.length - NEAR_END;
  useEffect(() => {
    if (wantsMore) query.fetchNextPage?.();
  }, [wantsMore, query]);

  const before = items[0]?.start ?? 0;
  const after = virtual.getTotalSize() - (items.at(-1)?.end ?? 0);
  const head = phone ? 0 : ROW;
  const height = props.fills ? undefined : Math.min(rows.length, props.maxRows) * size + head + 1;

  const region = (
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
  const place = placeOf(
    virtual.scrollOffset ?? 0,
    (virtual.scrollRect?.height ?? 0) - head,
    size,
    rows.length,
  );
  return (
    <>
      {region}
      {query.hasNextPage && !props.old && (
        <p className="screen-only border-t px-3 py-1.5 text-sm text-dim">
          {TEXT.table.place(place.from, place.to, props.total, rows.length)}
        </p>
      )}
    </>
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
