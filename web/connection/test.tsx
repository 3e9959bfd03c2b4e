/** Tests the connection step by step, from the moment the dialog opens. */
import { useCallback, useEffect } from "react";
import { stream } from "../api/client.ts";
import { Button } from "../components/ui/button.tsx";
import { Dialog } from "../components/ui/dialog.tsx";
import { ScopeQuestion } from "../integrations/connect/scope-question.tsx";
import { Steps } from "../integrations/connect/steps.tsx";
import { Refusal } from "../integrations/refusal.tsx";
import { type Connection, needing } from "../integrations/troubles.ts";
import { useSync } from "../integrations/use-actions.ts";
import { useTest } from "../integrations/use-test.ts";
import { connection as words } from "../text/connection.ts";
import { connect, NEXT_STEP } from "../text/integrations.ts";

export function TestDialog({ connection, onClose }: { connection: Connection; onClose: () => void }) {
  const { testing, run } = useTest();
  const { id, credentialKind } = connection;
  const test = useCallback(
    () => void run((signal) => stream("testConnection", { params: { c: String(id) } }, signal)),
    [run, id],
  );
  useEffect(() => {
    test();
  }, [test]);
  const running = testing.state === "running";
  const sync = useSync(id);
  // What had stopped is mended, but not read yet: the cure ends with a sync.
  const mended =
    testing.state === "ended" &&
    testing.steps.every(({ state }) => state !== "failed") &&
    !connection.paused &&
    needing(connection.streams).length > 0;
  return (
    <Dialog
      open
      wide
      onOpenChange={(open) => !open && onClose()}
      title={words.testTitle}
      foot={
        <>
          <Button busy={running} onClick={test}>
            {running ? connect.testing : NEXT_STEP.test}
          </Button>
          <Button look={mended ? "plain" : "solid"} onClick={onClose}>
            {words.close}
          </Button>
          {mended && (
            <Button
              look="solid"
              busy={sync.isPending}
              onClick={() => sync.mutate({}, { onSuccess: onClose })}
            >
              {words.syncNow}
            </Button>
          )}
        </>
      }
    >
      <Steps
        testing={testing}
        leftOut={credentialKind === "harvest_v1" ? ["user_emails"] : []}
        aside={(step) =>
          step.verdict?.cause === "audit_log_refused" && <ScopeQuestion kind={credentialKind} />
        }
      />
      {mended && <p className="mt-3">{words.mended}</p>}
      {testing.failure && <Refusal failure={testing.failure} />}
    </Dialog>
  );
}
