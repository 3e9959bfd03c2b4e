/** Usage: what was read first, then who used it, when and how, and what of it counts. */
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type Answer, ApiFailure } from "../api/client.ts";
import { asked } from "../api/query.ts";
import { useReader } from "../components/reader.tsx";
import { StampLine } from "../components/stamp.tsx";
import { Empty, Failed, Loading, Partial } from "../components/states.tsx";
import { Button } from "../components/ui/button.tsx";
import { cx } from "../components/ui/cx.ts";
import { ViewsMenu } from "../components/views-menu.tsx";
import { day } from "../format/time.ts";
import { OfConnection } from "../grants/of-connection.tsx";
import { useView } from "../search.ts";
import { usageWords as words } from "../text/usage.ts";
import { ByPart } from "./by-part.tsx";
import { CoveredDays } from "./covered-days.tsx";
import { DayChart } from "./day-chart.tsx";
import { NotCounted } from "./not-counted.tsx";
import { People } from "./people.tsx";
import { Days, Range } from "./range.tsx";
import { Recruiting } from "./recruiting.tsx";
import { WhatCounts } from "./what-counts.tsx";

type Usage = Answer<"usage">;

export default function UsagePage() {
  return <OfConnection title={words.title}>{({ id }) => <Shown c={String(id)} />}</OfConnection>;
}

function Shown({ c }: { c: string }) {
  const [{ from, to }, change] = useView();
  const found = useQuery(asked("usage", { params: { c }, query: { from, to } }));
  const { data, error } = found;
  if (!data && error) {
    // A span that was refused would be refused again: its days are to be changed.
    const refused = error instanceof ApiFailure && error.status === 400;
    return (
      <div className="grid gap-4">
        {refused && (
          <div className="flex flex-wrap items-end gap-x-4 gap-y-2">
            <Days key={`${from} ${to}`} from={from ?? ""} to={to ?? ""} show={change} />
            <Button onClick={() => change({ from: undefined, to: undefined })}>{words.range.usual}</Button>
          </div>
        )}
        <Failed error={error} what={words.title} {...(!refused && { retry: () => void found.refetch() })} />
      </div>
    );
  }
  if (!data) return <Loading rows={10} />;
  return (
    <>
      {error && <Failed error={error} retry={() => void found.refetch()} what={words.title} />}
      {isKnown(data) ? (
        <Known usage={data} c={c} old={found.isPlaceholderData} />
      ) : isTold(data) ? (
        <WithoutLog usage={data} c={c} old={found.isPlaceholderData} />
      ) : (
        <NotYet usage={data} c={c} />
      )}
    </>
  );
}

/** Something was read at some time: then even a span without any is worth its bar. */
const isKnown = ({ stamp, days }: Usage) =>
  stamp.coverage.length > 0 || days.some(({ people }) => people !== null);

const isTold = ({ recruiting }: Usage) => recruiting?.kinds.some(({ until }) => until !== null) ?? false;

/** No audit log: who did what by recruiting activity, and that its absence proves nothing. */
function WithoutLog({ usage, c, old }: { usage: Usage; c: string; old: boolean }) {
  return (
    <div className={cx("grid grid-cols-1 gap-4 pb-4", old && "old")}>
      {usage.source.state === "off" ? (
        <p className="text-dim">{words.withoutLog}</p>
      ) : (
        <Partial action={<OpenConnection c={c} look="plain" />}>
          {words.withoutLog} {usage.source.text}
        </Partial>
      )}
      <div className="screen-only flex flex-wrap items-end justify-between gap-x-4 gap-y-2">
        <Range range={usage.range} window={usage.window} />
        <ViewsMenu page="usage" />
      </div>
      <Recruiting usage={usage} c={c} />
      <StampLine stamp={usage.stamp} shown={words.recruiting.title} listing="none" />
    </div>
  );
}

/** Never a flat chart at 0: why there is none, and what to do. */
function NotYet({ usage: { source }, c }: { usage: Usage; c: string }) {
  return (
    <Empty title={words.notYet} action={<OpenConnection c={c} look="solid" />}>
      <p>{source.text}</p>
      {source.cure && <p className="mt-2">{source.cure}</p>}
    </Empty>
  );
}

function OpenConnection({ c, look }: { c: string; look: "solid" | "plain" }) {
  return (
    <Button asChild look={look} small={look === "plain"}>
      <Link to="/integrations/$connection" params={{ connection: c }}>
        {words.openVerdict}
      </Link>
    </Button>
  );
}

function Known({ usage, c, old }: { usage: Usage; c: string; old: boolean }) {
  const reader = useReader();
  const { source } = usage;
  const ill = source.state !== "well" && source.state !== "reading" && source.text !== null;
  return (
    <div className={cx("grid grid-cols-1 gap-4 pb-4", old && "old")}>
      {ill && <Partial action={<OpenConnection c={c} look="plain" />}>{source.text}</Partial>}
      <div className="screen-only flex flex-wrap items-end justify-between gap-x-4 gap-y-2">
        <Range range={usage.range} window={usage.window} />
        <ViewsMenu page="usage" />
      </div>
      <CoveredDays usage={usage} />
      <People usage={usage} c={c} />
      <DayChart days={usage.days} c={c} />
      <div className="grid grid-cols-1 items-start gap-4 xl:grid-cols-2">
        <div className="grid grid-cols-1 content-start gap-4">
          <div className="card px-4 pb-4">
            <ByPart usage={usage} c={c} />
          </div>
          <NotCounted usage={usage} />
        </div>
        <WhatCounts usage={usage} c={c} mayChange={reader.may("operator")} />
      </div>
      <Recruiting usage={usage} c={c} />
      <footer className="grid gap-1 text-sm text-dim">
        {usage.olderDays.map(({ before, cause, timeZone }) => (
          <p key={`${before} ${cause}`}>{words.olderDays[cause](day(before), timeZone)}</p>
        ))}
        <p>{usage.note}</p>
      </footer>
      <StampLine stamp={usage.stamp} shown={words.coverage.sum(usage.range.coveredDays, usage.range.days)} />
    </div>
  );
}
