/** Another credential of the same account: tested first, and until it has passed, the old one stays. */
import { useState } from "react";
import { stream } from "../api/client.ts";
import { Button } from "../components/ui/button.tsx";
import { Dialog } from "../components/ui/dialog.tsx";
import { Choice } from "../components/ui/field.tsx";
import { say } from "../components/ui/toast.tsx";
import { AdminUser, Secrets } from "../integrations/connect/credential.tsx";
import { cureWhileConnecting, EMPTY, isTyped, missing } from "../integrations/connect/draft.ts";
import { Guide } from "../integrations/connect/guide.tsx";
import { SomebodyElse } from "../integrations/connect/somebody-else.tsx";
import { Steps } from "../integrations/connect/steps.tsx";
import { adminUserOf } from "../integrations/paste.ts";
import { Refusal } from "../integrations/refusal.tsx";
import type { Connection } from "../integrations/troubles.ts";
import { syncBegan } from "../integrations/use-actions.ts";
import { useTest } from "../integrations/use-test.ts";
import { connection as words } from "../text/connection.ts";
import { connect } from "../text/integrations.ts";
import { SideBySide } from "./side-by-side.tsx";

export function ReplaceDialog({ connection, onClose }: { connection: Connection; onClose: () => void }) {
  const [draft, setDraft] = useState({ ...EMPTY, adminUser: connection.adminUserId ?? "" });
  const [tried, setTried] = useState(false);
  const { testing, run } = useTest();
  const change = (part: Partial<typeof draft>) => setDraft((before) => ({ ...before, ...part }));
  const lacks = missing(draft);
  const running = testing.state === "running";

  const replace = async () => {
    setTried(true);
    if (Object.keys(lacks).length > 0) return;
    const { kind, clientId, secret } = draft;
    const body = {
      credential: { kind, clientId: kind === "harvest_v3" ? clientId : null, secret },
      adminUser: adminUserOf(draft.adminUser) || null,
    };
    const { saved } = await run((signal) =>
      stream("replaceCredential", { params: { c: String(connection.id) }, body }, signal),
    );
    if (!saved) return;
    await syncBegan(connection.id);
    say(words.replaced);
    onClose();
  };
  return (
    <Dialog
      open
      wide
      keeps={isTyped(draft)}
      onOpenChange={(open) => !open && onClose()}
      title={words.replaceTitle}
      text={words.replaceText}
      foot={
        <Button look="solid" busy={running} onClick={() => void replace()}>
          {running ? connect.testing : words.replaceIt}
        </Button>
      }
    >
      <div className="grid gap-6 lg:grid-cols-[minmax(0,1fr)_20rem]">
        <form
          noValidate
          className="grid content-start gap-5"
          onSubmit={(event) => {
            event.preventDefault();
            void replace();
          }}
        >
          <Choice
            legend={connect.kind}
            name="kind"
            value={draft.kind}
            onChange={(kind) => change({ kind })}
            options={[
              { value: "harvest_v3", label: connect.v3, text: connect.v3Text },
              { value: "harvest_v1", label: connect.v1, text: connect.v1Text },
            ]}
          />
          <Secrets draft={draft} change={change} missing={tried ? lacks : {}} />
          <AdminUser draft={draft} change={change} missing={tried ? lacks : {}} />
          {testing.failure && <Refusal failure={testing.failure} />}
          <SideBySide connection={connection} draft={draft} testing={testing} />
          <Steps
            testing={testing}
            leftOut={draft.kind === "harvest_v1" ? ["user_emails"] : []}
            cure={cureWhileConnecting}
          />
          <button type="submit" hidden />
        </form>
        <aside className="max-lg:border-t max-lg:pt-4 lg:border-l lg:pl-6">
          <Guide kind={draft.kind} acts={connection.permissionType === "read_and_act"}>
            <SomebodyElse
              connection={connection.id}
              kind={draft.kind}
              permission={connection.permissionType}
            />
          </Guide>
        </aside>
      </div>
    </Dialog>
  );
}
