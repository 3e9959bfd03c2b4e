import type { Candidate } from "../../model/finding.ts";
import type { WatchedEvent } from "../../store/watched.ts";
import type { Rule } from "../kit.ts";
import { byDoer, byLog, cutAway, evidenceOf, living, makerOf, rowsAt, thingsText } from "../things.ts";

/** One for each maker: what they leave behind is handed over together. */
export function ofWhoHasLeft(events: readonly WatchedEvent[]): Candidate[] {
  const left = living(events).filter((story) => {
    const { user } = makerOf(story);
    return user !== null && user.status !== "active";
  });
  return byDoer(left, makerOf).map(({ subject, who, user, stories, events }) => ({
    subject,
    userId: user!.id,
    severity: "high",
    text: `${who}, who is ${user!.status}, made or changed ${thingsText(stories)} that still ${stories.length === 1 ? "lives" : "live"}.`,
    rows: events.length,
    evidence: evidenceOf(events),
    rowsAt: rowsAt(events, user),
  }));
}

export const rule: Rule = {
  code: "maker_has_left",
  restsOn: ["log", "listings"],
  reading: byLog,
  untold: cutAway,
  async find(asked) {
    return ofWhoHasLeft(await asked.watched());
  },
};
