import { couldAct, countsAsUse, makeGenerator } from "../events/blocks.ts";
import { makeCalendar } from "../events/calendar.ts";
import type { Org } from "../org/org.ts";
import type { User } from "../org/types.ts";
import type { Visits } from "./visits.ts";

/** A moment at which somebody was at work: there is an event of theirs in the audit log at that very time. */
export interface Moment {
  user: User;
  ms: number;
}
/** Draws a moment of a day; `place` from 0 to 1 is where in the day's events. Null when nobody was at work. */
export type Draw = (day: number, place: number) => Moment | null;

const tries = 12;

/**
 * Draws from the audit log's own generator, so that who did something in recruiting has events on that day.
 * Whoever a mutation stops later stays who was drawn: whether they could still act is for the caller to ask.
 */
export function makeMoments(org: Org, visits: Visits): Draw {
  const { actors, sizes } = org;
  const until = new Map(actors.map((user) => [user, user.actsUntil]));
  const calendar = makeCalendar(sizes.seed, sizes.eventsPerDay, visits);
  const planned = (user: User, ms: number): boolean =>
    ms >= user.actsFrom && ms < (until.get(user) as number);
  const generator = makeGenerator(org, calendar, visits, planned);
  let [keptDay, keptIndex] = [Number.NaN, -1];
  let block = generator.block(0, 0);

  return (day, place) => {
    const { before, total } = calendar.day(day);
    for (let attempt = 0; attempt < Math.min(tries, total); attempt++) {
      const event = (Math.floor(place * total) + attempt) % total;
      const index = blockOf(before, event);
      if (day !== keptDay || index !== keptIndex) {
        block = generator.block(day, index);
        [keptDay, keptIndex] = [day, index];
      }
      const i = block.order[event - (before[index] as number)] as number;
      const user = actors[block.actor[i] as number] as User;
      if (countsAsUse(block.kind[i] as number) && user.weight > 0) return { user, ms: block.ms[i] as number };
    }
    return null;
  };
}

/** Whether somebody who was drawn could still act then, mutations counted in. */
export const stillActs = (user: User, ms: number): boolean => couldAct(user, ms);

/** The block that holds the nth event of a day. */
function blockOf(before: Uint32Array, event: number): number {
  let [low, high] = [0, before.length - 1];
  while (low + 1 < high) {
    const mid = (low + high) >>> 1;
    if ((before[mid] as number) <= event) low = mid;
    else high = mid;
  }
  return low;
}
