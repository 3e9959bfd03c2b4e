import { employeesOfUsers } from "../../insights/employee-view.ts";
import { leftButActive } from "../../insights/employees.ts";
import { rowsOf } from "../../insights/user-view.ts";
import { parseDay } from "../../model/day.ts";
import type { Candidate } from "../../model/finding.ts";
import type { UseSource } from "../../model/recruiting.ts";
import { SOURCE_LABEL } from "../../model/words.ts";
import { hasEmployees } from "../../store/employees/employees.ts";
import { byListing, nameOf, numberOf, type Rule } from "../kit.ts";

const DAY_MS = 86_400_000;
const PAGE = 500;
/** Each person is one; a directory that names more leavers than this is a mistake, which the first ones show. */
const AT_MOST = 5_000;

interface Leaver {
  id: string;
  name: string | null;
  email: string | null;
  /** Greenhouse lists them no longer: they are not known to be deactivated. */
  missing: boolean;
  /** The last day of work, and a time of it; null: not given. */
  leftOn: string | null;
  leftAt: number | null;
  /** When we were told, where no day was given. */
  toldAt: number | null;
  daysSince: number;
  /** Days with use after it; null: not known. */
  daysUsed: number | null;
  lastUsed: { at: number; source: UseSource } | null;
}

export function leavers(found: readonly Leaver[]): Candidate[] {
  return found.map((each): Candidate => {
    const { id, email, missing, leftOn, leftAt, toldAt, daysSince, daysUsed, lastUsed } = each;
    const is = missing
      ? "is not known to be deactivated: Greenhouse lists the user no longer"
      : "is an active user";
    const used = daysUsed !== null && daysUsed > 0;
    return {
      subject: id,
      userId: id,
      severity: "high",
      text:
        `${nameOf(each)} ${leftOn === null ? "has left" : `left ${numberOf(daysSince, "day")} ago`} and ${is}` +
        `${used ? `, with use on ${numberOf(daysUsed, "day")} since` : ""}.`,
      rows: 1,
      evidence: [
        leftOn === null
          ? { text: "told to have left, without a day", userId: id, at: toldAt }
          : { text: `left on ${leftOn}`, userId: id, at: leftAt },
        ...(lastUsed === null
          ? []
          : [
              {
                text: `last recorded use: ${SOURCE_LABEL[lastUsed.source].toLowerCase()}`,
                userId: id,
                at: lastUsed.at,
              },
            ]),
      ],
      rowsAt: {
        list: "employees",
        filter: { list: "left_active", ...(email === null ? {} : { search: email }) },
      },
    };
  });
}

export const rule: Rule = {
  code: "left_but_active",
  restsOn: ["listings", "use", "directory"],
  reading: ({ listings }) => byListing(listings.users, "users"),
  most: AT_MOST,
  // Whom more than one employee fits by now, or who shares one, may still be the one who has left.
  async untold(asked, gone) {
    const who = await employeesOfUsers(asked, gone, asked.utcDay);
    const active = (await rowsOf(asked, gone)).filter(({ status }) => status !== "deactivated");
    return active.flatMap(({ id }) =>
      who.get(id)!.candidates.some(({ employee }) => employee.state === "left") ? id : [],
    );
  },
  async find({ db, connection, now, zone }) {
    if (!(await hasEmployees(db))) return [];
    const found: Leaver[] = [];
    const ourNow = now - connection.clockSkewMs;
    let cursor: string | null = null;
    do {
      const page = await leftButActive(db, connection, ourNow, { limit: PAGE, cursor });
      found.push(
        ...page.items.map(({ user, stillActive: { leftOn, toldAt, daysSince, used } }) => ({
          id: user.id,
          name: user.name,
          email: user.email,
          missing: user.status === "missing",
          leftOn,
          // Noon, so that the day is the same one wherever it is read.
          leftAt: leftOn === null ? null : zone.start(parseDay(leftOn)!) + DAY_MS / 2,
          toldAt: toldAt === null ? null : Date.parse(toldAt),
          daysSince,
          daysUsed: used.days,
          lastUsed: used.lastAt && used.lastBy ? { at: Date.parse(used.lastAt), source: used.lastBy } : null,
        })),
      );
      cursor = page.nextCursor;
    } while (cursor !== null && found.length < AT_MOST);
    return leavers(found);
  },
};
