import type { Candidate } from "../../model/finding.ts";
import type { UseSource } from "../../model/recruiting.ts";
import { SOURCE_LABEL } from "../../model/words.ts";
import { byUse, nameOf, numberOf, type Rule } from "../kit.ts";
import { evidenceOf, people } from "../people.ts";

interface Unused {
  id: string;
  name: string | null;
  lastUsed: { at: number; source: UseSource } | null;
}

/** One finding for all: they are asked by one mail. */
export function unusedLicenses(
  count: number,
  windows: readonly number[],
  first: readonly Unused[],
): Candidate[] {
  if (count === 0) return [];
  const [least, most] = [Math.min(...windows), Math.max(...windows)];
  const span = least === most ? `in ${most} days` : `in the days that count for them, ${least} to ${most}`;
  return [
    {
      subject: "",
      userId: null,
      severity: "low",
      text: `${numberOf(count, "license")} without recorded use ${span}.`,
      rows: count,
      evidence: evidenceOf(
        first,
        (each) =>
          each.lastUsed
            ? `${nameOf(each)}: ${SOURCE_LABEL[each.lastUsed.source].toLowerCase()}`
            : nameOf(each),
        ({ lastUsed }) => lastUsed?.at ?? null,
      ),
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
    const { known, windows } = asked.judge;
    const days = [known, ...windows.map((each) => each.known)].map(({ windowDays }) => windowDays);
    return unusedLicenses(count, days, first);
  },
};
