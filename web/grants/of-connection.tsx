/** A page about one connection: its head, and what stands there until one is known, or where there is none. */
import type { ReactNode } from "react";
import { DataLine } from "../components/data-line.tsx";
import { Page } from "../components/page-header.tsx";
import { useConnection } from "../layout/connection.tsx";
import { NoConnection } from "../layout/no-connection.tsx";
import type { Connection } from "../text/words.ts";

interface Props {
  title: string;
  children: (connection: Connection) => ReactNode;
}

export function OfConnection({ title, children }: Props) {
  const { connection } = useConnection();
  return (
    <Page title={title} data={connection && <DataLine connection={connection} />}>
      {connection ? children(connection) : <NoConnection />}
    </Page>
  );
}
