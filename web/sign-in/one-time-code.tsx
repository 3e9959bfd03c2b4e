/** A password set with a one-time code: of an invitation, or of `glasshouse reset-admin`. It is typed, or came with the address of an invitation. */
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { call } from "../api/client.ts";
import type { Session } from "../api/session.ts";
import { Button } from "../components/ui/button.tsx";
import { Field, Input } from "../components/ui/field.tsx";
import { Refusal } from "../integrations/refusal.tsx";
import { useView } from "../search.ts";
import { MIN_PASSWORD, oneTimeCode as words } from "../text/access.ts";
import { useSending } from "./form.ts";
import { Frame } from "./frame.tsx";

export function OneTimeCode({
  sample,
  given,
  note,
  onSession,
}: {
  sample: boolean;
  /** The code that the address held. */
  given?: string;
  note?: string | false | undefined;
  onSession: (session: Session) => void;
}) {
  const [view] = useView();
  const [code, setCode] = useState(given ?? "");
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const [tried, setTried] = useState(false);
  const { busy, failure, send } = useSending();

  const submit = async () => {
    setTried(true);
    if (code.trim() === "" || password.length < MIN_PASSWORD) return;
    const body = { code: code.trim(), password, ...(name.trim() ? { name: name.trim() } : {}) };
    await send(async () => onSession(await call("acceptInvitation", { body })));
  };

  return (
    <Frame sample={sample} title={words.title} text={given ? words.invitedText : words.text}>
      <form
        noValidate
        className="grid gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        {note && <p className="rounded-md bg-look-soft px-3 py-2">{note}</p>}
        {!given && (
          <Field label={words.code} error={tried && code.trim() === "" && words.need.code}>
            {(ids) => (
              <Input
                {...ids}
                autoFocus
                autoComplete="one-time-code"
                spellCheck={false}
                value={code}
                onChange={(event) => setCode(event.target.value)}
              />
            )}
          </Field>
        )}
        <Field label={words.name} hint={words.nameHint}>
          {(ids) => (
            <Input
              {...ids}
              autoFocus={given !== undefined}
              autoComplete="name"
              value={name}
              onChange={(event) => setName(event.target.value)}
            />
          )}
        </Field>
        <Field
          label={words.password}
          hint={words.passwordHint}
          error={tried && password.length < MIN_PASSWORD && words.need.password}
        >
          {(ids) => (
            <Input
              {...ids}
              type="password"
              autoComplete="new-password"
              value={password}
              onChange={(event) => setPassword(event.target.value)}
            />
          )}
        </Field>
        {failure && <Refusal failure={failure} />}
        <Button look="solid" type="submit" busy={busy}>
          {busy ? words.busy : words.submit}
        </Button>
      </form>
      <p className="mt-5 border-t pt-4 text-sm">
        <Link to="/sign-in" search={{ ...view, with: undefined }} className="link">
          {words.back}
        </Link>
      </p>
    </Frame>
  );
}
