import type { Candidate } from "../../model/finding.ts";
import { byUse, dateOf, nameOf, numberOf, type Rule } from "../kit.ts";
import { evidenceOf, people } from "../people.ts";

/** One finding for all, as of the unused ones: but these may never have accepted their invitation. */
export function neverUsedLicenses(
  count: number,
  since: string,
  first: readonly { id: string; name: string | null }[],
): Candidate[] {
  if (count === 0) return [];
  return [
    {
      subject: "",
      userId: null,
      severity: "low",
      text: `${numberOf(count, "license")} with no recorded use since ${since}.`,
      rows: count,
      evidence: evidenceOf(first, nameOf, () => null),
      rowsAt: { list: "users", filter: { license: "never_used" } },
    },
  ];
}

export const rule: Rule = {
  code: "never_used_licenses",
  restsOn: ["listings", "use", "window"],
  reading: byUse,
  async find(asked) {
    const { count, first } = await people(asked, { license: ["never_used"] }, { sort: "name" });
    return neverUsedLicenses(count, dateOf(asked, asked.judge.known.since!), first);
  },
};
