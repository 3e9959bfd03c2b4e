/** A page about one connection: waits for it, and with none at all shows the ways to begin. */
import type { ReactNode } from "react";
import { Page } from "../components/page-header.tsx";
import { useReader } from "../components/reader.tsx";
import { Failed, Loading } from "../components/states.tsx";
import { FirstWays } from "../integrations/first-ways.tsx";
import { useConnection } from "../layout/connection.tsx";
import { usersWords as words } from "../text/users.ts";
import type { Connection } from "../text/words.ts";

interface ForConnectionProps {
  /** Of the page, while there is no connection. */
  title: string;
  children: (connection: Connection) => ReactNode;
}

export function ForConnection({ title, children }: ForConnectionProps) {
  const { connection } = useConnection();
  if (connection) return children(connection);
  return (
    <Page title={title}>
      <None />
    </Page>
  );
}

function None() {
  const { query } = useConnection();
  const reader = useReader();
  if (query.isPending) return <Loading rows={8} />;
  if (query.error) {
    return <Failed error={query.error} retry={() => void query.refetch()} what={words.theConnections} />;
  }
  return <FirstWays admin={reader.may("admin")} />;
}
