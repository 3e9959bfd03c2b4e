/** Over every page of an installation with sample data. */
import { FlaskConical } from "lucide-react";
import { TEXT } from "../text/console.ts";

export function SampleBand() {
  return (
    <p className="flex items-center justify-center gap-2 border-b bg-link-soft px-3 py-1 text-sm font-medium text-link">
      <FlaskConical aria-hidden className="size-4 shrink-0" /> {TEXT.sample}
    </p>
  );
}
