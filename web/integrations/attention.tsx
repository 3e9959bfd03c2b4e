/** One row a problem: connection, what is lost, since when, and the one next step. */
import { Link } from "@tanstack/react-router";
import { Time, Zone } from "../components/time.tsx";
import { integrations as words } from "../text/integrations.ts";
import { NextStep } from "./next-step.tsx";
import type { Role } from "./tile.tsx";
import { type Connection, causeOf, type Verdict } from "./troubles.ts";

export interface Problem {
  connection: Connection;
  streams: [Verdict, ...Verdict[]];
}

export function Attention({ problems, role }: { problems: readonly Problem[]; role: Role }) {
  return (
    <ul className="card divide-y">
      {problems.map(({ connection, streams }) => {
        const [first] = streams;
        const since = streams.flatMap((each) => each.since ?? []).sort()[0];
        return (
          <Zone key={`${connection.id} ${first.stream}`} value={connection.settings.timeZone}>
            <li className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-3">
              <div className="min-w-0 flex-1 basis-80">
                <p>
                  <Link
                    to="/integrations/$connection"
                    params={{ connection: String(connection.id) }}
                    hash={`verdict-${first.stream}`}
                    className="link font-medium"
                  >
                    {connection.name}: {streams.map(({ label }) => label).join(", ")}
                  </Link>
                  {since && (
                    <span className="ml-2 text-sm text-dim">
                      {words.since} <Time at={since} />
                    </span>
                  )}
                </p>
                {first.text && <p className="text-dim">{causeOf(first)}</p>}
                {first.lost && (
                  <p className="text-sm text-dim">
                    {words.what}: {first.lost}
                  </p>
                )}
              </div>
              <NextStep connection={connection} verdict={first} role={role} />
            </li>
          </Zone>
        );
      })}
    </ul>
  );
}
