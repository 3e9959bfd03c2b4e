/** What an API token may, and its end. */
import { useMutation } from "@tanstack/react-query";
import { type Answer, ApiFailure, call } from "../api/client.ts";
import { invalidate } from "../api/query.ts";
import { Button } from "../components/ui/button.tsx";
import { Dialog } from "../components/ui/dialog.tsx";
import { say } from "../components/ui/toast.tsx";
import { Refusal } from "../integrations/refusal.tsx";
import { tokenWords as words } from "../text/tokens.ts";
import { WORD } from "../text/words.ts";

export type Token = Answer<"listTokens">["items"][number];

/** A token made by somebody who has a lower role now may no more than they. */
export function TokenRole({ token: { role, may, expired } }: { token: Token }) {
  const made = WORD.role[role];
  if (expired || may === role) return <span>{made}</span>;
  return <span>{words.wasRole(made, may ? WORD.role[may] : words.mayNothing)}</span>;
}

export function RevokeToken({ token, onClose }: { token: Token; onClose: () => void }) {
  const revoke = useMutation({
    mutationFn: () => call("revokeToken", { params: { token: token.id } }),
    onSuccess: async () => {
      await invalidate("listTokens", "listMembers");
      say(words.revoked(token.name));
      onClose();
    },
  });
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={words.revokeTitle(token.name)}
      text={words.revokeText}
      foot={
        <>
          <Button onClick={onClose}>{words.cancel}</Button>
          <Button look="danger" busy={revoke.isPending} onClick={() => revoke.mutate()}>
            {words.revoke}
          </Button>
        </>
      }
    >
      {revoke.error instanceof ApiFailure && <Refusal failure={revoke.error} />}
    </Dialog>
  );
}
