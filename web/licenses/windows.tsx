/** After how many days without use a license is unused, by level and role: who moves is told before it is saved. */
import { useMutation, useQuery } from "@tanstack/react-query";
import { Plus, X } from "lucide-react";
import { useState } from "react";
import { type Answer, call } from "../api/client.ts";
import { asked, invalidate } from "../api/query.ts";
import { Button, IconButton } from "../components/ui/button.tsx";
import { Field, Input, Select } from "../components/ui/field.tsx";
import { number } from "../format/number.ts";
import { TEXT } from "../text/console.ts";
import { licenseWords } from "../text/licenses.ts";
import { type Connection, type Level, nameOf, userName, WORD } from "../text/words.ts";
import { FormDialog, FormEnd } from "./form-dialog.tsx";

const words = licenseWords.windows;
type Window = Answer<"licenses">["window"];
type Rule = Connection["settings"]["windows"][number];

/** Whose window is how long, and whether it is covered. */
export function WindowLines({ window }: { window: Window }) {
  const lines = [
    ...window.others.map((each) => [whose(each), each] as const),
    [words.everybody, window] as const,
  ];
  return (
    <ul className="list-disc pl-5 text-dim">
      {lines.map(([who, { days, coveredDays, reason }]) => (
        <li key={who}>
          {words.line(who, days)}, {reason ?? words.covered(coveredDays, days)}
        </li>
      ))}
    </ul>
  );
}

function whose({ level, role }: Window["others"][number]): string {
  return level ? WORD.level[level] : nameOf(role!, words.role);
}

export function Windows({ connection }: { connection: Connection }) {
  return (
    <FormDialog
      title={words.title}
      text={words.text}
      form={(done) => <Form connection={connection} done={done} />}
    />
  );
}

interface Draft {
  key: number;
  /** `level basic`, `role 4731004` */
  of: string;
  days: string;
}

const asDraft = ({ level, role, days }: Rule, key: number): Draft => ({
  key,
  of: level ? `level/${level}` : `role/${role}`,
  days: String(days),
});
function asRule({ of, days }: Draft): Rule {
  const [kind, id] = of.split("/") as ["level" | "role", string];
  return kind === "level"
    ? { level: id as Level, role: null, days: Number(days) }
    : { level: null, role: id, days: Number(days) };
}
const isDays = (text: string) => /^\d{1,3}$/.test(text) && Number(text) >= 1 && Number(text) <= 365;

function Form({ connection, done }: { connection: Connection; done: () => void }) {
  const c = String(connection.id);
  const { settings } = connection;
  const [days, setDays] = useState(String(settings.windowDays));
  const [drafts, setDrafts] = useState(() => settings.windows.map(asDraft));
  const wrong = !isDays(days) || drafts.some((each) => !isDays(each.days));
  const body = wrong ? null : { windowDays: Number(days), windows: drafts.map(asRule) };
  const changed =
    body !== null &&
    JSON.stringify(body) !== JSON.stringify({ windowDays: settings.windowDays, windows: settings.windows });
  const preview = useQuery({
    ...asked("previewWindows", { params: { c }, body: body ?? settingsOf(settings) }),
    enabled: body !== null,
  });
  const save = useMutation({
    mutationFn: () => call("updateConnection", { params: { c }, body: { settings: body! } }),
    onSuccess: async () => {
      await invalidate(
        "licenses",
        "listUsers",
        "overview",
        "getUser",
        "usage",
        "getConnection",
        "listConnections",
      );
      done();
    },
  });
  const known = preview.isSuccess && !preview.isPlaceholderData;
  return (
    <form
      className="grid gap-6"
      onSubmit={(event) => {
        event.preventDefault();
        if (changed && known) save.mutate();
      }}
    >
      <Rules c={c} drafts={drafts} onChange={setDrafts} />
      <Field label={words.everybodyDays} error={isDays(days) ? undefined : words.wrong}>
        {(ids) => (
          <Input
            {...ids}
            inputMode="numeric"
            maxLength={3}
            value={days}
            onChange={(event) => setDays(event.target.value)}
          />
        )}
      </Field>
      <section aria-live="polite">
        <h3 className="mb-1">{words.moves}</h3>
        {wrong ? (
          <p className="text-dim">{words.wrong}</p>
        ) : (
          <Moves answer={preview.data} error={preview.error} isOld={preview.isPlaceholderData} />
        )}
      </section>
      <FormEnd error={save.error} busy={save.isPending} ready={changed && known} />
    </form>
  );
}

