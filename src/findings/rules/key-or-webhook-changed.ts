import type { Candidate } from "../../model/finding.ts";
import { type WatchedEvent, watchedEvents } from "../../store/watched.ts";
import { dateOf, type Rule } from "../kit.ts";
import { byLog, EVENTS, evidenceOf, idOf, lives, rowsAt, storiesOf, whoOf } from "../things.ts";

const DAY_MS = 86_400_000;
/** So long a change of a key or webhook is news. */
const NEWS_DAYS = 30;

/** Those made or changed lately. */
export function changedLately(
  events: readonly WatchedEvent[],
  now: number,
  date: (at: number) => string,
): Candidate[] {
  return [...storiesOf(events)].flatMap(([subject, story]): Candidate[] => {
    const last = story.events.at(-1)!;
    if (last.at < now - NEWS_DAYS * DAY_MS || !lives(story)) return [];
    return [
      {
        subject,
        userId: last.user?.id ?? null,
        severity: "medium",
        text: `${last.label} on ${date(last.at)} by ${whoOf(last)}${idOf(story)}.`,
        rows: story.events.length,
        evidence: evidenceOf(story),
        rowsAt: rowsAt(story),
      },
    ];
  });
}

export const rule: Rule = {
  code: "key_or_webhook_changed",
  after: ["directory", "usage"],
  async find(asked) {
    const events = await watchedEvents(asked.db, asked.connection.id, EVENTS);
    return byLog(
      asked,
      changedLately(events, asked.now, (at) => dateOf(asked, at)),
    );
  },
};
