/** What is under way is asked for again and again: those connections alone, all in one request. */
import type { Connection } from "./troubles.ts";

/** The most that one request may name. */
const MOST = 100;

/** The ids of those whose state changes by itself in a moment. */
export function underWay(connections: readonly Pick<Connection, "id" | "state">[]): string[] {
  return connections
    .filter(({ state }) => state === "syncing" || state === "not_synced_yet")
    .slice(0, MOST)
    .map(({ id }) => String(id));
}

/** All of them, and of those that were asked for since the newer word. */
export function withNewer<C extends Pick<Connection, "id">>(all: readonly C[], newer: readonly C[]): C[] {
  const news = new Map(newer.map((each) => [each.id, each]));
  return all.map((each) => news.get(each.id) ?? each);
}
