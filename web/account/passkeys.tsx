/** One's own passkeys: made here, named, and removed. */
import { useQuery } from "@tanstack/react-query";
import { KeyRound } from "lucide-react";
import { type ReactNode, useState } from "react";
import { type Answer, call } from "../api/client.ts";
import { asked, invalidate } from "../api/query.ts";
import { Card } from "../components/page-header.tsx";
import { Failed, Loading } from "../components/states.tsx";
import { Time } from "../components/time.tsx";
import { Button } from "../components/ui/button.tsx";
import { Dialog } from "../components/ui/dialog.tsx";
import { Field, Input } from "../components/ui/field.tsx";
import { say } from "../components/ui/toast.tsx";
import { Gray } from "../components/unknown.tsx";
import { Refusal } from "../integrations/refusal.tsx";
import { CurrentPassword } from "../sign-in/current-password.tsx";
import { useSending } from "../sign-in/form.ts";
import { canPasskeys, makePasskey } from "../sign-in/passkey.ts";
import { passkeys as words } from "../text/sign-in.ts";
import { deviceOf } from "./device.ts";

type Asked = Answer<"listPasskeys">;
type Passkey = Asked["items"][number];
type Open = { what: "add" } | { what: "rename" | "remove"; passkey: Passkey } | null;

export function Passkeys() {
  const { data, error, refetch } = useQuery(asked("listPasskeys", {}));
  const [open, setOpen] = useState<Open>(null);
  const close = () => setOpen(null);
  return (
    <Card title={words.title}>
      <p className="text-dim">{words.text}</p>
      {error && !data ? (
        <Failed error={error} retry={() => void refetch()} what={words.title} />
      ) : !data ? (
        <Loading rows={2} />
      ) : (
        <>
          {data.items.length === 0 ? (
            <p className="mt-2">{words.none}</p>
          ) : (
            <ul className="mt-2 divide-y">
              {data.items.map((passkey) => (
                <Row key={passkey.id} passkey={passkey} onOpen={(what) => setOpen({ what, passkey })} />
              ))}
            </ul>
          )}
          <Adding data={data} onAdd={() => setOpen({ what: "add" })} />
          {open?.what === "add" && <Add proof={data.proof} onClose={close} />}
        </>
      )}
      {open?.what === "rename" && <Rename passkey={open.passkey} onClose={close} />}
      {open?.what === "remove" && data && (
        <Remove passkey={open.passkey} proof={data.proof} onClose={close} />
      )}
    </Card>
  );
}

function Row({ passkey, onOpen }: { passkey: Passkey; onOpen: (what: "rename" | "remove") => void }) {
  const { name, synced, createdAt, lastUsedAt } = passkey;
  return (
    <li className="flex flex-wrap items-center gap-3 py-2.5">
      <KeyRound aria-hidden className="size-5 shrink-0 text-dim" />
      <div className="min-w-0 flex-1 basis-48">
        <p className="flex flex-wrap items-center gap-x-2">
          <span className="min-w-0 break-words">{name}</span>
          {synced && <Gray>{words.synced}</Gray>}
        </p>
        <p className="flex flex-wrap gap-x-1.5 text-sm text-dim">
          <span>
            {words.created} <Time at={createdAt} as="clock" />
          </span>
          <span aria-hidden>·</span>
          <span>
            {lastUsedAt === null ? (
              words.neverUsed
            ) : (
              <>
                {words.used} <Time at={lastUsedAt} />
              </>
            )}
          </span>
        </p>
      </div>
      <div className="flex gap-2">
        <Button small aria-label={words.renameThis(name)} onClick={() => onOpen("rename")}>
          {words.rename}
        </Button>
        <Button small aria-label={words.removeThis(name)} onClick={() => onOpen("remove")}>
          {words.remove}
        </Button>
      </div>
    </li>
  );
}

/** The button, or why there is none here. */
function Adding({ data, onAdd }: { data: Asked; onAdd: () => void }) {
  const { works, here, address, proof } = data;
  if (!works) return <p className="mt-3 text-sm text-dim">{words.nowhere(address)}</p>;
  if (!here) {
    return (
      <p className="mt-3 text-sm text-dim">
        {words.elsewhere}{" "}
        <a className="link break-words" href={`${address}/account`}>
          {address}
        </a>
      </p>
    );
  }
  if (!canPasskeys()) return <p className="mt-3 text-sm text-dim">{words.unable}</p>;
  if (proof === "sign_in") return <p className="mt-3 text-sm text-dim">{words.signInAgain}</p>;
  return (
    <div className="mt-3">
      <Button onClick={onAdd}>{words.add}</Button>
    </div>
  );
}

