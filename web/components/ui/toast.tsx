/**
 * say("Copied") from anywhere; say("…", "cant") for what failed. <Toasts /> stands once, in the frame. Only for what
 * the page itself doesn't show: an error of a form belongs beside its field.
 */
import { CircleAlert, CircleCheck, X } from "lucide-react";
import { Toast as Radix } from "radix-ui";
import { useSyncExternalStore } from "react";
import { TEXT } from "../../text/console.ts";
import { IconButton } from "./button.tsx";

type Tone = "well" | "cant";
interface Said {
  id: number;
  text: string;
  tone: Tone;
}

let said: readonly Said[] = [];
let next = 1;
const listeners = new Set<() => void>();

function set(now: readonly Said[]): void {
  said = now;
  for (const listener of listeners) listener();
}

export function say(text: string, tone: Tone = "well"): void {
  set([...said.slice(-2), { id: next++, text, tone }]);
}

export function Toasts() {
  const items = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => said,
  );
  return (
    <Radix.Provider duration={6000}>
      {items.map((item) => (
        <Radix.Root
          key={item.id}
          onOpenChange={(open) => !open && set(said.filter((each) => each.id !== item.id))}
          className="flex items-center gap-2.5 rounded-lg border bg-surface py-2 pr-2 pl-3 shadow-pop [&_svg]:size-4 [&_svg]:shrink-0"
        >
          {item.tone === "well" ? (
            <CircleCheck aria-hidden className="text-well" />
          ) : (
            <CircleAlert aria-hidden className="text-cant" />
          )}
          <Radix.Description className="flex-1">{item.text}</Radix.Description>
          <Radix.Close asChild>
            <IconButton small label={TEXT.close}>
              <X />
            </IconButton>
          </Radix.Close>
        </Radix.Root>
      ))}
      <Radix.Viewport className="fixed right-4 bottom-16 z-[70] grid w-[min(22rem,92vw)] gap-2 md:bottom-4" />
    </Radix.Provider>
  );
}
