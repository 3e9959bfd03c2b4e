/** Reads the rows of one page: duplicates dropped, order checked, the range of ids they speak for. Pure, but for the habit that it is given. */
import type { UnreadableRecord } from "../../model/records.ts";
import type { Covers, HeldBy } from "../connector.ts";
import { learnHabit, newHabit } from "./habit.ts";
import { idIn, type RowReader } from "./normalize.ts";

export interface RowsRead<R> {
  records: R[];
  unreadable: UnreadableRecord[];
  /** Those of `unreadable` that name a user. */
  heldBy: HeldBy[];
  /** The lowest id of the listing so far; null: none read yet. */
  lowest: string | null;
  /** Every id was lower than the one before it. */
  descending: boolean;
  /** All ids on the page, of duplicates too, as they came. */
  ids: Set<string>;
}

/**
 * `below`: the lowest id of the pages before; a row with just that id is a duplicate. `seen`: the ids of the page before,
 * of which some may come once more when rows were added meanwhile; or all ids of a listing that comes in no order. It takes
 * up those of this page, and of two rows with one id the later is ignored wherever it stands. `habit`: as known; it takes up what
 * this page shows.
 */
export function readRows<R extends { id: string }>(
  rows: readonly unknown[],
  read: (row: unknown, nullsLeftOut: boolean) => ReturnType<RowReader<R>>,
  below: string | null,
  seen: Pick<Set<string>, "has"> & { add(id: string): unknown } = new Set(),
  habit = newHabit(),
): RowsRead<R> {
  const result: RowsRead<R> = {
    records: [],
    unreadable: [],
    heldBy: [],
    lowest: below,
    descending: true,
    ids: new Set(),
  };
  if (below !== null) seen.add(below);
  learnHabit(habit, rows);
  for (const row of rows) {
    const one = read(row, habit.differ && !habit.sayNull);
    const id = "record" in one ? one.record.id : one.unreadable.id;
    if (id !== null) {
      result.ids.add(id);
      if (seen.has(id)) continue;
      seen.add(id);
      if (result.lowest !== null && compareIds(id, result.lowest) > 0) result.descending = false;
      if (result.lowest === null || compareIds(id, result.lowest) < 0) result.lowest = id;
    }
    if ("record" in one) result.records.push(one.record);
    else {
      result.unreadable.push(one.unreadable);
      const userId = idIn(row, "user_id");
      if (id !== null && userId !== null) result.heldBy.push({ id, userId });
    }
  }
  return result;
}

/**
 * The stored rows that a page of a descending listing speaks for: from its lowest id up to the page before.
 * A row whose id can't be read may be any of them, so its page speaks for none.
 */
export function coveredBy(
  page: Pick<RowsRead<unknown>, "lowest" | "unreadable">,
  below: string | null,
  last: boolean,
): Covers {
  if (page.unreadable.some((row) => row.id === null)) return { by: "nothing" };
  if (last) return { by: "ids", from: "0", to: below };
  return page.lowest === null || page.lowest === below
    ? { by: "nothing" }
    : { by: "ids", from: page.lowest, to: below };
}

/** Ids compare as the integers they are. */
export function compareIds(a: string, b: string): number {
  return a.length - b.length || (a < b ? -1 : a > b ? 1 : 0);
}
