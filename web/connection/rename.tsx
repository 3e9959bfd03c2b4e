/** Another name for the connection. */
import { useState } from "react";
import { ApiFailure } from "../api/client.ts";
import { Button } from "../components/ui/button.tsx";
import { Dialog } from "../components/ui/dialog.tsx";
import { Field, Input } from "../components/ui/field.tsx";
import { Refusal } from "../integrations/refusal.tsx";
import type { Connection } from "../integrations/troubles.ts";
import { useUpdate } from "../integrations/use-actions.ts";
import { connection as words } from "../text/connection.ts";
import { connect } from "../text/integrations.ts";

export function RenameDialog({ connection, onClose }: { connection: Connection; onClose: () => void }) {
  const [name, setName] = useState(connection.name);
  const update = useUpdate(connection.id);
  const empty = name.trim() === "";
  const save = () => {
    if (!empty) update.mutate({ name: name.trim() }, { onSuccess: onClose });
  };
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={words.renameTitle}
      foot={
        <Button look="solid" busy={update.isPending} disabled={empty} onClick={save}>
          {words.rename}
        </Button>
      }
    >
      <form
        className="grid gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          save();
        }}
      >
        <Field label={words.name} error={empty && connect.needName}>
          {(ids) => (
            <Input {...ids} maxLength={80} value={name} onChange={(event) => setName(event.target.value)} />
          )}
        </Field>
        {update.error instanceof ApiFailure && <Refusal failure={update.error} />}
      </form>
    </Dialog>
  );
}
