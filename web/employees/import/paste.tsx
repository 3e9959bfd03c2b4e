/** A pasted list: it says what it means, then what it would do. */
import { useState } from "react";
import { Button } from "../../components/ui/button.tsx";
import { Choice, Field, TextArea } from "../../components/ui/field.tsx";
import { Refusal } from "../../integrations/refusal.tsx";
import { importWords as words } from "../../text/employees.ts";
import type { Body } from "./draft.ts";
import { DateOrder, Outcome } from "./outcome.tsx";
import { useImport } from "./use-import.ts";

export function Paste({ onDone }: { onDone: () => void }) {
  const [means, setMeans] = useState<"left" | "works_here">("left");
  const [text, setText] = useState("");
  const [dateOrder, setDateOrder] = useState<"dmy" | "mdy" | "ymd" | undefined>();
  const [tried, setTried] = useState(false);
  const importing = useImport(onDone);
  const { preview, busy, failure } = importing;
  const body = (more: object = {}): Body => ({ kind: "paste", text, means, dateOrder, ...more });
  const changed =
    <T,>(set: (value: T) => void) =>
    (value: T) => {
      importing.forget();
      set(value);
    };
  return (
    <form
      noValidate
      className="grid gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        setTried(true);
        if (text.trim() !== "") void importing.look(body());
      }}
    >
      <Choice
        legend={words.means}
        name="means"
        value={means}
        onChange={changed(setMeans)}
        options={(["left", "works_here"] as const).map((each) => ({
          value: each,
          label: words.meaning[each],
          text: words.meaningText[each],
        }))}
      />
      <Field label={words.list} error={tried && text.trim() === "" && words.needList}>
        {(ids) => (
          <TextArea
            {...ids}
            rows={7}
            spellCheck={false}
            className="font-mono"
            placeholder={words.listExample}
            value={text}
            onChange={(event) => changed(setText)(event.target.value)}
          />
        )}
      </Field>
      {preview && (
        <DateOrder
          dates={preview.dates}
          onChange={(order) => {
            setDateOrder(order);
            void importing.look(body({ dateOrder: order }));
          }}
        />
      )}
      {failure && <Refusal failure={failure} />}
      {preview ? (
        <Outcome preview={preview} busy={busy} onApply={() => void importing.apply(body())} />
      ) : (
        <div className="flex justify-end">
          <Button look="solid" type="submit" busy={busy}>
            {words.look}
          </Button>
        </div>
      )}
    </form>
  );
}
