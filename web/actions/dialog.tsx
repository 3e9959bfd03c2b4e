/** From preview to result: what an action would do to each, typed confirmation, progress, what became of each. */
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { type Call, call } from "../api/client.ts";
import { asked, invalidate } from "../api/query.ts";
import { Failed, Loading } from "../components/states.tsx";
import { Button } from "../components/ui/button.tsx";
import { Dialog } from "../components/ui/dialog.tsx";
import { Checkbox, Field, Input } from "../components/ui/field.tsx";
import { Refusal } from "../integrations/refusal.tsx";
import { useSending } from "../sign-in/form.ts";
import { actionWords as words } from "../text/actions.ts";
import { Within } from "../users/within.tsx";
import { type Action, isOpen, TargetList } from "./targets.tsx";

export type Wanted = Call<"previewAction">["body"];

const LOOK_MS = 1_000;
/** Here; all of them stand on the action's page. */
const SHOWN = 200;

export function ActDialog({ c, wanted, onClose }: { c: string; wanted: Wanted; onClose: () => void }) {
  const [accounts, setAccounts] = useState(false);
  const [applied, setApplied] = useState<Action | null>(null);
  const body = { ...wanted, serviceAccounts: accounts };
  const preview = useQuery({
    queryKey: ["previewAction", c, body],
    queryFn: ({ signal }) => call("previewAction", { params: { c }, body }, signal),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    retry: false,
  });
  const close = () => {
    if (applied) void invalidate();
    onClose();
  };
  const action = applied ?? preview.data;
  return (
    <Dialog
      open
      wide
      holds
      onOpenChange={(open) => !open && close()}
      title={words.word[wanted.kind]}
      text={action && (applied ? words.named(action.id) : action.undoText)}
      foot={
        applied ? (
          <Button look="solid" onClick={close}>
            {words.close}
          </Button>
        ) : undefined
      }
    >
      {applied ? (
        <Progress c={c} id={applied.id} />
      ) : preview.error ? (
        <Failed error={preview.error} retry={() => void preview.refetch()} what={words.preview} />
      ) : action ? (
        <Preview
          c={c}
          action={action}
          accounts={accounts}
          setAccounts={setAccounts}
          onApplied={setApplied}
          onCancel={close}
        />
      ) : (
        <>
          <p role="status" className="mb-2 text-dim">
            {words.asking}
          </p>
          <Loading rows={4} />
        </>
      )}
    </Dialog>
  );
}

interface PreviewProps {
  c: string;
  action: Action;
  accounts: boolean;
  setAccounts: (on: boolean) => void;
  onApplied: (action: Action) => void;
  onCancel: () => void;
}

function Preview({ c, action, accounts, setAccounts, onApplied, onCancel }: PreviewProps) {
  const [typed, setTyped] = useState("");
  const { busy, failure, send } = useSending();
  const { waiting } = action.counts;
  const params = { c, action: action.id };
  const targets = useQuery(asked("listTargets", { params, query: { limit: SHOWN } }));
  const all = targets.data?.total ?? 0;
  // Of those that aren't shown here it isn't known.
  const asksAccounts =
    accounts || all > SHOWN || targets.data?.items.some(({ reason }) => reason?.code === "service_account");
  const ready = waiting === 1 || typed.trim() === String(waiting);
  const apply = () =>
    send(async () => {
      onApplied(await call("applyAction", { params, body: { count: waiting } }));
    });
  return (
    <form
      className="grid gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        if (ready && waiting > 0) void apply();
      }}
    >
      <p className="font-medium">
        {waiting === 0 ? words.nobody : words.touches(action.kind, waiting, action.targets)}
      </p>
      {targets.data ? <TargetList targets={targets.data.items} preview /> : <Loading rows={3} />}
      {all > SHOWN && (
        <p>
          {words.shown(SHOWN, all)}{" "}
          <Within to="/actions/$action" params={{ action: String(action.id) }} apart>
            {words.each}
          </Within>
        </p>
      )}
      {action.notTold.length > 0 && (
        <ul className="list-disc pl-5 text-sm text-dim">
          {action.notTold.map((text) => (
            <li key={text}>{text}</li>
          ))}
        </ul>
      )}
      {asksAccounts && (
        <Checkbox
          label={words.serviceAccounts}
          hint={words.serviceAccountsHint}
          checked={accounts}
          onChange={setAccounts}
        />
      )}
      {action.needsApproval && waiting > 0 && <p className="text-dim">{words.needsApproval}</p>}
      {waiting > 1 && (
        <Field label={words.type(waiting)}>
          {(ids) => (
            <Input
              {...ids}
              className="max-w-32"
              inputMode="numeric"
              value={typed}
              onChange={(event) => setTyped(event.target.value)}
            />
          )}
        </Field>
      )}
      {failure && <Refusal failure={failure} />}
      <div className="flex flex-wrap justify-end gap-2">
        <Button onClick={onCancel}>{words.cancel}</Button>
        {waiting > 0 && (
          <Button type="submit" look="solid" busy={busy} disabled={!ready}>
            {action.needsApproval ? words.propose(waiting) : words.go(action.kind, waiting)}
          </Button>
        )}
      </div>
    </form>
  );
}

function Progress({ c, id }: { c: string; id: number }) {
  const params = { c, action: id };
  const action = useQuery({
    ...asked("getAction", { params }),
    refetchInterval: ({ state }) => (state.data && !isOpen(state.data) ? false : LOOK_MS),
  });
  const state = action.data?.state;
  const targets = useQuery({
    ...asked("listTargets", { params, query: { limit: SHOWN } }),
    refetchInterval: state === undefined || (action.data && isOpen(action.data)) ? LOOK_MS : false,
    // Once more when it has ended.
    queryKey: ["listTargets", { params, query: { limit: SHOWN } }, state],
  });
  if (!action.data) return <Loading rows={4} />;
  const { counts } = action.data;
  const ended = counts.seen + counts.refused + counts.unknown;
  return (
    <div className="grid gap-3">
      {state === "proposed" ? (
        <p>{words.proposed}</p>
      ) : (
        <div role="status" className="grid gap-1.5">
          <p className="font-medium">
            {words.state[action.data.state]} · {words.progress(ended, action.data.targets)}
            {!isOpen(action.data) && ` · ${words.result(counts.seen, counts.refused, counts.unknown)}`}
          </p>
          <div className="h-1.5 overflow-hidden rounded-full bg-sunken" aria-hidden>
            <div
              className="h-full bg-link"
              style={{ width: `${(100 * ended) / Math.max(1, action.data.targets)}%` }}
            />
          </div>
          {isOpen(action.data) && <p className="text-sm text-dim">{words.closing}</p>}
        </div>
      )}
      {targets.data && <TargetList targets={targets.data.items} />}
      <p>
        <Within to="/actions/$action" params={{ action: String(id) }}>
          {words.open(id)}
        </Within>
      </p>
    </div>
  );
}
