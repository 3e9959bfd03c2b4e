/**
 * The line that opens every page: how fresh each part is, what isn't well in its color and word, when the next sync
 * comes. <DataLine connection={connection} />; with `all` it tells the oldest of several: <DataLine all={connections} />.
 * A click opens the connection.
 */
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { clock, date } from "../format/time.ts";
import { TEXT } from "../text/console.ts";
import { type Connection, type Verdict, WORD } from "../text/words.ts";
import { Badge } from "./state.tsx";

const text = TEXT.dataLine;

export function DataLine(props: { connection: Connection | null } | { all: readonly Connection[] }) {
  const all = "all" in props ? props.all : [];
  const connection = "all" in props ? oldest(all) : props.connection;
  if (!connection) return null;
  const parts = partsOf(connection);
  return (
    <Link
      to="/integrations/$connection"
      params={{ connection: String(connection.id) }}
      className="flex w-fit max-w-full flex-wrap items-center gap-x-1.5 text-sm text-dim hover:text-ink hover:underline"
    >
      <span className="font-medium text-ink">
        {all.length > 1 ? text.oldest(connection.name) : connection.name}
      </span>
      {parts.map(({ key, part }) => (
        <span key={key} className="flex items-center gap-1.5">
          <span aria-hidden>·</span>
          {part}
        </span>
      ))}
    </Link>
  );
}

function oldest(connections: readonly Connection[]): Connection | null {
  const at = (each: Connection) => streamOf(each, "users")?.lastSuccessAt ?? "";
  return [...connections].sort((a, b) => at(a).localeCompare(at(b)))[0] ?? null;
}

function streamOf(connection: Connection, stream: Verdict["stream"]): Verdict | undefined {
  return connection.streams.find((each) => each.stream === stream);
}

function partsOf(connection: Connection): { key: string; part: ReactNode }[] {
  const how = { timeZone: connection.settings.timeZone };
  const parts = (
    [
      ["users", streamOf(connection, "users"), text.users],
      ["grants", streamOf(connection, "job_grants"), text.grants],
      ["use", streamOf(connection, "audit_log"), text.use],
    ] as const
  ).flatMap(([key, verdict, told]) =>
    verdict ? [{ key, part: <Part name={key} verdict={verdict} told={told} how={how} /> }] : [],
  );
  return [...parts, { key: "next", part: next(connection, how) }].filter(({ part }) => part !== null);
}

function next(connection: Connection, how: { timeZone: string }): ReactNode {
  if (connection.frozenAt) return text.frozen(date(connection.frozenAt, how));
  if (connection.paused) return text.paused;
  return connection.nextSyncAt ? text.next(clock(connection.nextSyncAt, how)) : null;
}

function Part({
  name,
  verdict,
  told,
  how,
}: {
  name: string;
  verdict: Verdict;
  told: (at: string) => string;
  how: { timeZone: string };
}) {
  const { state, since, lastSuccessAt, cause } = verdict;
  if (state === "off")
    return cause === "switched_off" && name === "use" ? text.useOff : `${name}: ${text.off}`;
  if (state === "stopped" || state === "waiting_for_users") {
    const word = WORD.stream[state].toLowerCase();
    return (
      <Badge tone={state === "stopped" ? (name === "users" ? "cant" : "look") : "idle"}>
        {name}: {since ? text.since(word, date(since, how)) : word}
      </Badge>
    );
  }
  return lastSuccessAt ? told(clock(lastSuccessAt, how)) : text.notRead(name);
}
