/** What stands behind the `?` of an address: plain words, the same as in the API's queries. */
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useCallback } from "react";

/** `c` is the connection shown; the rest belongs to the page. */
export interface Search {
  c?: string;
  [key: string]: string | undefined;
}

/** Values stay text: `?q=007` is no number. */
export function parseSearch(text: string): Search {
  return Object.fromEntries(new URLSearchParams(text));
}

export function stringifySearch(search: Record<string, unknown>): string {
  const params = new URLSearchParams();
  for (const [key, value] of Object.entries(search)) {
    if (value !== undefined && value !== null && value !== "") params.set(key, String(value));
  }
  return params.size > 0 ? `?${params}` : "";
}

/** The search parameters of the page shown, and a way to change some of them; `undefined` takes one away. */
export function useView(): [view: Search, change: (changes: Search, how?: { replace?: boolean }) => void] {
  const view = useSearch({ strict: false }) as Search;
  const navigate = useNavigate();
  const change = useCallback(
    (changes: Search, { replace = false } = {}) => {
      void navigate({
        to: ".",
        search: (before: Search) => ({ ...before, ...changes }),
        replace,
        resetScroll: false,
      });
    },
    [navigate],
  );
  return [view, change];
}
