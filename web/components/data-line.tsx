/**
 * The line that opens every page: how fresh each part is, what isn't well in its color and word, when the next sync
 * comes. <DataLine connection={connection} />; with `all` it tells the oldest of several: <DataLine all={connections} />.
 * A click opens the connection.
 */
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { clock, date, exact } from "../format/time.ts";
import { grantsOf, oldestOf, streamOf } from "../integrations/troubles.ts";
import { TEXT } from "../text/console.ts";
import { type Connection, type Verdict, WORD } from "../text/words.ts";
import { Badge } from "./state.tsx";
import { useExact } from "./time.tsx";

const text = TEXT.dataLine;

export function DataLine(props: { connection: Connection | null } | { all: readonly Connection[] }) {
  const all = "all" in props ? props.all : [];
  const connection = "all" in props ? oldestOf(all) : props.connection;
  const written = useExact();
  if (!connection) return null;
  const parts = partsOf(connection, written);
  return (
    <Link
      to="/integrations/$connection"
      params={{ connection: String(connection.id) }}
      className="flex w-fit max-w-full flex-wrap items-center gap-x-1.5 text-sm text-dim hover:text-ink hover:underline"
    >
      <span className="flex items-center gap-1.5 font-medium text-ink">
        {all.length > 1 ? text.oldest(connection.name) : connection.name}
        {parts.length > 0 && <Dot />}
      </span>
      {parts.map(({ key, part }, index) => (
        <span key={key} className="flex items-center gap-1.5">
          {part}
          {index < parts.length - 1 && <Dot />}
        </span>
      ))}
    </Link>
  );
}

/** Ends a part, so that no line begins with it. */
function Dot() {
  return (
    <span aria-hidden className="text-dim">
      ·
    </span>
  );
}

/** Where recruiting activity alone tells of use: when its oldest part was read. null: the audit log tells, or nothing does. */
export function recruitingAsOf(connection: Connection): string | null {
  if (streamOf(connection, "audit_log")?.state !== "off") return null;
  const read = connection.streams
    .filter(({ lane, state }) => lane === "recruiting_activity" && state !== "off")
    .flatMap(({ lastSuccessAt }) => lastSuccessAt ?? []);
  return read.sort()[0] ?? null;
}

function partsOf(connection: Connection, written: boolean): { key: string; part: ReactNode }[] {
  const how = { timeZone: connection.settings.timeZone };
  const at = (time: string) => (written ? exact(time, how) : clock(time, how));
  const parts = (
    [
      ["users", streamOf(connection, "users"), text.users, undefined],
      ["grants", grantsOf(connection), text.grants, undefined],
      // Not when the log was last asked: its newest hour may still grow.
      ["use", streamOf(connection, "audit_log"), text.use, connection.usageUpTo],
    ] as const
  ).flatMap(([key, verdict, told, upTo]) =>
    verdict
      ? [
          {
            key,
            part: <Part name={text.part[key]} verdict={verdict} told={told} at={at} upTo={upTo} />,
          },
        ]
      : [],
  );
  const recruiting = recruitingAsOf(connection);
  if (recruiting !== null) {
    const use = parts.findIndex(({ key }) => key === "use");
    parts[use] = { key: "use", part: <>{text.byRecruiting(at(recruiting))}</> };
  }
  return [...parts, { key: "next", part: next(connection, how, at) }].filter(({ part }) => part !== null);
}

function next(connection: Connection, how: { timeZone: string }, at: (time: string) => string): ReactNode {
  if (connection.frozenAt) return text.frozen(date(connection.frozenAt, how));
  if (connection.paused) return text.paused;
  return connection.nextSyncAt ? text.next(at(connection.nextSyncAt)) : null;
}

function Part({
  name,
  verdict,
  told,
  at,
  upTo,
}: {
  name: string;
  verdict: Verdict;
  told: (at: string) => string;
  at: (time: string) => string;
  upTo: string | null | undefined;
}) {
  const { state, since, lastSuccessAt, cause } = verdict;
  if (state === "off")
    return cause === "switched_off" && name === text.part.use ? text.useOff : text.is(name, text.off);
  if (state === "stopped" || state === "waiting_for_users") {
    const word = WORD.stream[state].toLowerCase();
    return (
      <Badge tone={state === "stopped" ? (name === text.part.users ? "cant" : "look") : "idle"}>
        {text.is(name, since ? text.since(word, at(since)) : word)}
      </Badge>
    );
  }
  const fresh = upTo === undefined ? lastSuccessAt : upTo;
  return fresh ? told(at(fresh)) : text.notRead(name);
}
