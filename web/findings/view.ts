/** The filters of Findings. */
import type { Filter } from "../components/table-view.ts";
import type { Search } from "../search.ts";
import { type Finding, findingWords as words } from "../text/findings.ts";
import { userName } from "../text/words.ts";

/** With names for the ids in the address, as far as the first rows tell them. */
export function findingFilters(
  findings: readonly Finding[],
  rules: readonly { rule: string; label: string }[],
): Filter[] {
  const { filters } = words;
  return [
    { key: "state", label: filters.state, options: Object.entries(words.states), default: "open" },
    { key: "severity", label: filters.severity, options: Object.entries(words.severities) },
    { key: "rule", label: filters.rule, options: rules.map(({ rule, label }) => [rule, label]) },
    {
      key: "user",
      label: filters.user,
      word: (id) => userName(findings.find(({ user }) => user?.id === id)?.user ?? { id, name: null }),
    },
  ];
}

/** What is over needs no decision. */
export const mayChange = ({ state }: Pick<Finding, "state">): boolean =>
  state !== "seen_fixed" && state !== "not_looked_for";

/** Nothing but open ones of the whole account: then an empty list is good news. */
export const isWhole = (view: Search): boolean =>
  !view.severity && !view.rule && !view.user && (view.state === undefined || view.state === "open");

/** Tomorrow, as a field of days takes it: a finding is accepted until a day that has not passed. */
export function earliest(now: number): string {
  return new Date(now + 86_400_000).toISOString().slice(0, 10);
}
