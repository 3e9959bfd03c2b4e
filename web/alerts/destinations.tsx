/** Where alerts go: the list, and what is done with one of them. */
import { useMutation, useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { call } from "../api/client.ts";
import { asked, invalidate } from "../api/query.ts";
import { DataTable } from "../components/data-table.tsx";
import { useReader } from "../components/reader.tsx";
import { Partial } from "../components/states.tsx";
import { say } from "../components/ui/toast.tsx";
import { useView } from "../search.ts";
import { type Destination, alertWords as words } from "../text/alerts.ts";
import { ChangeDialog } from "./change.tsx";
import { type Doing, destinationColumns } from "./columns.tsx";
import { RemoveDialog } from "./remove.tsx";
import { SecretDialog } from "./secret.tsx";
import { shownDestinations } from "./view.ts";

type Dialogs = Exclude<Doing, "test" | "switch">;
const DIALOGS: Record<Dialogs, typeof ChangeDialog> = {
  change: ChangeDialog,
  secret: SecretDialog,
  remove: RemoveDialog,
};

export function Destinations() {
  const [view] = useView();
  const admin = useReader().may("admin");
  const [doing, setDoing] = useState<{ what: Dialogs; destination: Destination } | null>(null);
  const query = useQuery(asked("listDestinations", {}));
  const test = useTest();
  const turn = useSwitch();
  const columns = useMemo(
    () =>
      destinationColumns((what, destination) => {
        if (what === "test") test.mutate(destination);
        else if (what === "switch") turn.mutate(destination);
        else setDoing({ what, destination });
      }, admin),
    [admin, test.mutate, turn.mutate],
  );
  const all = query.data?.items ?? [];
  const rows = shownDestinations(all, view.search);
  const DoDialog = doing && DIALOGS[doing.what];
  return (
    <>
      {query.data?.mailServer === false && (
        <div className="mb-3">
          <Partial>
            {words.noMailServer} {admin ? words.noMailServerAdmin : words.noMailServerOthers}
          </Partial>
        </div>
      )}
      {test.isPending && (
        <p role="status" className="mb-3 text-dim">
          {words.test.busy(test.variables.name)}
        </p>
      )}
      <DataTable
        label={words.title}
        one={words.one}
        many={words.many}
        columns={columns}
        rows={rows}
        rowKey={({ id }) => String(id)}
        query={query}
        total={rows.length}
        whole={all.length}
        search={words.search}
        empty={view.search ? undefined : { title: admin ? words.none : words.noneOwn, text: words.noneText }}
      />
      {doing && DoDialog && <DoDialog destination={doing.destination} onClose={() => setDoing(null)} />}
    </>
  );
}

/** The answer tells of the first attempt: it opens. */
function useTest() {
  const [, change] = useView();
  return useMutation({
    mutationFn: ({ id }: Destination) => call("testDestination", { params: { destination: id } }),
    onSuccess: ({ id }) => change({ delivery: String(id) }),
    onError: (failure) => say(failure.message, "cant"),
    onSettled: () => invalidate("listDestinations", "listDeliveries", "getDelivery"),
  });
}

function useSwitch() {
  return useMutation({
    mutationFn: ({ id, on }: Destination) =>
      call("updateDestination", { params: { destination: id }, body: { on: !on } }),
    onSuccess: ({ name, on }) => say(on ? words.switchedOn(name) : words.switchedOff(name)),
    onError: (failure) => say(failure.message, "cant"),
    onSettled: () => invalidate("listDestinations", "listDeliveries"),
  });
}
