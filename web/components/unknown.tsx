/**
 * Unknown is a word. <Unknown why="use not read since 21 Nov" /> opens one sentence; <NotGiven /> where Greenhouse
 * holds no value; <None /> for an empty list; <Gray>agency</Gray> for words beside a name.
 */
import type { ReactNode } from "react";
import { TEXT } from "../text/console.ts";
import { Popover } from "./ui/popover.tsx";

export function Unknown({ why, children }: { why: ReactNode; children?: ReactNode }) {
  return (
    <Popover
      className="max-w-80"
      trigger={
        <button
          type="button"
          className="text-idle underline decoration-dotted underline-offset-3 hover:decoration-solid"
        >
          {children ?? TEXT.unknown}
        </button>
      }
    >
      {why}
    </Popover>
  );
}

export function NotGiven() {
  return <span className="text-idle">{TEXT.notGiven}</span>;
}

export function None() {
  return <span className="text-idle">{TEXT.none}</span>;
}

export function Gray({ children }: { children: ReactNode }) {
  return <span className="rounded bg-idle-soft px-1.5 py-px text-xs text-idle">{children}</span>;
}
