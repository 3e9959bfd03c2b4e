/** A connection's page: what is not well and what to do, how fresh each stream is, what the last runs did. */
import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { asked } from "../api/query.ts";
import { useMember } from "../api/session.ts";
import { DataLine } from "../components/data-line.tsx";
import { Card, Page } from "../components/page-header.tsx";
import { StampLine } from "../components/stamp.tsx";
import { ConnectionBadge } from "../components/state.tsx";
import { Failed, Loading, Partial } from "../components/states.tsx";
import { Time, Zone } from "../components/time.tsx";
import { Tabs } from "../components/ui/tabs.tsx";
import { Gray } from "../components/unknown.tsx";
import { Progress } from "../integrations/progress.tsx";
import { linesOf } from "../integrations/progress-lines.ts";
import type { Role } from "../integrations/tile.tsx";
import { type Connection, needing, streamOf } from "../integrations/troubles.ts";
import { useProgress } from "../integrations/use-progress.ts";
import { useView } from "../search.ts";
import { connection as words } from "../text/connection.ts";
import { integrations } from "../text/integrations.ts";
import { WORD } from "../text/words.ts";
import { Actions } from "./actions.tsx";
import { Coverage } from "./coverage.tsx";
import { Dialogs } from "./dialogs.tsx";
import { Healed } from "./healed.tsx";
import { Held } from "./held.tsx";
import { Runs } from "./runs.tsx";
import { SettingsForm } from "./settings.tsx";
import { Streams } from "./streams.tsx";
import { Verdicts } from "./verdicts.tsx";

const SYNCING_MS = 3_000;
const QUIET_MS = 30_000;

export default function ConnectionPage() {
  const { connection: c } = useParams({ strict: false }) as { connection: string };
  const { role } = useMember();
  const { data, dataUpdatedAt, error, refetch } = useQuery({
    ...asked("getConnection", { params: { c } }),
    // Another connection's rows are not this one's old rows.
    placeholderData: (before) => (String(before?.id) === c || before?.name === c ? before : undefined),
    refetchInterval: ({ state }) => (state.data?.state === "syncing" ? SYNCING_MS : QUIET_MS),
  });
  if (!data) {
    return (
      <Page title={words.title}>
        {error ? (
          <Failed error={error} retry={() => void refetch()} what={words.thing} />
        ) : (
          <Card>
            <Loading rows={8} />
          </Card>
        )}
      </Page>
    );
  }
  return (
    <Zone value={data.settings.timeZone}>
      {error && <Partial>{error.message}</Partial>}
      <Whole connection={data} readAt={dataUpdatedAt} role={role} />
    </Zone>
  );
}

interface WholeProps {
  connection: Connection;
  /** When the answer came, ms. */
  readAt: number;
  role: Role;
}

function Whole({ connection, readAt, role }: WholeProps) {
  const [view, change] = useView();
  const { id, name, state, stateText, frozenAt } = connection;
  const syncing = state === "syncing";
  const { readings, idle } = useProgress(id, syncing);
  const search = { c: String(id) };
  const tabs = [
    {
      id: "streams",
      label: words.overview,
      content: (
        <div className="grid gap-4">
          <Held connection={connection} role={role} />
          {frozenAt === null && needing(connection.streams).length > 0 && (
            <Verdicts connection={connection} role={role} />
          )}
          <Card title={words.streams} flush>
            <Streams connection={connection} />
          </Card>
          <Card title={words.coverage}>
            <Coverage connection={connection} />
          </Card>
          {needing(connection.streams).length === 0 && frozenAt === null && (
            <Verdicts connection={connection} role={role} />
          )}
        </div>
      ),
    },
    { id: "runs", label: words.runs, content: <Runs connection={connection} /> },
    { id: "settings", label: words.settings, content: <SettingsForm connection={connection} role={role} /> },
  ];
  return (
    <Page
      name={name}
      title={name}
      data={<DataLine connection={connection} />}
      badge={<ConnectionBadge state={state} text={stateText} />}
      sub={<Sub connection={connection} />}
      actions={<Actions connection={connection} role={role} />}
    >
      <p role="status" className="sr-only">
        {syncing ? words.syncing : stateText}
      </p>
      {connection.paused && frozenAt === null && <p className="text-dim">{words.pausedMeans}</p>}
      {connection.notGreenhouse && (
        <p>
          <Gray>{integrations.notGreenhouse}</Gray>
        </p>
      )}
      {frozenAt !== null && (
        <Partial>
          {words.frozenSince} <Time at={frozenAt} as="date" />. {words.frozen}
        </Partial>
      )}
      {frozenAt === null && <Healed connection={connection} />}
      {syncing && !idle && readings.length > 0 && (
        <Card title={words.running}>
          <Progress
            readings={linesOf(connection, readings).filter(({ stream }) =>
              readings.some((reading) => reading.stream === stream),
            )}
          />
        </Card>
      )}
      <Tabs
        label={name}
        value={tabs.some((tab) => tab.id === view.tab) ? view.tab! : "streams"}
        onChange={(tab) => change({ tab: tab === "streams" ? undefined : tab }, { replace: true })}
        tabs={tabs}
      />
      <p className="screen-only flex flex-wrap gap-4 text-sm">
        <Link to="/changes" search={search} className="link">
          {words.changes}
        </Link>
        {role === "admin" && (
          <Link to="/audit-trail" search={{ connection: String(id) }} className="link">
            {words.trail}
          </Link>
        )}
        <Link to="/integrations" className="link">
          {words.back}
        </Link>
      </p>
      <StampLine stamp={undefined} readAt={readAt} shown={name} />
      <Dialogs connection={connection} open={view.do} onClose={() => change({ do: undefined })} role={role} />
    </Page>
  );
}

/** `Read · Harvest v3 · acts as Ines Okafor · every hour, use every 15 min · Europe/Zurich time` */
function Sub({ connection }: { connection: Connection }) {
  const { permissionType, credentialKind, adminUserId, adminUserName, settings, frozenAt } = connection;
  const { directory, usage } = settings.everyMinutes;
  const off = streamOf(connection, "audit_log")?.state === "off";
  const schedule = off
    ? words.every(words.minutesOf(directory))
    : words.everyBoth(words.minutesOf(directory), words.minutesOf(usage));
  const parts = [
    WORD.permission[permissionType],
    WORD.credential[credentialKind],
    adminUserId === null ? words.noAdmin : words.actsAs(adminUserName ?? words.user(adminUserId)),
    ...(frozenAt === null ? [schedule] : []),
    words.zone(settings.timeZone),
  ];
  return <p>{parts.join(" · ")}</p>;
}
