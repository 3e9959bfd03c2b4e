/** A new destination: one's own e-mail, or as an admin any other; then the secret of a webhook, shown once. */
import { useState } from "react";
import { call } from "../api/client.ts";
import { invalidate } from "../api/query.ts";
import { useMember } from "../api/session.ts";
import { useReader } from "../components/reader.tsx";
import { Field, Select } from "../components/ui/field.tsx";
import { say } from "../components/ui/toast.tsx";
import { useSending } from "../sign-in/form.ts";
import { alertWords, type Kind } from "../text/alerts.ts";
import { DestinationDialog } from "./dialog.tsx";
import { DestinationFields } from "./form.tsx";
import { SecretShown } from "./secret.tsx";
import { addedBody, type Draft, KINDS, newDraft, wrongIn } from "./view.ts";

const words = alertWords.form;

export function AddDialog({ onClose }: { onClose: () => void }) {
  const admin = useReader().may("admin");
  const member = useMember();
  const [kind, setKind] = useState<Kind>("own");
  const [draft, setDraft] = useState<Draft>(() => ({
    ...newDraft(Intl.DateTimeFormat().resolvedOptions().timeZone),
    name: words.ownName(member.name),
  }));
  const [tried, setTried] = useState(false);
  const [secret, setSecret] = useState<string | null>(null);
  const { busy, failure, send, forget } = useSending();
  if (secret !== null)
    return <SecretShown name={draft.name} secret={secret} oldEndsAt={null} onClose={onClose} />;

  const choose = (next: Kind) => {
    const untouched = draft.name === "" || draft.name === words.ownName(member.name);
    if (untouched) setDraft({ ...draft, name: next === "own" ? words.ownName(member.name) : "" });
    setKind(next);
    setTried(false);
    forget();
  };
  const submit = async () => {
    setTried(true);
    if (wrongIn(draft, kind, false).length > 0) return;
    await send(async () => {
      const added = await call("addDestination", { body: addedBody(draft, kind) });
      await invalidate("listDestinations");
      if (added.secret !== null) return setSecret(added.secret);
      say(words.added(added.name));
      onClose();
    });
  };

  return (
    <DestinationDialog
      title={admin ? words.addTitle : words.ownTitle}
      text={kind === "own" ? words.ownText : words.addText}
      verb={words.add}
      sending={{ busy, failure }}
      submit={submit}
      onClose={onClose}
    >
      {admin && (
        <Field label={words.kind} hint={words.kindMeans[kind]}>
          {(ids) => (
            <Select
              {...ids}
              className="sm:w-72"
              value={kind}
              onChange={(event) => choose(event.target.value as Kind)}
              options={KINDS.map((each) => [each, words.kinds[each]])}
            />
          )}
        </Field>
      )}
      <DestinationFields
        draft={draft}
        onChange={setDraft}
        kind={kind}
        where={null}
        wrong={tried ? wrongIn(draft, kind, false) : []}
      />
    </DestinationDialog>
  );
}
