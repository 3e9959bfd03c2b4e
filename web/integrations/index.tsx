/** Integrations: is all well, which is not, since when, what next; how fresh is each kind of data. */
import { Plus } from "lucide-react";
import { useMember } from "../api/session.ts";
import { DataLine } from "../components/data-line.tsx";
import { Page } from "../components/page-header.tsx";
import { StampLine } from "../components/stamp.tsx";
import { Failed, Loading, Partial, TryAgain } from "../components/states.tsx";
import { Time } from "../components/time.tsx";
import { Button } from "../components/ui/button.tsx";
import { Tabs } from "../components/ui/tabs.tsx";
import { useView } from "../search.ts";
import { integrations as words } from "../text/integrations.ts";
import { plural } from "../text/words.ts";
import { Attention } from "./attention.tsx";
import { ConnectDialog } from "./connect/index.tsx";
import { Deletions } from "./deletions.tsx";
import { FirstWays } from "./first-ways.tsx";
import { Needs } from "./needs.tsx";
import { SampleBeside } from "./sample.tsx";
import { Tiles } from "./tiles.tsx";
import { type Connection, needing } from "./troubles.ts";
import { useConnections } from "./use-connections.ts";

export default function Integrations() {
  const [view, change] = useView();
  const { role } = useMember();
  const { data, dataUpdatedAt, error, refetch, connections } = useConnections();
  const admin = role === "admin";
  const problems = connections.flatMap((connection) =>
    connection.paused || connection.frozenAt !== null
      ? []
      : needing(connection.streams).map((streams) => ({ connection, streams })),
  );

  return (
    <Page
      title={words.title}
      data={connections.length > 0 && <DataLine all={connections} />}
      actions={
        admin &&
        connections.length > 0 && (
          <Button look="solid" onClick={() => change({ connect: "1" })}>
            <Plus aria-hidden /> {words.connect}
          </Button>
        )
      }
    >
      {error && data && <Partial action={<TryAgain retry={refetch} />}>{error.message}</Partial>}
      {!data && error && <Failed error={error} retry={() => void refetch()} what={words.things} />}
      {!data && !error && <Loading rows={6} />}
      <Deletions />
      {data && connections.length === 0 && <FirstWays admin={admin} />}
      {connections.length > 0 && (
        <Tabs
          label={words.title}
          value={view.tab === "attention" ? "attention" : "all"}
          onChange={(tab) => change({ tab: tab === "all" ? undefined : tab }, { replace: true })}
          tabs={[
            {
              id: "all",
              label: words.all,
              count: connections.length,
              content: <Tiles connections={connections} role={role} />,
            },
            {
              id: "attention",
              label: words.attention,
              count: problems.length,
              content:
                problems.length > 0 ? (
                  <Attention problems={problems} role={role} />
                ) : (
                  <p className="py-6 text-dim">
                    {words.nothing} <LastChecked connections={connections} />
                  </p>
                ),
            },
          ]}
        />
      )}
      {admin && connections.length > 0 && <SampleBeside />}
      {data && <Needs connections={connections} />}
      {connections.length > 0 && (
        <StampLine
          stamp={undefined}
          readAt={dataUpdatedAt}
          shown={plural(connections.length, words.one, words.many)}
        />
      )}
      <ConnectDialog
        open={admin && data !== undefined && view.connect !== undefined}
        onClose={() => change({ connect: undefined }, { replace: true })}
        names={connections.map(({ name }) => name)}
      />
    </Page>
  );
}

function LastChecked({ connections }: { connections: readonly Connection[] }) {
  const last = connections
    .flatMap(({ streams }) => streams.flatMap(({ lastSuccessAt }) => lastSuccessAt ?? []))
    .sort()
    .at(-1);
  if (!last) return words.neverChecked;
  return (
    <>
      {words.lastChecked} <Time at={last} />.
    </>
  );
}
