/** One action: who asked for it, who approved it, and what happened to each. */
import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { useEffect, useRef, useState } from "react";
import { ActDialog } from "../actions/dialog.tsx";
import { ActionState } from "../actions/index.tsx";
import { useMayAct } from "../actions/select.tsx";
import { type Action, grantText, isOpen, type Target, TargetState } from "../actions/targets.tsx";
import { addressOf, call } from "../api/client.ts";
import { asked, invalidate, rowsOf } from "../api/query.ts";
import { useMember } from "../api/session.ts";
import { useList } from "../api/use-list.ts";
import { DataLine } from "../components/data-line.tsx";
import { type Column, DataTable } from "../components/data-table.tsx";
import { Facts, Page } from "../components/page-header.tsx";
import { Failed, Loading } from "../components/states.tsx";
import { type Filter, filtersOf } from "../components/table-view.ts";
import { Time } from "../components/time.tsx";
import { Button } from "../components/ui/button.tsx";
import { Popover } from "../components/ui/popover.tsx";
import { Gray } from "../components/unknown.tsx";
import { ExportMenu } from "../grants/export-menu.tsx";
import { Refusal } from "../integrations/refusal.tsx";
import { useView } from "../search.ts";
import { useSending } from "../sign-in/form.ts";
import { actionWords as words } from "../text/actions.ts";
import { type Connection, userName, WORD } from "../text/words.ts";
import { ForConnection } from "../users/connection.tsx";
import { Within } from "../users/within.tsx";

const LOOK_MS = 1_000;
/** What waits for somebody else's word. */
const WAIT_MS = 3_000;

const COLUMNS: Column<Target>[] = [
  {
    id: "user",
    header: words.columns.user,
    width: 230,
    fixed: true,
    card: "title",
    cell: ({ user }) => (
      <Within to="/users/$user" params={{ user: user.id }}>
        {userName(user)}
      </Within>
    ),
    sub: ({ user }) => user.email ?? user.id,
  },
  {
    id: "was",
    header: words.columns.was,
    width: 190,
    card: "none",
    cell: (target) =>
      grantText(target) ?? `${WORD.status[target.user.status]} · ${WORD.level[target.user.level]}`,
  },
  {
    id: "result",
    header: words.columns.result,
    width: 160,
    card: "state",
    cell: (target) => <TargetState target={target} />,
  },
  {
    id: "why",
    header: words.columns.effect,
    width: 320,
    grow: true,
    card: "line",
    cell: (target) => {
      const text = target.reason?.text ?? target.effect.join(" ");
      return text && <Whole text={text} />;
    },
  },
  {
    id: "when",
    header: words.columns.when,
    width: 110,
    card: "none",
    cell: ({ endedAt, sentAt }) => {
      const at = endedAt ?? sentAt;
      return at ? <Time at={at} /> : <Gray>{words.notYet}</Gray>;
    },
  },
];

/** A line of what may be many sentences: a click shows them all. */
function Whole({ text }: { text: string }) {
  return (
    <Popover
      trigger={
        <button
          type="button"
          className="block max-w-full truncate text-left underline decoration-dotted underline-offset-3 hover:decoration-solid"
        >
          {text}
        </button>
      }
    >
      {text}
    </Popover>
  );
}

const FILTERS: readonly Filter[] = [
  {
    key: "state",
    label: words.filterState,
    options: Object.entries(words.target),
  },
];

export default function ActionPage() {
  const { action } = useParams({ strict: false }) as { action: string };
  return (
    <ForConnection title={words.noSuch(action)}>
      {(connection) => <One key={action} connection={connection} id={action} />}
    </ForConnection>
  );
}

