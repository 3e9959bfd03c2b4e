/** Where another person may make credentials in Greenhouse: a note to send them, or a link that takes one from them. */
import { useMutation, useQuery } from "@tanstack/react-query";
import { Link2 } from "lucide-react";
import { useState } from "react";
import { type Answer, ApiFailure, type Call, call } from "../../api/client.ts";
import { asked, invalidate } from "../../api/query.ts";
import { CopyButton } from "../../components/copy-button.tsx";
import { Button } from "../../components/ui/button.tsx";
import { Field, Input } from "../../components/ui/field.tsx";
import { exact } from "../../format/time.ts";
import { guide, noteToAdmin } from "../../text/guide.ts";
import { connect } from "../../text/integrations.ts";
import { makeLink as words } from "../../text/link.ts";
import { WORD } from "../../text/words.ts";
import { Refusal } from "../refusal.tsx";
import type { Draft } from "./draft.ts";

/** A new connection as far as it is decided here, or one that there is. */
type For =
  | { draft: Pick<Draft, "kind" | "name" | "permission" | "usage"> }
  | { connection: number; kind: Draft["kind"]; permission: Draft["permission"] };

export function SomebodyElse(wanted: For) {
  const [open, setOpen] = useState(false);
  const { kind, permission } = "draft" in wanted ? wanted.draft : wanted;
  return (
    <section className="mt-4 grid gap-2 border-y py-3">
      <h4 className="font-semibold text-ink">{words.title}</h4>
      <div className="flex flex-wrap gap-2">
        <CopyButton text={noteToAdmin(kind, permission === "read_and_act")} label={guide.copyNote} />
        <Button small aria-expanded={open} onClick={() => setOpen(!open)}>
          <Link2 aria-hidden /> {words.make}
        </Button>
      </div>
      {open && <Maker key={kind} wanted={wanted} />}
      <OpenLinks />
    </section>
  );
}

function Maker({ wanted }: { wanted: For }) {
  const [name, setName] = useState("draft" in wanted ? wanted.draft.name : "");
  const isNew = "draft" in wanted;
  const make = useMutation({
    mutationFn: () => call("createCredentialLink", { body: bodyOf(wanted, name) }),
    onSuccess: () => invalidate("listCredentialLinks"),
  });
  const nameMissing = isNew && name.trim() === "";
  if (make.data) return <Made made={make.data} again={() => make.reset()} />;
  return (
    // No form of its own: it stands beside one, and Enter in it is for that one.
    <div className="grid gap-2">
      <p>{words.text}</p>
      {isNew && (
        <Field label={words.name} hint={words.nameHint} error={nameMissing && connect.needName}>
          {(ids) => (
            <Input {...ids} maxLength={80} value={name} onChange={(event) => setName(event.target.value)} />
          )}
        </Field>
      )}
      <div>
        <Button small busy={make.isPending} disabled={nameMissing} onClick={() => make.mutate()}>
          {words.makeIt}
        </Button>
      </div>
      {make.error instanceof ApiFailure && <Refusal failure={make.error} />}
    </div>
  );
}

function Made({ made, again }: { made: Answer<"createCredentialLink">; again: () => void }) {
  const address = `${window.location.origin}/link#${made.link}`;
  return (
    <div className="grid gap-2">
      <Field label={words.link} hint={words.once(exact(made.endsAt))}>
        {(ids) => (
          <Input
            {...ids}
            readOnly
            className="font-mono text-xs"
            value={address}
            onFocus={(event) => event.target.select()}
          />
        )}
      </Field>
      <div className="flex flex-wrap gap-2">
        <CopyButton text={address} label={words.copy} />
        <Button small look="quiet" onClick={again}>
          {words.another}
        </Button>
      </div>
    </div>
  );
}

/** Links that can still be used; what opens them is not shown again. */
function OpenLinks() {
  const { data } = useQuery(asked("listCredentialLinks", {}));
  const takeBack = useMutation({
    mutationFn: (id: number) => call("deleteCredentialLink", { params: { id } }),
    onSettled: () => invalidate("listCredentialLinks"),
  });
  if (!data || data.items.length === 0) return null;
  return (
    <div className="grid gap-1">
      <h5 className="font-medium text-ink">{words.open}</h5>
      <ul className="divide-y">
        {data.items.map((each) => (
          <li key={each.id} className="flex items-center justify-between gap-2 py-1.5">
            <span className="min-w-0 break-words">
              <span className="text-ink">
                {words.openOne(each.name, WORD.credential[each.credentialKind])}
              </span>
              {each.replaces && ` · ${words.replaces}`}
              <span className="block">
                {words.madeBy(each.madeBy)} · {words.until} {exact(each.endsAt)}
              </span>
            </span>
            <Button
              small
              aria-label={words.takeBackOf(each.name)}
              busy={takeBack.isPending && takeBack.variables === each.id}
              onClick={() => takeBack.mutate(each.id)}
            >
              {words.takeBack}
            </Button>
          </li>
        ))}
      </ul>
      {takeBack.error instanceof ApiFailure && <Refusal failure={takeBack.error} />}
    </div>
  );
}

function bodyOf(wanted: For, name: string): Call<"createCredentialLink">["body"] {
  if (!("draft" in wanted)) return { connection: String(wanted.connection), credentialKind: wanted.kind };
  const { kind, permission, usage } = wanted.draft;
  return {
    name: name.trim(),
    credentialKind: kind,
    permissionType: permission,
    usage,
    settings: { timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone },
  };
}
