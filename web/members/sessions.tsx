/** Where a member is signed in; each session, or all, can be ended. */
import { useMutation, useQuery } from "@tanstack/react-query";
import { SessionItem } from "../account/session-item.tsx";
import { call } from "../api/client.ts";
import { asked, invalidate } from "../api/query.ts";
import { Failed, Loading } from "../components/states.tsx";
import { Button } from "../components/ui/button.tsx";
import { Dialog } from "../components/ui/dialog.tsx";
import { say } from "../components/ui/toast.tsx";
import { memberWords } from "../text/members.ts";
import type { Member } from "./view.ts";

const words = memberWords.sessions;

/** Ends one session of a member, or all. */
export function useEndSessions() {
  return useMutation({
    mutationFn: async ({ member, session }: { member: Member; session?: number }) => {
      if (session === undefined) {
        return (await call("endMemberSessions", { params: { member: member.id } })).ended;
      }
      await call("endMemberSession", { params: { member: member.id, session } });
      return 1;
    },
    onSuccess: (ended, { member }) => say(memberWords.ended(ended, member.name)),
    onError: (failure) => say(failure.message, "cant"),
    onSettled: () => invalidate("listMembers", "listMemberSessions"),
  });
}

export function SessionsDialog({ member, onClose }: { member: Member; onClose: () => void }) {
  const { data, error, refetch } = useQuery(asked("listMemberSessions", { params: { member: member.id } }));
  const end = useEndSessions();
  const some = data && data.items.length > 0;
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={words.title(member.name)}
      foot={
        some &&
        !member.you && (
          <Button busy={end.isPending} onClick={() => end.mutate({ member })}>
            {words.endAll}
          </Button>
        )
      }
    >
      {error && !data ? (
        <Failed error={error} retry={() => void refetch()} what={words.thing} />
      ) : !data ? (
        <Loading rows={3} />
      ) : some ? (
        <ul className="divide-y">
          {data.items.map((session) => (
            <SessionItem
              key={session.id}
              session={session}
              busy={end.isPending}
              onEnd={() => end.mutate({ member, session: session.id })}
            />
          ))}
        </ul>
      ) : (
        <p className="text-dim">{words.none}</p>
      )}
    </Dialog>
  );
}
