/** The connection on top of the navigation: which account the pages show, and how it is. */
import { useNavigate, useParams } from "@tanstack/react-router";
import { ChevronsUpDown } from "lucide-react";
import { ConnectionBadge } from "../components/state.tsx";
import { Menu, MenuItem } from "../components/ui/menu.tsx";
import { useView } from "../search.ts";
import { TEXT } from "../text/console.ts";
import { useConnection } from "./connection.tsx";

export function ConnectionSwitch() {
  const { connection, connections } = useConnection();
  const [, change] = useView();
  const navigate = useNavigate();
  const { connection: own } = useParams({ strict: false }) as { connection?: string };
  const show = (id: string) => {
    if (own) void navigate({ to: "/integrations/$connection", params: { connection: id } });
    else change({ c: id });
  };
  if (connections.length === 0) return <p className="px-2.5 py-2 text-dim">{TEXT.connection.none}</p>;
  return (
    <Menu
      align="start"
      trigger={
        <button
          type="button"
          className="flex w-full min-w-0 items-center gap-2 rounded-md border bg-surface px-2.5 py-1.5 text-left hover:bg-sunken"
        >
          <span className="sr-only">{TEXT.connection.label}</span>
          <span className="min-w-0 flex-1">
            <span className="block truncate font-medium" title={connection?.name}>
              {connection?.name ?? TEXT.connection.choose}
            </span>
            {connection && (
              <span className="block text-sm">
                <ConnectionBadge state={connection.state} text={connection.stateText} filled={false} />
              </span>
            )}
          </span>
          <ChevronsUpDown aria-hidden className="size-4 shrink-0 text-dim" />
        </button>
      }
    >
      {connections.map((each) => (
        // Another account's rows have other ids: a cursor or a user of this one means nothing there.
        <MenuItem key={each.id} onSelect={() => show(String(each.id))}>
          <span className="min-w-0 flex-1 truncate pr-6">{each.name}</span>
          <ConnectionBadge state={each.state} text={each.stateText} filled={false} />
        </MenuItem>
      ))}
    </Menu>
  );
}
