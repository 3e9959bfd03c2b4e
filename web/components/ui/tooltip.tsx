/** <Tooltip text="23 Nov 2026, …"><button>4 min ago</button></Tooltip>: on hover, focus and tap. Needs a focusable child. */
import { Tooltip as Radix } from "radix-ui";
import { type ReactNode, useState } from "react";

export function Tooltip({ text, children }: { text: ReactNode; children: ReactNode }) {
  const [open, setOpen] = useState(false);
  return (
    <Radix.Provider delayDuration={250}>
      <Radix.Root open={open} onOpenChange={setOpen}>
        <Radix.Trigger asChild onClick={() => setOpen(true)}>
          {children}
        </Radix.Trigger>
        <Radix.Portal>
          <Radix.Content
            sideOffset={5}
            collisionPadding={8}
            className="z-[60] max-w-xs rounded-md bg-ink px-2 py-1 text-sm text-canvas shadow-pop"
          >
            {text}
          </Radix.Content>
        </Radix.Portal>
      </Radix.Root>
    </Radix.Provider>
  );
}
