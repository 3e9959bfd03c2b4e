/** Actions: what was changed in Greenhouse, by whom, approved by whom, and what became of it. */
import { addressOf } from "../api/client.ts";
import { rowsOf } from "../api/query.ts";
import { useList } from "../api/use-list.ts";
import { CountLink } from "../components/count-link.tsx";
import { type Column, DataTable } from "../components/data-table.tsx";
import { Badge, type Tone } from "../components/state.tsx";
import { Time } from "../components/time.tsx";
import { Gray } from "../components/unknown.tsx";
import { ExportMenu } from "../grants/export-menu.tsx";
import { OfConnection } from "../grants/of-connection.tsx";
import { actionWords as words } from "../text/actions.ts";
import { Within } from "../users/within.tsx";
import { type Action, isOpen } from "./targets.tsx";

/** While one is under way. */
const LOOK_MS = 2_000;

const TONE: Record<Action["state"], Tone> = {
  previewed: "idle",
  proposed: "look",
  approved: "link",
  running: "link",
  done: "well",
  cancelled: "idle",
  expired: "idle",
};

export function ActionState({ action }: { action: Action }) {
  const { state, counts, stoppedBy } = action;
  const failed = counts.refused + counts.unknown;
  if (state === "done" && failed > 0) return <Badge tone="look">{words.doneBut(failed)}</Badge>;
  const text = state === "running" && stoppedBy !== null ? words.stopping : words.state[state];
  return <Badge tone={TONE[state]}>{text}</Badge>;
}

const counted = (id: "seen" | "refused" | "unknown"): Column<Action> => ({
  id,
  header: words.columns[id],
  width: 84,
  number: true,
  card: id === "seen" ? "line" : "none",
  cell: (action) => (
    <CountLink
      count={action.counts[id]}
      to={`/actions/${action.id}`}
      search={{ state: id }}
      label={words.target[id]}
    />
  ),
});

const COLUMNS: Column<Action>[] = [
  {
    id: "what",
    header: words.columns.what,
    width: 220,
    grow: true,
    fixed: true,
    card: "title",
    cell: (action) => (
      <Within to="/actions/$action" params={{ action: String(action.id) }}>
        {`${words.word[action.kind]}: ${words.what(action.kind, action.targets)}`}
      </Within>
    ),
  },
  {
    id: "when",
    header: words.columns.when,
    width: 120,
    card: "line",
    cell: ({ appliedAt, madeAt }) => <Time at={appliedAt ?? madeAt} />,
  },
  { id: "by", header: words.columns.by, width: 140, card: "line", cell: ({ madeBy }) => madeBy },
  {
    id: "approvedBy",
    header: words.columns.approvedBy,
    width: 130,
    card: "none",
    cell: ({ approvedBy, needsApproval }) =>
      approvedBy ?? <Gray>{needsApproval ? words.notYet : words.nobodyElse}</Gray>,
  },
  {
    id: "state",
    header: words.columns.state,
    width: 184,
    card: "state",
    cell: (action) => <ActionState action={action} />,
  },
  counted("seen"),
  counted("refused"),
  counted("unknown"),
];

const rowKey = ({ id }: Action) => String(id);

export default function ActionsPage() {
  return <OfConnection title={words.title}>{({ id }) => <Actions c={String(id)} />}</OfConnection>;
}

function Actions({ c }: { c: string }) {
  const { found, behind } = useList(
    "listActions",
    { params: { c } },
    { every: (first) => (first?.items.some(isOpen) ? LOOK_MS : false) },
  );
  return (
    <DataTable
      label={words.title}
      one={words.one}
      many={words.many}
      columns={COLUMNS}
      rows={rowsOf<"listActions">(found.data)}
      rowKey={rowKey}
      query={found}
      behind={behind}
      total={found.data?.pages[0]?.total}
      stamp={found.data?.pages[0]?.stamp}
      actions={
        <ExportMenu address={(format) => addressOf("exportActions", { params: { c }, query: { format } })} />
      }
      empty={{ title: words.empty, text: words.emptyText }}
    />
  );
}