function One({ connection, id }: { connection: Connection; id: string }) {
  const c = String(connection.id);
  const params = { c, action: Number(id) };
  const action = useQuery({
    ...asked("getAction", { params }),
    refetchInterval: ({ state: { data } }) =>
      data && isOpen(data) ? LOOK_MS : data?.state === "proposed" ? WAIT_MS : false,
  });
  const data = <DataLine connection={connection} />;
  if (!action.data) {
    return (
      <Page title={words.noSuch(id)} data={data}>
        {action.error ? (
          <Failed error={action.error} retry={() => void action.refetch()} what={words.one} />
        ) : (
          <Loading rows={8} />
        )}
      </Page>
    );
  }
  const { kind, targets } = action.data;
  const { seen, refused, unknown } = action.data.counts;
  return (
    <Page
      title={`${words.word[kind]}: ${words.what(kind, targets)}`}
      badge={<ActionState action={action.data} />}
      sub={words.named(id)}
      data={data}
      actions={<Buttons connection={connection} action={action.data} />}
    >
      <Facts
        items={[
          {
            label: words.facts.by,
            value: (
              <>
                {action.data.madeBy} · <Time at={action.data.appliedAt ?? action.data.madeAt} />
              </>
            ),
          },
          {
            label: words.facts.approval,
            value: action.data.approvedBy ?? (action.data.needsApproval ? words.notYet : words.nobodyElse),
          },
          ...(action.data.state === "done"
            ? [{ label: words.columns.result, value: words.result(seen, refused, unknown) }]
            : []),
          ...(action.data.undoes === null
            ? []
            : [{ label: words.facts.undoes, value: <Other id={action.data.undoes} /> }]),
          action.data.undoneBy === null
            ? { label: words.facts.undo, value: action.data.undoText }
            : { label: words.facts.undoneBy, value: <Other id={action.data.undoneBy} /> },
        ]}
      />
      {action.data.state === "proposed" && <p className="text-dim">{words.proposedHere}</p>}
      <Targets c={c} action={action.data} />
    </Page>
  );
}

function Other({ id }: { id: number }) {
  return (
    <Within to="/actions/$action" params={{ action: String(id) }}>
      {words.named(id)}
    </Within>
  );
}

const rowKey = ({ n }: Target) => String(n);

function Targets({ c, action }: { c: string; action: Action }) {
  const [view] = useView();
  const query = filtersOf(view, FILTERS);
  const { found, behind } = useList(
    "listTargets",
    { params: { c, action: action.id }, query },
    { every: () => isOpen(action) && LOOK_MS },
  );
  // What became of the last ones is told with the end of the action, however it was reached.
  const told = useRef(action.state);
  useEffect(() => {
    if (told.current !== action.state) void invalidate("listTargets");
    told.current = action.state;
  }, [action.state]);
  return (
    <DataTable
      label={words.columns.result}
      one={words.targets.one}
      many={words.targets.many}
      columns={COLUMNS}
      rows={rowsOf<"listTargets">(found.data)}
      rowKey={rowKey}
      query={found}
      behind={behind}
      total={found.data?.pages[0]?.total}
      whole={action.targets}
      stamp={found.data?.pages[0]?.stamp}
      filters={FILTERS}
      actions={
        <ExportMenu
          address={(format) =>
            addressOf("exportTargets", { params: { c, action: action.id }, query: { ...query, format } })
          }
        />
      }
      empty={{ title: words.nothingLeft }}
    />
  );
}

function Buttons({ connection, action }: { connection: Connection; action: Action }) {
  const mayAct = useMayAct(connection);
  // Nobody approves what they have proposed.
  const own = useMember().id === action.madeByMember;
  const [undoing, setUndoing] = useState(false);
  const { busy, failure, send } = useSending();
  if (!mayAct) return null;
  const c = String(connection.id);
  const say = (name: "approveAction" | "stopAction") =>
    send(async () => {
      await call(name, { params: { c, action: action.id } });
      await invalidate("getAction", "listTargets", "listActions");
    });
  const stops = isOpen(action) || action.state === "proposed";
  return (
    <>
      {failure && <Refusal failure={failure} />}
      {action.undo && (
        <Button onClick={() => setUndoing(true)}>{words.undo[action.undo] ?? words.word[action.undo]}</Button>
      )}
      {stops && action.stoppedBy === null && (
        <Button busy={busy} onClick={() => void say("stopAction")}>
          {words.stop}
        </Button>
      )}
      {action.state === "proposed" && !own && (
        <Button look="solid" busy={busy} onClick={() => void say("approveAction")}>
          {words.approve}
        </Button>
      )}
      {undoing && action.undo && (
        <ActDialog c={c} wanted={{ kind: action.undo, undo: action.id }} onClose={() => setUndoing(false)} />
      )}
    </>
  );
}
