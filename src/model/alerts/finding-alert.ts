/** What there is to tell of findings that were judged. Pure. */

import { FINDING_TEXT, type Finding, type FindingRule, findingId } from "../finding.ts";
import type { NewAlert, ToldTopic } from "./alert.ts";

const OF_RULE: Partial<Record<FindingRule, ToldTopic>> = {
  left_but_active: "left_but_active",
  new_site_admin: "new_site_admin",
};

/**
 * One that opens, opens again, or is seen fixed; not one whose evidence alone has changed.
 *
 * @param before as it was kept; undefined: it wasn't
 */
export function findingAlert(
  connection: number,
  before: Finding | undefined,
  after: Finding,
): NewAlert | null {
  if (before?.state === after.state) return null;
  const { rule, subject, userId, text } = after;
  const { label } = FINDING_TEXT[rule];
  const filter = new URLSearchParams({ c: String(connection), finding: findingId({ rule, subject }) });
  const of = (topic: ToldTopic, told: string): NewAlert => ({
    topic,
    text: told,
    rule,
    userId,
    path: `/findings?${filter}`,
  });
  if (after.state === "open") {
    const back = before && before.state !== "open" ? againText(before) : "";
    return of(OF_RULE[rule] ?? "finding_opened", `${label}: ${text}${back}`);
  }
  if (after.state !== "seen_fixed") return null;
  filter.set("state", "seen_fixed");
  return of("finding_closed", `${label}, seen fixed. It said: ${text}`);
}

function againText({ state }: Finding): string {
  if (state === "not_looked_for") return " It is looked for again.";
  return state === "accepted" ? " It was accepted until now." : " It is back.";
}
