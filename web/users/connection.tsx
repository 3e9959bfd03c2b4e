/** A page about one connection: waits for it, and with none at all shows the ways to begin. */
import type { ReactNode } from "react";
import { Page } from "../components/page-header.tsx";
import { useConnection } from "../layout/connection.tsx";
import { NoConnection } from "../layout/no-connection.tsx";
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
      <NoConnection />
    </Page>
  );
}
