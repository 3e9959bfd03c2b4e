/** Which days are shown: the last 28, 90 or 180, or any two. They stand in the address. */
import { useState } from "react";
import type { Answer } from "../api/client.ts";
import { Button } from "../components/ui/button.tsx";
import { Field, Input } from "../components/ui/field.tsx";
import { useView } from "../search.ts";
import { usageWords } from "../text/usage.ts";
import { daysFrom } from "./figures.ts";

const words = usageWords.range;
const SPANS = [28, 90, 180] as const;

export function Range({ range, window }: Pick<Answer<"usage">, "range" | "window">) {
  const [, change] = useView();
  const spanOf = (days: number) => ({ from: daysFrom(window.to, 1 - days), to: window.to });
  const isShown = (days: number) => range.to === window.to && range.from === spanOf(days).from;
  return (
    <div className="screen-only flex flex-wrap items-end gap-x-4 gap-y-2">
      <fieldset className="flex flex-wrap gap-1">
        <legend className="sr-only">{words.label}</legend>
        {SPANS.map((days) => (
          <Button
            key={days}
            look={isShown(days) ? "plain" : "quiet"}
            aria-pressed={isShown(days)}
            onClick={() => change(days === window.days ? { from: undefined, to: undefined } : spanOf(days))}
          >
            {words.presets[days]}
          </Button>
        ))}
      </fieldset>
      <Days key={`${range.from} ${range.to}`} from={range.from} to={range.to} show={change} />
    </div>
  );
}

interface DaysProps {
  from: string;
  to: string;
  show: (days: { from: string; to: string }) => void;
}

export function Days({ show, ...shown }: DaysProps) {
  const [from, setFrom] = useState(shown.from);
  const [to, setTo] = useState(shown.to);
  const wrong = from > to;
  return (
    <form
      className="flex flex-wrap items-end gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        if (!wrong) show({ from, to });
      }}
    >
      <Field label={words.from} error={wrong && words.wrong}>
        {(ids) => (
          <Input {...ids} type="date" required value={from} onChange={(e) => setFrom(e.target.value)} />
        )}
      </Field>
      <Field label={words.to}>
        {(ids) => <Input {...ids} type="date" required value={to} onChange={(e) => setTo(e.target.value)} />}
      </Field>
      <Button type="submit">{words.show}</Button>
    </form>
  );
}
