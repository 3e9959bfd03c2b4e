/** Tries to get around what guards the API, in the log: who tries without end fills no disk. */
import type { FastifyBaseLogger } from "fastify";
import type { ErrorCode } from "./errors.ts";

const TOLD: ReadonlySet<ErrorCode> = new Set(["host_not_allowed", "origin_not_allowed", "too_many_tries"]);
const ONE_A_MS = 60_000;

/** Notes a refusal: of each kind one line a minute, which says how many came since the one before. */
export function turnedAway(
  now: () => number,
): (code: ErrorCode, from: string, log: FastifyBaseLogger) => void {
  const kinds = new Map<ErrorCode, { toldAt: number; since: number }>();
  return (code, from, log) => {
    if (!TOLD.has(code)) return;
    const kind = kinds.get(code) ?? { toldAt: Number.NEGATIVE_INFINITY, since: 0 };
    kinds.set(code, kind);
    if (now() - kind.toldAt < ONE_A_MS) {
      kind.since++;
      return;
    }
    log.warn({ code, from, othersBefore: kind.since }, "a request was turned away");
    kind.toldAt = now();
    kind.since = 0;
  };
}
