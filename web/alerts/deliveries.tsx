/** What was sent, newest first, with each try one click away. */
import { useQuery } from "@tanstack/react-query";
import { asked, rowsOf } from "../api/query.ts";
import { useList } from "../api/use-list.ts";
import { type Column, DataTable } from "../components/data-table.tsx";
import { filtersOf } from "../components/table-view.ts";
import { Time } from "../components/time.tsx";
import { useView } from "../search.ts";
import { alertWords, type Delivery } from "../text/alerts.ts";
import { DeliveryBadge } from "./delivery-state.tsx";
import { deliveryFilters } from "./view.ts";

const words = alertWords.deliveries;

const COLUMNS: Column<Delivery>[] = [
  {
    id: "at",
    header: words.columns.at,
    width: 120,
    fixed: true,
    card: "line",
    cell: ({ madeAt }) => <Time at={madeAt} />,
  },
  {
    id: "subject",
    header: words.columns.subject,
    width: 300,
    grow: true,
    fixed: true,
    card: "title",
    cell: (delivery) => <SubjectCell delivery={delivery} />,
  },
  {
    id: "to",
    header: words.columns.to,
    width: 200,
    grow: true,
    card: "line",
    cell: ({ destination: { name, channel } }) => alertWords.delivery.by(name, alertWords.channels[channel]),
  },
  {
    id: "state",
    header: words.columns.state,
    width: 120,
    card: "state",
    cell: ({ state }) => <DeliveryBadge state={state} />,
  },
  {
    id: "attempts",
    header: words.columns.attempts,
    width: 96,
    number: true,
    card: "none",
    cell: ({ attempts }) => attempts.length.toLocaleString(),
  },
];

function SubjectCell({ delivery: { id, subject } }: { delivery: Delivery }) {
  const [, change] = useView();
  return (
    <button
      type="button"
      className="link block max-w-full truncate text-left"
      title={subject}
      onClick={() => change({ delivery: String(id) })}
    >
      {subject}
    </button>
  );
}

const rowKey = ({ id }: Delivery) => String(id);

export function Deliveries() {
  const [view] = useView();
  const destinations = useQuery(asked("listDestinations", {}));
  const filters = deliveryFilters(destinations.data?.items ?? []);
  const query = filtersOf(view, filters);
  const { found, behind } = useList("listDeliveries", { query });
  const narrowed = Object.keys(query).length > 0;
  return (
    <DataTable
      label={alertWords.tabs.deliveries}
      one={words.one}
      many={words.many}
      columns={COLUMNS}
      rows={rowsOf<"listDeliveries">(found.data)}
      rowKey={rowKey}
      query={found}
      behind={behind}
      filters={filters}
      empty={narrowed ? { title: words.empty } : { title: words.none, text: words.noneText }}
    />
  );
}
