/** How pages ask: one key a call, old rows kept while new ones come, lists page by page. */
import { hashKey, infiniteQueryOptions, QueryClient, queryOptions } from "@tanstack/react-query";
import { type Answer, ApiFailure, type Call, call, type EndpointName } from "./client.ts";

/** Rows asked for at once by a list that pages as it is scrolled. */
const PAGE = 200;
const FRESH_MS = 15_000;

export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: FRESH_MS,
      // A refusal stays one; only what could not be reached, or broke, is worth another try.
      retry: (times, error) =>
        times < 2 && error instanceof ApiFailure && (error.status === 0 || error.status >= 502),
    },
  },
});

/** Old rows stay while new ones come, but only of the same thing: never one person's under another's name. */
function kept(given: object) {
  const params = (asked: unknown) => hashKey([(asked as { params?: object }).params]);
  return <T>(before: T | undefined, last?: { queryKey: readonly unknown[] }): T | undefined =>
    last && params(last.queryKey[1]) === params(given) ? before : undefined;
}

/** Options of `useQuery` for one call. Its key begins with the endpoint's name: `invalidate` finds it by that. */
export function asked<N extends EndpointName>(name: N, given: Call<N>) {
  return queryOptions({
    queryKey: [name, given] as const,
    queryFn: ({ signal }) => call(name, given, signal),
    placeholderData: kept(given),
  });
}

interface Paged {
  items: unknown[];
  nextCursor: string | null;
}
/** Endpoints that answer page by page. */
export type ListName = { [N in EndpointName]: Answer<N> extends Paged ? N : never }[EndpointName];
export type Row<N extends ListName> = Answer<N> extends { items: (infer R)[] } ? R : never;

/** Options of `useInfiniteQuery` for a list: the next page begins where the last one ended. */
export function listed<N extends ListName>(name: N, given: Call<N>, limit = PAGE) {
  return infiniteQueryOptions({
    queryKey: [name, given, "pages"] as const,
    queryFn: ({ pageParam, signal }) => {
      const query = {
        ...(given as { query?: object }).query,
        limit,
        ...(pageParam ? { cursor: pageParam } : {}),
      };
      return call(name, { ...given, query } as Call<N>, signal);
    },
    initialPageParam: null as string | null,
    getNextPageParam: (last: Answer<N>) => (last as Paged).nextCursor,
    placeholderData: kept(given),
  });
}

/** The rows of all pages loaded so far: of the same pages the same array, so that what is made of it stays. */
export function rowsOf<N extends ListName>(pages: { pages: Answer<N>[] } | undefined): Row<N>[] {
  if (!pages) return NO_ROWS;
  const made = ROWS.get(pages) ?? pages.pages.flatMap((page) => (page as Paged).items);
  ROWS.set(pages, made);
  return made as Row<N>[];
}
const ROWS = new WeakMap<object, unknown[]>();
const NO_ROWS: never[] = [];

/** After a change: what these endpoints told is asked anew; without names, everything. */
export async function invalidate(...names: EndpointName[]): Promise<void> {
  if (names.length === 0) return queries.invalidateQueries();
  await Promise.all(names.map((name) => queries.invalidateQueries({ queryKey: [name] })));
}
