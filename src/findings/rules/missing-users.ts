import type { Candidate } from "../../model/finding.ts";
import { byListing, nameOf, numberOf, type Rule } from "../kit.ts";
import { evidenceOf, people } from "../people.ts";

interface Missing {
  id: string;
  name: string | null;
  goneAt: number | null;
}

/** One finding for all: what hides one user mostly hides more. */
export function missingUsers(count: number, first: readonly Missing[]): Candidate[] {
  if (count === 0) return [];
  return [
    {
      subject: "",
      userId: null,
      severity: "medium",
      text: `Greenhouse stopped listing ${numberOf(count, "user")}. It never deletes users.`,
      rows: count,
      evidence: evidenceOf(first, nameOf, (each) => each.goneAt),
      rowsAt: { list: "users", filter: { status: "missing" } },
    },
  ];
}

export const rule: Rule = {
  code: "missing_users",
  restsOn: ["listings"],
  reading: ({ listings }) => byListing(listings.users, "users"),
  async find(asked) {
    const { count, first } = await people(asked, { status: ["missing"] }, { sort: "name" });
    return missingUsers(count, first);
  },
};
