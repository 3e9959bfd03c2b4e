/** What the cells of a grant hold. A role, a job or a user opens its own list. */
import { Link } from "@tanstack/react-router";
import { Badge } from "../components/state.tsx";
import { Time } from "../components/time.tsx";
import { Gray, Unknown } from "../components/unknown.tsx";
import { useView } from "../search.ts";
import { futureJobs, jobState, grantWords as words } from "../text/grants.ts";
import { type Grant, nameOf, userName, WORD } from "../text/words.ts";
import { NoUse } from "../users/cells.tsx";
import { noFilter } from "./view.ts";

interface Cell {
  grant: Grant;
}

export function UserCell({ grant: { user } }: Cell) {
  const [view] = useView();
  return (
    <span className="flex min-w-0 items-center gap-1.5">
      <Link to="/users/$user" params={{ user: user.id }} search={{ c: view.c }} className="link truncate">
        {userName(user)}
      </Link>
      {user.status !== "active" && <Gray>{WORD.status[user.status]}</Gray>}
      {user.agency && <Gray>{words.agency}</Gray>}
      {user.serviceAccount && <Gray>{words.serviceAccount}</Gray>}
    </span>
  );
}

export function RoleCell({ grant: { kind, role } }: Cell) {
  const [view] = useView();
  if (kind === "site_admin") return <>{words.siteAdmin}</>;
  if (role === null) return <span className="text-idle">{words.roleNotTold}</span>;
  return (
    <Link to="/grants" search={{ ...noFilter, c: view.c, asOf: view.asOf, role: role.id }} className="link">
      {nameOf(role, words.columns.role)}
    </Link>
  );
}

export function JobCell({ grant }: Cell) {
  const [view] = useView();
  if (grant.kind === "future_job") return <span title={futureJobs(grant)}>{futureJobs(grant)}</span>;
  if (grant.kind === "site_admin") return <>{words.everyJob}</>;
  const { job } = grant;
  if (job === null) return <span className="text-idle">{words.notKnown}</span>;
  return (
    <span className="flex min-w-0 items-center gap-2">
      <Link
        to="/grants"
        search={{ ...noFilter, c: view.c, asOf: view.asOf, job: job.id }}
        className="link truncate"
        title={words.openJob(nameOf(job, words.columns.job))}
      >
        {nameOf(job, words.columns.job)}
      </Link>
      {job.status === "closed" ? (
        <Badge tone="look">{jobState(job)}</Badge>
      ) : (
        <span className="whitespace-nowrap text-dim">{jobState(job)}</span>
      )}
    </span>
  );
}

export function MadeCell({ grant: { kind, made } }: Cell) {
  if (kind === "site_admin") return <span className="text-idle">{words.siteAdminsNeedNone}</span>;
  return <>{WORD.made[made]}</>;
}

/** v1 doesn't tell when a grant was made: then it is since when we saw it. */
export function SinceCell({ grant: { kind, since, seenSince } }: Cell) {
  if (kind === "site_admin") return <span className="text-idle">{words.siteAdminsNeedNone}</span>;
  if (since) return <Time at={since} as="date" />;
  if (!seenSince) return <Unknown why={words.firstSeenThen} />;
  return (
    <span className="whitespace-nowrap">
      {words.seenSince} <Time at={seenSince} as="date" />
    </span>
  );
}

/** Of the holder: a grant tells no use of its own. */
export function LastUsedCell({ grant: { user, lastUsed, lastUsedBy } }: Cell) {
  if (lastUsed === null) return <NoUse usage={user.usage} />;
  return (
    <span className="whitespace-nowrap">
      <Time at={lastUsed} />
      {lastUsedBy && <span className="text-dim"> · {WORD.source[lastUsedBy]}</span>}
    </span>
  );
}
