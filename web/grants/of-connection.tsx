/** A page about one connection: its head, and what stands there until one is known, or where there is none. */
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { DataLine } from "../components/data-line.tsx";
import { Page } from "../components/page-header.tsx";
import { Empty, Failed, Loading } from "../components/states.tsx";
import { Button } from "../components/ui/button.tsx";
import { useConnection } from "../layout/connection.tsx";
import { grantWords } from "../text/grants.ts";
import type { Connection } from "../text/words.ts";

const words = grantWords.noConnection;

interface Props {
  title: string;
  children: (connection: Connection) => ReactNode;
}

export function OfConnection({ title, children }: Props) {
  const { connection, query } = useConnection();
  return (
    <Page title={title} data={connection && <DataLine connection={connection} />}>
      {connection ? (
        children(connection)
      ) : query.error ? (
        <Failed error={query.error} retry={() => void query.refetch()} what={title} />
      ) : query.isPending ? (
        <Loading rows={8} />
      ) : (
        <Empty
          title={words.title}
          action={
            <Button asChild look="solid">
              <Link to="/integrations">{words.open}</Link>
            </Button>
          }
        >
          {words.text}
        </Empty>
      )}
    </Page>
  );
}
