/** The form that makes the first admin. */
import { useState } from "react";
import { call } from "../api/client.ts";
import type { Session } from "../api/session.ts";
import { Button } from "../components/ui/button.tsx";
import { Field, Input } from "../components/ui/field.tsx";
import { Refusal } from "../integrations/refusal.tsx";
import { useSending } from "../sign-in/form.ts";
import { MIN_PASSWORD, setup as words } from "../text/access.ts";

type Given = { code: string; name: string; email: string; password: string };
const FIELDS = [
  { part: "code", type: "text", autoComplete: "one-time-code", hint: words.codeHint },
  { part: "name", type: "text", autoComplete: "name", hint: undefined },
  { part: "email", type: "email", autoComplete: "username", hint: undefined },
  { part: "password", type: "password", autoComplete: "new-password", hint: words.passwordHint },
] as const;

export function Claim({ onSession }: { onSession: (session: Session) => void }) {
  const [given, setGiven] = useState<Given>({ code: "", name: "", email: "", password: "" });
  const [tried, setTried] = useState(false);
  const { busy, failure, send } = useSending();
  const lacks = (part: keyof Given) =>
    part === "password" ? given.password.length < MIN_PASSWORD : given[part].trim() === "";

  const submit = async () => {
    setTried(true);
    if (FIELDS.some(({ part }) => lacks(part))) return;
    const { password, ...rest } = given;
    const body = { code: rest.code.trim(), name: rest.name.trim(), email: rest.email.trim(), password };
    await send(async () => onSession(await call("claim", { body })));
  };

  return (
    <form
      noValidate
      className="grid gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      {FIELDS.map(({ part, type, autoComplete, hint }) => (
        <Field key={part} label={words[part]} hint={hint} error={tried && lacks(part) && words.need[part]}>
          {(ids) => (
            <Input
              {...ids}
              type={type}
              autoComplete={autoComplete}
              autoFocus={part === "code"}
              spellCheck={false}
              value={given[part]}
              onChange={(event) => setGiven((before) => ({ ...before, [part]: event.target.value }))}
            />
          )}
        </Field>
      ))}
      <p className="text-sm text-dim">{words.you}</p>
      {failure && <Refusal failure={failure} />}
      <Button look="solid" type="submit" busy={busy}>
        {busy ? words.busy : words.submit}
      </Button>
    </form>
  );
}
