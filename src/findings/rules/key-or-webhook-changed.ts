import type { Candidate } from "../../model/finding.ts";
import type { WatchedEvent } from "../../store/watched.ts";
import { type Rule, startOfToday } from "../kit.ts";
import { byDoer, byLog, evidenceOf, lastOf, living, rowsAt, thingsText } from "../things.ts";

const DAY_MS = 86_400_000;
/** So long a change of a key or webhook is news. */
const NEWS_DAYS = 30;

/** One for each who did it: they are the ones to ask. */
export function changedLately(events: readonly WatchedEvent[], now: number): Candidate[] {
  const news = living(events).filter((story) => lastOf(story).at >= now - NEWS_DAYS * DAY_MS);
  return byDoer(news, lastOf).map(({ subject, who, user, stories, events }) => ({
    subject,
    userId: user?.id ?? null,
    severity: "medium",
    text: `${who} made or changed ${thingsText(stories)} in the last ${NEWS_DAYS} days.`,
    rows: events.length,
    evidence: evidenceOf(events),
    rowsAt: rowsAt(events, user),
  }));
}

export const rule: Rule = {
  code: "key_or_webhook_changed",
  restsOn: ["log", "listings"],
  reading: byLog,
  async find(asked) {
    return changedLately(await asked.watched(), startOfToday(asked));
  },
};
