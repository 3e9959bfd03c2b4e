/** Alerts: who is told of what, what was sent, and the weekly report. */
import { BellPlus } from "lucide-react";
import { useState } from "react";
import { DataLine } from "../components/data-line.tsx";
import { Page } from "../components/page-header.tsx";
import { useReader } from "../components/reader.tsx";
import { Button } from "../components/ui/button.tsx";
import { Tabs } from "../components/ui/tabs.tsx";
import { useConnection } from "../layout/connection.tsx";
import { useView } from "../search.ts";
import { alertWords as words } from "../text/alerts.ts";
import { AddDialog } from "./add.tsx";
import { Deliveries } from "./deliveries.tsx";
import { DeliveryDetail } from "./delivery.tsx";
import { Destinations } from "./destinations.tsx";
import { WeeklyReport } from "./report.tsx";

const TABS = ["destinations", "deliveries", "report"] as const;

export default function AlertsPage() {
  const [view, change] = useView();
  const [adding, setAdding] = useState(false);
  const admin = useReader().may("admin");
  const { connections } = useConnection();
  const shown = TABS.find((each) => each === view.tab) ?? TABS[0];
  const content = {
    destinations: <Destinations />,
    deliveries: <Deliveries />,
    report: <WeeklyReport />,
  };
  return (
    <Page
      title={words.title}
      data={<DataLine all={connections} />}
      actions={
        <Button look="solid" onClick={() => setAdding(true)}>
          <BellPlus aria-hidden /> {admin ? words.add : words.addOwn}
        </Button>
      }
    >
      <Tabs
        label={words.title}
        value={shown}
        onChange={(tab) =>
          change({
            tab: tab === TABS[0] ? undefined : tab,
            search: undefined,
            destination: undefined,
            state: undefined,
          })
        }
        tabs={TABS.map((id) => ({ id, label: words.tabs[id], content: content[id] }))}
      />
      {adding && <AddDialog onClose={() => setAdding(false)} />}
      {view.delivery && <DeliveryDetail id={view.delivery} />}
    </Page>
  );
}
