/** Removing a destination: what goes along. */
import { call } from "../api/client.ts";
import { invalidate } from "../api/query.ts";
import { Button } from "../components/ui/button.tsx";
import { Dialog } from "../components/ui/dialog.tsx";
import { say } from "../components/ui/toast.tsx";
import { Refusal } from "../integrations/refusal.tsx";
import { useSending } from "../sign-in/form.ts";
import { alertWords, type Destination } from "../text/alerts.ts";

const words = alertWords.remove;

export function RemoveDialog({ destination, onClose }: { destination: Destination; onClose: () => void }) {
  const { id, name, where } = destination;
  const { busy, failure, send } = useSending();
  const remove = () =>
    send(async () => {
      await call("removeDestination", { params: { destination: id } });
      await invalidate("listDestinations", "listDeliveries");
      say(words.removed(name));
      onClose();
    });
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={words.title(name)}
      text={where}
      foot={
        <>
          <Button onClick={onClose}>{alertWords.form.cancel}</Button>
          <Button look="danger" busy={busy} onClick={() => void remove()}>
            {words.remove}
          </Button>
        </>
      }
    >
      <div className="grid gap-3">
        <p>{words.text}</p>
        {failure && <Refusal failure={failure} />}
      </div>
    </Dialog>
  );
}
