/** One event, whole: what Greenhouse told of it, and the events of the same request. */
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { asked } from "../api/query.ts";
import { DetailList, type DetailRow } from "../components/detail-list.tsx";
import { Button } from "../components/ui/button.tsx";
import { Dialog } from "../components/ui/dialog.tsx";
import { exact } from "../format/time.ts";
import { useView } from "../search.ts";
import { TEXT } from "../text/console.ts";
import { eventWords } from "../text/events.ts";
import { type ActivityEvent, WORD } from "../text/words.ts";
import { Target } from "./cells.tsx";
import { noFilter, whatOf, whoOf } from "./view.ts";

const words = eventWords.detail;

/** Open while the address names an event. */
export function EventDetail({ c, event, timeZone }: { c: string; event: string; timeZone?: string }) {
  const [, change] = useView();
  const { data, error } = useQuery({
    ...asked("getEvent", { params: { c, event } }),
    placeholderData: undefined,
  });
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && change({ event: undefined })}
      title={data ? whatOf(data) : words.title}
      foot={
        data?.requestId && (
          <Button asChild>
            <Link to="/events" search={{ ...noFilter, c, requestId: data.requestId }}>
              {eventWords.request.all}
            </Link>
          </Button>
        )
      }
    >
      {error ? (
        <p role="alert">{"code" in error && error.code === "event_not_found" ? words.gone : error.message}</p>
      ) : data ? (
        <Facts event={data} c={c} timeZone={timeZone} />
      ) : (
        <p role="status" className="text-dim">
          {TEXT.loading}
        </p>
      )}
    </Dialog>
  );
}

function Facts({ event, c, timeZone }: { event: ActivityEvent; c: string; timeZone?: string }) {
  const { performers, noTarget, noRequest, nobody } = eventWords;
  const who = event.user ? (
    <Link to="/users/$user" params={{ user: event.user.id }} search={{ c }} className="link">
      {whoOf(event)}
    </Link>
  ) : (
    whoOf(event)
  );
  const target =
    event.targetId === null ? noTarget : <Target type={event.targetType} id={event.targetId} c={c} />;
  const done =
    event.performerType === null ? nobody : (performers[event.performerType] ?? event.performerType);
  const rows: DetailRow[] = [
    [words.at, exact(event.at, { timeZone })],
    [words.who, who],
    [words.performerType, done],
    [words.type, event.type ?? TEXT.notGiven],
    [words.targetType, event.targetType ?? noTarget],
    [words.target, target],
    [words.kind, WORD.kind[event.kind]],
    [words.counts, event.counts ? words.yes : words.no],
    ...(event.ip === null ? [] : [[words.from, event.ip] as const]),
    [words.requestType, event.requestType ?? noRequest],
    [words.requestId, event.requestId ?? noRequest],
    [words.id, event.id],
  ];
  return (
    <>
      <DetailList rows={rows} />
      <p className="mt-3 text-sm text-dim">{words.cut}</p>
    </>
  );
}
