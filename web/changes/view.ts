/** The filters of Changes. */
import type { Filter } from "../components/table-view.ts";
import type { Search } from "../search.ts";
import { changeWords as words } from "../text/changes.ts";
import { type Change, STREAM, userName } from "../text/words.ts";

/** With names for the ids in the address, as far as the first rows tell them. */
export function changeFilters(changes: readonly Change[]): Filter[] {
  const { filters } = words;
  return [
    {
      key: "stream",
      label: filters.stream,
      options: Object.entries(STREAM).filter(([stream]) => stream !== "audit_log"),
    },
    { key: "kind", label: filters.kind, options: Object.entries(words.kinds) },
    { key: "from", label: filters.from, input: "date" },
    { key: "to", label: filters.to, input: "date" },
    { key: "run", label: filters.run, input: "text" },
    {
      key: "user",
      label: filters.user,
      word: (id) => userName(changes.find(({ user }) => user?.id === id)?.user ?? { id, name: null }),
    },
  ];
}

const KEYS = changeFilters([]).map(({ key }) => key);
export const isNarrowed = (view: Search): boolean => KEYS.some((key) => view[key]);
