/**
 * Is somebody at this page? What it asks by itself, on a wall screen or at a machine that was left, is no use of a session:
 * it would never end.
 */
const AWAY_AFTER_MS = 5 * 60_000;
const SIGNS = ["pointerdown", "pointermove", "keydown", "wheel", "touchstart"] as const;

let lastSign = Date.now();

/** @param page the window */
export function watchReader(page: EventTarget): void {
  const seen = () => {
    lastSign = Date.now();
  };
  for (const sign of SIGNS) page.addEventListener(sign, seen, { capture: true, passive: true });
}

export const attended = (): boolean => Date.now() - lastSign < AWAY_AFTER_MS;
