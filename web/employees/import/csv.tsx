/** A CSV: dropped or chosen; everything that was guessed of it is shown, and can be said otherwise. */
import { FileUp } from "lucide-react";
import { useRef, useState } from "react";
import { Button } from "../../components/ui/button.tsx";
import { cx } from "../../components/ui/cx.ts";
import { Checkbox, Field, Select } from "../../components/ui/field.tsx";
import { Refusal } from "../../integrations/refusal.tsx";
import { importWords as words } from "../../text/employees.ts";
import { Columns, States } from "./columns.tsx";
import { base64Of, type CsvBody, MOST_BYTES } from "./draft.ts";
import { DateOrder, Outcome } from "./outcome.tsx";
import { useImport } from "./use-import.ts";

type Said = Omit<CsvBody, "kind" | "file">;
type Meaning = NonNullable<CsvBody["means"]>;

export function Csv({ onDone }: { onDone: () => void }) {
  const [file, setFile] = useState<{ name: string; base64: string } | null>(null);
  const [said, setSaid] = useState<Said>({});
  const [refused, setRefused] = useState<string | null>(null);
  const importing = useImport(onDone);
  const { preview, busy, failure } = importing;
  const look = (base64: string, next: Said) => {
    setSaid(next);
    void importing.look({ kind: "csv", file: base64, ...next });
  };
  const say = (part: Said) => file && look(file.base64, { ...said, ...part });

  const take = async (taken: File) => {
    importing.forget();
    if (taken.size > MOST_BYTES) {
      setFile(null);
      setRefused(words.tooLarge);
      return;
    }
    setRefused(null);
    const base64 = await base64Of(taken);
    setFile({ name: taken.name, base64 });
    look(base64, {});
  };

  return (
    <div className="grid gap-5">
      <DropZone name={file?.name ?? null} onFile={(taken) => void take(taken)} />
      {refused && (
        <p role="alert" className="text-cant">
          {refused}
        </p>
      )}
      {failure && <Refusal failure={failure} />}
      {file && !preview && busy && <p className="text-dim">{words.reading}</p>}
      {file && preview && (
        <>
          <Columns preview={preview} onChange={(columns) => say({ columns })} />
          {preview.states.length > 0 && preview.means === "told" && (
            <States preview={preview} onChange={(states) => say({ states: { ...said.states, ...states } })} />
          )}
          <div className="grid gap-4 sm:grid-cols-3">
            <DateOrder dates={preview.dates} onChange={(dateOrder) => say({ dateOrder })} />
            <Field label={words.encoding}>
              {(ids) => (
                <Select
                  {...ids}
                  options={Object.entries(words.encodings)}
                  value={preview.encoding ?? "utf-8"}
                  onChange={(event) => say({ encoding: event.target.value as NonNullable<Said["encoding"]> })}
                />
              )}
            </Field>
            <Field label={words.delimiter}>
              {(ids) => (
                <Select
                  {...ids}
                  options={Object.entries(words.delimiters)}
                  value={preview.delimiter ?? ","}
                  onChange={(event) =>
                    say({
                      delimiter: event.target.value as NonNullable<Said["delimiter"]>,
                      columns: undefined,
                    })
                  }
                />
              )}
            </Field>
          </div>
          <Field label={words.means}>
            {(ids) => (
              <Select
                {...ids}
                className="sm:w-80"
                options={Object.entries(words.meaning)}
                value={preview.means}
                onChange={(event) => {
                  const means = event.target.value as Meaning;
                  say({ means, ...(means === "left" ? { everybody: false } : {}) });
                }}
              />
            )}
          </Field>
          <div className="grid gap-2">
            <Checkbox
              label={words.header}
              checked={preview.header}
              onChange={(header) => say({ header, columns: undefined })}
            />
            <Checkbox
              label={words.everybody}
              hint={words.everybodyText}
              checked={said.everybody ?? false}
              disabled={preview.means === "left"}
              onChange={(everybody) => say({ everybody })}
            />
          </div>
          <Outcome
            preview={preview}
            busy={busy}
            onApply={(marksLeft) =>
              void importing.apply({
                kind: "csv",
                file: file.base64,
                ...said,
                ...(said.everybody ? { marksLeft } : {}),
              })
            }
          />
        </>
      )}
    </div>
  );
}

function DropZone({ name, onFile }: { name: string | null; onFile: (file: File) => void }) {
  const input = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  const take = (files: FileList | null) => {
    const [file] = files ?? [];
    if (file) onFile(file);
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping is a second way; the button in it is the first
    <div
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        take(event.dataTransfer.files);
      }}
      className={cx(
        "grid justify-items-center gap-1.5 rounded-lg border border-dashed border-edge px-4 text-center",
        name ? "py-3" : "py-8",
        over && "border-link bg-link-soft",
      )}
    >
      <input
        ref={input}
        type="file"
        accept=".csv,.tsv,.txt,text/csv,text/plain"
        className="sr-only"
        tabIndex={-1}
        aria-hidden
        onChange={(event) => {
          take(event.target.files);
          // The same file once more, after it was corrected.
          event.target.value = "";
        }}
      />
      {name ? (
        <p className="flex flex-wrap items-center gap-3">
          <span className="font-medium break-all">{name}</span>
          <Button small onClick={() => input.current?.click()}>
            {words.otherFile}
          </Button>
        </p>
      ) : (
        <>
          <FileUp aria-hidden className="size-7 text-dim" />
          <p className="flex flex-wrap items-center justify-center gap-2">
            {words.drop}
            <Button look="solid" onClick={() => input.current?.click()}>
              {words.choose}
            </Button>
          </p>
          <p className="max-w-prose text-sm text-dim">{words.dropHint}</p>
        </>
      )}
    </div>
  );
}
