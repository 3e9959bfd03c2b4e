/** Changes: who got or lost what, when it was seen, and what proves it. */
import { useQuery } from "@tanstack/react-query";
import { addressOf } from "../api/client.ts";
import { type FiledColumn, fileColumns } from "../api/file-columns.ts";
import { asked, rowsOf } from "../api/query.ts";
import { useList } from "../api/use-list.ts";
import { DataTable } from "../components/data-table.tsx";
import { filtersOf } from "../components/table-view.ts";
import { useZone } from "../components/time.tsx";
import { ViewsMenu } from "../components/views-menu.tsx";
import { date } from "../format/time.ts";
import { ExportMenu } from "../grants/export-menu.tsx";
import { OfConnection } from "../grants/of-connection.tsx";
import { type Search, useView } from "../search.ts";
import { changeWords as words } from "../text/changes.ts";
import type { Change, Run } from "../text/words.ts";
import { HappenedCell, RunCell, SeenCell, UserCell, ValuesCell } from "./cells.tsx";
import { changeFilters, isNarrowed, lookedFor } from "./view.ts";

const COLUMNS: FiledColumn<Change, "changes">[] = [
  {
    id: "seen",
    header: words.columns.seen,
    width: 190,
    fixed: true,
    card: "line",
    cell: (change) => <SeenCell change={change} />,
  },
  {
    id: "happened",
    header: words.columns.happened,
    width: 92,
    card: "none",
    cell: (change) => <HappenedCell change={change} />,
  },
  {
    id: "user",
    header: words.columns.user,
    width: 130,
    card: "line",
    cell: (change) => <UserCell change={change} />,
  },
  {
    id: "what",
    header: words.columns.what,
    width: 206,
    grow: true,
    fixed: true,
    card: "title",
    cell: (change) => <span title={change.what}>{change.what}</span>,
  },
  {
    id: "before",
    header: words.columns.before,
    width: 124,
    card: "none",
    cell: (change) => <ValuesCell change={change} side="before" />,
  },
  {
    id: "after",
    header: words.columns.after,
    width: 150,
    card: "none",
    cell: (change) => <ValuesCell change={change} side="after" />,
  },
  { id: "by", header: words.columns.by, width: 80, card: "none", cell: ({ by }) => by ?? words.byNotTold },
  {
    id: "run",
    header: words.columns.run,
    width: 52,
    number: true,
    card: "none",
    cell: (change) => <RunCell change={change} />,
  },
];

export default function ChangesPage() {
  return <OfConnection title={words.title}>{({ id }) => <Changes c={String(id)} />}</OfConnection>;
}

function Changes({ c }: { c: string }) {
  const [view] = useView();
  const params = { c };
  const query = filtersOf(view, changeFilters([]));
  const { found, behind } = useList("listChanges", { params, query });
  const rows = rowsOf<"listChanges">(found.data);
  const all = useQuery(asked("listChanges", { params, query: { limit: 1 } }));
  const first = found.data?.pages[0];
  return (
    <DataTable
      label={words.title}
      one={words.one}
      many={words.many}
      columns={COLUMNS}
      rows={rows}
      rowKey={rowKey}
      query={found}
      behind={behind}
      total={first?.total}
      whole={all.data?.total}
      stamp={first?.stamp}
      filters={changeFilters(first?.items ?? [])}
      tools={<ViewsMenu page="changes" />}
      actions={
        <ExportMenu
          address={(format) =>
            addressOf("exportChanges", {
              params,
              query: { ...query, format, columns: fileColumns("changes", COLUMNS, view.columns) },
            })
          }
        />
      }
      empty={{
        title: isNarrowed(view) ? words.emptyOfFilter : words.empty,
        text: first?.items.length === 0 && <Looked c={c} view={view} />,
      }}
    />
  );
}

const rowKey = ({ id }: Change) => id;

/** How many runs looked for such changes and found none: an empty list is worth what it rests on. */
function Looked({ c, view }: { c: string; view: Search }) {
  const timeZone = useZone();
  const { data } = useQuery(asked("listRuns", { params: { c }, query: { limit: MOST_RUNS } }));
  if (!data) return null;
  const { looked, more } = lookedFor(data, view);
  if (looked.length === 0 && more) return null;
  const on = (run: Run | undefined) => run && date(run.startedAt, { timeZone });
  const [first, last] = [on(looked.at(-1)), on(looked[0])];
  return (
    <>
      {first && (view.to && last ? words.lookedBetween(first, last) : words.lookedSince(first))}{" "}
      {words.looked(looked.length, more)}
    </>
  );
}
const MOST_RUNS = 1000;
