/**
 * <Dialog open={open} onOpenChange={setOpen} title="Disconnect Aldermoor" text="…" foot={<Button>…</Button>}>…</Dialog>.
 * `holds`: a click beside it doesn't close it, for what is shown once. `keeps`: nor does Escape, for what was typed and can't be had again. `trigger` opens it by itself. `wide` for forms with a guide beside them; `sheet` slides in from the bottom on a phone.
 */
import { X } from "lucide-react";
import { Dialog as Radix } from "radix-ui";
import { type ReactNode, useRef } from "react";
import { TEXT } from "../../text/console.ts";
import { IconButton } from "./button.tsx";
import { cx } from "./cx.ts";

export interface DialogProps {
  title: string;
  text?: ReactNode;
  trigger?: ReactNode;
  open?: boolean;
  onOpenChange?: (open: boolean) => void;
  foot?: ReactNode;
  wide?: boolean;
  holds?: boolean;
  keeps?: boolean;
  children?: ReactNode;
}

export function Dialog({
  title,
  text,
  trigger,
  open,
  onOpenChange,
  foot,
  wide,
  holds,
  keeps,
  children,
}: DialogProps) {
  const before = useRef<HTMLElement | null>(null);
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      {trigger && <Radix.Trigger asChild>{trigger}</Radix.Trigger>}
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-40 bg-black/40" />
        <Radix.Content
          {...(text ? {} : { "aria-describedby": undefined })}
          onInteractOutside={(event) => (holds || keeps) && event.preventDefault()}
          onEscapeKeyDown={(event) => keeps && event.preventDefault()}
          onOpenAutoFocus={() => {
            before.current = document.activeElement as HTMLElement | null;
          }}
          // Without a trigger of its own nobody else knows where focus was.
          onCloseAutoFocus={() => before.current?.focus()}
          className={cx(
            "fixed z-50 flex flex-col bg-surface shadow-pop outline-none",
            "inset-x-0 bottom-0 max-h-[92dvh] rounded-t-xl",
            "sm:inset-auto sm:top-1/2 sm:left-1/2 sm:max-h-[88dvh] sm:-translate-x-1/2 sm:-translate-y-1/2 sm:rounded-xl sm:border",
            wide ? "sm:w-[min(64rem,94vw)]" : "sm:w-[min(32rem,94vw)]",
          )}
        >
          <div className="flex items-start gap-4 border-b px-5 py-3.5">
            <div className="min-w-0 flex-1">
              <Radix.Title className="text-lg font-semibold">{title}</Radix.Title>
              {text && <Radix.Description className="mt-0.5 text-dim">{text}</Radix.Description>}
            </div>
            <Radix.Close asChild>
              <IconButton label={TEXT.close} className="-mr-2">
                <X />
              </IconButton>
            </Radix.Close>
          </div>
          <div className="min-h-0 flex-1 overflow-y-auto px-5 py-4">{children}</div>
          {foot && <div className="flex flex-wrap justify-end gap-2 border-t px-5 py-3">{foot}</div>}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

/** Closes the dialog it stands in: <DialogClose><Button>Cancel</Button></DialogClose>. */
export function DialogClose({ children }: { children: ReactNode }) {
  return <Radix.Close asChild>{children}</Radix.Close>;
}
