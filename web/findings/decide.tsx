/** What may be decided about a finding: accept it until a day with a reason, say that it is fixed, look after it. */
import { useState } from "react";
import { type Call, call } from "../api/client.ts";
import { invalidate } from "../api/query.ts";
import { useMember } from "../api/session.ts";
import { Button } from "../components/ui/button.tsx";
import { Field, Input } from "../components/ui/field.tsx";
import { Refusal } from "../integrations/refusal.tsx";
import { useSending } from "../sign-in/form.ts";
import { type Finding, findingWords } from "../text/findings.ts";
import { earliest } from "./view.ts";

const words = findingWords.decide;
type Change = NonNullable<Call<"changeFinding">["body"]>;

export function Decide({ c, finding }: { c: string; finding: Finding }) {
  const [accepting, setAccepting] = useState(false);
  const { busy, failure, send } = useSending();
  const member = useMember();
  const { state, owner } = finding;
  const change = async (body: Change) => {
    const failed = await send(async () => {
      await call("changeFinding", { params: { c, finding: finding.id }, body });
      await invalidate("listFindings", "getFinding", "overview");
    });
    if (!failed) setAccepting(false);
  };
  const mine = owner?.id === member.id;
  return (
    <div className="grid gap-3">
      {failure && <Refusal failure={failure} />}
      {accepting ? (
        <Accept busy={busy} send={change} cancel={() => setAccepting(false)} />
      ) : (
        <div className="flex flex-wrap gap-2">
          {state !== "accepted" && <Button onClick={() => setAccepting(true)}>{words.accept}</Button>}
          {state === "open" && (
            <Button busy={busy} onClick={() => void change({ state: "fixed" })}>
              {words.fixed}
            </Button>
          )}
          {(state === "accepted" || state === "fixed") && (
            <Button busy={busy} onClick={() => void change({ state: "open" })}>
              {words.open}
            </Button>
          )}
          <Button busy={busy} onClick={() => void change({ owner: mine ? null : member.id })}>
            {mine ? words.notMine : words.mine}
          </Button>
        </div>
      )}
    </div>
  );
}

function Accept({
  busy,
  send,
  cancel,
}: {
  busy: boolean;
  send: (body: Change) => Promise<void>;
  cancel: () => void;
}) {
  const [until, setUntil] = useState("");
  const [reason, setReason] = useState("");
  const [tried, setTried] = useState(false);
  const first = earliest(Date.now());
  const early = until < first;
  const bare = reason.trim() === "";
  return (
    <form
      className="grid gap-3"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        setTried(true);
        if (!early && !bare) void send({ state: "accepted", until, reason });
      }}
    >
      <p className="text-dim">{words.acceptText}</p>
      <Field label={words.until} error={tried && early ? words.needUntil : undefined}>
        {(ids) => (
          <Input
            {...ids}
            type="date"
            min={first}
            value={until}
            className="sm:w-44"
            onChange={(event) => setUntil(event.target.value)}
          />
        )}
      </Field>
      <Field
        label={words.reason}
        hint={words.reasonHint}
        error={tried && bare ? words.needReason : undefined}
      >
        {(ids) => (
          <Input
            {...ids}
            maxLength={500}
            value={reason}
            onChange={(event) => setReason(event.target.value)}
          />
        )}
      </Field>
      <div className="flex flex-wrap gap-2">
        <Button look="solid" type="submit" busy={busy}>
          {words.accept}
        </Button>
        <Button onClick={cancel}>{words.cancel}</Button>
      </div>
    </form>
  );
}
