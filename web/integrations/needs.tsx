/** What each kind of data needs, whether it is on, and if not, why. */
import { Link } from "@tanstack/react-router";
import { StreamBadge } from "../components/state.tsx";
import { NEEDS, integrations as words } from "../text/integrations.ts";
import { STREAM, type StreamName } from "../text/words.ts";
import { type Connection, firstSentence, isOffByChoice, streamOf } from "./troubles.ts";

const ORDER = Object.keys(STREAM) as StreamName[];

export function Needs({ connections }: { connections: readonly Connection[] }) {
  return (
    <details className="card">
      <summary className="px-4 py-3 font-medium">{words.needsTitle}</summary>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls sideways, and must by keyboard too */}
      <section aria-label={words.needsCaption} tabIndex={0} className="overflow-x-auto border-t">
        <table className="w-full text-left text-sm">
          <caption className="sr-only">{words.needsCaption}</caption>
          <thead className="text-dim">
            <tr>
              {words.needsColumns.map((column) => (
                <th key={column} scope="col" className="px-4 py-2 font-medium whitespace-nowrap">
                  {column}
                </th>
              ))}
            </tr>
          </thead>
          <tbody className="divide-y border-t align-top">
            {ORDER.map((stream) => (
              <tr key={stream}>
                <th scope="row" className="px-4 py-2 font-medium whitespace-nowrap">
                  {NEEDS[stream].label}
                </th>
                <td className="min-w-44 px-4 py-2">{NEEDS[stream].gives}</td>
                <td className="min-w-56 px-4 py-2 text-dim">
                  <span className="block font-mono text-xs text-ink">{NEEDS[stream].v3}</span>
                  v1: {NEEDS[stream].v1}
                </td>
                <td className="px-4 py-2" colSpan={2}>
                  <OnForYou connections={connections} stream={stream} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </details>
  );
}

function OnForYou({ connections, stream }: { connections: readonly Connection[]; stream: StreamName }) {
  if (connections.length === 0) return <span className="text-idle">{words.noneConnected}</span>;
  return (
    <ul className="grid min-w-64 gap-1">
      {connections.map((connection) => {
        const verdict = streamOf(connection, stream);
        if (!verdict) return null;
        const well = verdict.state === "well" || verdict.state === "reading";
        const why = isOffByChoice(connection, stream)
          ? words.offByChoice
          : verdict.text && firstSentence(verdict.text);
        return (
          <li key={connection.id} className="flex flex-wrap gap-x-3">
            <StreamBadge state={verdict.state} />
            {connections.length > 1 && <span className="font-medium">{connection.name}</span>}
            {!well && why && (
              <span className="text-dim">
                {why}{" "}
                <Link
                  to="/integrations/$connection"
                  params={{ connection: String(connection.id) }}
                  hash={`verdict-${stream}`}
                  className="link"
                >
                  {words.whatToDo}
                </Link>
              </span>
            )}
          </li>
        );
      })}
    </ul>
  );
}
