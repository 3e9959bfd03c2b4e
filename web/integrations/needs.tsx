/** What each kind of data needs, whether it is on, and if not, why. */
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { StreamBadge } from "../components/state.tsx";
import { cx } from "../components/ui/cx.ts";
import { NEEDS, integrations as words } from "../text/integrations.ts";
import { STREAM, type StreamName } from "../text/words.ts";
import { type Connection, causeOf, isOffByChoice, streamOf } from "./troubles.ts";

const ORDER = Object.keys(STREAM) as StreamName[];
const CELL = "px-4 py-2 max-md:p-0";
/** The column of the state; what stands in it is as wide for each connection, so that the reasons stand below one another. */
const STATE = 3;

export function Needs({ connections }: { connections: readonly Connection[] }) {
  // Of a thousand connections it is fourteen thousand lines: made for whoever opens it.
  const [open, setOpen] = useState(false);
  return (
    <details className="card" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary className="px-4 py-3 font-medium">{words.needsTitle}</summary>
      {open && <Table connections={connections} />}
    </details>
  );
}

function Table({ connections }: { connections: readonly Connection[] }) {
  return (
    <table className="w-full border-t border-line text-left text-sm max-md:block">
      <caption className="sr-only">{words.needsCaption}</caption>
      <thead className="text-dim max-md:sr-only">
        <tr>
          {words.needsColumns.map((column, index) => (
            <th
              key={column}
              scope="col"
              className={cx("px-4 py-2 font-medium whitespace-nowrap", index === STATE && "w-36 min-w-36")}
            >
              {column}
            </th>
          ))}
        </tr>
      </thead>
      <tbody className="divide-y border-t align-top max-md:block">
        {ORDER.map((stream) => (
          <tr key={stream} className="max-md:grid max-md:gap-1 max-md:px-4 max-md:py-2.5">
            <th scope="row" className={cx(CELL, "font-medium whitespace-nowrap")}>
              {NEEDS[stream].label}
            </th>
            <td className={CELL}>{NEEDS[stream].gives}</td>
            <td className={cx(CELL, "text-dim")}>
              <span className="block font-mono text-xs text-ink">{NEEDS[stream].v3}</span>
              v1: {NEEDS[stream].v1}
            </td>
            <td className={CELL} colSpan={2}>
              <OnForYou connections={connections} stream={stream} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function OnForYou({ connections, stream }: { connections: readonly Connection[]; stream: StreamName }) {
  if (connections.length === 0) return <span className="text-idle">{words.noneConnected}</span>;
  return (
    <ul className="grid gap-1">
      {connections.map((connection) => {
        const verdict = streamOf(connection, stream);
        if (!verdict) return null;
        const well = verdict.state === "well" || verdict.state === "reading";
        const why = isOffByChoice(connection, stream) ? words.offByChoice : causeOf(verdict);
        return (
          <li key={connection.id} className="grid grid-cols-[8rem_minmax(0,1fr)] gap-x-4">
            <StreamBadge state={verdict.state} frozen={connection.frozenAt !== null} />
            <span className="text-dim">
              {connections.length > 1 && <span className="mr-2 font-medium text-ink">{connection.name}</span>}
              {!well && why && (
                <>
                  {why}{" "}
                  <Link
                    to="/integrations/$connection"
                    params={{ connection: String(connection.id) }}
                    hash={`verdict-${stream}`}
                    className="link"
                  >
                    {words.whatToDo}
                  </Link>
                </>
              )}
            </span>
          </li>
        );
      })}
    </ul>
  );
}
