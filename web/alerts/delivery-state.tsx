/** What became of a message, with its icon. */
import { Clock } from "lucide-react";
import { Badge } from "../components/state.tsx";
import { type DeliveryState, alertWords as words } from "../text/alerts.ts";

export function DeliveryBadge({ state }: { state: DeliveryState }) {
  const word = words.states[state];
  if (state === "delivered") return <Badge tone="well">{word}</Badge>;
  if (state === "given_up") return <Badge tone="cant">{word}</Badge>;
  return (
    <Badge tone="idle" {...(state === "waiting" ? { icon: Clock } : {})}>
      {word}
    </Badge>
  );
}
