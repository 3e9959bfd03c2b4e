/** Another password; the other sessions end with the old one. */
import { useState } from "react";
import { call } from "../api/client.ts";
import { invalidate } from "../api/query.ts";
import { Card } from "../components/page-header.tsx";
import { Button } from "../components/ui/button.tsx";
import { Dialog } from "../components/ui/dialog.tsx";
import { Field, Input } from "../components/ui/field.tsx";
import { say } from "../components/ui/toast.tsx";
import { Refusal } from "../integrations/refusal.tsx";
import { CurrentPassword } from "../sign-in/current-password.tsx";
import { useSending } from "../sign-in/form.ts";
import { MIN_PASSWORD } from "../text/access.ts";
import { account } from "../text/account.ts";

const words = account.password;
const FORM = "change-password";

export function PasswordCard() {
  const [open, setOpen] = useState(false);
  return (
    <Card title={words.title}>
      <div className="flex flex-wrap items-center justify-between gap-3">
        <p className="text-dim">{words.text}</p>
        <Button onClick={() => setOpen(true)}>{words.change}</Button>
      </div>
      {open && <ChangePassword onClose={() => setOpen(false)} />}
    </Card>
  );
}

/** Of somebody who signs in another way. */
export function NoPassword() {
  return (
    <Card title={words.title}>
      <p className="text-dim">{words.none}</p>
    </Card>
  );
}

function ChangePassword({ onClose }: { onClose: () => void }) {
  const [password, setPassword] = useState("");
  const [newPassword, setNewPassword] = useState("");
  const [tried, setTried] = useState(false);
  const { busy, failure, send } = useSending();
  const short = newPassword.length < MIN_PASSWORD;

  const submit = async () => {
    setTried(true);
    if (password === "" || short) return;
    await send(async () => {
      await call("changePassword", { body: { password, newPassword } });
      await invalidate("listSessions");
      say(words.done);
      onClose();
    });
  };

  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={words.change}
      text={words.text}
      foot={
        <Button look="solid" type="submit" form={FORM} busy={busy}>
          {words.change}
        </Button>
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
        <CurrentPassword
          label={words.now}
          error={tried && password === "" && words.needNow}
          value={password}
          onChange={setPassword}
        />
        <Field label={words.next} hint={words.hint} error={tried && short && words.needNext}>
          {(ids) => (
            <Input
              {...ids}
              type="password"
              autoComplete="new-password"
              value={newPassword}
              onChange={(event) => setNewPassword(event.target.value)}
            />
          )}
        </Field>
        {failure && <Refusal failure={failure} />}
      </form>
    </Dialog>
  );
}
