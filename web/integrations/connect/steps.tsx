/** The lines of a test, each in its place from the beginning: waiting, asking, or what came of it. */
import { Check, Circle, CircleDashed, Loader, Minus, TriangleAlert, X } from "lucide-react";
import { type ReactNode, useState } from "react";
import { duration } from "../../format/time.ts";
import { connect as words } from "../../text/integrations.ts";
import { STREAM } from "../../text/words.ts";
import { cureOf } from "../troubles.ts";
import type { ShownStep, Testing } from "../use-test.ts";

const LABEL: Record<ShownStep["step"], string> = {
  reach: words.reach,
  credential: words.credentialStep,
  admin_user: words.adminUser,
  ...STREAM,
};
/** Less is no time at all to a person. */
const SHOWN_FROM_MS = 50;
const ORDER = Object.keys(LABEL) as ShownStep["step"][];

const ICON = {
  waiting: <CircleDashed className="text-idle" />,
  asking: <Loader className="text-link motion-safe:animate-spin" />,
  well: <Check className="text-well" />,
  off: <Circle className="text-idle" />,
  failed: <TriangleAlert className="text-look" />,
  cant: <X className="text-cant" />,
  skipped: <Minus className="text-idle" />,
} as const;

interface Props {
  testing: Testing;
  /** The streams of this kind of credential: a v1 key has no list of e-mail addresses. */
  leftOut?: readonly ShownStep["step"][];
  /** How a cure reads to who sees it here. */
  cure?: (text: string) => string;
  /** Below the verdict of the audit log. */
  aside?: (step: ShownStep) => ReactNode;
}

export function Steps({ testing, leftOut = [], cure = (text) => text, aside }: Props) {
  const running = testing.state === "running";
  return (
    <ol aria-live="polite" aria-busy={running} aria-label={words.test} className="divide-y divide-line">
      {ORDER.filter((step) => !leftOut.includes(step)).map((name) => {
        const step = testing.steps.find((each) => each.step === name);
        if (!step && !running) return null;
        return <Line key={name} label={step?.label ?? LABEL[name]} step={step} cure={cure} aside={aside} />;
      })}
    </ol>
  );
}

function Line({
  label,
  step,
  cure,
  aside,
}: {
  label: string;
  step: ShownStep | undefined;
  cure: (text: string) => string;
  aside: ((step: ShownStep) => ReactNode) | undefined;
}) {
  const [open, setOpen] = useState<boolean | null>(null);
  const state = step?.state ?? "waiting";
  const grave = step?.step !== "audit_log" && state === "failed";
  const text = !step ? words.waiting : state === "asking" ? words.asking : step.text;
  const verdict = step?.verdict;
  const told = verdict && (verdict.cause !== null || verdict.text !== null);
  // What keeps us from going on is open from the start; what is optional opens on click.
  const shown = told && (open ?? state === "failed");
  return (
    <li className="py-1.5 text-sm">
      <div className="flex min-h-6 items-start gap-2">
        <span aria-hidden className="mt-0.5 [&>svg]:size-4">
          {ICON[grave ? "cant" : state]}
        </span>
        <span className="w-32 shrink-0 font-medium">{label}</span>
        <span className={`min-w-0 flex-1 ${step && state !== "skipped" ? "text-ink" : "text-dim"}`}>
          {text}
        </span>
        {told && (
          <button
            type="button"
            className="shrink-0 rounded text-link underline-offset-2 hover:underline"
            aria-expanded={shown ?? false}
            onClick={() => setOpen(!shown)}
          >
            {state === "off" ? words.how : words.why}
            <span className="sr-only"> {label}</span>
          </button>
        )}
        {step && step.tookMs >= SHOWN_FROM_MS && (
          <span className="tabular w-10 shrink-0 text-right text-dim max-sm:hidden">
            {duration(step.tookMs)}
          </span>
        )}
      </div>
      {shown && (
        <div className="mt-1 ml-6 space-y-1.5 border-l-2 border-line pl-3 text-dim">
          {verdict.text && verdict.text !== step?.text && <p>{verdict.text}</p>}
          {cureOf(verdict.cure) && <p className="text-ink">→ {cure(cureOf(verdict.cure)!)}</p>}
          {step && aside?.(step)}
        </div>
      )}
    </li>
  );
}
