/** Every verdict in full: cause with its evidence, cure, since when, what is missing, when it is tried again. */
import { CircleCheck } from "lucide-react";
import { CopyButton } from "../components/copy-button.tsx";
import { StreamBadge } from "../components/state.tsx";
import { Time, useZone } from "../components/time.tsx";
import { exact } from "../format/time.ts";
import { ScopeQuestion } from "../integrations/connect/scope-question.tsx";
import { NextStep } from "../integrations/next-step.tsx";
import type { Role } from "../integrations/tile.tsx";
import {
  type Connection,
  cureOf,
  furtherSteps,
  isOptionalUse,
  stepOf,
  troubles,
  type Verdict,
} from "../integrations/troubles.ts";
import { connection as words } from "../text/connection.ts";

export function Verdicts({ connection, role }: { connection: Connection; role: Role }) {
  const all = troubles(connection.streams);
  return (
    <section aria-labelledby="verdicts" className="grid gap-3">
      <h2 id="verdicts" className="eyebrow">
        {words.verdicts}
      </h2>
      {all.every(([{ state }]) => state === "off") && (
        <p className="flex items-center gap-2">
          <CircleCheck aria-hidden className="size-4 text-well" /> {words.allWell}
        </p>
      )}
      {all.map((streams) => (
        <One key={streams[0].stream} connection={connection} streams={streams} role={role} />
      ))}
    </section>
  );
}

function One({
  connection,
  streams,
  role,
}: {
  connection: Connection;
  streams: [Verdict, ...Verdict[]];
  role: Role;
}) {
  const [verdict] = streams;
  const together = streams.length > 1 && isOptionalUse(verdict);
  const scopes = streams.map(({ facts }) => facts.scope).filter((scope) => typeof scope === "string");
  const cure = together && scopes.length > 0 ? words.tickScopes(scopes) : cureOf(verdict.cure);
  const text = together ? words.recruitingOff[scopes.length > 0 ? "scopes" : "choice"] : verdict.text;
  const stopped = verdict.state === "stopped";
  return (
    <article
      aria-label={streams.map(({ label }) => label).join(", ")}
      className={`card grid gap-2 border-l-4 p-4 ${stopped ? "border-l-look" : "border-l-edge"}`}
    >
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        {streams.map(({ stream }) => (
          // Each stream has an address of its own, also where several share a verdict.
          <span key={stream} id={`verdict-${stream}`} className="absolute scroll-mt-20" />
        ))}
        <h3>{streams.map(({ label }) => label).join(", ")}</h3>
        <StreamBadge state={verdict.state} />
      </div>
      {text && <p className="max-w-prose break-words">{text}</p>}
      {cure && (
        <p className="max-w-prose break-words">
          <span className="font-medium">{words.cure}:</span> {cure}
        </p>
      )}
      {verdict.cause === "audit_log_refused" && <ScopeQuestion kind={connection.credentialKind} />}
      <Standing streams={streams} />
      <div className="flex flex-wrap gap-2">
        {stepOf(verdict) && <NextStep connection={connection} verdict={verdict} role={role} />}
        {role === "admin" &&
          furtherSteps(verdict).map((step) => (
            <NextStep key={step} connection={connection} verdict={verdict} role={role} wanted={step} />
          ))}
        {verdict.ask && role !== "viewer" && <Quote verdict={verdict} />}
      </div>
    </article>
  );
}

/** `Since …. Missing: …. Lost meanwhile: …. Next try ….` */
function Standing({ streams }: { streams: [Verdict, ...Verdict[]] }) {
  const [verdict] = streams;
  const first = (times: (string | null)[]) => times.filter((each) => each !== null).sort()[0];
  const since = first(streams.map((each) => each.since));
  const next = first(streams.map((each) => each.nextTryAt));
  const lost = lostOf(streams).join("; ");
  const missing = verdict.state === "stopped" && verdict.lastSuccessAt !== null;
  return (
    <p className="max-w-prose text-sm text-dim">
      {since && (
        <>
          {words.since} <Time at={since} />.{" "}
        </>
      )}
      {lost && `${missing ? words.missing(lost) : words.without(lost)} `}
      {verdict.lostMeanwhile && `${words.lostMeanwhile(verdict.lostMeanwhile)} `}
      {next && (
        <>
          {words.nextTry} <Time at={next} as="clock" />.
        </>
      )}
    </p>
  );
}

/** What is missing, each thing once: of streams that stopped, from when the first of them was read for the last time. */
function lostOf(streams: [Verdict, ...Verdict[]]): string[] {
  const told = streams.filter(({ lost }) => lost && !streams[0].text?.includes(lost));
  const worked = told.filter(({ lastSuccessAt }) => lastSuccessAt !== null);
  const [first] = worked.toSorted((a, b) => a.lastSuccessAt!.localeCompare(b.lastSuccessAt!));
  const shown = told.filter(
    (each) => each.lastSuccessAt === null || each.state !== "stopped" || each === first,
  );
  return [...new Set(shown.map(({ lost }) => lost!))];
}

/** The request behind the verdict, to quote to Greenhouse. */
function Quote({ verdict }: { verdict: Verdict }) {
  const timeZone = useZone();
  const { ask } = verdict;
  if (!ask) return null;
  const text = [
    `${ask.method} https://${ask.host}${ask.path}: ${ask.status ?? words.noAnswer}`,
    exact(ask.at, { timeZone }),
    ...(ask.requestId ? [`${words.requestId} ${ask.requestId}`] : []),
  ].join(", ");
  return <CopyButton small={false} text={text} label={words.copyRequest} />;
}
