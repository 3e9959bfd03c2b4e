/** Changing a destination: all that was said of it, but what kind it is. */
import { useState } from "react";
import { call } from "../api/client.ts";
import { invalidate } from "../api/query.ts";
import { say } from "../components/ui/toast.tsx";
import { useConnection } from "../layout/connection.tsx";
import { useSending } from "../sign-in/form.ts";
import { alertWords, type Destination } from "../text/alerts.ts";
import { DestinationDialog } from "./dialog.tsx";
import { DestinationFields } from "./form.tsx";
import { changedBody, draftOf, wrongIn } from "./view.ts";

const words = alertWords.form;

export function ChangeDialog({ destination, onClose }: { destination: Destination; onClose: () => void }) {
  const { connections } = useConnection();
  const [draft, setDraft] = useState(() =>
    draftOf(
      destination,
      connections.map(({ id }) => id),
    ),
  );
  const [tried, setTried] = useState(false);
  const { busy, failure, send } = useSending();
  const kind = destination.own ? "own" : destination.channel;
  const wrong = wrongIn(draft, kind, true);
  const submit = async () => {
    setTried(true);
    if (wrong.length > 0) return;
    await send(async () => {
      const params = { destination: destination.id };
      await call("updateDestination", { params, body: changedBody(draft, destination) });
      await invalidate("listDestinations", "listDeliveries");
      say(words.saved);
      onClose();
    });
  };
  return (
    <DestinationDialog
      title={words.changeTitle(destination.name)}
      verb={words.save}
      sending={{ busy, failure }}
      submit={submit}
      onClose={onClose}
    >
      <DestinationFields
        draft={draft}
        onChange={setDraft}
        kind={kind}
        where={destination.where}
        wrong={tried ? wrong : []}
      />
    </DestinationDialog>
  );
}
