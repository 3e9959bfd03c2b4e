import { type Candidate, EVIDENCE_KEPT, type RowsAt } from "../../model/finding.ts";
import { SOURCE_LABEL } from "../../model/words.ts";
import { type UseAfter, useAfterDeactivation } from "../../store/findings/finding-facts.ts";
import { byListing, dateOf, nameOf, type Rule, theirClock } from "../kit.ts";
import { missingAmong } from "../people.ts";

/** Each is one of its own: somebody acts under a name that nobody should be able to use. */
const AT_MOST = 10 * EVIDENCE_KEPT;

export function useByDeactivated(acted: readonly UseAfter[], date: (at: number) => string): Candidate[] {
  return acted.map((each) => ({
    subject: each.id,
    userId: each.id,
    severity: "high",
    text: `${nameOf(each)} was seen deactivated on ${date(each.deactivatedSeenAt)}, and used Greenhouse on ${date(each.usedAt)}.`,
    rows: 1,
    evidence: [
      { text: "seen deactivated", userId: each.id, at: each.deactivatedSeenAt },
      {
        text: `last recorded use: ${SOURCE_LABEL[each.source].toLowerCase()}`,
        userId: each.id,
        at: each.usedAt,
      },
    ],
    rowsAt: rowsOf(each),
  }));
}

/** Recruiting activity has no list of its own: the person's page shows it. */
const rowsOf = ({ id, source }: UseAfter): RowsAt =>
  source === "audit_log"
    ? { list: "events", filter: { user: id } }
    : { list: "users", filter: { search: id } };

export const rule: Rule = {
  code: "use_by_deactivated",
  restsOn: ["listings", "use", "clock"],
  reading: ({ listings }) => byListing(listings.users, "users"),
  most: AT_MOST,
  untold: missingAmong,
  async find(asked) {
    const how = { skewMs: theirClock(asked), limit: AT_MOST };
    const acted = await useAfterDeactivation(asked.db, asked.connection.id, how);
    return useByDeactivated(acted, (at) => dateOf(asked, at));
  },
};
