import type { Candidate } from "../../model/finding.ts";
import { addressesOfMissing, type Shared, sharedBy } from "../../store/findings/finding-facts.ts";
import { byListing, nameOf, numberOf, type Rule } from "../kit.ts";
import { evidenceOf } from "../people.ts";

/** Each address is one of its own; a company with more of them has another trouble, which the first ones show. */
const AT_MOST = 500;

export function sharedAddresses(shared: readonly Shared[]): Candidate[] {
  return shared.map(({ kind, value, users }) => ({
    subject: `${kind === "email" ? "email" : "employee"}:${value}`,
    userId: null,
    severity: "medium",
    text: `${numberOf(users.length, "active user")} have the ${kind === "email" ? "address" : "employee ID"} ${value}.`,
    rows: users.length,
    evidence: evidenceOf(users, nameOf, () => null),
    rowsAt: { list: "users", filter: { search: value, status: "active" } },
  }));
}

export const rule: Rule = {
  code: "shared_address",
  restsOn: ["listings"],
  reading: ({ listings }) => byListing(listings.users, "users"),
  most: AT_MOST,
  async untold({ db, connection }, gone) {
    const missing = await addressesOfMissing(db, connection.id);
    return gone.filter((subject) => missing.has(subject.slice(subject.indexOf(":") + 1)));
  },
  async find({ db, connection }) {
    return sharedAddresses(await sharedBy(db, connection.id, AT_MOST));
  },
};
