import type { Candidate } from "../../model/finding.ts";
import { type Appointment, newSiteAdmins } from "../../store/finding-facts.ts";
import { byListing, dateOf, nameOf, type Rule, startOfToday } from "../kit.ts";

const DAY_MS = 86_400_000;

export function appointed(found: readonly Appointment[], date: (at: number) => string): Candidate[] {
  return found.map((each) => {
    const { id, eventAt, afterAt, seenAt, by, added } = each;
    const when =
      eventAt !== null
        ? `on ${date(eventAt)}`
        : afterAt === null || date(afterAt) === date(seenAt)
          ? `on ${date(seenAt)}`
          : `between ${date(afterAt)} and ${date(seenAt)}`;
    const became = added ? "was added as a Site Admin" : "became a Site Admin";
    return {
      subject: id,
      userId: id,
      severity: "high",
      text: `${nameOf(each)} ${became} ${when}, ${by === null ? "by whom Greenhouse doesn't tell" : `by ${by}`}.`,
      rows: 1,
      evidence: [
        ...(eventAt === null
          ? []
          : [{ text: `event of the audit log, by ${by ?? "nobody named"}`, userId: id, at: eventAt }]),
        { text: "seen in a listing", userId: id, at: seenAt },
      ],
      rowsAt: { list: "changes", filter: { user: id } },
    };
  });
}

export const rule: Rule = {
  code: "new_site_admin",
  restsOn: ["listings"],
  reading: ({ listings }) => byListing(listings.users, "users"),
  async find(asked) {
    const since = startOfToday(asked) - asked.settings.newSiteAdminDays * DAY_MS;
    const found = await newSiteAdmins(asked.db, asked.connection.id, since);
    return appointed(found, (at) => dateOf(asked, at));
  },
};
