/** What the cells of a finding hold. */
import { CircleCheck, Flag, Hourglass, TriangleAlert } from "lucide-react";
import { Badge } from "../components/state.tsx";
import { useZone } from "../components/time.tsx";
import { date } from "../format/time.ts";
import { useView } from "../search.ts";
import { type Finding, findingWords as words } from "../text/findings.ts";

interface Cell {
  finding: Finding;
}

/** Color is for what is open: what was decided or is over needs none. */
export function SeverityCell({ finding: { severity, state } }: Cell) {
  const word = words.severities[severity];
  if (state !== "open") return <span className="text-dim">{word}</span>;
  if (severity === "high")
    return (
      <Badge tone="cant" icon={TriangleAlert}>
        {word}
      </Badge>
    );
  if (severity === "medium") return <Badge tone="look">{word}</Badge>;
  return (
    <Badge tone="idle" icon={Flag}>
      {word}
    </Badge>
  );
}

export function TextCell({ finding: { id, text } }: Cell) {
  const [, change] = useView();
  return (
    <button
      type="button"
      className="link block max-w-full truncate text-left"
      title={text}
      onClick={() => change({ finding: id })}
    >
      {text}
    </button>
  );
}

export function StateCell({ finding: { state, accepted } }: Cell) {
  const timeZone = useZone();
  if (state === "seen_fixed")
    return (
      <Badge tone="well" icon={CircleCheck}>
        {words.states.seen_fixed}
      </Badge>
    );
  if (state === "accepted" && accepted) {
    return (
      <Badge tone="idle" icon={Hourglass}>
        {words.acceptedUntil(date(accepted.until, { timeZone }))}
      </Badge>
    );
  }
  return <>{words.states[state]}</>;
}
