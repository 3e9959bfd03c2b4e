/** How fresh each stream is, and in a sentence what is wrong with it. */
import { StreamBadge } from "../components/state.tsx";
import { Time } from "../components/time.tsx";
import { Rows } from "../integrations/tile.tsx";
import { type Connection, causeOf, isOffByChoice, type Verdict } from "../integrations/troubles.ts";
import { connection as words } from "../text/connection.ts";
import { integrations } from "../text/integrations.ts";

const CELL = "px-4 py-2 align-top max-sm:px-0 max-sm:py-0";

/** Grants of both kinds stand in one list. */
const KIND: Partial<Record<Verdict["stream"], string>> = {
  job_grants: "job",
  future_job_grants: "future_job",
};

export function Streams({ connection }: { connection: Connection }) {
  const [stream, state, last, rows, cause] = words.columns;
  const frozen = connection.frozenAt !== null;
  return (
    <table className="w-full text-left max-sm:block">
      <caption className="sr-only">{words.streams}</caption>
      <thead className="text-sm text-dim max-sm:sr-only">
        <tr>
          {[stream, state, last].map((column) => (
            <th key={column} scope="col" className={`${CELL} font-medium whitespace-nowrap`}>
              {column}
            </th>
          ))}
          <th scope="col" className={`${CELL} text-right font-medium`}>
            {rows}
          </th>
          <th scope="col" className={`${CELL} font-medium`}>
            {cause}
          </th>
        </tr>
      </thead>
      <tbody className="divide-y border-t max-sm:block">
        {connection.streams.map((verdict) => (
          <tr
            key={verdict.stream}
            className="max-sm:grid max-sm:grid-cols-[1fr_auto] max-sm:gap-x-4 max-sm:gap-y-0.5 max-sm:px-4 max-sm:py-2"
          >
            <th scope="row" className={`${CELL} font-medium whitespace-nowrap`}>
              {verdict.label}
            </th>
            <td className={CELL}>
              <StreamBadge state={verdict.state} frozen={frozen} />
            </td>
            <td className={`${CELL} whitespace-nowrap`}>
              {verdict.lastSuccessAt ? (
                <>
                  {frozen && `${words.frozenAsOf} `}
                  <Time at={verdict.lastSuccessAt} />
                </>
              ) : (
                <span className="text-idle">{words.never}</span>
              )}
            </td>
            <td className={`${CELL} text-right tabular-nums`}>
              {verdict.rows === null ? (
                <span className="text-idle">{words.notRead}</span>
              ) : (
                <Rows connection={connection} verdict={verdict} kind={KIND[verdict.stream]} />
              )}
            </td>
            <td className={`${CELL} text-dim max-sm:col-span-2`}>
              <Cause connection={connection} verdict={verdict} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Cause({ connection, verdict }: { connection: Connection; verdict: Verdict }) {
  if (verdict.cause === null) return null;
  const choice = isOffByChoice(connection, verdict.stream);
  return (
    <>
      {choice ? integrations.offByChoice : causeOf(verdict)}{" "}
      {connection.frozenAt === null && (
        <a href={`#verdict-${verdict.stream}`} className="link whitespace-nowrap">
          {integrations.whatToDo}
          <span className="sr-only">: {verdict.label}</span>
        </a>
      )}
    </>
  );
}
