/** Our own audit trail: who did what, when, from where, and how it ended. */
import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { addressOf } from "../api/client.ts";
import { asked, rowsOf } from "../api/query.ts";
import { useList } from "../api/use-list.ts";
import { DataLine } from "../components/data-line.tsx";
import { type Column, DataTable } from "../components/data-table.tsx";
import { ForAdmins } from "../components/for-admins.tsx";
import { Page } from "../components/page-header.tsx";
import { Badge } from "../components/state.tsx";
import { filtersOf } from "../components/table-view.ts";
import { Time, useZone } from "../components/time.tsx";
import { Button } from "../components/ui/button.tsx";
import { date } from "../format/time.ts";
import { ExportMenu } from "../grants/export-menu.tsx";
import { useConnection } from "../layout/connection.tsx";
import { useView } from "../search.ts";
import { trailWords as words } from "../text/audit-trail.ts";
import { TrailDetail } from "./detail.tsx";
import {
  actionOf,
  isNarrowed,
  isShown,
  noFilter,
  PRESETS,
  resultOf,
  type TrailRow,
  targetOf,
  trailFilters,
  whoOf,
} from "./view.ts";

function trailColumns(onOpen: (row: TrailRow) => void): Column<TrailRow>[] {
  return [
    {
      id: "at",
      header: words.columns.at,
      width: 130,
      fixed: true,
      card: "state",
      cell: ({ at }) => <Time at={at} as="clock" />,
    },
    {
      id: "who",
      header: words.columns.who,
      width: 160,
      grow: true,
      fixed: true,
      card: "line",
      cell: (row) => <span title={row.name}>{whoOf(row).who}</span>,
      sub: (row) => whoOf(row).email,
    },
    {
      id: "from",
      header: words.columns.from,
      width: 118,
      card: "none",
      cell: ({ ip }) => ip ?? words.noAddress,
    },
    {
      id: "did",
      header: words.columns.did,
      width: 200,
      grow: true,
      fixed: true,
      card: "title",
      cell: (row) => (
        <button
          type="button"
          className="link max-w-full truncate text-left"
          title={row.action}
          onClick={() => onOpen(row)}
        >
          {actionOf(row.action)}
        </button>
      ),
    },
    {
      id: "target",
      header: words.columns.target,
      width: 200,
      grow: true,
      card: "none",
      cell: (row) => <span title={targetOf(row)}>{targetOf(row)}</span>,
    },
    {
      id: "result",
      header: words.columns.result,
      width: 200,
      card: "line",
      cell: ({ result }) => (result === "ok" ? words.done : <Badge tone="cant">{resultOf(result)}</Badge>),
    },
  ];
}

export default function AuditTrailPage() {
  return (
    <ForAdmins title={words.title}>
      <AuditTrail />
    </ForAdmins>
  );
}

function AuditTrail() {
  const [view] = useView();
  const timeZone = useZone();
  const [open, setOpen] = useState<TrailRow | null>(null);
  const { connections } = useConnection();
  const members = useQuery(asked("listMembers", {}));
  const filters = trailFilters(members.data?.items ?? [], connections);
  const query = filtersOf(view, filters);
  const { found, behind } = useList("listTrail", { query });
  const narrowed = isNarrowed(view);
  const all = useQuery({ ...asked("listTrail", { query: { limit: 1 } }), enabled: narrowed });
  const columns = useMemo(() => trailColumns(setOpen), []);
  const [first] = found.data?.pages ?? [];
  return (
    <Page
      title={words.title}
      data={<DataLine all={connections} />}
      sub={
        first && (first.since === null ? words.nothingKept : words.keptSince(date(first.since, { timeZone })))
      }
    >
      <DataTable
        label={words.title}
        one={words.one}
        many={words.many}
        columns={columns}
        rows={rowsOf<"listTrail">(found.data)}
        rowKey={rowKey}
        query={found}
        behind={behind}
        total={first?.total}
        whole={narrowed ? all.data?.total : undefined}
        filters={filters}
        tools={<Presets />}
        actions={
          <ExportMenu address={(format) => addressOf("exportTrail", { query: { ...query, format } })} />
        }
        empty={narrowed ? { title: words.empty } : undefined}
      />
      {open && <TrailDetail row={open} onClose={() => setOpen(null)} />}
    </Page>
  );
}

const rowKey = ({ id }: TrailRow) => String(id);

function Presets() {
  const [view, change] = useView();
  return (
    <fieldset className="screen-only flex max-w-full flex-wrap gap-1">
      <legend className="sr-only">{words.presetsLabel}</legend>
      {(Object.keys(PRESETS) as (keyof typeof PRESETS)[]).map((id) => (
        <Button
          key={id}
          small
          look={isShown(view, PRESETS[id]) ? "plain" : "quiet"}
          aria-pressed={isShown(view, PRESETS[id])}
          onClick={() => change({ ...noFilter, ...PRESETS[id] })}
        >
          {words.presets[id]}
        </Button>
      ))}
    </fieldset>
  );
}
