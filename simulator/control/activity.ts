import { isoTime, parseTime } from "../clock.ts";
import type { Made } from "../recruiting/derived.ts";
import type { RecruitingList } from "../recruiting/recruiting.ts";
import type { View } from "../v3/filters.ts";

/** What somebody did of one kind, as the lists tell it. */
export interface ActivityTruth {
  count: number;
  last: string;
}
/** User id → kind → how often and when last. */
export type Activity = Record<string, Partial<Record<ActivityKind, ActivityTruth>>>;
export type ActivityKind = keyof typeof kinds;

/** Each kind's list, and the fields that name the person and the time. */
const kinds = {
  scorecards: ["scorecards", "submitter_id", "submitted_at"],
  approvals: ["approvers", "resolved_by_id", "resolved_at"],
  rejections: ["rejection_details", "rejected_by_id", "rejected_at"],
  scheduling: ["interviews", "organizer_id", "scheduled_at"],
} as const satisfies Record<string, readonly [RecruitingList, string, string]>;

/** Every row of a list of recruiting, newest first, a thousand at a time. */
export function* madeRows({ recruiting, now }: View, list: RecruitingList): Generator<Made> {
  for (let before = Infinity; ; ) {
    const rows = recruiting[list].page(now, before, 1000, () => true);
    yield* rows;
    const last = rows.at(-1);
    if (!last || rows.length < 1000) return;
    before = last.id;
  }
}

/** Counts, row by row, what the lists say of each person within a range, both bounds included. */
export function activityTruth(view: View, after: number | null, before: number | null): Activity {
  const out: Activity = {};
  for (const [kind, [list, person, time]] of Object.entries(kinds) as [
    ActivityKind,
    (typeof kinds)[ActivityKind],
  ][]) {
    for (const { row } of madeRows(view, list)) {
      const [id, at] = [row[person], row[time] === null ? null : parseTime(row[time] as string)];
      if (id === null || at === null || at < (after ?? -Infinity) || at > (before ?? Infinity)) continue;
      const user = out[String(id)] ?? {};
      out[String(id)] = user;
      const known = user[kind];
      const last = isoTime(at);
      user[kind] = { count: (known?.count ?? 0) + 1, last: known && known.last > last ? known.last : last };
    }
  }
  return out;
}
