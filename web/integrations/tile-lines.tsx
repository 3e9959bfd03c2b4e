/** The two lines of a tile that rest on more than one stream. */
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { CircleOff, TriangleAlert } from "lucide-react";
import { asked } from "../api/query.ts";
import { recruitingAsOf } from "../components/data-line.tsx";
import { Skeleton } from "../components/states.tsx";
import { Time } from "../components/time.tsx";
import { Unknown } from "../components/unknown.tsx";
import { number } from "../format/number.ts";
import { integrations as words } from "../text/integrations.ts";
import { type Connection, grantsOf, isOffByChoice, streamOf } from "./troubles.ts";

/** Of its licenses alone, and since when use was read: a tile is no dashboard. */
function useLicenses(connection: Connection) {
  const users = streamOf(connection, "users")?.lastSuccessAt;
  const grants = grantsOf(connection)?.lastSuccessAt;
  const { queryKey, ...rest } = asked("licenses", { params: { c: String(connection.id) } });
  // Asked anew whenever more was read.
  const readUpTo = [connection.state, users, grants, connection.usageUpTo].join(" ");
  return useQuery({ ...rest, queryKey: [...queryKey, readUpTo], enabled: users != null });
}

/** Licenses follow users and grants: they can't be fresher than the older of both. */
export function LicensesOf({ connection }: { connection: Connection }) {
  const { data, error } = useLicenses(connection);
  const users = streamOf(connection, "users")?.lastSuccessAt ?? null;
  const grants = grantsOf(connection)?.lastSuccessAt ?? null;
  const at = grants !== null && users !== null ? [users, grants].sort()[0]! : users;
  if (!at) return <Unknown why={words.licensesWhy} />;
  if (!data && error) return <Unknown why={error.message}>{words.licensesFailed}</Unknown>;
  if (!data) return <Skeleton className="h-4 w-20" />;
  return (
    <>
      <Link to="/licenses" search={{ c: String(connection.id) }} className="link">
        {number(data.total.assigned)}
      </Link>
      <span className="text-dim">
        <Time at={at} />
      </span>
    </>
  );
}

/** `up to 09:10, since 22 Aug`, or the word for why not. */
export function UsageOf({ connection }: { connection: Connection }) {
  const { data } = useLicenses(connection);
  const verdict = streamOf(connection, "audit_log");
  if (verdict?.state === "stopped") {
    return (
      <span className="inline-flex items-center gap-1 text-look">
        <TriangleAlert aria-hidden className="size-4" />
        {words.stopped} {verdict.lastSuccessAt && <Time at={verdict.lastSuccessAt} as="clock" />}
      </span>
    );
  }
  const recruiting = recruitingAsOf(connection);
  if (recruiting !== null) {
    return (
      <span>
        {words.byRecruiting} <Time at={recruiting} />
        <span className="text-dim">, {words.noAuditLog}</span>
      </span>
    );
  }
  if (!verdict || verdict.state === "off") {
    return (
      <span className="inline-flex items-center gap-1.5 text-idle">
        <CircleOff aria-hidden className="size-4" />
        {isOffByChoice(connection, "audit_log") ? words.offByChoice : words.off}
      </span>
    );
  }
  if (verdict.state === "waiting_for_users") return <span className="text-dim">{words.waits}</span>;
  const since = data?.stamp.coverage[0]?.from;
  if (!connection.usageUpTo) {
    return <span className="text-dim">{verdict.state === "reading" ? words.reading : words.notReadYet}</span>;
  }
  return (
    <span>
      {words.upTo} <Time at={connection.usageUpTo} as="clock" />
      {since && (
        <span className="text-dim">
          , {words.sinceDay} <Time at={since} as="date" />
        </span>
      )}
    </span>
  );
}
