/** What one can do with a connection, as far as one's role goes. */
import { Ellipsis, Pause, Play, RefreshCw, Square } from "lucide-react";
import { addressOf } from "../api/client.ts";
import { Button, IconButton } from "../components/ui/button.tsx";
import { Menu, MenuItem, MenuLine } from "../components/ui/menu.tsx";
import { say } from "../components/ui/toast.tsx";
import type { Role } from "../integrations/tile.tsx";
import type { Connection } from "../integrations/troubles.ts";
import { useStop, useSync, useUpdate } from "../integrations/use-actions.ts";
import { useView } from "../search.ts";
import { connection as words } from "../text/connection.ts";

export function Actions({ connection, role }: { connection: Connection; role: Role }) {
  const { id, paused, state, frozenAt } = connection;
  const [, change] = useView();
  const sync = useSync(id);
  const stop = useStop(id);
  const update = useUpdate(id);
  const frozen = frozenAt !== null;
  if (role === "viewer") return null;
  const pause = () => update.mutate({ paused: !paused }, { onError: (error) => say(error.message, "cant") });
  return (
    <>
      {!frozen && state === "syncing" && (
        <Button busy={stop.isPending} onClick={() => stop.mutate()}>
          <Square aria-hidden /> {words.stop}
        </Button>
      )}
      {!frozen && !paused && state !== "syncing" && (
        <Button look="solid" busy={sync.isPending} onClick={() => sync.mutate({})}>
          <RefreshCw aria-hidden /> {words.syncNow}
        </Button>
      )}
      {!frozen && (
        <>
          <Button look={paused ? "solid" : "plain"} busy={update.isPending} onClick={pause}>
            {paused ? <Play aria-hidden /> : <Pause aria-hidden />} {paused ? words.resume : words.pause}
          </Button>
          <Button onClick={() => change({ do: "test" })}>{words.test}</Button>
        </>
      )}
      <Menu
        trigger={
          <IconButton label={words.more} look="plain">
            <Ellipsis aria-hidden />
          </IconButton>
        }
      >
        {role === "admin" && (
          <>
            <MenuItem onSelect={() => change({ do: "credential" })}>
              {frozen ? words.reconnect : words.replace}
            </MenuItem>
            {!frozen && <MenuItem onSelect={() => change({ do: "admin" })}>{words.adminUser}</MenuItem>}
            <MenuItem onSelect={() => change({ do: "rename" })}>{words.rename}</MenuItem>
            <SupportBundle id={id} />
            <MenuLine />
            <MenuItem danger onSelect={() => change({ do: "disconnect" })}>
              {words.disconnect}
            </MenuItem>
          </>
        )}
        {role !== "admin" && <SupportBundle id={id} />}
      </Menu>
    </>
  );
}

/** The browser itself fetches the file, with its own progress. */
function SupportBundle({ id }: { id: number }) {
  return (
    <MenuItem asChild>
      <a href={addressOf("supportBundle", { params: { c: String(id) } })} download title={words.bundleTitle}>
        {words.bundle}
      </a>
    </MenuItem>
  );
}
