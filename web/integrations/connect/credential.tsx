/** Step two: the credential, the admin user, and whether usage is wanted. */
import { type ReactNode, useState } from "react";
import { Choice, Field, Input, Switch } from "../../components/ui/field.tsx";
import { connect as words } from "../../text/integrations.ts";
import { adminUserOf, oddity, tidy } from "../paste.ts";
import type { Draft, Missing } from "./draft.ts";
import { SiteAdmins } from "./site-admins.tsx";

interface Props {
  draft: Draft;
  change: (part: Partial<Draft>) => void;
  /** What is missing, once somebody has tried to go on. */
  missing: Missing;
}

export function Credential({ draft, change, missing }: Props) {
  return (
    <div className="grid gap-5">
      <Choice
        legend={words.kind}
        name="kind"
        value={draft.kind}
        onChange={(kind) => change({ kind })}
        options={[
          { value: "harvest_v3", label: words.v3, text: words.v3Text },
          { value: "harvest_v1", label: words.v1, text: words.v1Text },
        ]}
      />
      <Secrets draft={draft} change={change} missing={missing} />
      <div className="grid gap-2">
        <AdminUser draft={draft} change={change} missing={missing} />
        <SiteAdmins draft={draft} onPick={(adminUser) => change({ adminUser })} />
      </div>
      <Switch
        label={words.usage}
        hint={draft.usage ? words.usageText : words.usageOff}
        checked={draft.usage}
        onChange={(usage) => change({ usage })}
      />
    </div>
  );
}

/** Client ID and secret, or the key alone: tidied as they are pasted, and told what was tidied. */
export function Secrets({
  draft,
  change,
  missing,
}: {
  draft: Pick<Draft, "kind" | "clientId" | "secret">;
  change: (part: Partial<Pick<Draft, "clientId" | "secret">>) => void;
  missing: Missing;
}) {
  const [notes, setNotes] = useState<{ clientId?: string | null; secret?: string | null }>({});
  const v3 = draft.kind === "harvest_v3";
  const take = (part: "clientId" | "secret", text: string) => {
    const { value, note } = tidy(text);
    // What was removed from a paste is still told while one goes on typing behind it.
    setNotes((before) => ({ ...before, [part]: value === "" ? null : (note ?? before[part] ?? null) }));
    change({ [part]: value });
  };
  const odd = draft.secret === "" && v3 ? null : oddity(draft.kind, draft.clientId, draft.secret);
  return (
    <>
      {v3 && (
        <Field
          label={words.clientId}
          hint={<Hints of={[words.clientIdHint, notes.clientId]} />}
          error={missing.clientId ?? odd}
        >
          {(ids) => (
            <Input
              {...ids}
              spellCheck={false}
              autoCapitalize="none"
              value={draft.clientId}
              onChange={(event) => take("clientId", event.target.value)}
              onPaste={(event) => {
                event.preventDefault();
                take("clientId", event.clipboardData.getData("text"));
              }}
            />
          )}
        </Field>
      )}
      <Field
        label={v3 ? words.secret : words.key}
        hint={<Hints of={[words.secretHint, notes.secret]} />}
        error={missing.secret ?? (v3 ? undefined : odd)}
      >
        {(ids) => (
          <Input
            {...ids}
            type="password"
            // No password manager should keep what is Greenhouse's.
            autoComplete="one-time-code"
            data-1p-ignore
            data-lpignore="true"
            spellCheck={false}
            value={draft.secret}
            onChange={(event) => take("secret", event.target.value)}
            onPaste={(event) => {
              // A field of one line drops line breaks before anybody could say so.
              event.preventDefault();
              take("secret", event.clipboardData.getData("text"));
            }}
          />
        )}
      </Field>
    </>
  );
}

function Hints({ of }: { of: (string | null | undefined)[] }): ReactNode {
  return of.filter(Boolean).map((hint) => (
    <span key={hint} className="block">
      {hint}
    </span>
  ));
}

export function AdminUser({
  draft,
  change,
  missing,
}: {
  draft: Pick<Draft, "kind" | "adminUser">;
  change: (part: Pick<Draft, "adminUser">) => void;
  missing: Missing;
}) {
  const id = adminUserOf(draft.adminUser);
  const address = id !== null && id !== "" && id !== draft.adminUser.trim();
  return (
    <Field
      label={
        <>
          {words.adminUser} <span className="font-normal text-dim">({words.optional})</span>
        </>
      }
      hint={
        <Hints
          of={[
            draft.kind === "harvest_v3" ? words.adminV3 : words.adminV1,
            address ? words.adminRead(id) : null,
          ]}
        />
      }
      error={missing.adminUser}
    >
      {(ids) => (
        <Input
          {...ids}
          inputMode="url"
          spellCheck={false}
          placeholder={words.adminPlaceholder}
          value={draft.adminUser}
          onChange={(event) => change({ adminUser: event.target.value })}
        />
      )}
    </Field>
  );
}
