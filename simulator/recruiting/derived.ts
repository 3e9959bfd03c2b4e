import type { Ids, Kind } from "../org/ids.ts";
import type { Stamped } from "../org/types.ts";
import type { Slots } from "./slots.ts";

type Json = Record<string, unknown>;
/** A row of recruiting as it is at a moment: `row` holds the v3 fields beside id, created_at and updated_at. */
export interface Made extends Stamped {
  row: Json;
}
/** From which day to which a row can have been made, for a reader who filters by dates. */
export interface Bounds {
  from: number;
  to: number;
  /** Rows made before this day were touched later only if they are among the late ones. */
  touchedFrom: number;
}
/** Where the rows of one list come from. */
export interface Rows {
  /** Rows with an id below `before`, newest first, that pass; at most `limit`. */
  page(
    now: number,
    before: number,
    limit: number,
    accept: (row: Made) => boolean,
    bounds?: Bounds,
    ids?: ReadonlySet<number>,
  ): Made[];
  /** Puts a row in by hand, above all the others. */
  add(row: (id: number) => Made): Made;
}

/** What a list is derived from. Each slot of time makes up to `parts` rows. */
export interface Source {
  ids: Ids;
  kind: Kind;
  parts: number;
  slots: Slots;
  /** The row of a part of a slot as it is at `now`; null where there is none. */
  make(slot: number, part: number, now: number): Omit<Made, "id"> | null;
  /** Whether something of this slot was changed long after it was made: cheap, for every slot is asked. */
  late(slot: number): boolean;
}

const dayMs = 86_400_000;
/** What happens to a row after it was made happens within so many days, late changes apart. */
export const spanDays = 21;
export const everything: Bounds = { from: -Infinity, to: Infinity, touchedFrom: -Infinity };
/** Rows that were put in by hand are numbered from here on. */
const added = 50_000_000;

/** A list whose rows are made when they are asked for; memory holds none of them but those put in by hand. */
export function derivedRows({ ids, kind, parts, slots, make, late }: Source): Rows {
  const held: Made[] = [];
  const at = (index: number, now: number): Made | null => {
    const made = make(Math.floor(index / parts), index % parts, now);
    return made && made.createdAt <= now ? { id: ids.of(kind, index), ...made } : null;
  };
  const get = (id: number, now: number, end: number): Made | null => {
    const index = ids.indexOf(kind, id);
    if (index >= added) return held.find((row) => row.id === id) ?? null;
    return index >= 0 && index < end && ids.of(kind, index) === id ? at(index, now) : null;
  };
  return {
    page(now, before, limit, accept, bounds = everything, wanted) {
      const out: Made[] = [];
      const today = Math.floor(now / dayMs);
      const end = slots.first(today + 1) * parts;
      const consider = (row: Made | null): boolean => {
        if (row && row.id < before && accept(row)) out.push(row);
        return out.length < limit;
      };
      if (wanted) {
        for (const id of [...wanted].sort((a, b) => b - a)) if (!consider(get(id, now, end))) break;
        return out;
      }
      for (let i = held.length - 1; i >= 0; i--) if (!consider(held[i] as Made)) return out;
      const top = before === Infinity ? end : Math.min(end, ids.indexOf(kind, before - 1) + 1);
      const newest = bounds.to >= today ? top : Math.min(top, slots.first(bounds.to + 1) * parts);
      const oldest = bounds.from === -Infinity ? 0 : slots.first(bounds.from) * parts;
      const untouched = bounds.touchedFrom === -Infinity ? 0 : slots.first(bounds.touchedFrom) * parts;
      for (let index = newest - 1; index >= oldest; index--) {
        if (index < untouched && !late(Math.floor(index / parts))) {
          index -= index % parts;
          continue;
        }
        if (!consider(at(index, now))) break;
      }
      return out;
    },
    add(row) {
      const made = row(ids.of(kind, added + held.length));
      held.push(made);
      return made;
    },
  };
}

/** Keeps the latest results of an expensive function of a number. */
export function remembered<T>(size: number, make: (key: number) => T): (key: number) => T {
  const kept = new Map<number, T>();
  return (key) => {
    const known = kept.get(key);
    if (known !== undefined) return known;
    if (kept.size >= size) kept.delete(kept.keys().next().value as number);
    const made = make(key);
    kept.set(key, made);
    return made;
  };
}

/** The latest of the times that have come by `now`. */
export function latest(now: number, ...times: (number | null)[]): number {
  return times.reduce<number>((last, time) => (time !== null && time <= now && time > last ? time : last), 0);
}
