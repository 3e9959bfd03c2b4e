/** The audit log refuses us for one of two reasons that no answer tells apart: the cheap question that does. */
import { useState } from "react";
import { Choice } from "../../components/ui/field.tsx";
import { connect as words } from "../../text/integrations.ts";

type Answer = "ticked" | "notTicked" | "notThere";

const SAYS: Record<Answer, string> = {
  ticked: words.tickedText,
  notTicked: words.notTickedText,
  notThere: words.notThereText,
};

export function ScopeQuestion({ kind }: { kind: keyof typeof words.scopeQuestion }) {
  const [answer, setAnswer] = useState<Answer | null>(null);
  return (
    <div className="max-w-prose pt-1">
      <Choice
        legend={words.scopeQuestion[kind]}
        name="scope"
        value={answer}
        onChange={setAnswer}
        options={[
          { value: "ticked", label: words.ticked },
          { value: "notTicked", label: words.notTicked },
          { value: "notThere", label: words.notThere },
        ]}
      />
      <p aria-live="polite" className="mt-2 text-ink">
        {answer && `→ ${SAYS[answer]}`}
      </p>
    </div>
  );
}
