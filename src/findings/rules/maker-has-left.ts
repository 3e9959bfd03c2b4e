import type { Candidate } from "../../model/finding.ts";
import { type WatchedEvent, watchedEvents } from "../../store/watched.ts";
import { dateOf, nameOf, type Rule } from "../kit.ts";
import { byLog, EVENTS, evidenceOf, idOf, lives, makerOf, rowsAt, storiesOf } from "../things.ts";

/** Those that live, and whose maker is deactivated or missing. */
export function ofWhoHasLeft(events: readonly WatchedEvent[], date: (at: number) => string): Candidate[] {
  return [...storiesOf(events)].flatMap(([subject, story]): Candidate[] => {
    const made = makerOf(story);
    if (!lives(story) || !made.user || made.user.status === "active") return [];
    const what = made.user.status === "deactivated" ? "is deactivated" : "is missing";
    return [
      {
        subject,
        userId: made.user.id,
        severity: "high",
        text: `${made.label} on ${date(made.at)} by ${nameOf(made.user)}, who ${what}${idOf(story)}.`,
        rows: story.events.length,
        evidence: evidenceOf(story),
        rowsAt: rowsAt(story),
      },
    ];
  });
}

export const rule: Rule = {
  code: "maker_has_left",
  after: ["directory", "usage"],
  async find(asked) {
    const events = await watchedEvents(asked.db, asked.connection.id, EVENTS);
    return byLog(
      asked,
      ofWhoHasLeft(events, (at) => dateOf(asked, at)),
    );
  },
};
