/** Events of the audit log: a list, the events of one request, and one event whole. */
import { addressOf } from "../api/client.ts";
import { type FiledColumn, fileColumns } from "../api/file-columns.ts";
import { rowsOf } from "../api/query.ts";
import { useList } from "../api/use-list.ts";
import { DataTable } from "../components/data-table.tsx";
import { useReader } from "../components/reader.tsx";
import type { Stamp } from "../components/stamp.tsx";
import { filtersOf } from "../components/table-view.ts";
import { Time, useZone } from "../components/time.tsx";
import { Button } from "../components/ui/button.tsx";
import { ViewsMenu } from "../components/views-menu.tsx";
import { clock, date } from "../format/time.ts";
import { ExportMenu } from "../grants/export-menu.tsx";
import { OfConnection } from "../grants/of-connection.tsx";
import { type Search, useView } from "../search.ts";
import { eventWords as words } from "../text/events.ts";
import type { ActivityEvent } from "../text/words.ts";
import { RequestCell, TargetCell, WhatCell, WhoCell } from "./cells.tsx";
import { EventDetail } from "./detail.tsx";
import { eventFilters, holesWithin, isNarrowed, kindOf } from "./view.ts";

const COLUMNS: FiledColumn<ActivityEvent, "events">[] = [
  {
    id: "at",
    header: words.columns.at,
    width: 120,
    fixed: true,
    card: "state",
    cell: (event) => <Time at={event.at} as="clock" />,
  },
  {
    id: "who",
    header: words.columns.who,
    width: 150,
    grow: true,
    card: "title",
    cell: (event) => <WhoCell event={event} />,
  },
  {
    id: "what",
    header: words.columns.what,
    width: 150,
    grow: true,
    fixed: true,
    card: "line",
    cell: (event) => <WhatCell event={event} />,
  },
  { id: "counts", header: words.columns.counts, width: 124, cell: kindOf },
  {
    id: "target",
    header: words.columns.target,
    width: 180,
    cell: (event) => <TargetCell event={event} />,
  },
  {
    id: "from",
    header: words.columns.from,
    width: 130,
    cell: ({ ip }) => ip ?? words.noAddress,
  },
  {
    id: "request",
    header: words.columns.request,
    width: 168,
    card: "line",
    cell: (event) => <RequestCell event={event} />,
  },
];

export default function EventsPage() {
  return <OfConnection title={words.title}>{({ id }) => <Events c={String(id)} />}</OfConnection>;
}

function Events({ c }: { c: string }) {
  const [view] = useView();
  const timeZone = useZone();
  const mayKnowAddresses = useReader().may("operator");
  const params = { c };
  const query = filtersOf(view, eventFilters([]));
  const { found, behind } = useList("listEvents", { params, query });
  const rows = rowsOf<"listEvents">(found.data);
  const first = found.data?.pages[0];
  const last = found.data?.pages.at(-1);
  const columns = mayKnowAddresses ? COLUMNS : COLUMNS.filter(({ id }) => id !== "from");
  return (
    <>
      {last && (
        <p className="text-dim">
          {last.keptSince === null ? words.nothingKept : words.keptSince(date(last.keptSince, { timeZone }))}
        </p>
      )}
      {view.requestId && <h2>{words.request.title}</h2>}
      <DataTable
        label={words.title}
        one={words.one}
        many={words.many}
        columns={columns}
        rows={rows}
        rowKey={rowKey}
        query={found}
        behind={behind}
        total={first?.total}
        stamp={first?.stamp}
        listing="usage"
        filters={eventFilters(first?.items ?? [])}
        tools={<ViewsMenu page="events" />}
        actions={
          <ExportMenu
            address={(format) =>
              addressOf("exportEvents", {
                params,
                query: { ...query, format, columns: fileColumns("events", columns, view.columns) },
              })
            }
          />
        }
        empty={{
          title: isNarrowed(view) ? words.empty : words.nothingRead,
          text: last && neverRead(last.stamp, view, timeZone),
        }}
      />
      {last?.searchedBackTo && (
        <p role="status" className="flex flex-wrap items-center gap-3">
          {words.searchedBackTo(clock(last.searchedBackTo, { timeZone }))}
          {found.hasNextPage && (
            <Button small busy={found.isFetchingNextPage} onClick={() => void found.fetchNextPage()}>
              {words.goOn}
            </Button>
          )}
        </p>
      )}
      {view.event && <EventDetail c={c} event={view.event} timeZone={timeZone} />}
    </>
  );
}

const rowKey = ({ id }: ActivityEvent) => id;

/** An empty list says which of the days asked for were never read. */
function neverRead(
  { holes, coverage }: Stamp,
  { day, from, to }: Search,
  timeZone: string | undefined,
): string | null {
  const start = day ?? from;
  const end = day ?? to;
  const within = holesWithin(
    holes,
    start ? Date.parse(start) - DAY : Number.NEGATIVE_INFINITY,
    end ? Date.parse(end) + 2 * DAY : Number.POSITIVE_INFINITY,
  );
  const text = (at: string) => date(at, { timeZone });
  const first = coverage[0]?.from;
  if (first && end && Date.parse(end) < Date.parse(first)) return words.nothingBefore(text(first));
  if (within.length === 0) return null;
  return words.neverRead(within.map((hole) => words.span(text(hole.from), text(hole.to))).join(", "));
}
const DAY = 86_400_000;
