/** Rules, purchased counts and prices, changed in one place: who moves is told before anything is saved. */
import { useMutation, useQuery } from "@tanstack/react-query";
import { ArrowUp, Plus, X } from "lucide-react";
import { useState } from "react";
import { type Answer, call } from "../api/client.ts";
import { asked, invalidate } from "../api/query.ts";
import { Button, IconButton } from "../components/ui/button.tsx";
import { Field, Input, Select } from "../components/ui/field.tsx";
import { licenseWords as words } from "../text/licenses.ts";
import { WORD } from "../text/words.ts";
import {
  type DraftPrice,
  type DraftRule,
  draftOf,
  noPrice,
  pricesOf,
  purchasedOf,
  rulesOf,
  typesIn,
  wrongIn,
} from "./draft.ts";
import { FormDialog, FormEnd } from "./form-dialog.tsx";
import { Moves } from "./moves.tsx";

export function Editor({ c, saved }: { c: string; saved: Answer<"licenseRules"> }) {
  return (
    <FormDialog
      title={words.edit}
      text={words.rulesHint}
      form={(done) => <Form c={c} saved={saved} done={done} />}
    />
  );
}

function Form({ c, saved, done }: { c: string; saved: Answer<"licenseRules">; done: () => void }) {
  const [rules, setRules] = useState(() => draftOf(saved.rules));
  const [prices, setPrices] = useState(() => pricesOf(saved.purchased));
  const [shown, setShown] = useState(false);
  const types = typesIn(rules);
  const wrong = Object.fromEntries(types.map((type) => [type, wrongIn(prices[type] ?? noPrice)]));
  const isWrong = Object.values(wrong).some((each) => Object.keys(each).length > 0);
  const asRules = rulesOf(rules);
  const changed = JSON.stringify(asRules) !== JSON.stringify(saved.rules);
  const preview = useQuery({
    ...asked("previewLicenseRules", { params: { c }, body: { rules: asRules } }),
    enabled: changed,
  });
  const save = useMutation({
    mutationFn: () =>
      call("saveLicenseRules", {
        params: { c },
        body: { rules: asRules, purchased: purchasedOf(types, prices) },
      }),
    onSuccess: async () => {
      await invalidate("licenses", "licenseRules", "listUsers", "overview", "getUser");
      done();
    },
  });
  // The answer of the rules before must not pass for that of these.
  const known = !changed || (preview.isSuccess && !preview.isPlaceholderData);
  return (
    <form
      className="grid gap-6"
      onSubmit={(event) => {
        event.preventDefault();
        setShown(true);
        if (!isWrong && known) save.mutate();
      }}
    >
      <Rules rules={rules} onChange={setRules} />
      <section aria-live="polite">
        <h3 className="mb-1">{words.moves}</h3>
        {changed ? (
          <Moves answer={preview.data} isOld={preview.isPlaceholderData} error={preview.error} />
        ) : (
          <p className="text-dim">{words.nobodyMoves}</p>
        )}
      </section>
      <Prices types={types} prices={prices} onChange={setPrices} wrong={shown ? wrong : {}} />
      <FormEnd error={save.error} busy={save.isPending} ready={known} />
    </form>
  );
}

const LEVELS = [
  ["any", words.anyLevel],
  ...(["site_admin", "job_admin", "basic", "unknown"] as const).map(
    (level) => [level, WORD.level[level]] as const,
  ),
] as const;
const STATUSES = [
  ["any", words.anyStatus],
  ...(["active", "deactivated", "missing"] as const).map((status) => [status, WORD.status[status]] as const),
] as const;

function Rules({ rules, onChange }: { rules: DraftRule[]; onChange: (rules: DraftRule[]) => void }) {
  const set = (key: number, with_: Partial<DraftRule>) =>
    onChange(rules.map((rule) => (rule.key === key ? { ...rule, ...with_ } : rule)));
  const up = (i: number) => {
    const next = [...rules];
    [next[i - 1], next[i]] = [next[i]!, next[i - 1]!];
    onChange(next);
  };
  const free = Math.max(-1, ...rules.map(({ key }) => key)) + 1;
  return (
    <section>
      <h3 className="mb-2">{words.rules}</h3>
      <ol className="grid gap-2">
        {rules.map((rule, i) => {
          const label = (what: string) => `${words.ruleNumber(i + 1)}: ${what}`;
          return (
            <li
              key={rule.key}
              className="grid grid-cols-[1fr_1fr] items-center gap-2 sm:grid-cols-[1fr_1fr_1.4fr_auto]"
            >
              <Select
                aria-label={label(words.ruleLevel)}
                options={LEVELS}
                value={rule.level}
                onChange={(event) => set(rule.key, { level: event.target.value as DraftRule["level"] })}
              />
              <Select
                aria-label={label(words.ruleStatus)}
                options={STATUSES}
                value={rule.status}
                onChange={(event) => set(rule.key, { status: event.target.value as DraftRule["status"] })}
              />
              <Input
                aria-label={label(words.ruleType)}
                placeholder={words.noType}
                maxLength={60}
                value={rule.type}
                onChange={(event) => set(rule.key, { type: event.target.value })}
              />
              <span className="flex justify-end">
                <IconButton label={words.moveUp(i + 1)} disabled={i === 0} onClick={() => up(i)}>
                  <ArrowUp />
                </IconButton>
                <IconButton
                  label={words.removeRule(i + 1)}
                  onClick={() => onChange(rules.filter(({ key }) => key !== rule.key))}
                >
                  <X />
                </IconButton>
              </span>
            </li>
          );
        })}
      </ol>
      <Button
        small
        className="mt-2"
        onClick={() => onChange([...rules, { key: free, level: "any", status: "any", type: "" }])}
      >
        <Plus />
        {words.addRule}
      </Button>
    </section>
  );
}

type Prices = Record<string, DraftPrice>;
const PRICE_FIELDS = [
  ["purchased", words.column.purchased, "numeric"],
  ["price", words.column.price, "decimal"],
  ["currency", words.currency, "text"],
] as const;

function Prices({
  types,
  prices,
  onChange,
  wrong,
}: {
  types: string[];
  prices: Prices;
  onChange: (prices: Prices) => void;
  wrong: Record<string, Partial<DraftPrice>>;
}) {
  return (
    <section>
      <h3 className="mb-2">{words.purchasedAndPrice}</h3>
      <div className="grid gap-3">
        {types.map((type) => (
          <fieldset key={type} className="grid grid-cols-3 gap-2 rounded-md border p-3">
            <legend className="px-1 font-medium">{type}</legend>
            {PRICE_FIELDS.map(([name, label, inputMode]) => (
              <Field key={name} label={label} error={wrong[type]?.[name]}>
                {(ids) => (
                  <Input
                    {...ids}
                    inputMode={inputMode}
                    maxLength={name === "currency" ? 3 : 12}
                    value={prices[type]?.[name] ?? ""}
                    onChange={(event) =>
                      onChange({
                        ...prices,
                        [type]: { ...(prices[type] ?? noPrice), [name]: event.target.value },
                      })
                    }
                  />
                )}
              </Field>
            ))}
          </fieldset>
        ))}
      </div>
    </section>
  );
}
