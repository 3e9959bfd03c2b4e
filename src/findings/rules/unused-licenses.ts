import type { Candidate } from "../../model/finding.ts";
import { byUse, nameOf, numberOf, type Rule } from "../kit.ts";
import { evidenceOf, people } from "../people.ts";

interface Unused {
  id: string;
  name: string | null;
  lastUsed: { at: number } | null;
}

/** One finding for all: they are asked by one mail. */
export function unusedLicenses(count: number, days: number, first: readonly Unused[]): Candidate[] {
  if (count === 0) return [];
  return [
    {
      subject: "",
      userId: null,
      severity: "low",
      text: `${numberOf(count, "license")} without recorded use in ${days} days.`,
      rows: count,
      evidence: evidenceOf(first, nameOf, ({ lastUsed }) => lastUsed?.at ?? null),
      rowsAt: { list: "users", filter: { license: "unused" } },
    },
  ];
}

export const rule: Rule = {
  code: "unused_licenses",
  restsOn: ["listings", "use", "window"],
  reading: byUse,
  async find(asked) {
    const { count, first } = await people(asked, { license: ["unused"] }, { sort: "lastUsed" });
    return unusedLicenses(count, asked.judge.known.windowDays, first);
  },
};
