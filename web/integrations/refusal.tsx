/** What was refused, why, and what to click. */
import { CircleAlert } from "lucide-react";
import type { ReactNode } from "react";
import type { ApiFailure } from "../api/client.ts";
import { cureOf } from "./troubles.ts";

export function Refusal({ failure, children }: { failure: ApiFailure; children?: ReactNode }) {
  const cure = cureOf(failure.cure);
  return (
    <div role="alert" className="flex gap-2 rounded-md bg-cant-soft px-3 py-2 text-ink">
      <CircleAlert aria-hidden className="mt-0.5 size-4 shrink-0 text-cant" />
      <div className="min-w-0">
        <p>{failure.message}</p>
        {cure && !failure.message.endsWith(cure) && <p className="mt-0.5 text-dim">→ {cure}</p>}
        {children && <div className="mt-2 flex flex-wrap gap-2">{children}</div>}
      </div>
    </div>
  );
}
