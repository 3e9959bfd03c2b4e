/** The secret of a webhook: shown once, when it is made and when it is made anew. */
import { useState } from "react";
import { call } from "../api/client.ts";
import { invalidate } from "../api/query.ts";
import { ShownOnce } from "../components/shown-once.tsx";
import { useZone } from "../components/time.tsx";
import { Button } from "../components/ui/button.tsx";
import { Dialog } from "../components/ui/dialog.tsx";
import { clock } from "../format/time.ts";
import { Refusal } from "../integrations/refusal.tsx";
import { useSending } from "../sign-in/form.ts";
import { alertWords, type Destination } from "../text/alerts.ts";

const words = alertWords.secret;

export function SecretShown({
  name,
  secret,
  oldEndsAt,
  onClose,
}: {
  name: string;
  secret: string;
  /** Until when the one before it is good; null: there is none. */
  oldEndsAt: string | null;
  onClose: () => void;
}) {
  const timeZone = useZone();
  return (
    <Dialog
      open
      holds
      onOpenChange={(open) => !open && onClose()}
      title={words.shownTitle(name)}
      text={words.shownText}
      foot={
        <Button look="solid" onClick={onClose}>
          {words.done}
        </Button>
      }
    >
      <div className="grid gap-3">
        <ShownOnce
          label={words.label}
          text={secret}
          note={oldEndsAt === null ? words.once : words.oldUntil(clock(oldEndsAt, { timeZone }))}
        />
        <p className="text-dim">{words.howTo}</p>
      </div>
    </Dialog>
  );
}

export function SecretDialog({ destination, onClose }: { destination: Destination; onClose: () => void }) {
  const { id, name, oldSecretEndsAt } = destination;
  const timeZone = useZone();
  const [made, setMade] = useState<{ secret: string; oldEndsAt: string } | null>(null);
  const { busy, failure, send } = useSending();
  if (made) return <SecretShown name={name} {...made} onClose={onClose} />;
  const make = () =>
    send(async () => {
      setMade(await call("rotateWebhookSecret", { params: { destination: id } }));
      await invalidate("listDestinations");
    });
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={words.title(name)}
      text={words.text}
      foot={
        <>
          <Button onClick={onClose}>{alertWords.form.cancel}</Button>
          <Button look="solid" busy={busy} onClick={() => void make()}>
            {words.make}
          </Button>
        </>
      }
    >
      <div className="grid gap-3">
        {oldSecretEndsAt && <p>{words.oldStill(clock(oldSecretEndsAt, { timeZone }))}</p>}
        {failure && <Refusal failure={failure} />}
      </div>
    </Dialog>
  );
}
