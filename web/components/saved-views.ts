/** A saved view is the address of a list behind a name: what of an address belongs to it, and which view it shows. */
import type { Answer, Call } from "../api/client.ts";
import { parseSearch, type Search, stringifySearch } from "../search.ts";

export type SavedView = Answer<"listViews">["items"][number];
export type ViewPage = Call<"addView">["body"]["page"];

/** A view fits every connection, and doesn't open what somebody happened to look at. */
const NOT_KEPT = ["c", "event"] as const;

/** What is kept of an address, in one order: two addresses that show the same are the same. */
export function queryOf(search: Search): string {
  const kept = Object.entries(search).filter(
    ([key, value]) => value !== undefined && value !== "" && !NOT_KEPT.some((not) => not === key),
  );
  return stringifySearch(Object.fromEntries(kept.sort(([a], [b]) => (a < b ? -1 : 1)))).slice(1);
}

/** The address that shows the view, for the connection that is shown now. */
export function searchOf(query: string, { c }: Search): Search {
  const { c: _, ...view } = parseSearch(query);
  return c === undefined ? view : { ...view, c };
}

/** The view that the address shows; one of the member's own before somebody else's. */
export function viewIn(views: readonly SavedView[], search: Search): SavedView | null {
  const query = queryOf(search);
  if (query === "") return null;
  const same = views.filter((view) => queryOf(parseSearch(view.query)) === query);
  return same.find(({ mine }) => mine) ?? same[0] ?? null;
}
