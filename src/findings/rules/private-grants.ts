import { type Candidate, EVIDENCE_KEPT } from "../../model/finding.ts";
import { holdersOfRoles, type PrivateRole } from "../../store/findings/finding-facts.ts";
import { byListing, nameOf, numberOf, type Rule } from "../kit.ts";
import { evidenceOf } from "../people.ts";

/** One finding for each role. */
export function privateGrants(roles: readonly PrivateRole[]): Candidate[] {
  return roles.map(({ roleId, name, grants, people, first }) => ({
    subject: roleId,
    userId: null,
    severity: "low",
    text: `${numberOf(people, "active user holds", "active users hold")} the role ${name}, by ${numberOf(grants, "grant")}.`,
    rows: grants,
    evidence: evidenceOf(
      first,
      (each) => `${nameOf(each)}: ${numberOf(each.grants, "grant")}`,
      () => null,
    ),
    rowsAt: { list: "grants", filter: { role: roleId, userStatus: "active" } },
  }));
}

export const rule: Rule = {
  code: "private_grants",
  restsOn: ["listings"],
  thresholds: ["privateRoles"],
  reading: ({ listings }) => byListing(listings.jobGrants, "job grants"),
  async find({ db, connection, settings }) {
    return privateGrants(await holdersOfRoles(db, connection.id, settings.privateRoles, EVIDENCE_KEPT));
  },
};
