/**
 * In place of a page about one connection: it is being asked for, can't be had, is none that this reader has, or there is none at all.
 * Another connection is never shown in its place: a colleague's link would tell the numbers of the wrong account.
 */

import { useReader } from "../components/reader.tsx";
import { Empty, Failed, Loading } from "../components/states.tsx";
import { Button } from "../components/ui/button.tsx";
import { FirstWays } from "../integrations/first-ways.tsx";
import { useView } from "../search.ts";
import { TEXT } from "../text/console.ts";
import { useConnection } from "./connection.tsx";

const words = TEXT.connection;

export function NoConnection() {
  const { connections, query } = useConnection();
  const reader = useReader();
  const [view, change] = useView();
  if (query.isPending) return <Loading rows={8} />;
  if (query.error) {
    return <Failed error={query.error} retry={() => void query.refetch()} what={words.all} />;
  }
  if (connections.length === 0) return <FirstWays admin={reader.may("admin")} />;
  return (
    <Empty
      title={words.unknown(view.c ?? "")}
      action={connections.slice(0, 5).map(({ id, name }) => (
        <Button key={id} onClick={() => change({ c: String(id) })}>
          {words.show(name)}
        </Button>
      ))}
    >
      {words.unknownWhy}
    </Empty>
  );
}