const settingsOf = ({ windowDays, windows }: Connection["settings"]) => ({ windowDays, windows });

function Rules({ c, drafts, onChange }: { c: string; drafts: Draft[]; onChange: (drafts: Draft[]) => void }) {
  const roles = useQuery(asked("listRoles", { params: { c }, query: { limit: 1000 } }));
  const options = [
    ...(["basic", "job_admin", "site_admin", "unknown"] as const).map(
      (level) => [`level/${level}`, WORD.level[level]] as const,
    ),
    ...(roles.data?.items ?? []).map(
      (role) => [`role/${role.id}`, `${words.role}: ${nameOf(role, words.role)}`] as const,
    ),
  ];
  const all = [
    ...options,
    ...drafts.filter(({ of }) => !options.some(([id]) => id === of)).map(({ of }) => [of, of] as const),
  ];
  const set = (key: number, part: Partial<Draft>) =>
    onChange(drafts.map((each) => (each.key === key ? { ...each, ...part } : each)));
  const free = Math.max(-1, ...drafts.map(({ key }) => key)) + 1;
  return (
    <section>
      <ol className="grid gap-2">
        {drafts.map((each, i) => (
          <li key={each.key} className="grid grid-cols-[1fr_5rem_auto_auto] items-center gap-2">
            <Select
              aria-label={words.level(i + 1)}
              options={all}
              value={each.of}
              onChange={(event) => set(each.key, { of: event.target.value })}
            />
            <Input
              aria-label={words.daysOf(i + 1)}
              inputMode="numeric"
              maxLength={3}
              value={each.days}
              onChange={(event) => set(each.key, { days: event.target.value })}
            />
            <span className="text-dim">{words.days}</span>
            <IconButton
              label={words.remove(i + 1)}
              onClick={() => onChange(drafts.filter(({ key }) => key !== each.key))}
            >
              <X />
            </IconButton>
          </li>
        ))}
      </ol>
      <Button
        small
        className="mt-2"
        onClick={() =>
          onChange([
            ...drafts,
            {
              key: free,
              of: (options.find(([id]) => !drafts.some(({ of }) => of === id)) ?? options[0]!)[0],
              days: "180",
            },
          ])
        }
      >
        <Plus />
        {words.add}
      </Button>
    </section>
  );
}

function Moves({
  answer,
  error,
  isOld,
}: {
  answer: Answer<"previewWindows"> | undefined;
  error: Error | null;
  isOld: boolean;
}) {
  if (error) {
    return (
      <p role="alert" className="text-cant">
        {error.message}
      </p>
    );
  }
  if (!answer) return <p className="text-dim">{TEXT.loading}</p>;
  const { moves, before, after, window } = answer;
  const states = ["in_use", "unused", "never_used", "unknown"] as const;
  return (
    <div className={isOld ? "grid gap-2 opacity-55" : "grid gap-2"}>
      {moves.length === 0 && <p className="text-dim">{words.nobody}</p>}
      <ul className="list-disc pl-5">
        {moves.map(({ level, people, from, to, first }) => (
          <li key={`${level} ${from} ${to}`}>
            {words.move(
              licenseWords.people(number(people), people === 1),
              WORD.level[level],
              WORD.license[from],
              WORD.license[to],
            )}
            <p className="text-sm text-dim">{words.who(first.map(userName), people - first.length)}</p>
          </li>
        ))}
      </ul>
      <p className="text-dim">
        {states
          .map((state) =>
            licenseWords.beforeAfter(WORD.license[state], number(before[state]), number(after[state])),
          )
          .join(" · ")}
      </p>
      <WindowLines window={window} />
      {[window, ...window.others].some(({ days, coveredDays }) => days > 30 && coveredDays < days) && (
        <p className="text-dim">{words.keeps}</p>
      )}
    </div>
  );
}
