/** Findings: what somebody should look at, the severest first, with its evidence one click away. */
import { useQuery } from "@tanstack/react-query";
import { addressOf } from "../api/client.ts";
import { asked, rowsOf } from "../api/query.ts";
import { useList } from "../api/use-list.ts";
import { type Column, DataTable } from "../components/data-table.tsx";
import { filtersOf } from "../components/table-view.ts";
import { Time } from "../components/time.tsx";
import { ViewsMenu } from "../components/views-menu.tsx";
import { ExportMenu } from "../grants/export-menu.tsx";
import { OfConnection } from "../grants/of-connection.tsx";
import { useView } from "../search.ts";
import { type Finding, findingWords as words } from "../text/findings.ts";
import { SeverityCell, StateCell, TextCell } from "./cells.tsx";
import { FindingDetail } from "./detail.tsx";
import { type Rule, RulesDialog } from "./rules.tsx";
import { findingFilters, isWhole } from "./view.ts";

const COLUMNS: Column<Finding>[] = [
  {
    id: "severity",
    header: words.columns.severity,
    width: 104,
    fixed: true,
    card: "state",
    cell: (finding) => <SeverityCell finding={finding} />,
  },
  {
    id: "text",
    header: words.columns.text,
    width: 360,
    grow: true,
    fixed: true,
    card: "title",
    cell: (finding) => <TextCell finding={finding} />,
  },
  {
    id: "state",
    header: words.columns.state,
    width: 160,
    card: "line",
    cell: (finding) => <StateCell finding={finding} />,
  },
  {
    id: "owner",
    header: words.columns.owner,
    width: 96,
    card: "line",
    cell: ({ owner }) => owner?.name ?? <span className="text-idle">{words.nobody}</span>,
  },
  {
    id: "rows",
    header: words.columns.rows,
    width: 72,
    number: true,
    card: "none",
    cell: ({ rows }) => rows.toLocaleString(),
  },
  {
    id: "first",
    header: words.columns.first,
    width: 110,
    card: "none",
    cell: (f) => <Time at={f.firstSeenAt} />,
  },
  {
    id: "last",
    header: words.columns.last,
    width: 110,
    card: "none",
    cell: (f) => <Time at={f.lastSeenAt} />,
  },
  {
    id: "rule",
    header: words.columns.rule,
    width: 220,
    optional: true,
    card: "none",
    cell: ({ label }) => label,
  },
];

export default function FindingsPage() {
  return <OfConnection title={words.title}>{({ id }) => <Findings c={String(id)} />}</OfConnection>;
}

function Findings({ c }: { c: string }) {
  const [view] = useView();
  const params = { c };
  const query = filtersOf(view, findingFilters([], []));
  const { found, behind } = useList("listFindings", { params, query });
  const all = useQuery(asked("listFindings", { params, query: { limit: 1 } }));
  const rows = rowsOf<"listFindings">(found.data);
  const first = found.data?.pages[0];
  const rules = first?.rules ?? [];
  return (
    <>
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
        filters={findingFilters(first?.items ?? [], rules)}
        tools={
          <>
            <ViewsMenu page="findings" />
            {first && <RulesDialog c={c} rules={rules} />}
          </>
        }
        actions={
          <ExportMenu
            address={(format) => addressOf("exportFindings", { params, query: { ...query, format } })}
          />
        }
        empty={{ title: isWhole(view) ? words.noneOpen : words.empty }}
      />
      {first && <Judged rules={rules} />}
      {view.finding && <FindingDetail c={c} id={view.finding} />}
    </>
  );
}

const rowKey = ({ id }: Finding) => id;

/** An empty list says nothing of a rule that can't be judged: which, and why. */
function Judged({ rules }: { rules: readonly Rule[] }) {
  const on = rules.filter((each) => each.on);
  const not = on.filter(({ judgedAt, notJudged }) => judgedAt === null || notJudged !== null);
  const text = words.judged(on.length, not.length);
  if (not.length === 0) return <p className="text-sm text-dim">{text}</p>;
  return (
    <details className="text-sm text-dim">
      <summary className="cursor-pointer">{text}</summary>
      <ul className="mt-1 grid gap-0.5 pl-4">
        {not.map(({ label, notJudged }) => (
          <li key={label}>
            {label}: {notJudged ?? words.notJudgedYet}
          </li>
        ))}
      </ul>
    </details>
  );
}
