/** The credential, its test step by step, and whether it was taken. */
import { type FormEvent, useState } from "react";
import { type StreamItem, stream } from "../api/client.ts";
import { Button } from "../components/ui/button.tsx";
import { AdminUser, Secrets } from "../integrations/connect/credential.tsx";
import { cureWhileConnecting, EMPTY, missing } from "../integrations/connect/draft.ts";
import { Steps } from "../integrations/connect/steps.tsx";
import { adminUserOf } from "../integrations/paste.ts";
import { Refusal } from "../integrations/refusal.tsx";
import { type ShownStep, useTest } from "../integrations/use-test.ts";
import { LINK_CAUSE, link as words } from "../text/link.ts";

type LinkEvent = StreamItem<"useCredentialLink">;

export function LinkForm({
  link,
  kind,
  onDone,
}: {
  link: string;
  kind: "harvest_v3" | "harvest_v1";
  onDone: () => void;
}) {
  const [draft, setDraft] = useState({ ...EMPTY, kind });
  const [tried, setTried] = useState(false);
  const { testing, run } = useTest();
  const change = (part: Partial<typeof draft>) => setDraft((before) => ({ ...before, ...part }));
  const lacks = missing(draft);
  const running = testing.state === "running";

  const send = async (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (running || Object.keys(lacks).length > 0) return;
    const { clientId, secret, adminUser } = draft;
    const body = {
      link,
      clientId: kind === "harvest_v3" ? clientId : null,
      secret,
      adminUser: adminUserOf(adminUser) || null,
    };
    const { state } = await run((signal) => shown(stream("useCredentialLink", { body }, signal)));
    if (state !== "ended") return;
    // What was typed is gone from the page as soon as it is stored.
    setDraft({ ...EMPTY, kind });
    onDone();
  };
  return (
    <form noValidate className="grid content-start gap-5" onSubmit={(event) => void send(event)}>
      <h2 className="eyebrow">{words.formTitle}</h2>
      <Secrets draft={draft} change={change} missing={tried ? lacks : {}} />
      <AdminUser draft={draft} change={change} missing={tried ? lacks : {}} />
      {testing.notes.map((note) => (
        <p key={note} className="rounded bg-link-soft px-3 py-1.5 text-sm">
          {note}
        </p>
      ))}
      <Steps
        testing={testing}
        leftOut={kind === "harvest_v1" ? ["user_emails"] : []}
        cure={cureWhileConnecting}
      />
      {testing.failure && <Refusal failure={testing.failure} />}
      <div className="grid justify-items-start gap-2">
        <Button look="solid" type="submit" busy={running}>
          {running ? words.sending : testing.state === "failed" ? words.again : words.send}
        </Button>
        <p className="text-sm text-dim">{words.notKept}</p>
      </div>
    </form>
  );
}

/** The steps as a test shows them: in words that fit whoever has the link. */
async function* shown(
  events: AsyncIterable<LinkEvent>,
): AsyncGenerator<{ type: "note"; text: string } | { type: "step"; step: ShownStep }, void, void> {
  for await (const event of events) {
    if (event.type === "note") yield event;
    if (event.type === "step") yield { type: "step", step: stepOf(event.step) };
  }
}

function stepOf({
  step,
  label,
  state,
  cause,
  cure,
}: Extract<LinkEvent, { type: "step" }>["step"]): ShownStep {
  const told = cause === null ? null : (LINK_CAUSE[cause] ?? { text: words.state[state] });
  return {
    step,
    label,
    state,
    text: words.state[state],
    tookMs: 0,
    verdict: told && { cause, text: told.text, cure: cure ?? told.cure ?? null },
  };
}
