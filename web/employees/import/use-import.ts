/** What an import would do, and doing it. */
import { useState } from "react";
import { type ApiFailure, call } from "../../api/client.ts";
import { invalidate } from "../../api/query.ts";
import { say } from "../../components/ui/toast.tsx";
import { number } from "../../format/number.ts";
import { useSending } from "../../sign-in/form.ts";
import { importWords as words } from "../../text/employees.ts";
import type { Body, Preview } from "./draft.ts";

interface Importing {
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
