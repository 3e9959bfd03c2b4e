import { type Candidate, EVIDENCE_KEPT } from "../../model/finding.ts";
import { type RuleForEverything, rulesForEverything } from "../../store/findings/finding-facts.ts";
import { byListing, nameOf, numberOf, type Rule } from "../kit.ts";
import { evidenceOf } from "../people.ts";

/** One finding for all: such rules are mostly made alike, for a whole team. */
export function futureRulesForEverything(rows: number, first: readonly RuleForEverything[]): Candidate[] {
  if (rows === 0) return [];
  return [
    {
      subject: "",
      userId: null,
      severity: "medium",
      text: `${numberOf(rows, "rule gives", "rules give")} a role on every future job, in every department and office.`,
      rows,
      evidence: evidenceOf(
        first,
        (each) => `${nameOf(each)}: ${each.role ?? "a role without a name"}`,
        (each) => each.since,
      ),
      rowsAt: { list: "grants", filter: { everyFutureJob: "true", userStatus: "active" } },
    },
  ];
}

export const rule: Rule = {
  code: "future_rule_for_everything",
  restsOn: ["listings"],
  reading: ({ listings }) => byListing(listings.futureJobGrants, "future job grants"),
  async find({ db, connection }) {
    const { rows, first } = await rulesForEverything(db, connection.id, EVIDENCE_KEPT);
    return futureRulesForEverything(rows, first);
  },
};
