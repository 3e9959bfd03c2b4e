/** Which streams are back after a stop, those that came back together as one, and what of the stop is missing for good. */
import type { Answer } from "../api/client.ts";
import type { Verdict } from "../integrations/troubles.ts";
import { connection as words } from "../text/connection.ts";

export type Lost = Answer<"overview">["stamp"]["holes"][number];

export interface Healing {
  labels: [string, ...string[]];
  at: string;
  /** Spans of use; of a list nothing is ever lost: the next complete listing catches up. */
  lost: Lost[];
}

type Stream = Pick<Verdict, "stream" | "label" | "lane" | "healed">;

export function healings(streams: readonly Stream[], holes: readonly Lost[]): Healing[] {
  const found = new Map<string, Healing>();
  for (const { stream, label, lane, healed } of streams) {
    if (!healed) continue;
    const usage = stream === "audit_log";
    const name = usage ? words.usageBack : label;
    const before = found.get(lane);
    if (before) {
      before.labels.push(name);
      if (healed.at > before.at) before.at = healed.at;
    } else {
      const touches = ({ from, to }: Lost) => from < healed.at && to > healed.readBefore;
      found.set(lane, { labels: [name], at: healed.at, lost: usage ? holes.filter(touches) : [] });
    }
  }
  return [...found.values()];
}
