/**
 * Which connection the page is about: its own page's, `c` of the address (id or name), and where the address names none
 * the first. const { connection, connections, query } = useConnection(); `connection` is null while loading, with none,
 * and where the address names one that this reader doesn't have.
 */
import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { asked } from "../api/query.ts";
import { useView } from "../search.ts";
import type { Connection } from "../text/words.ts";

const LOOK_AGAIN_MS = 30_000;

export function useConnection(): {
  connection: Connection | null;
  connections: readonly Connection[];
  query: { isPending: boolean; error: unknown; refetch: () => unknown };
} {
  const [view] = useView();
  const query = useQuery({ ...asked("listConnections", {}), refetchInterval: LOOK_AGAIN_MS });
  const connections = query.data?.items ?? [];
  // A connection's own page is about that one, whatever was shown before.
  const { connection: own } = useParams({ strict: false }) as { connection?: string };
  const shown = own ?? view.c;
  const named = connections.find((each) => String(each.id) === shown || each.name === shown);
  return { connection: (shown === undefined ? connections[0] : named) ?? null, connections, query };
}
