/** The filters of Changes, and which runs looked for what they ask. */
import { LIST_STREAMS } from "../../src/model/stream.ts";
import type { Answer } from "../api/client.ts";
import type { Filter } from "../components/table-view.ts";
import type { Search } from "../search.ts";
import { changeWords as words } from "../text/changes.ts";
import { type Change, type Run, STREAM, userName } from "../text/words.ts";

/** With names for the ids in the address, as far as the first rows tell them. */
export function changeFilters(changes: readonly Change[]): Filter[] {
  const { filters } = words;
  return [
    {
      key: "stream",
      label: filters.stream,
      options: LIST_STREAMS.map((stream) => [stream, STREAM[stream]] as const),
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

/**
 * Of these runs, newest first, those that listed one of the streams asked for, whole and within the time asked for.
 * `more`: there are older runs than these, of which some may have looked too.
 */
export function lookedFor(
  { items, nextCursor }: Pick<Answer<"listRuns">, "items" | "nextCursor">,
  { stream, run, from, to }: Search,
): { looked: Run[]; more: boolean } {
  const asked: readonly string[] = stream ? stream.split(",") : LIST_STREAMS;
  const since = from ? Date.parse(from) : Number.NEGATIVE_INFINITY;
  const before = to ? Date.parse(to) : Number.POSITIVE_INFINITY;
  const looked = items.filter(
    ({ id, steps }) =>
      (!run || run === String(id)) &&
      steps.some((step) => {
        if (step.outcome !== "complete" || step.endedAt === null || !asked.includes(step.stream))
          return false;
        const at = Date.parse(step.endedAt);
        return since <= at && at < before;
      }),
  );
  const oldest = items.at(-1);
  const reachesBack =
    oldest !== undefined && (Date.parse(oldest.startedAt) < since || (!!run && oldest.id <= Number(run)));
  return { looked, more: nextCursor !== null && !reachesBack };
}
