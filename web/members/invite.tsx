/** Inviting somebody: who, as what, to which connections; then the address to hand over. */
import { useState } from "react";
import { type Answer, call } from "../api/client.ts";
import { invalidate } from "../api/query.ts";
import { Button } from "../components/ui/button.tsx";
import { Dialog } from "../components/ui/dialog.tsx";
import { Field, Input } from "../components/ui/field.tsx";
import { Refusal } from "../integrations/refusal.tsx";
import { useSending } from "../sign-in/form.ts";
import { memberWords } from "../text/members.ts";
import { HandOver } from "./code.tsx";
import { lacksConnections, type Rights, RightsFields } from "./rights.tsx";

const words = memberWords.invite;
const FORM = "invite";

export function InviteDialog({ onClose }: { onClose: () => void }) {
  const [name, setName] = useState("");
  const [email, setEmail] = useState("");
  const [rights, setRights] = useState<Rights>({ role: "viewer", connections: null });
  const [tried, setTried] = useState(false);
  const [invited, setInvited] = useState<Answer<"inviteMember"> | null>(null);
  const { busy, failure, send } = useSending();
  if (invited) return <HandOver code={invited} onClose={onClose} />;

  const submit = async () => {
    setTried(true);
    if (name.trim() === "" || email.trim() === "" || lacksConnections(rights)) return;
    const { role } = rights;
    const limit = role === "admin" ? null : rights.connections;
    const body = { name: name.trim(), email: email.trim(), role, connections: limit && [...limit] };
    await send(async () => {
      setInvited(await call("inviteMember", { body }));
      await invalidate("listMembers");
    });
  };

  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={words.title}
      text={words.text}
      foot={
        <>
          <Button onClick={onClose}>{memberWords.cancel}</Button>
          <Button look="solid" type="submit" form={FORM} busy={busy}>
            {words.submit}
          </Button>
        </>
      }
    >
      <form
        id={FORM}
        noValidate
        className="grid gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <Field label={words.name} error={tried && name.trim() === "" && words.needName}>
          {(ids) => <Input {...ids} value={name} onChange={(event) => setName(event.target.value)} />}
        </Field>
        <Field label={words.email} error={tried && email.trim() === "" && words.needEmail}>
          {(ids) => (
            <Input
              {...ids}
              type="email"
              spellCheck={false}
              value={email}
              onChange={(event) => setEmail(event.target.value)}
            />
          )}
        </Field>
        <RightsFields rights={rights} onChange={setRights} tried={tried} />
        {failure && <Refusal failure={failure} />}
      </form>
    </Dialog>
  );
}
