/** Importing employees: a pasted list, a CSV, or SCIM; what it would do; then all of it or nothing. */
import { Dialog } from "../../components/ui/dialog.tsx";
import { Tabs } from "../../components/ui/tabs.tsx";
import { useView } from "../../search.ts";
import { importWords as words } from "../../text/employees.ts";
import { Csv } from "./csv.tsx";
import { Paste } from "./paste.tsx";
import { Scim } from "./scim.tsx";

const WAYS = ["paste", "csv", "scim"] as const;

export function ImportDialog({ onClose }: { onClose: () => void }) {
  const [view, change] = useView();
  const way = WAYS.find((each) => each === view.import) ?? "csv";
  const content = {
    paste: <Paste onDone={onClose} />,
    csv: <Csv onDone={onClose} />,
    scim: <Scim />,
  };
  return (
    <Dialog wide holds open onOpenChange={(open) => !open && onClose()} title={words.title} text={words.text}>
      <Tabs
        label={words.ways}
        value={way}
        onChange={(next) => change({ import: next }, { replace: true })}
        tabs={WAYS.map((each) => ({
          id: each,
          label: words.way[each],
          content: each === way ? content[each] : null,
        }))}
      />
    </Dialog>
  );
}
