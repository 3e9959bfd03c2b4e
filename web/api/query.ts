/** How pages ask: one key a call, old rows kept while new ones come, lists page by page. */
import {
  hashKey,
  type InfiniteData,
  infiniteQueryOptions,
  QueryClient,
  queryOptions,
} from "@tanstack/react-query";
import type { ReadPage } from "./behind.ts";
import { type Answer, ApiFailure, type Call, call, type EndpointName } from "./client.ts";

/** Rows asked for at once by a list that pages as it is scrolled. */
const PAGE = 200;
const FRESH_MS = 15_000;
/** The most pages that are asked for again by themselves. */
const ASKED_AGAIN = 5;
/** Ends the key of a list that is read page by page. */
const PAGES = "pages";

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
interface Pages {
  pages: readonly unknown[];
}
/**
 * Too long to be asked for again whenever somebody comes back to it: each page has to wait for the one before. It stays as
 * it was read, and says when there is newer (use-list.ts).
 */
export const isLong = (data: Pages | undefined): boolean => (data?.pages.length ?? 0) > ASKED_AGAIN;

/** Endpoints that answer page by page. */
export type ListName = { [N in EndpointName]: Answer<N> extends Paged ? N : never }[EndpointName];
export type Row<N extends ListName> = Answer<N> extends { items: (infer R)[] } ? R : never;

/** Options of `useInfiniteQuery` for a list: the next page begins where the last one ended. */
export function listed<N extends ListName>(name: N, given: Call<N>, limit = PAGE) {
  return infiniteQueryOptions({
    queryKey: [name, given, PAGES] as const,
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
    staleTime: ({ state }) => (isLong(state.data) ? "static" : FRESH_MS),
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

/** After a change: what these endpoints told is asked anew; without names, everything. Long lists note it, and stay. */
export async function invalidate(...names: EndpointName[]): Promise<void> {
  const filters = names.length === 0 ? [{}] : names.map((name) => ({ queryKey: [name] }));
  for (const each of filters) noteChange(each);
  await Promise.all(filters.map((each) => queries.invalidateQueries(each)));
}

function noteChange(filter: { queryKey?: EndpointName[] }): void {
  for (const { queryKey, state } of queries.getQueryCache().findAll(filter)) {
    if (queryKey[2] !== PAGES) continue;
    const data = state.data as InfiniteData<ReadPage> | undefined;
    if (!data || !isLong(data)) continue;
    const [first, ...others] = data.pages as [ReadPage, ...ReadPage[]];
    const noted: InfiniteData<ReadPage> = { ...data, pages: [{ ...first, changed: true }, ...others] };
    queries.setQueryData(queryKey, noted, { updatedAt: state.dataUpdatedAt });
  }
}
