/** The second factor: switched on with an app's code, off with the password. */
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { type Answer, call } from "../api/client.ts";
import { asked, invalidate } from "../api/query.ts";
import { CopyButton } from "../components/copy-button.tsx";
import { Card } from "../components/page-header.tsx";
import { Badge } from "../components/state.tsx";
import { Button } from "../components/ui/button.tsx";
import { Dialog } from "../components/ui/dialog.tsx";
import { Field, Input } from "../components/ui/field.tsx";
import { say } from "../components/ui/toast.tsx";
import { Refusal } from "../integrations/refusal.tsx";
import { CurrentPassword } from "../sign-in/current-password.tsx";
import { useSending } from "../sign-in/form.ts";
import { account } from "../text/account.ts";

const words = account.second;
const FORM = "second-factor-password";
type Begun = Answer<"beginTotp">;

export function SecondFactor({ on, onCodes }: { on: boolean; onCodes: (codes: readonly string[]) => void }) {
  const [begun, setBegun] = useState<Begun | null>(null);
  const [leaving, setLeaving] = useState(false);
  const { data } = useQuery(asked("listPasskeys", {}));
  const [proving, setProving] = useState(false);
  const { busy, failure, send } = useSending();
  const begin = () => send(async () => setBegun(await call("beginTotp", { body: {} })));
  return (
    <Card title={words.title} aside={<Badge tone={on ? "well" : "idle"}>{on ? words.on : words.off}</Badge>}>
      {begun && !on ? (
        <Confirm begun={begun} onCodes={onCodes} onCancel={() => setBegun(null)} />
      ) : (
        <div className="grid gap-3">
          <div className="flex flex-wrap items-center justify-between gap-3">
            <p className="min-w-0 flex-1 basis-64 text-dim">{on ? words.onText : words.offText}</p>
            {on ? (
              <Button onClick={() => setLeaving(true)}>{words.switchOff}</Button>
            ) : (
              <Button
                busy={busy}
                onClick={() => (data?.proof === "password" ? setProving(true) : void begin())}
              >
                {words.switchOn}
              </Button>
            )}
          </div>
          {failure && <Refusal failure={failure} />}
        </div>
      )}
      {leaving && (
        <WithPassword
          danger
          title={words.offTitle}
          text={words.offWarn}
          submit={words.switchOff}
          send={async (password) => {
            await call("removeTotp", { body: { password } });
            await invalidate("getSession", "listSessions");
            say(words.offDone);
          }}
          onClose={() => setLeaving(false)}
        />
      )}
      {proving && (
        <WithPassword
          title={words.switchOn}
          text={words.proofText}
          submit={words.switchOn}
          send={async (password) => setBegun(await call("beginTotp", { body: { password } }))}
          onClose={() => setProving(false)}
        />
      )}
    </Card>
  );
}

/** What the app reads, and the code that proves it did. */
function Confirm({
  begun,
  onCodes,
  onCancel,
}: {
  begun: Begun;
  onCodes: (codes: readonly string[]) => void;
  onCancel: () => void;
}) {
  const [code, setCode] = useState("");
  const [tried, setTried] = useState(false);
  const { busy, failure, send } = useSending();

  const submit = async () => {
    setTried(true);
    if (code.trim() === "") return;
    const refused = await send(async () => {
      const { recoveryCodes } = await call("confirmTotp", { body: { code: code.trim() } });
      onCodes(recoveryCodes);
      await invalidate("getSession", "listSessions");
    });
    if (refused?.code === "second_factor_wrong") {
      setCode("");
      setTried(false);
    }
  };

  return (
    <div className="grid gap-4">
      <div className="grid gap-2">
        <h3>{words.scanTitle}</h3>
        <p className="text-dim">{words.scanText}</p>
        {/* Black on white in any theme: cameras don't read the inverse. */}
        <svg
          role="img"
          aria-label={words.qr}
          viewBox={`0 0 ${begun.qr.size} ${begun.qr.size}`}
          shapeRendering="crispEdges"
          className="size-48 rounded-md bg-white text-black"
        >
          <path d={begun.qr.path} fill="currentColor" />
        </svg>
        <p className="text-sm text-dim">{words.typeIn}</p>
        <div className="flex flex-wrap items-center gap-2">
          <code className="min-w-0 rounded bg-sunken px-2 py-1 font-mono text-sm break-all">
            {begun.secret.match(/.{1,4}/g)?.join(" ")}
          </code>
          <CopyButton text={begun.secret} />
        </div>
      </div>
      <form
        noValidate
        className="grid gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <h3>{words.codeTitle}</h3>
        <Field label={words.code} error={tried && code.trim() === "" && words.needCode}>
          {(ids) => (
            <Input
              {...ids}
              className="max-w-40"
              inputMode="numeric"
              autoComplete="one-time-code"
              autoFocus
              value={code}
              onChange={(event) => setCode(event.target.value)}
            />
          )}
        </Field>
        {failure && <Refusal failure={failure} />}
        <div className="flex gap-2">
          <Button look="solid" type="submit" busy={busy}>
            {words.confirm}
          </Button>
          <Button onClick={onCancel}>{words.cancel}</Button>
        </div>
      </form>
    </div>
  );
}

/** Asks for the password, and does what it proves. */
function WithPassword({
  title,
  text,
  submit: label,
  danger = false,
  send: work,
  onClose,
}: {
  title: string;
  text: string;
  submit: string;
  danger?: boolean;
  send: (password: string) => Promise<void>;
  onClose: () => void;
}) {
  const [password, setPassword] = useState("");
  const [tried, setTried] = useState(false);
  const { busy, failure, send } = useSending();
  const submit = async () => {
    setTried(true);
    if (password === "") return;
    await send(async () => {
      await work(password);
      onClose();
    });
  };
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={title}
      text={text}
      foot={
        <>
          <Button onClick={onClose}>{words.cancel}</Button>
          <Button look={danger ? "danger" : "solid"} type="submit" form={FORM} busy={busy}>
            {label}
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
        <CurrentPassword
          label={words.password}
          error={tried && password === "" && words.needPassword}
          value={password}
          onChange={setPassword}
        />
        {failure && <Refusal failure={failure} />}
      </form>
    </Dialog>
  );
}
