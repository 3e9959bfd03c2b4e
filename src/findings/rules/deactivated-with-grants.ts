import { older } from "../../insights/question.ts";
import type { Candidate } from "../../model/finding.ts";
import { byListing, nameOf, numberOf, type Rule } from "../kit.ts";
import { evidenceOf, people } from "../people.ts";

interface Holder {
  id: string;
  name: string | null;
  jobGrants: number;
  futureJobGrants: number;
  statusSince: number | null;
}

/** One finding for all of them: they are mended together, and there may be thousands. */
export function deactivatedWithGrants(count: number, first: readonly Holder[]): Candidate[] {
  if (count === 0) return [];
  return [
    {
      subject: "",
      userId: null,
      severity: "medium",
      text: `${numberOf(count, "deactivated user still holds", "deactivated users still hold")} grants.`,
      rows: count,
      evidence: evidenceOf(
        first,
        (each) => `${nameOf(each)}: ${numberOf(each.jobGrants + each.futureJobGrants, "grant")}`,
        (each) => each.statusSince,
      ),
      rowsAt: { list: "users", filter: { deactivatedWithGrants: "true" } },
    },
  ];
}

export const rule: Rule = {
  code: "deactivated_with_grants",
  restsOn: ["listings"],
  reading: ({ listings }) => byListing(older(listings.jobGrants, listings.futureJobGrants), "grants"),
  async find(asked) {
    const { count, first } = await people(asked, { deactivatedWithGrants: true }, { sort: "grants" });
    return deactivatedWithGrants(count, first);
  },
};
