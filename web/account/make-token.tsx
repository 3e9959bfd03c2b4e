/** A new API token: what for, which role, how long; then the token itself, this once. */
import { useState } from "react";
import { type Answer, call } from "../api/client.ts";
import { invalidate } from "../api/query.ts";
import { type Role, useReader } from "../components/reader.tsx";
import { ShownOnce } from "../components/shown-once.tsx";
import { Partial } from "../components/states.tsx";
import { Button } from "../components/ui/button.tsx";
import { Dialog } from "../components/ui/dialog.tsx";
import { Field, Input, Select } from "../components/ui/field.tsx";
import { Refusal } from "../integrations/refusal.tsx";
import { useSending } from "../sign-in/form.ts";
import { tokenWords as words } from "../text/tokens.ts";
import { WORD } from "../text/words.ts";

const FORM = "make-token";
const ROLES = Object.keys(WORD.role) as Role[];

export function MakeToken({ onClose }: { onClose: () => void }) {
  const reader = useReader();
  const [name, setName] = useState("");
  const [role, setRole] = useState<Role>("viewer");
  const [days, setDays] = useState("90");
  const [tried, setTried] = useState(false);
  const [made, setMade] = useState<Answer<"createToken"> | null>(null);
  const { busy, failure, send } = useSending();
  if (made) return <Made made={made} onClose={onClose} />;

  const submit = async () => {
    setTried(true);
    if (name.trim() === "") return;
    const body = { name: name.trim(), role, days: days === "never" ? null : Number(days) };
    await send(async () => {
      setMade(await call("createToken", { body }));
      await invalidate("listTokens");
    });
  };

  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={words.makeTitle}
      text={words.text}
      foot={
        <Button look="solid" type="submit" form={FORM} busy={busy}>
          {words.make}
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
        <Field label={words.name} hint={words.nameHint} error={tried && name.trim() === "" && words.needName}>
          {(ids) => (
            <Input {...ids} maxLength={120} value={name} onChange={(event) => setName(event.target.value)} />
          )}
        </Field>
        <Field label={words.role}>
          {(ids) => (
            <Select
              {...ids}
              options={ROLES.filter(reader.may).map((each) => [each, WORD.role[each]] as const)}
              value={role}
              onChange={(event) => setRole(event.target.value as Role)}
            />
          )}
        </Field>
        <Field label={words.expires} hint={days === "never" && words.neverHint}>
          {(ids) => (
            <Select
              {...ids}
              options={words.days}
              value={days}
              onChange={(event) => setDays(event.target.value)}
            />
          )}
        </Field>
        {failure && <Refusal failure={failure} />}
      </form>
    </Dialog>
  );
}

function Made({ made, onClose }: { made: Answer<"createToken">; onClose: () => void }) {
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={words.made(made.token.name)}
      holds
      foot={
        <Button look="solid" onClick={onClose}>
          {words.close}
        </Button>
      }
    >
      <div className="grid gap-4">
        {made.warning && <Partial>{made.warning}</Partial>}
        <ShownOnce label={words.secret} text={made.secret} note={words.once} />
        <div className="grid gap-1.5">
          <p className="font-medium">{words.use}</p>
          <code className="rounded-md bg-sunken px-2.5 py-1.5 font-mono text-sm break-all">
            {`GLASSHOUSE_URL=${window.location.origin} GLASSHOUSE_TOKEN=… glasshouse connections`}
          </code>
          <code className="rounded-md bg-sunken px-2.5 py-1.5 font-mono text-sm break-all">
            {`curl -H "Authorization: Bearer …" ${window.location.origin}/api/v1/connections`}
          </code>
        </div>
      </div>
    </Dialog>
  );
}
