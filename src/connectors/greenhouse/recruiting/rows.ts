/** What a row of a recruiting list tells of a person, and the fields that are asked for: no more than that. */
import type { Deed, DeedSource } from "../../../model/recruiting.ts";
import type { RecruitingStream } from "../../../model/stream.ts";
import { type RowReader, reader } from "../normalize.ts";
import * as schema from "../schema.ts";

export interface RecruitingRow {
  id: string;
  updatedAt: number | null;
  deeds: Deed[];
}

/**
 * Path and fields. Of a job's owners and hiring managers Greenhouse tells who they are and since when, not who made them
 * that; of a job nobody at all. Neither shows that somebody did something, so neither is read.
 */
export const RECRUITING_LISTS: Record<RecruitingStream, { path: string; fields: string }> = {
  scorecards: {
    path: "/v3/scorecards",
    fields: "id,submitter_id,submitted_at,interviewer_id,interviewed_at,updated_at",
  },
  interviews: { path: "/v3/interviews", fields: "id,organizer_id,scheduled_at,updated_at" },
  interview_replies: {
    path: "/v3/interviewers",
    fields: "id,user_id,response_status,created_at,updated_at",
  },
  approvals: { path: "/v3/approvers", fields: "id,resolved_by_id,resolved_at,updated_at" },
  rejections: { path: "/v3/rejection_details", fields: "id,rejected_by_id,rejected_at,updated_at" },
};

/** Other words, such as `needs_action`, don't say that the person did anything. */
const REPLIES: ReadonlySet<string | null> = new Set(["accepted", "declined", "tentative"]);

export const RECRUITING_ROWS: Record<RecruitingStream, RowReader<RecruitingRow>> = {
  scorecards: reader(schema.V3Scorecard, (row) => {
    // The row names an interviewer for interviews that were only planned, too. Who filed it themselves was there.
    const held = row.submitter_id !== null && row.submitter_id === row.interviewer_id;
    return toRow(row, [
      ["scorecard", row.submitter_id, row.submitted_at],
      ["interview", held ? row.interviewer_id : null, row.interviewed_at],
    ]);
  }),
  interviews: reader(schema.V3Interview, (row) =>
    toRow(row, [["scheduling", row.organizer_id, row.scheduled_at]]),
  ),
  // No time of the answer is published, and the row is touched by others later. It came after the invitation, surely.
  interview_replies: reader(schema.V3Interviewer, (row) =>
    toRow(row, [["reply", REPLIES.has(row.response_status) ? row.user_id : null, row.created_at]]),
  ),
  approvals: reader(schema.V3Approver, (row) =>
    toRow(row, [["approval", row.resolved_by_id, row.resolved_at]]),
  ),
  rejections: reader(schema.V3Rejection, (row) =>
    toRow(row, [["rejection", row.rejected_by_id, row.rejected_at]]),
  ),
};

/** A row without a person or a time tells of no deed: there are many, and nothing is wrong with them. */
function toRow(
  { id, updated_at }: { id: string; updated_at: number | null },
  told: readonly [source: DeedSource, userId: string | null, at: number | null][],
): RecruitingRow {
  const deeds = told.flatMap(([source, userId, at]) =>
    userId === null || at === null ? [] : [{ source, rowId: id, userId, at }],
  );
  return { id, updatedAt: updated_at, deeds };
}
