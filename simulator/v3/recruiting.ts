import { isoTime, parseTime } from "../clock.ts";
import type { Bounds, Made } from "../recruiting/derived.ts";
import { everything, spanDays } from "../recruiting/derived.ts";
import type { RecruitingList } from "../recruiting/recruiting.ts";
import type { Filter, Listing } from "./filters.ts";
import { common, date, equal, ids } from "./filters.ts";
import type { DateRange, ParameterValue } from "./parameters.ts";

const dayMs = 86_400_000;

/** The JSON of a row of recruiting, in v3's words. */
export function madeText({ id, createdAt, updatedAt, row }: Made): string {
  return JSON.stringify({ id, created_at: isoTime(createdAt), updated_at: isoTime(updatedAt), ...row });
}

/** Which days the rows that pass the date filters can be of. A row without the time a filter is about doesn't pass. */
function boundsOf(values: ReadonlyMap<string, ParameterValue>): Bounds {
  const bounds = { ...everything };
  for (const [name, value] of values) {
    if (typeof value !== "object" || value instanceof Set) continue;
    const range = value as DateRange;
    const from = Math.floor(Math.max(range.gte ?? -Infinity, range.gt ?? -Infinity) / dayMs);
    const to = Math.floor(Math.min(range.lte ?? Infinity, range.lt ?? Infinity) / dayMs);
    // What a row tells of happens after it was made, offers' starts apart; it is numbered by the day it was made on.
    if (name === "updated_at") bounds.touchedFrom = Math.max(bounds.touchedFrom, from - spanDays);
    else if (name !== "starts_on")
      bounds.from = Math.max(bounds.from, name === "created_at" ? from : from - spanDays);
    bounds.to = Math.min(bounds.to, to);
  }
  return bounds;
}

/** A list of recruiting: filters by ids are named after the field they look at, the others like it. */
function made(
  name: RecruitingList,
  own: { ids?: string[]; dates?: string[]; texts?: string[]; more?: Record<string, Filter<Made>> },
): Listing<Made> {
  const of = <T>(names: string[] | undefined, filter: (name: string) => [string, T]): Record<string, T> =>
    Object.fromEntries((names ?? []).map(filter));
  return {
    scope: `harvest:${name}:list`,
    filters: {
      ...common<Made>(),
      ...of(own.ids, (word) => [`${word}_ids`, ids<Made>(({ row }) => row[`${word}_id`] as number | null)]),
      ...of(own.dates, (word) => [
        word,
        date<Made>(({ row }) => (row[word] === null ? null : parseTime(row[word] as string))),
      ]),
      ...of(own.texts, (word) => [word, equal<Made>("string", ({ row }) => row[word] as string | null)]),
      ...own.more,
    },
    page: ({ recruiting, now }, before, limit, accept, values) =>
      recruiting[name].page(
        now,
        before,
        limit,
        accept,
        boundsOf(values),
        values.get("ids") as ReadonlySet<number> | undefined,
      ),
    text: madeText,
  };
}

type Fields = Record<string, { value: unknown }> | null;
const option = (field: string): Filter<Made> => ({
  kind: "integer",
  test: ({ row }, wanted: number, { org }) =>
    Object.entries((row[field] as Fields) ?? {}).some(
      ([key, { value }]) => org.optionIds.get(`${key}=${value}`) === wanted,
    ),
});

/** The lists of what people do with candidates (api.md §2.5 and the published contract). */
export const recruitingListings: Record<RecruitingList, Listing<Made>> = {
  interviews: made("interviews", {
    ids: ["job", "application", "job_interview", "organizer"],
    dates: ["starts_at", "ends_at", "all_day_start_on", "all_day_end_on"],
    texts: ["external_event_id", "status"],
  }),
  interviewers: made("interviewers", { ids: ["interview", "user", "scorecard"], texts: ["response_status"] }),
  scorecards: made("scorecards", {
    ids: ["interview_kit", "submitter", "application", "interviewer"],
    dates: ["interviewed_at", "submitted_at"],
    texts: ["status"],
  }),
  approval_flows: made("approval_flows", { ids: ["job", "offer"], texts: ["approval_type"] }),
  approver_groups: made("approver_groups", { ids: ["approval_flow"] }),
  approvers: made("approvers", { ids: ["approver_group", "user"], texts: ["status"] }),
  offers: made("offers", {
    ids: ["application", "job", "candidate", "opening"],
    dates: ["resolved_at", "sent_on", "starts_on"],
    texts: ["status"],
    more: {
      current_only: {
        kind: "boolean",
        test: ({ row }, wanted: boolean) => !wanted || row.status !== "deprecated",
      },
      custom_field_option_id: option("custom_fields"),
    },
  }),
  rejection_details: made("rejection_details", {
    ids: ["application", "rejection_reason"],
    more: { custom_field_option_id: option("question_custom_fields") },
  }),
  job_owners: made("job_owners", { ids: ["user", "job"], texts: ["type"] }),
  job_hiring_managers: made("job_hiring_managers", { ids: ["user", "job"] }),
  default_interviewers: made("default_interviewers", { ids: ["user", "interview_kit"] }),
};
