/** A page about one connection: waits for it, and with none at all shows the ways to begin. */
import type { ReactNode } from "react";
import { useReader } from "../components/reader.tsx";
import { Failed, Loading } from "../components/states.tsx";
import { FirstWays } from "../integrations/first-ways.tsx";
import { useConnection } from "../layout/connection.tsx";
import { usersWords as words } from "../text/users.ts";
import type { Connection } from "../text/words.ts";

export function ForConnection({ children }: { children: (connection: Connection) => ReactNode }) {
  const { connection, query } = useConnection();
  const reader = useReader();
  if (connection) return children(connection);
  if (query.isPending) return <Loading rows={8} />;
  if (query.error) {
    return <Failed error={query.error} retry={() => void query.refetch()} what={words.theConnections} />;
  }
  return <FirstWays admin={reader.may("admin")} />;
}
