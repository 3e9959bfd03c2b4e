/**
 * Every list. The page asks (`useList`), this shows:
 *
 *   const COLUMNS: Column<User>[] = [
 *     { id: "name", header: "Name", width: 260, grow: true, fixed: true, sort: "name",
 *       cell: (u) => <Link …>{userName(u)}</Link>, sub: (u) => u.email },
 *     { id: "days", header: "Days", width: 72, number: true, cell: (u) => … },
 *     { id: "title", header: "Job title", width: 160, optional: true, cell: (u) => … } ];
 *   <DataTable label="Users" one="user" many="users" columns={COLUMNS} rows={rowsOf(query.data)} rowKey={(u) => u.id}
 *     query={query} total={query.data?.pages[0].total} whole={428} stamp={query.data?.pages[0].stamp} behind={behind}
 *     filters={FILTERS} search="Search name, e-mail, ID" actions={<Export/>} empty={{ title, text }} />
 *
 * `fills` (default) takes the height that is left, else it grows to `maxRows`. On a phone a row is a card: `card` says
 * where a column goes ("title", "state", "line", "none"; first = title, second = state, next two = line).
 */
import { columnVisibilityFeature, rowSortingFeature, tableFeatures, useTable } from "@tanstack/react-table";
import { Printer } from "lucide-react";
import { type ReactNode, useMemo, useState } from "react";
import type { Behind } from "../api/behind.ts";
import { ago } from "../format/time.ts";
import { useView } from "../search.ts";
import { TEXT } from "../text/console.ts";
import { BehindBar } from "./behind-bar.tsx";
import { ListSaid } from "./list-said.tsx";
import { type Stamp, StampLine, type StampProps } from "./stamp.tsx";
import { Empty, Failed, Loading, Partial } from "./states.tsx";
import { TableBody } from "./table-body.tsx";
import { ColumnPicker, SortPicker } from "./table-columns.tsx";
import { Chips, chosen, FilterButton, RemoveFilters, SearchBox } from "./table-filters.tsx";
import { PrintTable, print } from "./table-print.tsx";
import { type Filter, filtersOf, isShown, sortedBy, sortOf } from "./table-view.ts";
import { Button, IconButton } from "./ui/button.tsx";
import { cx } from "./ui/cx.ts";
import { usePhone } from "./use-phone.ts";
import { usePrinting } from "./use-printing.ts";

export interface Column<R> {
  id: string;
  header: string;
  /** Too narrow for its header: a screen reader alone tells it. */
  headerHidden?: boolean;
  /** What the header means, where its word alone doesn't say. */
  hint?: string;
  cell: (row: R) => ReactNode;
  /** A second line: for an e-mail address only. */
  sub?: (row: R) => ReactNode;
  /** Pixels; with `grow` the least. */
  width: number;
  grow?: boolean;
  number?: boolean;
  /** The API's name for sorting by this. */
  sort?: string;
  /** By this the rows stand unless the address says otherwise. */
  usual?: boolean;
  /** Hidden until picked. */
  optional?: boolean;
  /** Can't be hidden. */
  fixed?: boolean;
  card?: "title" | "state" | "line" | "none";
}

/** What it needs of `useList`'s `found`; a plain `useQuery` fits too. */
export interface TableQuery {
  isPending: boolean;
  error: unknown;
  isPlaceholderData: boolean;
  dataUpdatedAt: number;
  refetch: () => unknown;
  hasNextPage?: boolean;
  isFetching?: boolean;
  isFetchNextPageError?: boolean;
  fetchNextPage?: () => unknown;
}

export interface DataTableProps<R> {
  label: string;
  one: string;
  many: string;
  columns: readonly Column<R>[];
  rows: readonly R[];
  rowKey: (row: R) => string;
  query: TableQuery;
  /** Its rows are not of one reading, or there is newer. */
  behind?: Behind | null;
  /** Rows of the whole filter; null: not counted. */
  total?: number | null;
  /** Rows without any filter. */
  whole?: number | null;
  stamp?: Stamp;
  listing?: StampProps["listing"];
  also?: StampProps["also"];
  filters?: readonly Filter[];
  /** Placeholder of the search box; without it there is none. */
  search?: string;
  /** Presets and what else stands left; `actions` (export) right. */
  tools?: ReactNode;
  actions?: ReactNode;
  empty?: { title?: string; text?: ReactNode; action?: ReactNode };
  /** Why nothing is known, where that is so: then an empty list is no 0. */
  unknown?: ReactNode;
  fills?: boolean;
  maxRows?: number;
}

export const features = tableFeatures({ columnVisibilityFeature, rowSortingFeature });
const NO_FILTERS: readonly Filter[] = [];
const NO_ROWS: never[] = [];

