import type { World } from "../http/world.ts";
import type { Org } from "../org/org.ts";
import { rowText } from "../org/rows.ts";
import type { Stamped } from "../org/types.ts";
import type { Recruiting } from "../recruiting/recruiting.ts";
import type { Scenario } from "../switches.ts";
import type { DateRange, ParameterKind, ParameterValue } from "./parameters.ts";
import { inRange } from "./parameters.ts";

/** What a filter needs to know beside the record. */
export interface View {
  org: Org;
  scenario: Scenario;
  scenarioVersion: string;
  recruiting: Recruiting;
  now: number;
}

/** What the world shows at this moment. */
export function viewOf({ org, scenario, scenarioVersion, recruiting, clock }: World): View {
  return { org, scenario, scenarioVersion, recruiting, now: clock.now() };
}

export interface Filter<T> {
  kind: ParameterKind;
  test: (record: T, value: never, view: View) => boolean;
}
/** One v3 list endpoint: its scope, its filters (api.md §2.5) and where its rows come from. */
export interface Listing<T extends Stamped = Stamped> {
  scope: string;
  filters: Record<string, Filter<T>>;
  /** Records with an id below `before`, newest first, that pass. */
  page(
    view: View,
    before: number,
    limit: number,
    accept: (record: T) => boolean,
    values: ReadonlyMap<string, ParameterValue>,
  ): T[];
  text(record: T, view: View): string;
}

export const ids = <T>(get: (record: T, view: View) => number | null | readonly number[]): Filter<T> => ({
  kind: "ids",
  test: (record, wanted: ReadonlySet<number>, view) => {
    const own = get(record, view);
    return typeof own === "number" ? wanted.has(own) : (own?.some((id) => wanted.has(id)) ?? false);
  },
});
export const texts = <T>(get: (record: T) => string | null): Filter<T> => ({
  kind: "strings",
  test: (record, wanted: ReadonlySet<string>) => {
    const own = get(record);
    return own !== null && wanted.has(own);
  },
});
export const equal = <T>(
  kind: ParameterKind,
  get: (record: T, view: View) => ParameterValue | null,
): Filter<T> => ({
  kind,
  test: (record, wanted: ParameterValue, view) => get(record, view) === wanted,
});
export const date = <T>(get: (record: T) => number | null): Filter<T> => ({
  kind: "date",
  test: (record, range: DateRange) => inRange(get(record), range),
});
export const common = <T extends Stamped>(): Record<string, Filter<T>> => ({
  ids: ids((r) => r.id),
  created_at: date((r) => r.createdAt),
  updated_at: date((r) => r.updatedAt),
});

/** Index of the first record whose id is not below `before`. */
function placeOf(records: readonly Stamped[], before: number): number {
  let [low, high] = [0, records.length];
  while (low < high) {
    const mid = (low + high) >>> 1;
    if ((records[mid] as Stamped).id < before) low = mid + 1;
    else high = mid;
  }
  return low;
}

/** A list whose records are all held, in ascending id order. */
export function held<T extends Stamped>(
  records: (org: Org) => readonly T[],
  row: (record: T, view: View) => Record<string, unknown>,
): Pick<Listing<T>, "page" | "text"> {
  return {
    page({ org }, before, limit, accept) {
      const all = records(org);
      const out: T[] = [];
      for (let i = placeOf(all, before) - 1; i >= 0 && out.length < limit; i--)
        if (accept(all[i] as T)) out.push(all[i] as T);
      return out;
    },
    text: (record, view) => rowText(record, view.org, view.scenarioVersion, (r) => row(r, view)),
  };
}
