import type { ListStream } from "./stream.ts";

/** A second listing proves something only some time after the first. */
export const AGREES_AFTER_MS = 10 * 60_000;
const ALWAYS_LET_GO = 5;
const SHARE_LET_GO = 0.1;

export interface Absence {
  stream: ListStream;
  /** Rows present after the last complete listing. */
  before: number;
  /** How many of the present rows this complete listing lacks. */
  absent: number;
  /** Rows in this listing. */
  listed: number;
  run: number;
  startedAt: number;
  /** Admin user, credential or scopes changed since the last complete listing. */
  viewerChanged: boolean;
  /** The held listing before this one; null: none is held. */
  held: {
    run: number;
    /** When its listing ended. */
    since: number;
    /** This listing lacks all of its rows again. */
    agreed: boolean;
    rows: number;
    /** A person's word was needed when it was held. */
    needsPerson: boolean;
  } | null;
}

export type Judgement =
  | { kind: "apply"; as: "removed" | "not_visible" }
  /** `anew`: another loss than the one held before, so its time begins now. */
  | { kind: "hold"; needsPerson: boolean; anew: boolean };

/**
 * What a complete listing may do to the rows that it lacks. Pure.
 *
 * A loss of more than max(5 rows, 10 %), or of all, is held: until a complete listing of a later run, begun at least
 * ten minutes on, lacks the same rows again; losses of users, and empty listings, until a person accepts them.
 * A viewer that changed may see other rows: what it doesn't see is not visible, not removed.
 */
export function judgeAbsence(absence: Absence): Judgement {
  const apply = { kind: "apply", as: absence.viewerChanged ? "not_visible" : "removed" } as const;
  if (!isSuspicious(absence.absent, absence.before)) return apply;
  const { held } = absence;
  const needsPerson = absence.stream === "users" || absence.listed === 0;
  if (!held?.agreed) return { kind: "hold", needsPerson, anew: true };
  if (needsPerson) return { kind: "hold", needsPerson, anew: !held.needsPerson };
  // What is absent besides the held rows has been missed only once.
  const fresh = absence.absent - held.rows;
  if (isSuspicious(fresh, absence.before - held.rows)) return { kind: "hold", needsPerson, anew: true };
  const later = absence.run !== held.run && absence.startedAt >= held.since + AGREES_AFTER_MS;
  return later ? apply : { kind: "hold", needsPerson, anew: false };
}

function isSuspicious(absent: number, before: number): boolean {
  if (absent === 0 || before === 0) return false;
  return absent >= before || absent > Math.max(ALWAYS_LET_GO, before * SHARE_LET_GO);
}
