/** Connecting an account: access, credential, test; the guide beside it; then the first sync until the check mark. */
import { Check } from "lucide-react";
import { useEffect, useState } from "react";
import { stream } from "../../api/client.ts";
import { invalidate } from "../../api/query.ts";
import { Button } from "../../components/ui/button.tsx";
import { Dialog } from "../../components/ui/dialog.tsx";
import { connect as words } from "../../text/integrations.ts";
import { WORD } from "../../text/words.ts";
import { type Testing, usageRefused, usersRead, useTest } from "../use-test.ts";
import { Access } from "./access.tsx";
import { Credential } from "./credential.tsx";
import { bodyOf, type Draft, EMPTY, isTyped, missing, testBodyOf } from "./draft.ts";
import { FirstSync } from "./first-sync.tsx";
import { Guide, Scopes } from "./guide.tsx";
import { SomebodyElse } from "./somebody-else.tsx";
import { Test } from "./test.tsx";

interface Props {
  open: boolean;
  onClose: () => void;
  /** Names that are taken. */
  names: readonly string[];
}

export function ConnectDialog({ open, onClose, names }: Props) {
  const [keeps, setKeeps] = useState(false);
  return (
    <Dialog
      wide
      keeps={keeps}
      open={open}
      onOpenChange={(next) => !next && onClose()}
      title={words.title}
      text={words.description}
    >
      <Connect names={names} onTyped={setKeeps} />
    </Dialog>
  );
}

/** What is typed lives as long as the dialog is open, and nowhere else. */
function Connect({ names, onTyped }: Pick<Props, "names"> & { onTyped: (typed: boolean) => void }) {
  const [step, setStep] = useState(0);
  const [draft, setDraft] = useState<Draft>(() => ({ ...EMPTY, name: freeName(names) }));
  const [tried, setTried] = useState(false);
  const { testing, run, clear } = useTest();
  const [saving, setSaving] = useState(false);
  const [accountOf, setAccountOf] = useState<Testing["accountOf"]>(null);
  const change = (part: Partial<Draft>) => setDraft((before) => ({ ...before, ...part }));
  const typed = isTyped(draft);
  useEffect(() => {
    onTyped(typed);
    return () => onTyped(false);
  }, [typed, onTyped]);
  const lacks = missing(draft);
  const whole = Object.keys(lacks).length === 0;

  const test = () => {
    setStep(2);
    setTried(false);
    void run((signal) => stream("testDraft", { body: testBodyOf(draft) }, signal)).then((tested) =>
      setAccountOf(tested.accountOf),
    );
  };
  const save = async (usage: boolean) => {
    setSaving(true);
    const body = bodyOf(draft, { usage });
    const { saved } = await run((signal) => stream("createConnection", { body }, signal), { again: true });
    setSaving(false);
    if (!saved) return;
    // What was typed is gone from the page as soon as it is stored.
    setDraft(EMPTY);
    await invalidate("listConnections");
  };
  const next = () => {
    if (step === 0) return setStep(1);
    setTried(true);
    if (whole) test();
  };
  const back = () => {
    clear();
    setAccountOf(null);
    setStep(step - 1);
  };

  if (testing.saved) return <FirstSync saved={testing.saved} />;

  const running = testing.state === "running";
  const nameMissing = draft.name.trim() === "" ? words.needName : undefined;
  // A name that is taken, or an answer that broke off, leaves what was found to stand.
  const readable = usersRead(testing);
  return (
    <div className="grid gap-6 lg:grid-cols-[minmax(0,1fr)_20rem]">
      <form
        noValidate
        className="grid content-start gap-5"
        onSubmit={(event) => {
          event.preventDefault();
          if (step < 2) next();
        }}
      >
        <Stepper step={step} draft={draft} />
        {step === 0 && <Access draft={draft} change={change} />}
        {step === 1 && <Credential draft={draft} change={change} missing={tried ? lacks : {}} />}
        {step === 2 && (
          <Test
            draft={draft}
            change={change}
            testing={testing}
            accountOf={accountOf}
            nameMissing={nameMissing}
          />
        )}
        <div className="flex flex-wrap justify-end gap-2">
          {step > 0 && (
            <Button onClick={back} disabled={saving}>
              {words.back}
            </Button>
          )}
          {step === 0 && (
            <Button look="solid" type="submit">
              {words.next}
            </Button>
          )}
          {step === 1 && (
            <Button look="solid" type="submit">
              {words.test}
            </Button>
          )}
          {step === 2 && (
            <>
              <Button
                look={readable || running ? "plain" : "solid"}
                busy={running && !saving}
                onClick={test}
                disabled={saving}
              >
                {running && !saving ? words.testing : words.testAgain}
              </Button>
              {readable && draft.usage && usageRefused(testing) && (
                <Button
                  look="solid"
                  busy={saving}
                  disabled={running || !!nameMissing}
                  onClick={() => save(false)}
                >
                  {words.connectWithoutUsage}
                </Button>
              )}
              {!(draft.usage && usageRefused(testing)) && (
                <Button
                  look={readable ? "solid" : "plain"}
                  busy={saving}
                  disabled={!readable || running || !!nameMissing}
                  onClick={() => save(draft.usage)}
                >
                  {saving ? words.connecting : words.connectIt}
                </Button>
              )}
            </>
          )}
        </div>
      </form>
      <aside className="border-line max-lg:border-t max-lg:pt-4 lg:border-l lg:pl-6">
        {step === 0 ? (
          <div className="text-sm">
            <h3>{words.scopes}</h3>
            <Scopes kind={draft.kind} acts={draft.permission === "read_and_act"} />
          </div>
        ) : (
          <Guide kind={draft.kind} acts={draft.permission === "read_and_act"}>
            <SomebodyElse draft={draft} />
          </Guide>
        )}
      </aside>
    </div>
  );
}

/** `Access ✓ Read   Credential ✓ Harvest v3 ····7f2c   Test` */
function Stepper({ step, draft }: { step: number; draft: Draft }) {
  const tail = draft.kind === "harvest_v3" ? ` ····${draft.clientId.slice(-4)}` : "";
  const done = [WORD.permission[draft.permission], `${WORD.credential[draft.kind]}${tail}`];
  return (
    <ol className="flex flex-wrap gap-x-5 gap-y-1 text-sm">
      {words.steps.map((label, i) => (
        <li key={label} aria-current={i === step ? "step" : undefined} className="flex items-center gap-1.5">
          {i < step ? (
            <Check aria-hidden className="size-4 text-well" />
          ) : (
            <span
              aria-hidden
              className={`grid size-5 place-items-center rounded-full text-xs ${i === step ? "bg-link text-on-link" : "bg-sunken text-dim"}`}
            >
              {i + 1}
            </span>
          )}
          <span className={i === step ? "font-semibold" : "text-dim"}>{label}</span>
          {i < step && <span className="text-dim">{done[i]}</span>}
        </li>
      ))}
    </ol>
  );
}

function freeName(names: readonly string[]): string {
  const taken = (name: string) => names.some((each) => each.toLowerCase() === name.toLowerCase());
  if (!taken(words.firstName)) return words.firstName;
  for (let n = 2; ; n++) if (!taken(`${words.firstName} ${n}`)) return `${words.firstName} ${n}`;
}
