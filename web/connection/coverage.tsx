/** From when to when use has been read, and the holes in between: a bar, and the same in words. */
import { useQuery } from "@tanstack/react-query";
import { asked } from "../api/query.ts";
import { Facts } from "../components/page-header.tsx";
import { Failed, Loading } from "../components/states.tsx";
import { useZone } from "../components/time.tsx";
import { date } from "../format/time.ts";
import { type Connection, streamOf } from "../integrations/troubles.ts";
import { connection as words } from "../text/connection.ts";
import { holeText } from "../text/usage.ts";

export function Coverage({ connection }: { connection: Connection }) {
  return (
    <div className="grid gap-3">
      <OfTheLog connection={connection} />
      {connection.credentialKind === "harvest_v3" && <OfRecruiting connection={connection} />}
    </div>
  );
}

/** Of each list: what it doesn't show is no proof, so there are no holes to name. */
function OfRecruiting({ connection }: { connection: Connection }) {
  const timeZone = useZone();
  const { data } = useQuery({
    ...asked("overview", { params: { c: String(connection.id) } }),
    enabled: streamOf(connection, "users")?.lastSuccessAt != null,
  });
  if (!data?.recruiting) return null;
  return (
    <div className="border-t pt-3">
      <h3 className="eyebrow">{words.recruitingLabel}</h3>
      <Facts
        items={data.recruiting.read.map(({ label, from, until }) => ({
          label,
          value:
            from === null || until === null ? (
              <span className="text-idle">{words.recruitingNone}</span>
            ) : (
              words.recruitingSpan(date(from, { timeZone }), date(until, { timeZone }))
            ),
        }))}
      />
    </div>
  );
}

function OfTheLog({ connection }: { connection: Connection }) {
  const timeZone = useZone();
  const verdict = streamOf(connection, "audit_log");
  const { data, error, refetch } = useQuery({
    ...asked("overview", { params: { c: String(connection.id) } }),
    enabled: streamOf(connection, "users")?.lastSuccessAt != null,
  });
  if (error && !data) return <Failed error={error} retry={() => void refetch()} what={words.coverageThing} />;
  if (!data) {
    if (streamOf(connection, "users")?.lastSuccessAt != null) return <Loading rows={2} />;
    return <p className="text-idle">{words.coverageNone}</p>;
  }
  const { coverage, holes, at } = data.stamp;
  const from = coverage[0]?.from;
  if (!from) return <p className="text-idle">{words.coverageNone}</p>;
  const begin = Date.parse(from);
  const end = Math.max(Date.parse(at), Date.parse(coverage.at(-1)!.to));
  const percent = (time: string) => ((Date.parse(time) - begin) / Math.max(1, end - begin)) * 100;
  const day = (time: string) => date(time, { timeZone });
  const told = words.coverageText(day(from), day(coverage.at(-1)!.to));
  return (
    <div className="grid gap-2">
      <div className="flex items-center gap-3 text-sm">
        <span className="text-dim">{day(from)}</span>
        <svg
          role="img"
          aria-label={told}
          className="h-4 w-0 min-w-0 flex-1 rounded"
          preserveAspectRatio="none"
        >
          <defs>
            <pattern
              id="hole"
              width="6"
              height="6"
              patternUnits="userSpaceOnUse"
              patternTransform="rotate(45)"
            >
              <rect width="1.5" height="6" className="fill-edge" />
            </pattern>
          </defs>
          <rect width="100%" height="100%" fill="url(#hole)" />
          {coverage.map((span) => (
            <rect
              key={span.from}
              x={`${percent(span.from)}%`}
              width={`${percent(span.to) - percent(span.from)}%`}
              height="100%"
              className="fill-well"
            />
          ))}
        </svg>
        <span className="text-dim">{words.now}</span>
      </div>
      <p>
        {told} {holes.length === 0 && words.noHole}
      </p>
      {holes.length > 0 && (
        <ul className="text-dim">
          {holes.map((hole) => (
            <li key={hole.from}>
              {words.hole(day(hole.from), day(hole.to))}: {holeText(hole.cause)}
            </li>
          ))}
        </ul>
      )}
      {verdict?.lostMeanwhile && <p className="text-look">{words.lostMeanwhile(verdict.lostMeanwhile)}</p>}
    </div>
  );
}
