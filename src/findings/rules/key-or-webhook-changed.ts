import type { Candidate } from "../../model/finding.ts";
import type { WatchedEvent } from "../../store/usage/watched.ts";
import { dateOf, type Rule, startOfToday } from "../kit.ts";
import { byDoer, byLog, cutAway, evidenceOf, lastOf, living, rowsAt, thingsText } from "../things.ts";

const DAY_MS = 86_400_000;
/** So long a change of a key or webhook is news. */
const NEWS_DAYS = 30;

/**
 * One for each who did it: they are the ones to ask. Time alone mends nothing: what was found stays until it is decided,
 * or the thing has ended.
 *
 * @param open who was found before, with when that was
 */
export function changedLately(
  events: readonly WatchedEvent[],
  open: ReadonlyMap<string, number>,
  now: number,
  date: (at: number) => string,
): Candidate[] {
  return byDoer(living(events), lastOf).flatMap(({ subject, who, user, stories }) => {
    const since = Math.min(now, open.get(subject) ?? now) - NEWS_DAYS * DAY_MS;
    const news = stories.filter((story) => lastOf(story).at >= since);
    if (news.length === 0) return [];
    const events = news.map(lastOf);
    return {
      subject,
      userId: user?.id ?? null,
      severity: "medium" as const,
      text: `${who} made or changed ${thingsText(news)}, last on ${date(Math.max(...events.map(({ at }) => at)))}.`,
      rows: events.length,
      evidence: evidenceOf(events),
      rowsAt: rowsAt(events, user),
    };
  });
}

export const rule: Rule = {
  code: "key_or_webhook_changed",
  restsOn: ["log", "listings"],
  reading: byLog,
  newsOpens: true,
  untold: cutAway,
  async find(asked, open) {
    return changedLately(await asked.watched(), open, startOfToday(asked), (at) => dateOf(asked, at));
  },
};
