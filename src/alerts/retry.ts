/** What becomes of a message after an attempt. Pure. */
import type { DeliveryKind, DeliveryState, Schedule } from "../model/alerts/alert.ts";
import { quietUntil } from "../model/alerts/alert-schedule.ts";
import type { Outcome } from "./post.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** After each attempt that failed; after one more it is given up. */
export const BACK_OFF_MS = [
  MINUTE_MS,
  5 * MINUTE_MS,
  30 * MINUTE_MS,
  2 * HOUR_MS,
  5 * HOUR_MS,
  10 * HOUR_MS,
  24 * HOUR_MS,
] as const;
/** What the receiver refuses, it mostly refuses again. */
export const ATTEMPTS_REFUSED = 3;

/** A test is tried once: whoever waits for it has seen what came of it. */
export function afterAttempt(
  { kind, failures }: { kind: DeliveryKind; failures: number },
  { result, waitMs }: Pick<Outcome, "result" | "waitMs">,
  schedule: Schedule,
  now: number,
): { state: DeliveryState; dueAt: number; failures: number } {
  if (result === "delivered") return { state: "delivered", dueAt: now, failures };
  const failed = failures + 1;
  const wait = BACK_OFF_MS[failed - 1];
  const over =
    kind === "test" ||
    result === "gone" ||
    wait === undefined ||
    (result === "refused" && failed >= ATTEMPTS_REFUSED);
  if (over) return { state: "given_up", dueAt: now, failures: failed };
  const at = now + Math.max(wait, waitMs ?? 0);
  return { state: "waiting", dueAt: quietUntil(schedule, at) ?? at, failures: failed };
}
