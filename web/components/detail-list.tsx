/** One thing, whole: the names of its facts beside their values, on a phone above them. <DetailList rows={[["Who", "Mara Quill"]]} /> */
import type { ReactNode } from "react";

export type DetailRow = readonly [name: string, value: ReactNode];

export function DetailList({ rows }: { rows: readonly DetailRow[] }) {
  return (
    <dl className="grid gap-x-4 gap-y-1.5 sm:grid-cols-[max-content_1fr]">
      {rows.map(([name, value]) => (
        <div key={name} className="contents">
          <dt className="text-dim">{name}</dt>
          <dd className="mb-1 min-w-0 break-words sm:mb-0">{value}</dd>
        </div>
      ))}
    </dl>
  );
}