function Add({ proof, onClose }: { proof: Asked["proof"]; onClose: () => void }) {
  const [name, setName] = useState(() => deviceOf(navigator.userAgent));
  const [password, setPassword] = useState("");
  const [tried, setTried] = useState(false);
  const { busy, failure, send } = useSending();
  const asksPassword = proof === "password";

  const submit = async () => {
    setTried(true);
    if (name.trim() === "" || (asksPassword && password === "")) return;
    await send(async () => {
      const { options } = await call("beginPasskey", { body: asksPassword ? { password } : {} });
      const answer = await makePasskey(options);
      await call("addPasskey", { body: { name: name.trim(), answer } });
      await invalidate("listPasskeys", "getSession");
      say(words.added);
      onClose();
    });
  };
  return (
    <Asking
      title={words.add}
      text={words.addText}
      submit={words.add}
      busy={busy}
      {...{ onClose, onSubmit: submit }}
    >
      <NameField name={name} onChange={setName} tried={tried} />
      {asksPassword && (
        <CurrentPassword
          label={words.password}
          error={tried && password === "" && words.needPassword}
          value={password}
          onChange={setPassword}
        />
      )}
      {failure && <Refusal failure={failure} />}
    </Asking>
  );
}

function Rename({ passkey, onClose }: { passkey: Passkey; onClose: () => void }) {
  const [name, setName] = useState(passkey.name);
  const [tried, setTried] = useState(false);
  const { busy, failure, send } = useSending();
  const submit = async () => {
    setTried(true);
    if (name.trim() === "") return;
    await send(async () => {
      await call("renamePasskey", { params: { passkey: passkey.id }, body: { name: name.trim() } });
      await invalidate("listPasskeys");
      say(words.renamed);
      onClose();
    });
  };
  return (
    <Asking
      title={words.renameThis(passkey.name)}
      submit={words.save}
      busy={busy}
      {...{ onClose, onSubmit: submit }}
    >
      <NameField name={name} onChange={setName} tried={tried} />
      {failure && <Refusal failure={failure} />}
    </Asking>
  );
}

interface Removing {
  passkey: Passkey;
  proof: Asked["proof"];
  onClose: () => void;
}

function Remove({ passkey, proof, onClose }: Removing) {
  const [password, setPassword] = useState("");
  const [tried, setTried] = useState(false);
  const { busy, failure, send } = useSending();
  const asksPassword = proof === "password";
  const submit = async () => {
    setTried(true);
    if (asksPassword && password === "") return;
    await send(async () => {
      const body = asksPassword ? { password } : {};
      await call("removePasskey", { params: { passkey: passkey.id }, body });
      await invalidate("listPasskeys", "listSessions", "getSession");
      say(words.removed);
      onClose();
    });
  };
  return (
    <Asking
      title={words.removeTitle(passkey.name)}
      text={proof === "sign_in" ? words.removeSignInAgain : words.removeText}
      submit={words.remove}
      look="danger"
      disabled={proof === "sign_in"}
      busy={busy}
      {...{ onClose, onSubmit: submit }}
    >
      {asksPassword && (
        <CurrentPassword
          label={words.password}
          error={tried && password === "" && words.needPassword}
          value={password}
          onChange={setPassword}
        />
      )}
      {failure && <Refusal failure={failure} />}
    </Asking>
  );
}

function NameField({
  name,
  onChange,
  tried,
}: {
  name: string;
  onChange: (name: string) => void;
  tried: boolean;
}) {
  return (
    <Field label={words.name} hint={words.nameHint} error={tried && name.trim() === "" && words.needName}>
      {(ids) => (
        <Input {...ids} maxLength={60} value={name} onChange={(event) => onChange(event.target.value)} />
      )}
    </Field>
  );
}

const FORM = "passkey";

function Asking({
  title,
  text,
  submit,
  look = "solid",
  disabled = false,
  busy,
  onSubmit,
  onClose,
  children,
}: {
  title: string;
  text?: string;
  submit: string;
  look?: "solid" | "danger";
  disabled?: boolean;
  busy: boolean;
  onSubmit: () => Promise<unknown>;
  onClose: () => void;
  children: ReactNode;
}) {
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={title}
      text={text}
      foot={
        <Button look={look} type="submit" form={FORM} busy={busy} disabled={disabled}>
          {submit}
        </Button>
      }
    >
      <form
        id={FORM}
        noValidate
        className="grid gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          void onSubmit();
        }}
      >
        {children}
      </form>
    </Dialog>
  );
}
