/** The dashboard: can I believe it, what needs me, who has access, who uses it, what changed, use over time. */
import { useQuery } from "@tanstack/react-query";
import { asked } from "../api/query.ts";
import { DataLine } from "../components/data-line.tsx";
import { Page } from "../components/page-header.tsx";
import { StampLine } from "../components/stamp.tsx";
import { Empty, Failed, Loading, Partial, TryAgain } from "../components/states.tsx";
import { ago } from "../format/time.ts";
import { dashboardWords as words } from "../text/dashboard.ts";
import type { Connection } from "../text/words.ts";
import { plural } from "../text/words.ts";
import { ForConnection } from "../users/connection.tsx";
import { Within } from "../users/within.tsx";
import { Changes, People, Use } from "./figures.tsx";
import { LeftButActive, NeedsYou, SiteAdmins } from "./people.tsx";
import { UseByDay } from "./use-by-day.tsx";

export default function Dashboard() {
  return (
    <ForConnection title={words.title}>{(connection) => <Overview connection={connection} />}</ForConnection>
  );
}

const LOOK_AGAIN_MS = 60_000;

function Overview({ connection }: { connection: Connection }) {
  const c = String(connection.id);
  const { data, error, refetch, dataUpdatedAt, isPlaceholderData } = useQuery({
    ...asked("overview", { params: { c } }),
    refetchInterval: LOOK_AGAIN_MS,
  });
  return (
    <Page title={words.title} data={<DataLine connection={connection} />}>
      {!data &&
        (error ? (
          <Failed error={error} retry={() => void refetch()} what={words.thing} />
        ) : (
          <Loading rows={12} />
        ))}
      {data && error && (
        <Partial action={<TryAgain retry={refetch} />}>
          {words.old(ago(new Date(dataUpdatedAt).toISOString()))}
        </Partial>
      )}
      {data && data.listing === null && (
        <div className="card">
          <Empty
            title={words.notSyncedTitle}
            action={
              <Within to="/integrations/$connection" params={{ connection: c }}>
                {words.openConnection}
              </Within>
            }
          >
            {words.notSynced}
          </Empty>
        </div>
      )}
      {data && data.listing !== null && (
        <div className={isPlaceholderData || error ? "old grid gap-4" : "grid gap-4"}>
          <NeedsYou needsYou={data.needsYou} findings={data.findings} connection={connection} />
          {data.leftButActive && data.leftButActive.total > 0 && (
            <LeftButActive leftButActive={data.leftButActive} />
          )}
          <div className="grid gap-4 lg:grid-flow-col lg:grid-cols-2 lg:grid-rows-[auto_auto]">
            <People people={data.people} />
            <SiteAdmins siteAdmins={data.siteAdmins} />
            <Use use={data.use} window={data.window} licenses={data.licenses} recruiting={data.recruiting} />
            <Changes changes7Days={data.changes7Days} stamp={data.stamp} />
          </div>
          <UseByDay overview={data} connection={c} />
          <StampLine stamp={data.stamp} shown={plural(data.people.active, words.person, words.persons)} />
        </div>
      )}
    </Page>
  );
}
