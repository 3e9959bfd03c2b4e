/** A one-time address to hand over: of an invitation, or of a new code. */
import { useState } from "react";
import { type Answer, call } from "../api/client.ts";
import { invalidate } from "../api/query.ts";
import { ShownOnce } from "../components/shown-once.tsx";
import { useZone } from "../components/time.tsx";
import { Button } from "../components/ui/button.tsx";
import { Dialog } from "../components/ui/dialog.tsx";
import { clock } from "../format/time.ts";
import { Refusal } from "../integrations/refusal.tsx";
import { useSending } from "../sign-in/form.ts";
import { memberWords } from "../text/members.ts";
import { invitationAddress, type Member } from "./view.ts";

const words = memberWords.code;
type Code = Answer<"newMemberCode">;

export function HandOver({ code, onClose }: { code: Code; onClose: () => void }) {
  const timeZone = useZone();
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={words.handTitle(code.member.name)}
      text={words.handText}
      holds
      foot={
        <Button look="solid" onClick={onClose}>
          {words.done}
        </Button>
      }
    >
      <ShownOnce
        label={words.address}
        text={invitationAddress(code.code, window.location.origin)}
        note={words.once(clock(code.endsAt, { timeZone }))}
      />
    </Dialog>
  );
}

export function CodeDialog({ member, onClose }: { member: Member; onClose: () => void }) {
  const [code, setCode] = useState<Code | null>(null);
  const { busy, failure, send } = useSending();
  if (code) return <HandOver code={code} onClose={onClose} />;
  const make = () =>
    send(async () => {
      setCode(await call("newMemberCode", { params: { member: member.id } }));
      await invalidate("listMembers");
    });
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={words.title(member.name)}
      text={member.hasPassword || member.lastSeenAt !== null ? words.reset : words.join}
      foot={
        <>
          <Button onClick={onClose}>{memberWords.cancel}</Button>
          <Button look="solid" busy={busy} onClick={() => void make()}>
            {words.make}
          </Button>
        </>
      }
    >
      {failure && <Refusal failure={failure} />}
    </Dialog>
  );
}
