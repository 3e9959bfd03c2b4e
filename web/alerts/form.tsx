/** The fields of a destination: where, of which connections, of what, and when. */
import { useMember } from "../api/session.ts";
import { Checkbox, Choice, Field, Input, Select, Switch } from "../components/ui/field.tsx";
import { useConnection } from "../layout/connection.tsx";
import { alertWords, type Kind } from "../text/alerts.ts";
import { TopicsField } from "./topics.tsx";
import { type Draft, USUAL_QUIET, type Wrong } from "./view.ts";

const words = alertWords.form;
const ZONES = [...new Set(["UTC", ...Intl.supportedValuesOf("timeZone")])];
const HOURS = Array.from({ length: 24 }, (_, hour) => hour);

interface Props {
  draft: Draft;
  onChange: (draft: Draft) => void;
  kind: Kind;
  /** Where it goes now; null: it is new. */
  where: string | null;
  /** What is wrong, once it was tried to save. */
  wrong: readonly Wrong[];
}

export function DestinationFields({ draft, onChange, kind, where, wrong }: Props) {
  const change = (part: Partial<Draft>) => onChange({ ...draft, ...part });
  const props = { draft, change, kind, where, wrong };
  return (
    <div className="grid items-start gap-x-8 gap-y-5 md:grid-cols-[18rem_1fr]">
      <div className="grid gap-4">
        <Field label={words.name} error={wrong.includes("name") && words.needName}>
          {(ids) => (
            <Input
              {...ids}
              maxLength={100}
              value={draft.name}
              onChange={(event) => change({ name: event.target.value })}
            />
          )}
        </Field>
        <Where {...props} />
        <Connections {...props} />
        <When {...props} />
      </div>
      <TopicsField topics={draft.topics} onChange={(topics) => change({ topics })} />
    </div>
  );
}

interface Part extends Omit<Props, "onChange"> {
  change: (part: Partial<Draft>) => void;
}

function Where({ draft, change, kind, where, wrong }: Part) {
  const { email } = useMember();
  if (kind === "own") return <p className="text-dim">{words.to(where ?? email)}</p>;
  if (kind === "email") {
    return (
      <Field label={words.address} error={wrong.includes("address") && words.needAddress}>
        {(ids) => (
          <Input
            {...ids}
            type="email"
            spellCheck={false}
            value={draft.address}
            onChange={(event) => change({ address: event.target.value })}
          />
        )}
      </Field>
    );
  }
  return (
    <Field
      label={words.url}
      hint={where === null ? words.urlHint[kind] : words.keptUrl(where)}
      error={wrong.includes("url") && words.needUrl}
    >
      {(ids) => (
        <Input
          {...ids}
          type="url"
          spellCheck={false}
          placeholder="https://"
          value={draft.url}
          onChange={(event) => change({ url: event.target.value })}
        />
      )}
    </Field>
  );
}

function Connections({ draft, change, kind, where, wrong }: Part) {
  const { connections } = useConnection();
  const all = kind !== "own" ? words.allShared : where === null ? words.allYours : words.all;
  const chosen = draft.connections;
  return (
    <div className="grid gap-2">
      <Choice
        legend={words.connections}
        name="connections"
        value={chosen === null ? "all" : "some"}
        onChange={(which) => change({ connections: which === "all" ? null : [] })}
        options={[
          { value: "all", label: all },
          { value: "some", label: words.some, disabled: connections.length === 0 },
        ]}
      />
      {chosen !== null && (
        <div className="grid gap-1.5 pl-3">
          {connections.map(({ id, name }) => (
            <Checkbox
              key={id}
              label={name}
              checked={chosen.includes(id)}
              onChange={(on) =>
                change({ connections: on ? [...chosen, id] : chosen.filter((each) => each !== id) })
              }
            />
          ))}
        </div>
      )}
      {wrong.includes("connections") && (
        <p role="alert" className="text-sm text-cant">
          {words.needSome}
        </p>
      )}
    </div>
  );
}

function When({ draft, change, wrong }: Part) {
  const { quiet } = draft;
  const zones = ZONES.includes(draft.zone) ? ZONES : [draft.zone, ...ZONES];
  const time = (label: string, part: "from" | "to") => (
    <Field label={label}>
      {(ids) => (
        <Input
          {...ids}
          type="time"
          value={quiet![part]}
          onChange={(event) => change({ quiet: { ...quiet!, [part]: event.target.value } })}
        />
      )}
    </Field>
  );
  return (
    <div className="grid gap-4">
      <Field label={words.zone}>
        {(ids) => (
          <Select
            {...ids}
            value={draft.zone}
            onChange={(event) => change({ zone: event.target.value })}
            options={zones.map((zone) => [zone, zone])}
          />
        )}
      </Field>
      <Field label={words.hour} hint={words.hourHint}>
        {(ids) => (
          <Select
            {...ids}
            value={String(draft.hour)}
            onChange={(event) => change({ hour: Number(event.target.value) })}
            options={HOURS.map((hour) => [String(hour), `${String(hour).padStart(2, "0")}:00`])}
          />
        )}
      </Field>
      <Switch
        label={words.quiet}
        hint={words.quietHint}
        checked={quiet !== null}
        onChange={(on) => change({ quiet: on ? USUAL_QUIET : null })}
      />
      {quiet && (
        <div className="grid grid-cols-2 gap-3">
          {time(words.quietFrom, "from")}
          {time(words.quietTo, "to")}
        </div>
      )}
      {wrong.includes("quiet") && (
        <p role="alert" className="text-sm text-cant">
          {words.needQuiet}
        </p>
      )}
    </div>
  );
}
