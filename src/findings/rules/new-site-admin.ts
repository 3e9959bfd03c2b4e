import type { Candidate, Reading } from "../../model/finding.ts";
import { type Appointment, newSiteAdmins } from "../../store/findings/finding-facts.ts";
import { type Asked, byListing, dateOf, nameOf, type Rule, startOfToday, theirClock } from "../kit.ts";
import { missingAmong } from "../people.ts";

const DAY_MS = 86_400_000;

export function appointed(found: readonly Appointment[], date: (at: number) => string): Candidate[] {
  return found.map((each): Candidate => {
    const { id, eventAt, afterAt, seenAt, by, added, createdAt } = each;
    // There before, and not listed: since when they are a Site Admin nobody tells.
    const hidden = added && afterAt !== null && createdAt !== null && createdAt < afterAt;
    const at = eventAt ?? seenAt!;
    const between = eventAt === null && !hidden && afterAt !== null && date(afterAt) !== date(at);
    const when = between ? `between ${date(afterAt)} and ${date(at)}` : `on ${date(at)}`;
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
        ...(seenAt === null ? [] : [{ text: "seen in a listing", userId: id, at: seenAt }]),
      ],
      rowsAt:
        seenAt === null
          ? { list: "events", filter: { target: id } }
          : { list: "changes", filter: { user: id } },
    };
  });
}

/** The log, where there is one, tells of the time before the first listing too. */
function byBoth(asked: Asked): Reading {
  const listed = byListing(asked.listings.users, "users");
  const first = asked.coverage.effective.spans[0];
  if (!listed.known || !first) return listed;
  return { ...listed, coverage: `${listed.coverage}; audit log since ${dateOf(asked, first.from)}` };
}

export const rule: Rule = {
  code: "new_site_admin",
  restsOn: ["listings", "log", "clock"],
  reading: byBoth,
  untold: missingAmong,
  async find(asked, open) {
    const since = startOfToday(asked) - asked.settings.newSiteAdminDays * DAY_MS;
    // Time alone mends nothing: what was found stays until it is decided, or the level is taken back.
    const which = { since, also: [...open.keys()], skewMs: theirClock(asked) };
    const found = await newSiteAdmins(asked.db, asked.connection.id, which);
    return appointed(found, (at) => dateOf(asked, at));
  },
};
