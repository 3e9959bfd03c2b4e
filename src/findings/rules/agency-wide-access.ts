import { older } from "../../insights/question.ts";
import type { Candidate } from "../../model/finding.ts";
import { type AgencyUser, agencyUsersWithWideAccess } from "../../store/findings/finding-facts.ts";
import { byListing, nameOf, numberOf, type Rule } from "../kit.ts";
import { missingAmong } from "../people.ts";

const AT_MOST = 500;

/** Each person is one: they are asked one by one. */
export function agencyWideAccess(found: readonly AgencyUser[]): Candidate[] {
  return found.map((each): Candidate => {
    const has = [
      ...(each.siteAdmin ? ["is a Site Admin"] : []),
      ...(each.everyFutureJob > 0 ? ["gets a role on every future job"] : []),
      ...(each.jobGrants > 0 ? [`holds ${numberOf(each.jobGrants, "job grant")}`] : []),
    ];
    return {
      subject: each.id,
      userId: each.id,
      severity: each.siteAdmin ? "high" : "medium",
      text: `${nameOf(each)} of an agency ${has.join(", ")}.`,
      rows: 1,
      evidence: has.map((text) => ({ text, userId: each.id, at: null })),
      // Grants of a Site Admin there are none.
      rowsAt: each.siteAdmin
        ? { list: "users", filter: { search: each.id } }
        : { list: "grants", filter: { user: each.id } },
    };
  });
}

export const rule: Rule = {
  code: "agency_wide_access",
  restsOn: ["listings"],
  thresholds: ["agencyGrants"],
  reading: ({ listings }) => byListing(older(listings.jobGrants, listings.futureJobGrants), "grants"),
  most: AT_MOST,
  untold: missingAmong,
  async find({ db, connection, settings: { agencyGrants } }) {
    return agencyWideAccess(await agencyUsersWithWideAccess(db, connection.id, agencyGrants, AT_MOST));
  },
};
