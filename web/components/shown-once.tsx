/** What is shown this once, to hand over or to store: <ShownOnce label="Token" text={secret} note="Shown this once." />. */
import type { ReactNode } from "react";
import { CopyButton } from "./copy-button.tsx";

export function ShownOnce({ label, text, note }: { label: string; text: string; note: ReactNode }) {
  return (
    <div className="grid gap-1.5">
      <p className="font-medium">{label}</p>
      <div className="flex flex-wrap items-center gap-2">
        <code className="min-w-0 flex-1 basis-64 rounded-md bg-sunken px-2.5 py-1.5 font-mono text-sm break-all">
          {text}
        </code>
        <CopyButton text={text} small={false} />
      </div>
      <p className="text-sm text-dim">{note}</p>
    </div>
  );
}
