/** The columns of Destinations. What a click does is the page's. */
import { Ellipsis } from "lucide-react";
import type { Column } from "../components/data-table.tsx";
import { Badge } from "../components/state.tsx";
import { Time } from "../components/time.tsx";
import { IconButton } from "../components/ui/button.tsx";
import { Menu, MenuItem, MenuLine } from "../components/ui/menu.tsx";
import { Popover } from "../components/ui/popover.tsx";
import { useConnection } from "../layout/connection.tsx";
import { useView } from "../search.ts";
import { type Destination, alertWords as words } from "../text/alerts.ts";
import { DeliveryBadge } from "./delivery-state.tsx";
import { hearsInFull, hearsOf } from "./view.ts";

export type Doing = "change" | "test" | "secret" | "switch" | "remove";
type Do = (what: Doing, destination: Destination) => void;

/** @param admin sees those of others too */
export function destinationColumns(onDo: Do, admin: boolean): Column<Destination>[] {
  const owner: Column<Destination> = {
    id: "owner",
    header: words.columns.owner,
    width: 96,
    card: "none",
    cell: ({ own, mine, owner }) => (!own ? words.shared : mine ? words.you : (owner?.name ?? words.shared)),
  };
  return [
    {
      id: "name",
      header: words.columns.name,
      width: 164,
      grow: true,
      fixed: true,
      card: "title",
      cell: ({ name }) => <span title={name}>{name}</span>,
      sub: ({ where }) => where,
    },
    {
      id: "channel",
      header: words.columns.channel,
      width: 84,
      card: "line",
      cell: ({ channel }) => words.channels[channel],
    },
    ...(admin ? [owner] : []),
    {
      id: "hears",
      header: words.columns.hears,
      width: 200,
      grow: true,
      card: "none",
      cell: ({ topics }) => <span title={hearsInFull(topics)}>{hearsOf(topics)}</span>,
    },
    {
      id: "connections",
      header: words.columns.connections,
      width: 104,
      card: "none",
      cell: (destination) => <ConnectionsCell destination={destination} />,
    },
    {
      id: "last",
      header: words.columns.last,
      width: 168,
      card: "none",
      cell: (destination) => <LastCell destination={destination} />,
    },
    {
      id: "state",
      header: words.columns.state,
      width: 132,
      fixed: true,
      card: "line",
      cell: (destination) => <StateCell destination={destination} />,
    },
    {
      id: "actions",
      header: words.columns.actions,
      width: 72,
      fixed: true,
      card: "state",
      cell: (destination) => <ActionsCell destination={destination} onDo={onDo} admin={admin} />,
    },
  ];
}

interface Cell {
  destination: Destination;
}

function ConnectionsCell({ destination: { connections: limit } }: Cell) {
  const { connections } = useConnection();
  if (limit === null) return words.allConnections;
  const names = connections.filter(({ id }) => limit.includes(id)).map(({ name }) => name);
  const text = names.length === 0 ? words.goneConnections : names.join(", ");
  return (
    <span className="block truncate" title={text}>
      {text}
    </span>
  );
}

function LastCell({ destination: { lastDelivery: last } }: Cell) {
  const [, change] = useView();
  if (!last) return <span className="text-idle">{words.nothingSent}</span>;
  return (
    <span className="flex items-center gap-2">
      <button type="button" className="link" onClick={() => change({ delivery: String(last.id) })}>
        <DeliveryBadge state={last.state} />
      </button>
      <span className="text-dim">
        <Time at={last.at} />
      </span>
    </span>
  );
}

/** What is wrong opens to a sentence. */
function StateCell({ destination: { on, offReason, missing, lastDelivery } }: Cell) {
  if (!on) return <Why tone="idle" word={words.off} why={offReason ?? words.offByPerson} />;
  if (missing !== null) return <Why tone="look" word={words.missing} why={missing} />;
  if (lastDelivery?.state === "given_up")
    return <Why tone="cant" word={words.failed} why={lastDelivery.text} />;
  return <Badge tone="well">{words.on}</Badge>;
}

function Why({ tone, word, why }: { tone: "idle" | "look" | "cant"; word: string; why: string }) {
  return (
    <Popover
      className="max-w-80"
      trigger={
        <button type="button" className="underline decoration-dotted underline-offset-3">
          <Badge tone={tone}>{word}</Badge>
        </button>
      }
    >
      {why}
    </Popover>
  );
}

function ActionsCell({ destination, onDo, admin }: Cell & { onDo: Do; admin: boolean }) {
  const [, change] = useView();
  const { id, name, channel, on } = destination;
  const { menu } = words;
  const item = (what: Doing, label: string, danger = false) => (
    <MenuItem danger={danger} onSelect={() => onDo(what, destination)}>
      {label}
    </MenuItem>
  );
  return (
    <Menu
      trigger={
        <IconButton small label={words.moreFor(name)}>
          <Ellipsis aria-hidden />
        </IconButton>
      }
    >
      {item("change", menu.change)}
      {item("test", menu.test)}
      {channel === "webhook" && admin && item("secret", menu.secret)}
      <MenuItem onSelect={() => change({ tab: "deliveries", destination: String(id), search: undefined })}>
        {menu.deliveries}
      </MenuItem>
      <MenuLine />
      {item("switch", on ? menu.off : menu.on)}
      {item("remove", menu.remove, true)}
    </Menu>
  );
}
