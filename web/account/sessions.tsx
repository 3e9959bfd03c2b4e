/** Where one is signed in, and the way out of each. */
import { useMutation, useQuery } from "@tanstack/react-query";
import { call } from "../api/client.ts";
import { asked, invalidate } from "../api/query.ts";
import { Card } from "../components/page-header.tsx";
import { Failed, Loading } from "../components/states.tsx";
import { Button } from "../components/ui/button.tsx";
import { say } from "../components/ui/toast.tsx";
import { account } from "../text/account.ts";
import { type Session, SessionItem } from "./session-item.tsx";

const words = account.sessions;

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
              <SessionItem
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
