/** A user: who, what may they do, why, do they use it, what changed, how do we know. */
import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { ActButtons } from "../actions/people.tsx";
import { useMayAct } from "../actions/select.tsx";
import { ApiFailure } from "../api/client.ts";
import { asked } from "../api/query.ts";
import { DataLine } from "../components/data-line.tsx";
import { Page } from "../components/page-header.tsx";
import { StampLine } from "../components/stamp.tsx";
import { Level as LevelWord, StatusBadge } from "../components/state.tsx";
import { Empty, Failed, Loading, Partial, TryAgain } from "../components/states.tsx";
import { useZone } from "../components/time.tsx";
import { cx } from "../components/ui/cx.ts";
import { Gray } from "../components/unknown.tsx";
import { ago } from "../format/time.ts";
import { userWords as words } from "../text/user.ts";
import { type Connection, userName } from "../text/words.ts";
import { licenseText } from "../users/cells.tsx";
import { ForConnection } from "../users/connection.tsx";
import { Within } from "../users/within.tsx";
import { Changes, Grants, HowWeKnow } from "./access.tsx";
import { WhoTheyAre } from "./employee.tsx";
import { type Detail, Level, subOf, Who } from "./head.tsx";
import { Use } from "./use.tsx";

export default function User() {
  const { user } = useParams({ strict: false }) as { user: string };
  return (
    <ForConnection title={words.who}>
      {(connection) => <Person key={user} connection={connection} id={user} />}
    </ForConnection>
  );
}

function Person({ connection, id }: { connection: Connection; id: string }) {
  const { data, error, refetch, dataUpdatedAt } = useQuery({
    ...asked("getUser", { params: { c: String(connection.id), user: id } }),
    // The user before must not stand under another's address.
    placeholderData: undefined,
  });
  const mayAct = useMayAct(connection);
  if (data) {
    return (
      <Page
        title={userName(data)}
        badge={<Badges user={data} />}
        sub={subOf(data)}
        actions={
          mayAct && (
            <ActButtons c={String(connection.id)} kinds={kindsFor(data)} whom={{ users: [data.id] }} />
          )
        }
        data={<DataLine connection={connection} />}
      >
        {error && (
          <Partial action={<TryAgain retry={refetch} />}>
            {words.old(ago(new Date(dataUpdatedAt).toISOString()))}
          </Partial>
        )}
        <div className={cx("flex flex-col gap-4", error && "old")}>
          <div className="grid items-start gap-4 lg:grid-cols-2">
            <Level user={data} />
            <Use user={data} />
          </div>
          <Grants user={data} />
          <Changes user={data} />
          <div className="grid items-start gap-4 lg:grid-cols-2">
            <Who user={data} />
            {data.employee ? <WhoTheyAre user={data} /> : <HowWeKnow user={data} />}
          </div>
          {data.employee && <HowWeKnow user={data} />}
        </div>
        <StampLine stamp={data.stamp} shown={words.userId(data.id)} />
      </Page>
    );
  }
  const unknown = error instanceof ApiFailure && error.status === 404;
  return (
    <Page title={words.userId(id)} data={<DataLine connection={connection} />}>
      {unknown ? (
        <div className="card">
          <Empty title={error.message} action={<Within to="/users">{words.back}</Within>} />
        </div>
      ) : error ? (
        <Failed error={error} retry={() => void refetch()} what={words.thing} />
      ) : (
        <Loading rows={10} />
      )}
    </Page>
  );
}

/** What would change something about them. */
function kindsFor({ status, level }: Detail): ("deactivate" | "reactivate" | "revoke_to_basic")[] {
  const basic = level === "basic" ? [] : (["revoke_to_basic"] as const);
  return status === "deactivated" ? ["reactivate", ...basic] : ["deactivate", ...basic];
}

function Badges({ user }: { user: Detail }) {
  const timeZone = useZone();
  return (
    <span className="flex flex-wrap items-center gap-x-2 gap-y-1">
      <StatusBadge status={user.status} filled />
      <LevelWord user={user} />
      <span className="text-dim">
        {user.license.type === null
          ? words.noLicense
          : words.licenseOf(user.license.type, licenseText(user, timeZone))}
      </span>
      {user.agency && <Gray>{words.agency}</Gray>}
      {user.serviceAccount && <Gray>{words.serviceAccount}</Gray>}
    </span>
  );
}
