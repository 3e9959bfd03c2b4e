/** Removing a member: what goes along, and what stays. */
import { call } from "../api/client.ts";
import { invalidate } from "../api/query.ts";
import { Button } from "../components/ui/button.tsx";
import { Dialog } from "../components/ui/dialog.tsx";
import { say } from "../components/ui/toast.tsx";
import { Refusal } from "../integrations/refusal.tsx";
import { useSending } from "../sign-in/form.ts";
import { memberWords } from "../text/members.ts";
import type { Member } from "./view.ts";

const words = memberWords.remove;

export function RemoveDialog({ member, onClose }: { member: Member; onClose: () => void }) {
  const { name, sessions, tokens } = member;
  const { busy, failure, send } = useSending();
  const remove = () =>
    send(async () => {
      await call("removeMember", { params: { member: member.id } });
      await invalidate("listMembers", "listTokens");
      say(words.removed(name));
      onClose();
    });
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={words.title(name)}
      text={member.email}
      foot={
        <>
          <Button onClick={onClose}>{memberWords.cancel}</Button>
          <Button look="danger" busy={busy} onClick={() => void remove()}>
            {words.remove}
          </Button>
        </>
      }
    >
      <div className="grid gap-3">
        <p>
          {words.goes(sessions, tokens)} {tokens > 0 && words.programs}
        </p>
        <p>{words.stays}</p>
        {failure && <Refusal failure={failure} />}
      </div>
    </Dialog>
  );
}
