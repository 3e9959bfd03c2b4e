import type { Candidate } from "../../model/finding.ts";
import { type Appointment, newSiteAdmins } from "../../store/finding-facts.ts";
import { byListing, dateOf, nameOf, type Rule, startOfToday } from "../kit.ts";
import { missingAmong } from "../people.ts";

const DAY_MS = 86_400_000;

export function appointed(found: readonly Appointment[], date: (at: number) => string): Candidate[] {
  return found.map((each) => {
    const { id, eventAt, afterAt, seenAt, by, added, createdAt } = each;
    // There before, and not listed: since when they are a Site Admin nobody tells.
    const hidden = added && afterAt !== null && createdAt !== null && createdAt < afterAt;
    const when =
      eventAt !== null
        ? `on ${date(eventAt)}`
        : hidden || afterAt === null || date(afterAt) === date(seenAt)
          ? `on ${date(seenAt)}`
          : `between ${date(afterAt)} and ${date(seenAt)}`;
    const became = hidden
      ? `was created on ${date(createdAt)} and first listed, as a Site Admin,`
      : added
        ? "was added as a Site Admin"
        : "became a Site Admin";
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
  untold: missingAmong,
  async find(asked, open) {
    const since = startOfToday(asked) - asked.settings.newSiteAdminDays * DAY_MS;
    // Time alone mends nothing: what was found stays until it is decided, or the level is taken back.
    const found = await newSiteAdmins(asked.db, asked.connection.id, since, [...open.keys()]);
    return appointed(found, (at) => dateOf(asked, at));
  },
};
