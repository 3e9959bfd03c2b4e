import { leftButActive } from "../../insights/employees.ts";
import type { Candidate } from "../../model/finding.ts";
import { hasEmployees } from "../../store/employees.ts";
import { byListing, nameOf, numberOf, type Rule } from "../kit.ts";

const PAGE = 500;
/** Each person is one; a directory that names more leavers than this is a mistake, which the first ones show. */
const AT_MOST = 5_000;

interface Leaver {
  id: string;
  name: string | null;
  /** The last day of work; null: not given. */
  leftOn: string | null;
  daysSince: number;
  /** Days with use after it; null: not known. */
  daysUsed: number | null;
  lastUsedAt: number | null;
}

export function leavers(found: readonly Leaver[]): Candidate[] {
  return found.map((each) => {
    const { id, leftOn, daysSince, daysUsed, lastUsedAt } = each;
    const since = leftOn === null ? `We were told ${numberOf(daysSince, "day")} ago` : `Left on ${leftOn}`;
    const used = daysUsed !== null && daysUsed > 0;
    return {
      subject: id,
      userId: id,
      severity: "high",
      text:
        `${nameOf(each)} has left ${leftOn === null ? "" : `${numberOf(daysSince, "day")} ago `}and is an active user` +
        `${used ? `, with use on ${numberOf(daysUsed, "day")} since` : ""}.`,
      rows: 1,
      evidence: [
        { text: since, userId: id, at: leftOn === null ? null : Date.parse(leftOn) },
        ...(lastUsedAt === null ? [] : [{ text: "last recorded use", userId: id, at: lastUsedAt }]),
      ],
      rowsAt: { list: "employees", filter: { list: "left_active" } },
    };
  });
}

export const rule: Rule = {
  code: "left_but_active",
  restsOn: ["listings", "use", "directory"],
  reading: ({ listings }) => byListing(listings.users, "users"),
  async find({ db, connection, now }) {
    if (!(await hasEmployees(db))) return [];
    const found: Leaver[] = [];
    const ourNow = now - connection.clockSkewMs;
    let cursor: string | null = null;
    do {
      const page = await leftButActive(db, connection, ourNow, { limit: PAGE, cursor });
      found.push(
        ...page.items.map(({ user, stillActive: { leftOn, daysSince, used } }) => ({
          id: user.id,
          name: user.name,
          leftOn,
          daysSince,
          daysUsed: used.days,
          lastUsedAt: used.lastAt === null ? null : Date.parse(used.lastAt),
        })),
      );
      cursor = page.nextCursor;
    } while (cursor !== null && found.length < AT_MOST);
    return leavers(found);
  },
};
