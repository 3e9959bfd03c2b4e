/** How often a member may ask: far oftener than the console does, or a script that goes from page to page. For each process. */
import type { Actor } from "../../model/member.ts";
import type { Endpoint } from "../contract/kit.ts";
import { Limit } from "./limits.ts";

/** Of all endpoints, with sessions and API tokens alike; and of those that give a file, which may read a whole list. */
export const ASKED = {
  all: { burst: 2_000, perSecond: 100 },
  files: { burst: 120, perSecond: 1 },
} as const;

/** Answers that a member is being given while something goes on: far more than all tabs of one person have. Each looks again and again. */
export const GOING_ON = 200;

/** @returns null: too many are; else what gives its place back */
export type GoingOn = (who: Actor) => (() => void) | null;

export function goingOn(): GoingOn {
  const open = new Map<number, number>();
  return (who) => {
    if (who.kind !== "member") return () => {};
    const { id } = who.member;
    const count = open.get(id) ?? 0;
    if (count >= GOING_ON) return null;
    open.set(id, count + 1);
    return () => {
      const left = open.get(id)! - 1;
      if (left === 0) open.delete(id);
      else open.set(id, left);
    };
  };
}

/** @returns 0: go on; else how many seconds to wait */
export type AskedOften = (who: Actor, endpoint: Pick<Endpoint, "file">, now: number) => number;

export function askedOften(): AskedOften {
  const all = new Limit(ASKED.all.burst, ASKED.all.perSecond);
  const files = new Limit(ASKED.files.burst, ASKED.files.perSecond);
  return (who, { file }, now) => {
    if (who.kind !== "member") return 0;
    const key = String(who.member.id);
    return all.take(key, now) || (file ? files.take(key, now) : 0);
  };
}
