/**
 * What a table shows stands in the address bar: filters by their key, `sort`, `descending`, `columns`, `search`.
 * A page declares its filters once: const FILTERS: Filter[] = [{ key: "license", label: "License", options: [["unused", "Unused"]] }],
 * asks with query: { ...filtersOf(view, FILTERS), ...sortOf(view) }, and hands FILTERS to <DataTable>.
 */
import { utc } from "../format/time.ts";
import type { Search } from "../search.ts";

export interface Filter {
  /** The parameter's name, in the address and in the API's query. */
  key: string;
  label: string;
  /** Choices; several may be ticked unless `one`. */
  options?: readonly (readonly [value: string, label: string])[];
  one?: boolean;
  /** Yes or absent: "No e-mail". */
  flag?: boolean;
  /** Typed in: text, or a day. */
  input?: "text" | "date";
  /** Holds unless the address says otherwise; removed, the address says `any`. */
  default?: string;
  /** A value in words where `options` don't have it: a role's name, a job's. */
  word?: (value: string) => string;
}

const ANY = "any";

/** The filter's value in the view; undefined: it doesn't narrow. */
export function chosenValue(view: Search, filter: Filter): string | undefined {
  const value = view[filter.key] ?? filter.default;
  return value === ANY || value === "" ? undefined : value;
}

/** All filters that narrow, as the API takes them. */
export function filtersOf(view: Search, filters: readonly Filter[]): Record<string, string> {
  return Object.fromEntries(
    filters.flatMap((filter) => {
      const value = chosenValue(view, filter);
      return value === undefined ? [] : [[filter.key, value]];
    }),
  );
}

/** What the address must say for this value. */
export function setting(filter: Filter, value: string | undefined): Search {
  if (value === undefined || value === "") return { [filter.key]: filter.default ? ANY : undefined };
  return { [filter.key]: value === filter.default ? undefined : value };
}

/** What the field of a typed filter shows of its value: of a time, its day, as the API reads days. */
export function fieldOf({ input }: Filter, value: string | undefined): string {
  return input === "date" ? (value ?? "").slice(0, 10) : (value ?? "");
}

/** What the address must say once this text is left in the field; null: it is what stood there. */
export function leaving(filter: Filter, value: string | undefined, text: string): Search | null {
  return text === fieldOf(filter, value) ? null : setting(filter, text);
}

/**
 * Words that a search box has written, oldest first, without those that the address says by now or has passed over; null: the
 * address says what the box never wrote, so that the box takes it over.
 */
export function stillOnTheirWay(written: readonly string[], inAddress: string): string[] | null {
  const at = written.lastIndexOf(inAddress);
  return at < 0 ? null : written.slice(at + 1);
}

/** @param picked `columns` of the address: names those shown; without it all but the optional ones are */
export function isShown(
  { id, fixed, optional }: { id: string; fixed?: boolean; optional?: boolean },
  picked: string | undefined,
): boolean {
  return fixed || (picked ? picked.split(",").includes(id) : !optional);
}

/** `sort` and `descending` as the API takes them. */
export function sortOf(view: Search): { sort?: string; descending?: boolean } {
  return view.sort ? { sort: view.sort, descending: view.descending === "true" } : {};
}

/** By which column the rows stand, and which way; none: as of a date a list has an order of its own. */
export function sortedBy(
  columns: readonly { id: string; sort?: string; usual?: boolean }[],
  view: Search,
): { id: string; desc: boolean }[] {
  const { sort, descending, asOf } = view;
  const column = asOf ? undefined : columns.find((each) => (sort ? each.sort === sort : each.usual));
  return column ? [{ id: column.id, desc: sort !== undefined && descending === "true" }] : [];
}

/** `Unused, Never used`. */
export function wordOf(filter: Filter, value: string): string {
  if (filter.flag) return filter.label;
  if (filter.input === "date" && value.includes("T") && !Number.isNaN(Date.parse(value))) return utc(value);
  return value
    .split(",")
    .map((each) => filter.options?.find(([known]) => known === each)?.[1] ?? filter.word?.(each) ?? each)
    .join(", ");
}

/** `License: Unused`; a flag is its label alone. */
export function chipOf(filter: Filter, value: string): string {
  return filter.flag ? filter.label : `${filter.label}: ${wordOf(filter, value)}`;
}

/** The ticked ones with one more or one less, in the order of the options. */
export function toggled(filter: Filter, value: string | undefined, option: string, on: boolean): string {
  const ticked = new Set(value?.split(",") ?? []);
  if (on) ticked.add(option);
  else ticked.delete(option);
  return (filter.options ?? [])
    .map(([each]) => each)
    .filter((each) => ticked.has(each))
    .join(",");
}