export function DataTable<R extends object>(props: DataTableProps<R>) {
  const { columns, rows, query, filters = NO_FILTERS, fills = true, many, behind } = props;
  const [view, change] = useView();
  const phone = usePhone();
  const printing = usePrinting();
  const hidden = useHidden(columns, view.columns);
  const { sort, descending, asOf } = view;
  const sorting = useMemo(
    () => sortedBy(columns, { sort, descending, asOf }),
    [columns, sort, descending, asOf],
  );
  const defs = useMemo(
    () =>
      columns.map((column) => ({
        id: column.id,
        header: column.header,
        enableSorting: column.sort !== undefined,
        sortDescFirst: column.number ?? false,
        enableHiding: !column.fixed,
      })),
    [columns],
  );
  // Of columns and sorting alone: a row model of 50,000 rows, made anew with each page of them, would be for nothing.
  const table = useTable({
    features,
    columns: defs,
    data: NO_ROWS as R[],
    manualSorting: true,
    state: { sorting, columnVisibility: hidden },
    onSortingChange: (next) => {
      const [first] = typeof next === "function" ? next(sorting) : next;
      const by = columns.find((each) => each.id === first?.id)?.sort;
      change({ sort: by, descending: first?.desc ? "true" : undefined });
    },
  });
  const narrowed = chosen(view, filters);
  const [readAgain, setReadAgain] = useState(0);
  /** What makes it another list, which is seen from its first row. */
  const which = JSON.stringify([filtersOf(view, filters), view.search, sortOf(view), readAgain]);
  const failed = query.error != null;
  const onlyMoreFailed = failed && query.isFetchNextPageError === true;
  const paper = printing && rows.length > 0;
  const shown = shownText(props);
  const filter = [...narrowed.map(({ text }) => text), view.search && `“${view.search}”`]
    .filter(Boolean)
    .join(", ");
  const there = !query.isPending && !query.isPlaceholderData && !failed;
  const foot = !query.isPending && !(failed && rows.length === 0) && (
    <StampLine
      stamp={props.stamp}
      readAt={query.dataUpdatedAt}
      listing={props.listing}
      also={[props.also, behind?.why === "mixed" && TEXT.behind.inStamp].filter(Boolean).join(" · ")}
      shown={shown}
      filter={filter}
    />
  );

  return (
    <div
      data-fills={fills || undefined}
      className={cx("flex min-w-0 flex-col gap-3", fills && "min-h-0 flex-1")}
    >
      <div className="screen-only flex flex-wrap items-center gap-2">
        {props.search && <SearchBox placeholder={props.search} />}
        {props.tools}
        <Chips filters={filters} />
        {filters.some((each) => each.options || each.flag || each.input) && (
          <FilterButton filters={filters} />
        )}
        <div className="ml-auto flex flex-wrap items-center gap-2">
          {phone ? <SortPicker columns={columns} /> : <ColumnPicker columns={columns} />}
          {!phone && rows.length > 0 && (
            <IconButton label={TEXT.table.print} onClick={() => void print(query, rows.length)}>
              <Printer />
            </IconButton>
          )}
          {props.actions}
        </div>
      </div>
      {failed && rows.length > 0 && (
        <Partial
          action={
            <Button small onClick={() => (onlyMoreFailed ? query.fetchNextPage?.() : query.refetch())}>
              {TEXT.tryAgain}
            </Button>
          }
        >
          {onlyMoreFailed
            ? TEXT.table.moreFailed((query.error as Error).message)
            : TEXT.table.old(ago(new Date(query.dataUpdatedAt).toISOString()))}
        </Partial>
      )}
      {behind && !failed && (
        <BehindBar
          why={behind.why}
          again={() => {
            behind.again();
            setReadAgain((times) => times + 1);
          }}
        />
      )}
      <div className={cx("card flex min-h-0 flex-col overflow-hidden print-whole", fills && "flex-1")}>
        {paper ? (
          <PrintTable
            label={props.label}
            columns={columns.filter((column) => hidden[column.id] && column.header !== "")}
            rows={rows}
            rowKey={props.rowKey}
            total={props.total ?? (query.hasNextPage ? null : rows.length)}
            foot={foot}
          />
        ) : rows.length > 0 ? (
          <TableBody
            table={table}
            columns={columns}
            rows={rows}
            rowKey={props.rowKey}
            phone={phone}
            total={props.total ?? null}
            label={props.label}
            old={query.isPlaceholderData || (failed && !onlyMoreFailed)}
            stopped={failed}
            which={which}
            query={query}
            fills={fills}
            maxRows={props.maxRows ?? 12}
          />
        ) : (
          <div className={cx("min-h-0", fills && "flex-1 overflow-y-auto")}>
            {failed ? (
              <div className="p-4">
                <Failed error={query.error} retry={() => query.refetch()} what={many} />
              </div>
            ) : query.isPending ? (
              <Loading rows={8} />
            ) : props.unknown ? (
              <Empty title={TEXT.table.unknown(many)}>{props.unknown}</Empty>
            ) : (
              <Empty
                title={
                  narrowed.length > 0 || view.search
                    ? (props.empty?.title ?? TEXT.table.noFit(props.one))
                    : (props.empty?.title ?? TEXT.table.nothing(many))
                }
                action={
                  <>
                    <RemoveFilters filters={filters} />
                    {props.empty?.action}
                  </>
                }
              >
                {props.empty?.text}
              </Empty>
            )}
          </div>
        )}
        {!paper && foot}
      </div>
      <ListSaid
        which={which}
        text={there ? TEXT.table.said(shown, filter, sortText(columns, sorting)) : null}
      />
    </div>
  );
}

function shownText<R>({ rows, total, whole, one, many, query, unknown }: DataTableProps<R>): string {
  if (unknown && rows.length === 0) return TEXT.table.unknown(many);
  const counted = total ?? (query.hasNextPage ? null : rows.length);
  return TEXT.table.rows(counted ?? rows.length, whole ?? null, counted !== null, one, many);
}

function sortText<R>(columns: readonly Column<R>[], [first]: ReturnType<typeof sortedBy>): string | null {
  const column = columns.find(({ id }) => id === first?.id);
  if (!first || !column) return null;
  return `${column.header}, ${first.desc ? TEXT.table.descending : TEXT.table.ascending}`;
}

function useHidden<R>(columns: readonly Column<R>[], picked: string | undefined): Record<string, boolean> {
  return useMemo(
    () => Object.fromEntries(columns.map((column) => [column.id, isShown(column, picked)])),
    [columns, picked],
  );
}
