/** One message, whole: what it says, each try and its answer; it can be sent again. */
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { call } from "../api/client.ts";
import { asked, invalidate } from "../api/query.ts";
import { DetailList, type DetailRow } from "../components/detail-list.tsx";
import { useZone } from "../components/time.tsx";
import { Button } from "../components/ui/button.tsx";
import { Dialog } from "../components/ui/dialog.tsx";
import { clock, duration } from "../format/time.ts";
import { Refusal } from "../integrations/refusal.tsx";
import { parseSearch, useView } from "../search.ts";
import { useSending } from "../sign-in/form.ts";
import { alertWords, type Delivery } from "../text/alerts.ts";
import { TEXT } from "../text/console.ts";
import { DeliveryBadge } from "./delivery-state.tsx";

const words = alertWords.delivery;

/** Open while the address names a message. */
export function DeliveryDetail({ id }: { id: string }) {
  const [, change] = useView();
  const { busy, failure, send } = useSending();
  const { data, error } = useQuery({
    ...asked("getDelivery", { params: { delivery: id } }),
    placeholderData: undefined,
  });
  const again = () =>
    send(async () => {
      const made = await call("replayDelivery", { params: { delivery: id } });
      await invalidate("listDeliveries", "listDestinations", "getDelivery");
      change({ delivery: String(made.id) });
    });
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && change({ delivery: undefined })}
      title={data?.subject ?? alertWords.tabs.deliveries}
      foot={
        data && (
          <Button busy={busy} onClick={() => void again()}>
            {data.state === "waiting" ? words.now : words.replay}
          </Button>
        )
      }
    >
      {error ? (
        <p role="alert">
          {"code" in error && error.code === "delivery_not_found" ? words.notFound : error.message}
        </p>
      ) : data ? (
        <div className="grid gap-4">
          {failure && <Refusal failure={failure} />}
          <Facts delivery={data} />
          <Attempts delivery={data} />
          <Lines delivery={data} />
        </div>
      ) : (
        <p role="status" className="text-dim">
          {TEXT.loading}
        </p>
      )}
    </Dialog>
  );
}

function Facts({ delivery }: { delivery: Delivery }) {
  const timeZone = useZone();
  const [, change] = useView();
  const time = (at: string) => clock(at, { timeZone });
  const { destination, kind, state, madeAt, deliveredAt, nextAt, replayOf, messageId } = delivery;
  const rows: DetailRow[] = [
    [words.state, <DeliveryBadge key="state" state={state} />],
    [words.to, words.by(destination.name, alertWords.channels[destination.channel])],
    [words.kind, words.kinds[kind]],
    [words.made, time(madeAt)],
    ...(deliveredAt ? [[words.delivered, time(deliveredAt)] as const] : []),
    ...(nextAt ? [[words.next, time(nextAt)] as const] : []),
    ...(replayOf === null
      ? []
      : [
          [
            words.replayOf,
            <button
              key="replay"
              type="button"
              className="link"
              onClick={() => change({ delivery: String(replayOf) })}
            >
              {words.delivery(replayOf)}
            </button>,
          ] as const,
        ]),
    [words.messageId, <code key="id">{messageId}</code>],
  ];
  return <DetailList rows={rows} />;
}

function Attempts({ delivery: { attempts } }: { delivery: Delivery }) {
  const timeZone = useZone();
  return (
    <section>
      <h3 className="mb-1">{words.attempts}</h3>
      {attempts.length === 0 ? (
        <p className="text-dim">{words.noAttempt}</p>
      ) : (
        <ol className="grid gap-2 border-y py-2">
          {attempts.map(({ at, text, ms }) => (
            <li key={at} className="grid gap-0.5">
              <span className="text-sm text-dim">
                {clock(at, { timeZone })} · {duration(ms)}
              </span>
              <span className="break-words">{text}</span>
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}

function Lines({ delivery: { kind, lines, more, report } }: { delivery: Delivery }) {
  const timeZone = useZone();
  if (kind === "report") {
    return (
      <section>
        <h3 className="mb-1">{words.reportLines}</h3>
        <pre className="overflow-x-auto border-y py-2 text-sm whitespace-pre-wrap">{report}</pre>
      </section>
    );
  }
  if (lines.length === 0) return null;
  return (
    <section>
      <h3 className="mb-1">{words.lines}</h3>
      <ul className="grid gap-2 border-y py-2">
        {lines.map(({ topic, text, path, at, connection }, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: lines have no identity of their own, and never move
          <li key={index} className="grid gap-0.5">
            <span className="flex flex-wrap justify-between gap-x-4 text-sm text-dim">
              <span>
                {alertWords.topics[topic]} · {connection.name}
              </span>
              <span>{clock(at, { timeZone })}</span>
            </span>
            <PageLink path={path}>{text}</PageLink>
          </li>
        ))}
      </ul>
      {more > 0 && <p className="mt-1 text-sm text-dim">{words.more(more)}</p>}
    </section>
  );
}

function PageLink({ path, children }: { path: string; children: string }) {
  const [to = "/", search = ""] = path.split("?");
  return (
    <Link to={to} search={parseSearch(search)} className="link break-words">
      {children}
    </Link>
  );
}
