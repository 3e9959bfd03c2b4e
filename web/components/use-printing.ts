/** True while the page is printed: tables then hold all their rows, times are exact. */
import { useSyncExternalStore } from "react";
import { flushSync } from "react-dom";

const media = window.matchMedia("print");
let printing = media.matches;
const listeners = new Set<() => void>();

/** The paper is laid out as soon as the browser has told: what it shows must stand by then. */
function tell(now: boolean): void {
  if (now === printing) return;
  printing = now;
  flushSync(() => {
    for (const listener of listeners) listener();
  });
}

window.addEventListener("beforeprint", () => tell(true));
window.addEventListener("afterprint", () => tell(false));
media.addEventListener("change", () => tell(media.matches));

export function usePrinting(): boolean {
  return useSyncExternalStore(subscribe, () => printing);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
