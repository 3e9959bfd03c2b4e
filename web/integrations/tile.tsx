/** A connection at a glance: its state, how fresh each kind of data is, when it syncs next. */
import { Link } from "@tanstack/react-router";
import { RefreshCw, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { ConnectionBadge } from "../components/state.tsx";
import { Time, Zone } from "../components/time.tsx";
import { Button } from "../components/ui/button.tsx";
import { Gray, Unknown } from "../components/unknown.tsx";
import { number } from "../format/number.ts";
import type { Search } from "../search.ts";
import { integrations as words } from "../text/integrations.ts";
import { STREAM, type StreamName, WORD } from "../text/words.ts";
import { LicensesOf, UsageOf } from "./tile-lines.tsx";
import {
  type Connection,
  causeOf,
  grantsOf,
  isOffByChoice,
  needing,
  streamOf,
  type Verdict,
} from "./troubles.ts";
import { useSync } from "./use-actions.ts";

export type Role = "viewer" | "operator" | "admin";

export function Tile({ connection, role }: { connection: Connection; role: Role }) {
  const { id, name, state, stateText, permissionType, credentialKind, notGreenhouse, frozenAt } = connection;
  const sync = useSync(id);
  const params = { connection: String(id) };
  const [trouble] = connection.paused || frozenAt !== null ? [] : needing(connection.streams);
  return (
    <Zone value={connection.settings.timeZone}>
      <article aria-label={name} className="card flex flex-col">
        <header className="grid gap-0.5 px-4 pt-3.5 pb-2">
          <div className="flex flex-wrap items-center justify-between gap-2">
            <h2 className="min-w-0 break-words">
              <Link to="/integrations/$connection" params={params} className="hover:underline">
                {name}
              </Link>
            </h2>
            <ConnectionBadge state={state} text={stateText} />
          </div>
          <p className="text-sm text-dim">
            {[words.vendor, WORD.permission[permissionType], WORD.credential[credentialKind]].join(" · ")}
          </p>
          {notGreenhouse && (
            <p>
              <Gray>{words.notGreenhouse}</Gray>
            </p>
          )}
        </header>
        <dl className="grid flex-1 content-start divide-y px-4">
          <Line label={words.users}>
            <StreamLine connection={connection} stream="users" />
          </Line>
          <Line label={words.rolesGrants}>
            <StreamLine connection={connection} stream="roles" with="job_grants" />
          </Line>
          <Line label={words.licenses}>
            <LicensesOf connection={connection} />
          </Line>
          <Line label={words.usage}>
            <UsageOf connection={connection} />
          </Line>
        </dl>
        {trouble?.[0].text && (
          <p className="mx-4 mt-2 flex items-start gap-2 rounded-md bg-look-soft px-3 py-2 text-sm">
            <TriangleAlert aria-hidden className="mt-0.5 size-4 shrink-0 text-look" />
            <span className="min-w-0 flex-1">
              {causeOf(trouble[0])}{" "}
              <Link
                to="/integrations/$connection"
                params={params}
                hash={`verdict-${trouble[0].stream}`}
                className="link whitespace-nowrap"
              >
                {words.whatToDo} →
              </Link>
            </span>
          </p>
        )}
        <footer className="flex min-h-12 items-center justify-between gap-2 px-4 py-2.5 text-sm text-dim">
          <span>
            {frozenAt !== null ? (
              <>
                {words.frozenSince} <Time at={frozenAt} as="date" />
              </>
            ) : connection.nextSyncAt ? (
              <>
                {words.nextSync} <Time at={connection.nextSyncAt} as="clock" />
              </>
            ) : (
              words.noNextSync
            )}
          </span>
          {role !== "viewer" && frozenAt === null && !connection.paused && (
            <Button
              small
              busy={sync.isPending || state === "syncing"}
              aria-label={`${words.syncNow}: ${name}`}
              onClick={() => sync.mutate({})}
            >
              {!(sync.isPending || state === "syncing") && <RefreshCw aria-hidden />} {words.syncNow}
            </Button>
          )}
        </footer>
      </article>
    </Zone>
  );
}

export function Line({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className="flex min-h-9 items-baseline justify-between gap-4 py-1.5">
      <dt>{label}</dt>
      <dd className="flex flex-wrap justify-end gap-x-3 text-right">{children}</dd>
    </div>
  );
}

/** `428  4 min ago`, `12 · 5,112  4 min ago`, or the word for why not. */
function StreamLine({
  connection,
  stream,
  with: other,
}: {
  connection: Connection;
  stream: StreamName;
  with?: StreamName;
}) {
  const parts = [stream, ...(other ? [other] : [])].map((each) =>
    each === "job_grants" ? grantsOf(connection) : streamOf(connection, each),
  );
  const unwell = parts.find((part) => part && part.state !== "well" && part.state !== "reading");
  const oldest = parts.map((part) => part?.lastSuccessAt ?? null).sort()[0];
  return (
    <>
      <span>
        {parts.map((part, i) => (
          <span key={part?.stream ?? i}>
            {i > 0 && " · "}
            <Rows connection={connection} verdict={part} />
          </span>
        ))}
      </span>
      {unwell?.state === "stopped" ? (
        <span className="inline-flex items-center gap-1 text-look">
          <TriangleAlert aria-hidden className="size-4" />
          {words.stopped} {unwell.lastSuccessAt && <Time at={unwell.lastSuccessAt} as="clock" />}
        </span>
      ) : (
        oldest && (
          <span className="text-dim">
            <Time at={oldest} />
          </span>
        )
      )}
    </>
  );
}

/** The list that a stream's number counts. Grants may name roles that Greenhouse's own list lacks. */
const LIST: Partial<Record<StreamName, { to: string; search?: Search }>> = {
  users: { to: "/users" },
  roles: { to: "/roles", search: { inList: "true" } },
  job_grants: { to: "/grants" },
  future_job_grants: { to: "/grants" },
};

/** @param kind of the grants, where not all are counted */
export function Rows({
  connection,
  verdict,
  kind,
}: {
  connection: Connection;
  verdict: Verdict | undefined;
  kind?: string | undefined;
}) {
  if (verdict?.rows != null) {
    const list = LIST[verdict.stream];
    if (!list) return number(verdict.rows);
    return (
      <Link
        to={list.to}
        search={{ c: String(connection.id), kind, ...list.search }}
        className="link"
        aria-label={`${number(verdict.rows)} ${STREAM[verdict.stream]}`}
      >
        {number(verdict.rows)}
      </Link>
    );
  }
  if (!verdict || verdict.state === "off") {
    const choice = verdict && isOffByChoice(connection, verdict.stream);
    return (
      <Unknown why={verdict?.text ?? verdict?.lost ?? words.unknown}>
        {choice ? words.offByChoice : words.off}
      </Unknown>
    );
  }
  if (verdict.state === "reading") return <span className="text-dim">{words.reading}</span>;
  return <Unknown why={verdict.text ?? `${STREAM[verdict.stream]}: ${words.notReadYet}`} />;
}
