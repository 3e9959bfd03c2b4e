/** Which failures are worth another try, and after how long. Pure. */
import type { Family, Fault } from "./errors.ts";

/** Tries in all, the first included. */
export const MAX_TRIES = 4;
/** 429s in a row after which a request is given up: waiting as told should have ended them. */
export const MAX_THROTTLES = 4;
/** Told to stay away for longer, a run ends instead of waiting; and until the time is over, later ones don't ask. */
export const LONGEST_WAIT_MS = 5 * 60_000;

const FIRST_MS = 500;
const CEILING_MS = 20_000;

export interface Failure {
  family: Family;
  fault: Fault | null;
  retryAfterMs: number | null;
}

/**
 * Ms until the next try after `tries` failed ones; null: give up. `chance` is a random number from 0 to 1: it keeps
 * workers that failed together from coming back together. `timeScale` divides our own waits, never what was told.
 */
export function nextTry(failure: Failure, tries: number, chance: number, timeScale = 1): number | null {
  if (tries >= MAX_TRIES || !worthAnother(failure)) return null;
  const wait = (Math.min(CEILING_MS, FIRST_MS * 2 ** (tries - 1)) * (0.5 + chance / 2)) / timeScale;
  if (failure.retryAfterMs === null) return wait;
  return failure.retryAfterMs > LONGEST_WAIT_MS ? null : Math.max(wait, failure.retryAfterMs);
}

function worthAnother({ family, fault }: Failure): boolean {
  if (family === "network" || family === "unavailable") return true;
  return family === "unreadable" && (fault === "cut" || fault === "garbled" || fault === "html");
}
