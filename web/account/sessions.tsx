/** Where one is signed in, and the way out of each. */
import { useMutation, useQuery } from "@tanstack/react-query";
import { Laptop } from "lucide-react";
import { type Answer, call } from "../api/client.ts";
import { asked, invalidate } from "../api/query.ts";
import { Card } from "../components/page-header.tsx";
import { useReader } from "../components/reader.tsx";
import { Failed, Loading } from "../components/states.tsx";
import { Time } from "../components/time.tsx";
import { Button } from "../components/ui/button.tsx";
import { say } from "../components/ui/toast.tsx";
import { Gray } from "../components/unknown.tsx";
import { account } from "../text/account.ts";
import { deviceOf } from "./device.ts";

const words = account.sessions;
type Session = Answer<"listSessions">["items"][number];

export function Sessions() {
  const { data, error, refetch } = useQuery(asked("listSessions", {}));
  const others = data?.items.filter((session) => !session.current) ?? [];
  const end = useMutation({
    mutationFn: async (sessions: readonly Session[]) => {
      for (const { id } of sessions) await call("endSession", { params: { session: id } });
      return sessions.length;
    },
    onSuccess: (n) => say(words.othersEnded(n)),
    onError: (failure) => say(failure.message, "cant"),
    onSettled: () => invalidate("listSessions"),
  });
  return (
    <Card title={words.title}>
      <p className="text-dim">{words.text}</p>
      {error && !data ? (
        <Failed error={error} retry={() => void refetch()} what={words.title} />
      ) : !data ? (
        <Loading rows={3} />
      ) : (
        <>
          <ul className="mt-2 divide-y">
            {data.items.map((session) => (
              <SessionRow
                key={session.id}
                session={session}
                busy={end.isPending}
                onEnd={() => end.mutate([session])}
              />
            ))}
          </ul>
          {others.length === 0 ? (
            <p className="mt-2 text-sm text-dim">{words.only}</p>
          ) : (
            <div className="mt-3">
              <Button busy={end.isPending} onClick={() => end.mutate(others)}>
                {words.endOthers}
              </Button>
            </div>
          )}
        </>
      )}
    </Card>
  );
}

function SessionRow({ session, busy, onEnd }: { session: Session; busy: boolean; onEnd: () => void }) {
  const mayKnowAddresses = useReader().may("operator");
  const device = deviceOf(session.agent);
  return (
    <li className="flex items-center gap-3 py-2.5">
      <Laptop aria-hidden className="size-5 shrink-0 text-dim" />
      <div className="min-w-0 flex-1">
        <p className="flex flex-wrap items-center gap-x-2">
          <span className="min-w-0 break-words" title={session.agent ?? undefined}>
            {device}
          </span>
          {session.current && <Gray>{words.here}</Gray>}
          {mayKnowAddresses && session.ip && <span className="text-sm text-dim">{session.ip}</span>}
        </p>
        <p className="flex flex-wrap gap-x-1.5 text-sm text-dim">
          <span>
            {words.seen} <Time at={session.lastSeenAt} />
          </span>
          <span aria-hidden>·</span>
          <span>
            {words.since} <Time at={session.createdAt} as="clock" />
          </span>
          <span aria-hidden>·</span>
          <span>
            {words.ends} <Time at={session.endsAt} as="clock" />
          </span>
        </p>
      </div>
      {!session.current && (
        <Button small disabled={busy} aria-label={words.endThis(device)} onClick={onEnd}>
          {words.end}
        </Button>
      )}
    </li>
  );
}
