/** The kinds of data a connection can give, and which are synced together. Words: docs/glossary.md. */

/** Streams that are complete listings: each run reads all of it, so absence means something. */
export const LIST_STREAMS = [
  "users",
  "user_emails",
  "roles",
  "departments",
  "offices",
  "jobs",
  "job_grants",
  "future_job_grants",
] as const;
export type ListStream = (typeof LIST_STREAMS)[number];
/** The lists of grants. */
export type GrantStream = Extract<ListStream, "job_grants" | "future_job_grants">;

/** Lists of what people did, of which only ids, times and the person are read: docs/recruiting.md. Harvest v3 alone. */
export const RECRUITING_STREAMS = [
  "scorecards",
  "interviews",
  "interview_replies",
  "approvals",
  "rejections",
] as const;
export type RecruitingStream = (typeof RECRUITING_STREAMS)[number];

export const STREAMS = [...LIST_STREAMS, "audit_log", ...RECRUITING_STREAMS] as const;
export type Stream = (typeof STREAMS)[number];

export const LANES = {
  directory: ["users", "user_emails", "roles", "departments", "offices", "jobs"],
  grants: ["job_grants", "future_job_grants"],
  usage: ["audit_log"],
  recruiting_activity: RECRUITING_STREAMS,
} as const satisfies Record<string, readonly Stream[]>;
export type Lane = keyof typeof LANES;
export const LANE_NAMES = Object.keys(LANES) as Lane[];

export function laneOf(stream: Stream): Lane {
  return LANE_NAMES.find((lane) => (LANES[lane] as readonly Stream[]).includes(stream))!;
}

export function isRecruiting(stream: Stream): stream is RecruitingStream {
  return (RECRUITING_STREAMS as readonly Stream[]).includes(stream);
}

/** v1 tells a user's addresses with the user, and has no list of what people did. */
export const NOT_GIVEN: Record<"harvest_v3" | "harvest_v1", readonly Stream[]> = {
  harvest_v3: [],
  harvest_v1: ["user_emails", ...RECRUITING_STREAMS],
};

/** What a reader loses while a stream is off. The words of the page and of `doctor`. */
export const STREAM_TEXT: Record<Stream, { label: string; lost: string }> = {
  users: { label: "Users", lost: "everything: nothing works without users" },
  user_emails: { label: "User e-mails", lost: "addresses that were never confirmed" },
  roles: { label: "Roles", lost: "role names (you see role IDs)" },
  departments: { label: "Departments", lost: "department names" },
  offices: { label: "Offices", lost: "office names" },
  jobs: { label: "Jobs", lost: "job names (you see job IDs)" },
  job_grants: { label: "Job grants", lost: "who may see which job, and with it levels" },
  future_job_grants: { label: "Future job grants", lost: "who will see future jobs, and with it levels" },
  audit_log: { label: "Audit log", lost: "usage: who really uses Greenhouse" },
  scorecards: { label: "Scorecards", lost: "who interviewed and filed a scorecard, and when" },
  interviews: { label: "Interviews", lost: "who scheduled an interview, and when" },
  interview_replies: { label: "Interview replies", lost: "who answered an invitation to interview" },
  approvals: { label: "Approvals", lost: "who resolved an approval, and when" },
  rejections: { label: "Rejections", lost: "who rejected an application, and when" },
};
