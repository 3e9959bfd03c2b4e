import assert from "node:assert/strict";
import { test } from "node:test";
import type { RecruitingStream } from "../../../model/stream.ts";
import { RECRUITING_ROWS } from "./rows.ts";

const T = "2026-11-12T09:30:00.000Z";
const at = Date.parse(T);
const row = { id: 77, updated_at: "2026-11-20T00:00:00Z" };

const told = (stream: RecruitingStream, fields: object) => {
  const read = RECRUITING_ROWS[stream]({ ...row, ...fields }, false);
  return "record" in read ? read.record.deeds.map(({ source, userId, at }) => [source, userId, at]) : read;
};

for (const [name, stream, fields, expected] of [
  [
    "a submitted scorecard, and the interview that its author held",
    "scorecards",
    { submitter_id: 5, submitted_at: T, interviewer_id: 5, interviewed_at: "2026-11-12T08:00:00Z" },
    [
      ["scorecard", "5", at],
      ["interview", "5", Date.parse("2026-11-12T08:00:00Z")],
    ],
  ],
  [
    "one that somebody else filed: the interviewer isn't said to have come",
    "scorecards",
    { submitter_id: 6, submitted_at: T, interviewer_id: 5, interviewed_at: T },
    [["scorecard", "6", at]],
  ],
  [
    "a draft",
    "scorecards",
    { submitter_id: null, submitted_at: null, interviewer_id: 5, interviewed_at: T },
    [],
  ],
  [
    "one submitted without a time, by who held the interview",
    "scorecards",
    { submitter_id: 5, submitted_at: null, interviewer_id: 5, interviewed_at: T },
    [["interview", "5", at]],
  ],
  ["submitted by nobody", "scorecards", { submitter_id: null, submitted_at: T, interviewer_id: 5 }, []],
  ["a scheduled interview", "interviews", { organizer_id: 8, scheduled_at: T }, [["scheduling", "8", at]]],
  ["one still to be scheduled", "interviews", { organizer_id: 8, scheduled_at: null }, []],
  ["one without an organizer", "interviews", { organizer_id: null, scheduled_at: T }, []],
  ...(["accepted", "declined", "tentative"] as const).map((status) => [
    `an invitation answered: ${status}`,
    "interview_replies",
    { user_id: 9, response_status: status, created_at: T },
    [["reply", "9", at]],
  ]),
  ...[null, "needs_action", "delegated"].map((status) => [
    `one not known to be answered: ${status}`,
    "interview_replies",
    { user_id: 9, response_status: status, created_at: T },
    [],
  ]),
  [
    "a guest's answer",
    "interview_replies",
    { user_id: null, response_status: "accepted", created_at: T },
    [],
  ],
  ["a resolved approval", "approvals", { resolved_by_id: 3, resolved_at: T }, [["approval", "3", at]]],
  ["one that waits", "approvals", { resolved_by_id: null, resolved_at: null }, []],
  ["a rejection", "rejections", { rejected_by_id: 4, rejected_at: T }, [["rejection", "4", at]]],
] as [string, RecruitingStream, object, unknown][]) {
  test(`what a row tells: ${name}`, () => assert.deepEqual(told(stream, fields), expected));
}

for (const [name, stream, fields, unreadable] of [
  [
    "a field of another name",
    "scorecards",
    { submitter: 5, submitted_at: T, interviewer_id: 5 },
    { id: "77", field: "submitter_id", reason: "missing" },
  ],
  [
    "a time of another name",
    "rejections",
    { rejected_by_id: 4, rejected: T },
    { id: "77", field: "rejected_at", reason: "missing" },
  ],
  [
    "a time that is none",
    "rejections",
    { rejected_by_id: 4, rejected_at: "soon" },
    { id: "77", field: "rejected_at", reason: "not a date" },
  ],
  [
    "a person who is no ID",
    "approvals",
    { resolved_by_id: "Mara", resolved_at: T },
    { id: "77", field: "resolved_by_id", reason: "not an ID" },
  ],
] as [string, RecruitingStream, object, object][]) {
  test(`a row that can't be read: ${name}`, () => {
    assert.deepEqual(told(stream, fields), { unreadable });
  });
}

test("whatever else a row holds is gone once it is read", () => {
  const whole = {
    ...row,
    submitter_id: 5,
    submitted_at: T,
    interviewer_id: 5,
    interviewed_at: T,
    candidate_rating: "strong_yes",
    private_notes: "Kestrelheart 12 would fit",
    application_id: 666_000_004,
  };
  const read = JSON.stringify(RECRUITING_ROWS.scorecards(whole, false));
  assert.doesNotMatch(read, /Kestrelheart|strong_yes|666/);
});
