/** Importing employees: a pasted list, a CSV, or SCIM; what it would do; then all of it or nothing. */
import { useState } from "react";
import { type ApiFailure, call } from "../../api/client.ts";
import { invalidate } from "../../api/query.ts";
import { Dialog } from "../../components/ui/dialog.tsx";
import { Tabs } from "../../components/ui/tabs.tsx";
import { say } from "../../components/ui/toast.tsx";
import { number } from "../../format/number.ts";
import { useView } from "../../search.ts";
import { useSending } from "../../sign-in/form.ts";
import { importWords as words } from "../../text/employees.ts";
import { Csv } from "./csv.tsx";
import type { Body, Preview } from "./draft.ts";
import { Paste } from "./paste.tsx";
import { Scim } from "./scim.tsx";

const WAYS = ["paste", "csv", "scim"] as const;

export function ImportDialog({ onClose }: { onClose: () => void }) {
  const [view, change] = useView();
  const way = WAYS.find((each) => each === view.import) ?? "csv";
  const content = {
    paste: <Paste onDone={onClose} />,
    csv: <Csv onDone={onClose} />,
    scim: <Scim />,
  };
  return (
    <Dialog wide holds open onOpenChange={(open) => !open && onClose()} title={words.title} text={words.text}>
      <Tabs
        label={words.ways}
        value={way}
        onChange={(next) => change({ import: next }, { replace: true })}
        tabs={WAYS.map((each) => ({
          id: each,
          label: words.way[each],
          content: each === way ? content[each] : null,
        }))}
      />
    </Dialog>
  );
}

export interface Importing {
  preview: Preview | null;
  busy: boolean;
  failure: ApiFailure | null;
  look: (body: Body) => Promise<void>;
  /** What was seen is of no more use. */
  forget: () => void;
  apply: (body: Body) => Promise<void>;
}

/** One look or import at a time; an answer that comes late is of an older draft, and dropped. */
export function useImport(onDone: () => void): Importing {
  const [preview, setPreview] = useState<Preview | null>(null);
  const [asked, setAsked] = useState({ n: 0 });
  const { busy, failure, send, forget } = useSending();
  return {
    preview,
    busy,
    failure,
    async look(body) {
      const n = ++asked.n;
      await send(async () => {
        const answer = await call("previewImport", { body });
        if (asked.n === n) setPreview(answer);
      });
    },
    forget() {
      setAsked({ n: asked.n + 1 });
      setPreview(null);
      forget();
    },
    async apply(body) {
      await send(async () => {
        const { rows } = await call("importEmployees", { body });
        await invalidate();
        say(words.imported(number(rows)));
        onDone();
      });
    },
  };
}
