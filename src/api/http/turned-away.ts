/** Tries to get around what guards the API, in the log: who tries without end fills no disk. */
import type { FastifyBaseLogger } from "fastify";
import type { ErrorCode } from "../errors.ts";

const TOLD: ReadonlySet<ErrorCode> = new Set(["host_not_allowed", "origin_not_allowed", "too_many_tries"]);
const ONE_A_MS = 60_000;

/** Notes a refusal: of each kind one line a minute, which says how many came since the one before. */
export function turnedAway(
  now: () => number,
): (code: ErrorCode, from: string, log: FastifyBaseLogger) => void {
  const tell = oneAMinute<ErrorCode>(now);
  return (code, from, log) => {
    if (!TOLD.has(code)) return;
    tell(code, (othersBefore) => log.warn({ code, from, othersBefore }, "a request was turned away"));
  };
}

/** Of each kind one a minute is told, with how many weren't since the one before. */
export function oneAMinute<K>(now: () => number): (of: K, tell: (othersBefore: number) => void) => void {
  const kinds = new Map<K, { toldAt: number; since: number }>();
  return (of, tell) => {
    const kind = kinds.get(of) ?? { toldAt: Number.NEGATIVE_INFINITY, since: 0 };
    kinds.set(of, kind);
    if (now() - kind.toldAt < ONE_A_MS) {
      kind.since++;
      return;
    }
    tell(kind.since);
    kind.toldAt = now();
    kind.since = 0;
  };
}
