/** What the runs did, newest first; each opens its streams, errors and changes. */
import { Link } from "@tanstack/react-router";
import { ChevronRight } from "lucide-react";
import { useState } from "react";
import { rowsOf } from "../api/query.ts";
import { useList } from "../api/use-list.ts";
import { BehindBar } from "../components/behind-bar.tsx";
import { Card } from "../components/page-header.tsx";
import { RunBadge } from "../components/state.tsx";
import { Empty, Failed, Loading } from "../components/states.tsx";
import { Time } from "../components/time.tsx";
import { Button } from "../components/ui/button.tsx";
import { number } from "../format/number.ts";
import { duration } from "../format/time.ts";
import type { Connection } from "../integrations/troubles.ts";
import { connection as words } from "../text/connection.ts";
import { runBy } from "../text/integrations.ts";
import { type Run, STREAM, WORD } from "../text/words.ts";

const PAGE = 25;
const SYNCING_MS = 3_000;
const QUIET_MS = 30_000;

export function Runs({ connection }: { connection: Connection }) {
  const { found, behind } = useList(
    "listRuns",
    { params: { c: String(connection.id) } },
    { limit: PAGE, every: () => (connection.state === "syncing" ? SYNCING_MS : QUIET_MS) },
  );
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = found;
  const runs = rowsOf<"listRuns">(data);
  if (error && !data) return <Failed error={error} retry={() => void refetch()} what={words.runsThing} />;
  if (!data) return <Loading rows={6} />;
  if (runs.length === 0) return <Empty title={words.noRuns} />;
  return (
    <Card flush>
      {behind && (
        <div className="border-b p-2">
          <BehindBar {...behind} />
        </div>
      )}
      <div aria-hidden className={`${LINE} border-b text-sm font-medium text-dim max-lg:hidden`}>
        <span className="w-7" />
        {words.runColumns.map((column, index) => (
          <span
            key={column}
            className={index > LAST_NUMBER ? "pl-3" : index >= FIRST_NUMBER ? "text-right" : undefined}
          >
            {column}
          </span>
        ))}
      </div>
      <ul className="divide-y">
        {runs.map((run) => (
          <li key={run.id}>
            <Row run={run} connection={connection} />
          </li>
        ))}
      </ul>
      {hasNextPage && (
        <div className="border-t p-3 text-center">
          <Button busy={isFetchingNextPage} onClick={() => void fetchNextPage()}>
            {words.moreRuns}
          </Button>
        </div>
      )}
    </Card>
  );
}

/** Columns where there is room; else a card with its facts in a line. */
const LINE =
  "grid items-center gap-x-3 gap-y-1 px-3 py-2 max-lg:grid-cols-[auto_1fr_auto] lg:grid-cols-[auto_8rem_8rem_minmax(6rem,1fr)_repeat(7,4.25rem)_12rem]";
/** Of `runColumns`. */
const FIRST_NUMBER = 3;
const LAST_NUMBER = 9;

const sum = (run: Run, part: "rows" | "added" | "changed" | "removed") =>
  run.steps.reduce((total, step) => total + step[part], 0);

function Row({ run, connection }: { run: Run; connection: Connection }) {
  const [open, setOpen] = useState(false);
  const took = run.endedAt ? duration(Date.parse(run.endedAt) - Date.parse(run.startedAt)) : null;
  const facts: [string, string | null][] = [
    [words.took, took],
    [words.requests, number(run.requests)],
    [words.waitsFact, run.waitedMs > 0 ? duration(run.waitedMs) : words.noWait],
    [words.read, number(sum(run, "rows"))],
    [words.added, number(sum(run, "added"))],
    [words.changed, number(sum(run, "changed"))],
    [words.removed, number(sum(run, "removed"))],
  ];
  return (
    <div>
      <div className={LINE}>
        <button
          type="button"
          aria-expanded={open}
          aria-label={words.openRun(run.id)}
          className="grid size-7 place-items-center rounded hover:bg-sunken"
          onClick={() => setOpen(!open)}
        >
          <ChevronRight aria-hidden className={`size-4 ${open ? "rotate-90" : ""}`} />
        </button>
        <Time at={run.startedAt} as="clock" />
        <span className="max-lg:text-right">{WORD.lane[run.lane]}</span>
        <span className="truncate text-dim max-lg:col-span-2 max-lg:col-start-2">
          <span className="sr-only">{words.by} </span>
          {runBy(run)}
        </span>
        <span className="flex flex-wrap gap-x-4 text-sm text-dim max-lg:col-span-2 max-lg:col-start-2 max-lg:row-start-4 lg:contents lg:text-base">
          {facts.map(([label, value]) => (
            <span key={label} className="whitespace-nowrap lg:text-right">
              <span className="lg:sr-only">{label}</span>{" "}
              <span className="text-ink">{value ?? words.running}</span>
            </span>
          ))}
        </span>
        <span className="max-lg:col-span-2 max-lg:col-start-2 max-lg:row-start-2 lg:pl-3">
          <RunBadge outcome={run.outcome} steps={run.steps} />
        </span>
      </div>
      {open && <Detail run={run} connection={connection} />}
    </div>
  );
}

function Detail({ run, connection }: { run: Run; connection: Connection }) {
  return (
    <div className="grid gap-3 border-t bg-sunken px-4 py-3 text-sm">
      <p className="text-dim">
        {words.runNumber(run.id)} · {runBy(run)}
        {run.byToken !== null && ` · ${words.byToken(run.byToken)}`}
        {run.throttled > 0 && ` · ${words.throttled(run.throttled)}`} ·{" "}
        <Link to="/changes" search={{ c: String(connection.id), run: String(run.id) }} className="link">
          {words.seeChanges}
        </Link>
      </p>
      <Fault error={run.error} />
      {run.steps.length === 0 && run.outcome === "failed" && run.error === null && (
        <p>{words.waitedForUsers}</p>
      )}
      <ul className="grid gap-2">
        {run.steps.map((step) => (
          <li key={step.stream} className="grid gap-0.5">
            <div className="flex flex-wrap items-baseline gap-x-4">
              <span className="w-36 font-medium">{STREAM[step.stream]}</span>
              <RunBadge outcome={step.outcome} />
              <span className="text-dim">
                {words.stepFacts(
                  number(step.rows),
                  number(step.added),
                  number(step.changed),
                  number(step.removed),
                  number(step.requests),
                )}
                {step.waitedMs > 0 && ` · ${words.waited(duration(step.waitedMs))}`}
              </span>
            </div>
            <Fault error={step.error} />
            {step.unreadable.length > 0 && (
              <p className="text-look">
                {words.unreadable(step.unreadable.length)}{" "}
                {step.unreadable
                  .slice(0, 5)
                  .map(({ id, field, reason }) => `${id ?? words.noId}, ${field}: ${reason}`)
                  .join("; ")}
              </p>
            )}
          </li>
        ))}
      </ul>
    </div>
  );
}

/** What failed, as the run noted it: a sentence, and the request behind it. */
function Fault({ error }: { error: unknown }) {
  if (typeof error !== "object" || error === null) return null;
  const { text, message } = error as { text?: unknown; message?: unknown };
  const said = typeof text === "string" ? text : typeof message === "string" ? message : null;
  return said && <p className="max-w-prose break-words text-cant">{said}</p>;
}
