/** Says that a list is behind, and reads it again: by itself it doesn't, so that no place in it is lost. */
import { RotateCw } from "lucide-react";
import type { Behind } from "../api/behind.ts";
import { TEXT } from "../text/console.ts";
import { Button } from "./ui/button.tsx";

export function BehindBar({ why, again }: Behind) {
  return (
    <div
      role="status"
      className="screen-only flex flex-wrap items-center gap-x-3 gap-y-2 rounded-lg bg-link-soft px-3 py-2"
    >
      <span className="min-w-0 flex-1">{TEXT.behind[why]}</span>
      <Button small onClick={again}>
        <RotateCw aria-hidden /> {TEXT.behind.again}
      </Button>
    </div>
  );
}
