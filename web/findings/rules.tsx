/** The rules: which are on, when each was judged, and their thresholds. Admins change them. */
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { ApiFailure } from "../api/client.ts";
import { asked, invalidate, type Row } from "../api/query.ts";
import { useReader } from "../components/reader.tsx";
import { Button } from "../components/ui/button.tsx";
import { Dialog } from "../components/ui/dialog.tsx";
import { Field, Input, Switch } from "../components/ui/field.tsx";
import { say } from "../components/ui/toast.tsx";
import { ago } from "../format/time.ts";
import { Refusal } from "../integrations/refusal.tsx";
import { useUpdate } from "../integrations/use-actions.ts";
import { TEXT } from "../text/console.ts";
import { findingWords } from "../text/findings.ts";

const words = findingWords.rules;
type Settings = Row<"listConnections">["settings"]["findings"];

export interface Rule {
  rule: Settings["off"][number];
  label: string;
  on: boolean;
  judgedAt: string | null;
  notJudged: string | null;
}

export function RulesDialog({ c, rules }: { c: string; rules: readonly Rule[] }) {
  const [open, setOpen] = useState(false);
  return (
    <Dialog
      open={open}
      onOpenChange={setOpen}
      title={words.title}
      text={words.text}
      trigger={<Button>{words.open}</Button>}
    >
      <Saved c={c} rules={rules} done={() => setOpen(false)} />
    </Dialog>
  );
}

function Saved({ c, rules, done }: { c: string; rules: readonly Rule[]; done: () => void }) {
  const { data } = useQuery(asked("getConnection", { params: { c } }));
  if (!data) return <p role="status">{TEXT.loading}</p>;
  return <Form id={data.id} saved={data.settings.findings} rules={rules} done={done} />;
}

const NUMBERS = [
  ["newSiteAdminDays", 1, 3_650],
  ["agencyGrants", 0, 1_000_000],
  ["credentialDays", 1, 3_650],
] as const;

function Form({
  id,
  saved,
  rules,
  done,
}: {
  id: number;
  saved: Settings;
  rules: readonly Rule[];
  done: () => void;
}) {
  const [settings, setSettings] = useState(saved);
  const [names, setNames] = useState(saved.privateRoles.join(", "));
  const mayChange = useReader().may("admin");
  const update = useUpdate(id);
  const switched = (rule: Rule["rule"], on: boolean) =>
    setSettings({
      ...settings,
      off: [...settings.off.filter((each) => each !== rule), ...(on ? [] : [rule])],
    });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        const privateRoles = names
          .split(",")
          .map((name) => name.trim())
          .filter(Boolean);
        update.mutate(
          { settings: { findings: { ...settings, privateRoles } } },
          {
            onSuccess: () => {
              void invalidate("listFindings", "overview");
              say(words.saved);
              done();
            },
          },
        );
      }}
    >
      <fieldset disabled={!mayChange} className="grid gap-5">
        <fieldset className="grid gap-3">
          <legend className="mb-2 font-medium">{words.legend}</legend>
          {rules.map(({ rule, label, judgedAt, notJudged }) => (
            <Switch
              key={rule}
              label={label}
              hint={notJudged ?? (judgedAt ? words.judged(ago(judgedAt)) : findingWords.notJudgedYet)}
              checked={!settings.off.includes(rule)}
              disabled={!mayChange}
              onChange={(on) => switched(rule, on)}
            />
          ))}
        </fieldset>
        <fieldset className="grid gap-3">
          <legend className="mb-2 font-medium">{words.thresholds}</legend>
          {NUMBERS.map(([name, min, max]) => (
            <Field key={name} label={words[name]}>
              {(ids) => (
                <Input
                  {...ids}
                  type="number"
                  min={min}
                  max={max}
                  required
                  className="sm:w-32"
                  value={Number.isNaN(settings[name]) ? "" : settings[name]}
                  onChange={(event) => setSettings({ ...settings, [name]: event.target.valueAsNumber })}
                />
              )}
            </Field>
          ))}
          <Field label={words.privateRoles} hint={words.privateRolesHint}>
            {(ids) => <Input {...ids} value={names} onChange={(event) => setNames(event.target.value)} />}
          </Field>
        </fieldset>
        {update.error instanceof ApiFailure && <Refusal failure={update.error} />}
        {mayChange ? (
          <div>
            <Button type="submit" look="solid" busy={update.isPending}>
              {words.save}
            </Button>
          </div>
        ) : (
          <p className="text-dim">{words.adminsOnly}</p>
        )}
      </fieldset>
    </form>
  );
}
