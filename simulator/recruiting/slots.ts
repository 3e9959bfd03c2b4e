/** Numbers the happenings of one kind through the days, oldest first: some each day, from a first day on. */
export interface Slots {
  /** The number of the first happening of that day or later. */
  first(day: number): number;
  dayOf(slot: number): number;
}

/** `countOf` tells how many fall on a day. What was asked once is kept: a number per day. */
export function makeSlots(firstDay: number, countOf: (day: number) => number): Slots {
  const starts = [0];
  const first = (day: number): number => {
    for (let last = starts.length - 1; last < day - firstDay; last++)
      starts.push((starts[last] as number) + countOf(firstDay + last));
    return starts[Math.max(0, day - firstDay)] as number;
  };
  return {
    first,
    dayOf(slot) {
      let [low, high] = [0, starts.length];
      while (low + 1 < high) {
        const mid = (low + high) >>> 1;
        if ((starts[mid] as number) <= slot) low = mid;
        else high = mid;
      }
      return firstDay + low;
    },
  };
}
