/** All connections, as fresh as each needs: those under way every few seconds, in one request; the others now and then. */
import { useQuery } from "@tanstack/react-query";
import { asked } from "../api/query.ts";
import { underWay, withNewer } from "./following.ts";

const SYNCING_MS = 3_000;
const QUIET_MS = 30_000;

export function useConnections() {
  const all = useQuery({ ...asked("listConnections", {}), refetchInterval: QUIET_MS });
  const listed = all.data?.items ?? [];
  const ids = underWay(listed);
  const some = useQuery({
    ...asked("listConnections", { query: { id: ids } }),
    enabled: ids.length > 0,
    refetchInterval: SYNCING_MS,
  });
  const isNewer = some.data !== undefined && some.dataUpdatedAt > all.dataUpdatedAt;
  const connections = isNewer ? withNewer(listed, some.data.items) : listed;
  return {
    data: all.data,
    dataUpdatedAt: all.dataUpdatedAt,
    error: all.error,
    refetch: all.refetch,
    connections,
  };
}
