/** True below 640 pixels: tables become cards, filters a sheet. */
import { useSyncExternalStore } from "react";

const media = window.matchMedia("(width < 640px)");

export function usePhone(): boolean {
  return useSyncExternalStore(
    (listener) => {
      media.addEventListener("change", listener);
      return () => media.removeEventListener("change", listener);
    },
    () => media.matches,
  );
}
