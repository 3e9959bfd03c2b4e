/** <Tooltip text="23 Nov 2026, …"><button>4 min ago</button></Tooltip>: on hover and focus, with `taps` on a tap, too. Needs a focusable child. */
import { Tooltip as Radix } from "radix-ui";
import { type ReactNode, useState } from "react";

export function Tooltip({
  text,
  taps = false,
  children,
}: {
  text: ReactNode;
  /** The child does nothing else on a click: then a click shows the text. */
  taps?: boolean;
  children: ReactNode;
}) {
  const [open, setOpen] = useState(false);
  return (
    <Radix.Provider delayDuration={250}>
      <Radix.Root open={open} onOpenChange={setOpen}>
        <Radix.Trigger
          asChild
          onClick={(event) => {
            if (!taps) return;
            event.preventDefault();
            setOpen(true);
          }}
        >
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
