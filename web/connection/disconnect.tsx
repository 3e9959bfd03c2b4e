/** Disconnecting: keep the data frozen or delete it, what each would touch, and the name typed. */
import { useMutation, useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { ApiFailure, call } from "../api/client.ts";
import { asked, invalidate } from "../api/query.ts";
import { Failed, Loading } from "../components/states.tsx";
import { Button } from "../components/ui/button.tsx";
import { Dialog } from "../components/ui/dialog.tsx";
import { Choice, Field, Input } from "../components/ui/field.tsx";
import { date } from "../format/time.ts";
import { Refusal } from "../integrations/refusal.tsx";
import type { Connection } from "../integrations/troubles.ts";
import { connectionChanged } from "../integrations/use-actions.ts";
import { connection as words } from "../text/connection.ts";

export function DisconnectDialog({ connection, onClose }: { connection: Connection; onClose: () => void }) {
  const params = { c: String(connection.id) };
  const navigate = useNavigate();
  const frozen = connection.frozenAt !== null;
  const [data, setData] = useState<"keep" | "delete">(frozen ? "delete" : "keep");
  const [typed, setTyped] = useState("");
  const preview = useQuery(asked("disconnectPreview", { params }));
  const disconnect = useMutation({
    mutationFn: () => call("disconnect", { params, query: { data, wait: "false" } }),
    onSuccess: async () => {
      if (data === "delete") {
        await invalidate("listDeletions");
        await navigate({ to: "/integrations", replace: true });
      }
      await connectionChanged();
      if (data === "keep") onClose();
    },
  });
  const named = typed.trim() === connection.name;
  const has = preview.data;
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={words.disconnectTitle(connection.name)}
      foot={
        <>
          <Button onClick={onClose}>{words.cancel}</Button>
          <Button
            look="danger"
            busy={disconnect.isPending}
            disabled={!named || !has}
            onClick={() => disconnect.mutate()}
          >
            {data === "keep" ? words.disconnect : words.delete}
          </Button>
        </>
      }
    >
      {preview.error && !has && <Failed error={preview.error} retry={() => void preview.refetch()} />}
      {!has && !preview.error && <Loading rows={4} />}
      {has && (
        <div className="grid gap-4">
          <Choice
            legend={words.whatOfData}
            name="data"
            value={data}
            onChange={setData}
            options={[
              {
                value: "keep",
                label: words.keep,
                text: words.keepText(has.users, has.usageDays),
                disabled: frozen,
              },
              {
                value: "delete",
                label: words.delete,
                text: [
                  words.deleteText(has.users, has.grants, has.events),
                  has.eventsBefore
                    ? words.deleteLost(date(has.eventsBefore, { timeZone: connection.settings.timeZone }))
                    : "",
                ].join(" "),
              },
            ]}
          />
          <Field label={words.typeName(connection.name)}>
            {(ids) => (
              <Input
                {...ids}
                spellCheck={false}
                value={typed}
                onChange={(event) => setTyped(event.target.value)}
              />
            )}
          </Field>
          {disconnect.error instanceof ApiFailure && <Refusal failure={disconnect.error} />}
        </div>
      )}
    </Dialog>
  );
}
