/** Another admin user for the stored credential: one of the Site Admins that were read, or an address pasted. */
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { stream } from "../api/client.ts";
import { asked } from "../api/query.ts";
import { Button } from "../components/ui/button.tsx";
import { Dialog } from "../components/ui/dialog.tsx";
import { Field, Input, Select } from "../components/ui/field.tsx";
import { say } from "../components/ui/toast.tsx";
import { Steps } from "../integrations/connect/steps.tsx";
import { adminUserOf } from "../integrations/paste.ts";
import { Refusal } from "../integrations/refusal.tsx";
import { type Connection, streamOf } from "../integrations/troubles.ts";
import { syncBegan } from "../integrations/use-actions.ts";
import { useTest } from "../integrations/use-test.ts";
import { connection as words } from "../text/connection.ts";
import { connect } from "../text/integrations.ts";
import { userName } from "../text/words.ts";

const OTHER = "other";

export function AdminUserDialog({ connection, onClose }: { connection: Connection; onClose: () => void }) {
  const c = String(connection.id);
  const known = streamOf(connection, "users")?.lastSuccessAt != null;
  const { data } = useQuery({
    ...asked("listUsers", {
      params: { c },
      query: {
        level: ["site_admin"],
        status: ["active"],
        serviceAccounts: "include",
        sort: "name",
        limit: 500,
      },
    }),
    enabled: known,
  });
  const admins = data?.items ?? [];
  const [picked, setPicked] = useState(connection.adminUserId ?? "");
  const [typed, setTyped] = useState("");
  const { testing, run } = useTest();
  const running = testing.state === "running";
  const listed = picked === "" || admins.some(({ id }) => id === picked);
  const typing = !known || picked === OTHER || (data !== undefined && !listed);
  const id = typing ? adminUserOf(typed || (picked === OTHER ? "" : picked)) : picked;
  const person = admins.find((each) => each.id === id && !each.serviceAccount);

  const save = async () => {
    if (id === null) return;
    const { saved } = await run((signal) =>
      stream("replaceCredential", { params: { c }, body: { adminUser: id || null } }, signal),
    );
    if (!saved) return;
    await syncBegan(connection.id);
    say(words.settingsSaved);
    onClose();
  };
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={words.adminTitle}
      text={words.adminText}
      foot={
        <Button look="solid" busy={running} disabled={id === null} onClick={() => void save()}>
          {running ? connect.testing : words.adminSave}
        </Button>
      }
    >
      <div className="grid gap-4">
        {known && (
          <Field label={words.adminFromList}>
            {(ids) => (
              <Select
                {...ids}
                value={typing ? OTHER : picked}
                onChange={(event) => setPicked(event.target.value)}
                options={[
                  ["", words.adminNone],
                  ...admins.map((user) => [user.id, `${userName(user)} · ${user.id}`] as const),
                  [OTHER, words.adminType],
                ]}
              />
            )}
          </Field>
        )}
        {typing && (
          <Field
            label={words.adminType}
            hint={id ? (typed ? connect.adminRead(id) : words.adminNow(id)) : undefined}
            error={id === null && connect.adminWrong}
          >
            {(ids) => (
              <Input
                {...ids}
                placeholder={connect.adminPlaceholder}
                value={typed}
                onChange={(event) => setTyped(event.target.value)}
              />
            )}
          </Field>
        )}
        {person && <p className="text-sm text-dim">{connect.person(userName(person))}</p>}
        {testing.failure && <Refusal failure={testing.failure} />}
        <Steps
          testing={testing}
          leftOut={connection.credentialKind === "harvest_v1" ? ["user_emails"] : []}
        />
      </div>
    </Dialog>
  );
}
