import type { Org } from "../org/org.ts";
import { hash } from "../random.ts";
import { remembered } from "./derived.ts";

/** One day of somebody who only interviews: a few pages, and a scorecard at the last of them. */
export interface Visit {
  /** Place in org.actors. */
  actor: number;
  /** When each page was opened, in milliseconds since 1970. */
  pages: readonly number[];
}

/**
 * People who only interview: they come for a day and then rest for ten to twenty-seven weeks.
 * At the start of the clock their last day is at least five weeks ago and their next at least two weeks off.
 */
export interface Visits {
  of(day: number): readonly Visit[];
  /** The events of a day's visits: when and whose. */
  events(day: number): readonly (readonly [ms: number, actor: number])[];
  /** Places in org.actors. */
  readonly actors: readonly number[];
}

interface Day {
  visits: readonly Visit[];
  events: readonly (readonly [ms: number, actor: number])[];
}

const dayMs = 86_400_000;
const isWeekend = (day: number): boolean => day % 7 === 2 || day % 7 === 3; // day 0 was a Thursday

export function makeVisits({ actors, sizes, specials }: Pick<Org, "actors" | "sizes" | "specials">): Visits {
  const { seed, anchor } = sizes;
  const today = Math.floor(anchor / dayMs);
  const resting = actors.flatMap((user, actor) => {
    const chosen = user.weight === 0 && !user.service && !user.deactivated && user !== specials.nameless;
    if (!chosen || hash(seed, actor, 90, 1) % 5 >= 2) return [];
    const period = 7 * (10 + (hash(seed, actor, 90, 2) % 18));
    const rest = 35 + (hash(seed, actor, 90, 3) % (period - 54));
    return [{ actor, period, last: today - rest - (isWeekend(today - rest) ? 2 : 0) }];
  });
  const made = (day: number): Day => {
    const visits = resting
      .filter(({ period, last }) => (day - last) % period === 0)
      .map(({ actor }) => {
        const from = day * dayMs + 8 * 3_600_000 + (hash(seed, actor, day, 92) % 32_400_000);
        return { actor, pages: [from, from + 41_337, from + 534_211] };
      });
    return { visits, events: visits.flatMap(({ actor, pages }) => pages.map((ms) => [ms, actor] as const)) };
  };
  const dayOf = remembered(500, made);
  return {
    of: (day) => dayOf(day).visits,
    events: (day) => dayOf(day).events,
    actors: resting.map(({ actor }) => actor),
  };
}
