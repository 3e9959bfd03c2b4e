/** Step three: the test, line by line; then the name. */
import { Link } from "@tanstack/react-router";
import { Partial } from "../../components/states.tsx";
import { Button } from "../../components/ui/button.tsx";
import { Field, Input } from "../../components/ui/field.tsx";
import { connect as words } from "../../text/integrations.ts";
import { Refusal } from "../refusal.tsx";
import { type Testing, usersRead } from "../use-test.ts";
import { cureWhileConnecting, type Draft } from "./draft.ts";
import { ScopeQuestion } from "./scope-question.tsx";
import { Steps } from "./steps.tsx";

interface Props {
  draft: Draft;
  change: (part: Partial<Draft>) => void;
  testing: Testing;
  /** The connection that has this account already. */
  accountOf: Testing["accountOf"];
  nameMissing: string | undefined;
}

export function Test({ draft, change, testing, accountOf, nameMissing }: Props) {
  const ended = testing.state === "ended" || testing.state === "failed";
  return (
    <div className="grid gap-4">
      {testing.notes.map((note) => (
        <p key={note} className="rounded bg-link-soft px-3 py-1.5 text-sm">
          {note}
        </p>
      ))}
      <Steps
        testing={testing}
        leftOut={draft.kind === "harvest_v1" ? ["user_emails"] : []}
        cure={cureWhileConnecting}
        aside={(step) => step.verdict?.cause === "audit_log_refused" && <ScopeQuestion kind={draft.kind} />}
      />
      {testing.failure && <Refusal failure={testing.failure} />}
      {ended && !testing.failure && !usersRead(testing) && (
        <p role="alert" className="rounded-md bg-cant-soft px-3 py-2">
          {words.held}
        </p>
      )}
      {accountOf && (
        <Partial
          action={
            <Button asChild small>
              <Link to="/integrations/$connection" params={{ connection: String(accountOf.id) }}>
                {words.openIt(accountOf.name)}
              </Link>
            </Button>
          }
        >
          {words.accountOf(accountOf.name)}
        </Partial>
      )}
      {(usersRead(testing) || testing.failure?.code === "name_taken") && (
        <Field label={words.name} hint={words.nameHint} error={nameMissing}>
          {(ids) => (
            <Input
              {...ids}
              maxLength={80}
              value={draft.name}
              onChange={(event) => change({ name: event.target.value })}
            />
          )}
        </Field>
      )}
    </div>
  );
}
