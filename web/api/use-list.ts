/** A list as a page shows it, page by page; and whether what is shown is behind what there is. */
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { type Behind, type ReadPage, whyBehind } from "./behind.ts";
import { type Answer, type Call, call } from "./client.ts";
import { isLong, type ListName, listed, queries } from "./query.ts";

interface How<N extends ListName> {
  /** Rows asked for at once. */
  limit?: number;
  /** How often it is looked at again, ms, by its first page. */
  every?: (first: Answer<N> | undefined) => number | false;
}

/** Lists of what is: their later pages may rest on a newer reading. The others are of what happened, and that stays. */
const OF_WHAT_IS: readonly ListName[] = [
  "listUsers",
  "listRoles",
  "listGrants",
  "listJobs",
  "listEmployees",
  "listFindings",
];

export function useList<N extends ListName>(name: N, given: Call<N>, how: How<N> = {}) {
  const { limit, every = () => false } = how;
  const pages = listed(name, given, limit);
  const found = useInfiniteQuery({
    ...pages,
    refetchInterval: ({ state: { data } }) => !isLong(data) && every(data?.pages[0]),
  });
  const { data, isPlaceholderData } = found;
  const long = isLong(data) && !isPlaceholderData;
  const one = { ...given, query: { ...(given as { query?: object }).query, limit: 1 } } as Call<N>;
  const firstKey = [name, given, "first row"] as const;
  const first = useQuery({
    queryKey: firstKey,
    queryFn: ({ signal }) => call(name, one, signal),
    enabled: long,
    gcTime: 0,
    refetchInterval: () => every(data?.pages[0]),
  });
  const now = long ? first.data : undefined;
  const why = useMemo(() => {
    const read = (data?.pages ?? []) as readonly ReadPage[];
    return whyBehind(read, now as ReadPage | undefined, OF_WHAT_IS.includes(name));
  }, [data, now, name]);
  /** From the first page on: the others come as they are scrolled to. */
  const again = () => {
    queries.setQueryData(
      pages.queryKey,
      (before) => before && { pages: before.pages.slice(0, 1), pageParams: before.pageParams.slice(0, 1) },
      { updatedAt: found.dataUpdatedAt },
    );
    void found.refetch();
    void queries.resetQueries({ queryKey: firstKey, exact: true });
  };
  const behind: Behind | null = why && !isPlaceholderData ? { why, again } : null;
  return { found, behind };
}
