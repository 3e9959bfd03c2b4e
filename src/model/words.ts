/** The words for what a user is and has, the same on pages, in tables and in exports. It imports nothing: pages run it as well. */

export const STATUS_WORD = { active: "Active", deactivated: "Deactivated", missing: "Missing" } as const;
export const LEVEL_WORD = {
  site_admin: "Site Admin",
  job_admin: "Job Admin",
  basic: "Basic",
  unknown: "Unknown",
} as const;
export const LICENSE_WORD = {
  in_use: "In use",
  unused: "Unused",
  never_used: "Never used",
  unknown: "Unknown",
  held_by_deactivated: "Held by a deactivated user",
} as const;
export const MADE_WORD = { by_rule: "by a rule", by_hand: "by hand", not_told: "not told" } as const;

export const LANE_WORD = {
  directory: "Users and roles",
  grants: "Grants",
  usage: "Usage",
  recruiting_activity: "Recruiting activity",
} as const;
/** Of runs and their steps. */
export const OUTCOME_WORD = {
  complete: "Complete",
  partial: "Partial",
  failed: "Failed",
  stopped: "Stopped, continues",
  running: "Running",
} as const;

/** What nothing stopped may have read nothing, where nothing was allowed. */
export const readNothing = (run: {
  outcome: string | null;
  steps: readonly { outcome: string | null; rows: number }[];
}): boolean => run.outcome === "complete" && run.steps.length > 0 && run.steps.every(wasNotRead);
export const wasNotRead = ({ outcome, rows }: { outcome: string | null; rows: number }): boolean =>
  outcome === "failed" && rows === 0;

export const EMPLOYEE_STATE_WORD = {
  employed: "Employed",
  on_leave: "On leave",
  not_started: "Not started",
  left: "Left",
} as const;
/** Why a user has the level, where it is known. @param grants of both kinds; null: how many is not known */
export function levelReason(
  level: "site_admin" | "job_admin" | "basic",
  { status, grants }: { status: keyof typeof STATUS_WORD; grants: number | null },
): string {
  const known = status === "active";
  const was = known
    ? ""
    : ` The level is the one last known: the user is ${STATUS_WORD[status].toLowerCase()}.`;
  // Of who isn't active any more, flag and grants may be others by now than those that it rests on.
  const held =
    grants === 0
      ? known
        ? "a grant that can't be read, or is gone since"
        : "grants that are gone since"
      : `${grants === null ? "" : `${grants} `}${grants === 1 ? "grant" : "grants"}`;
  const why = {
    site_admin: `Site Admin, because Greenhouse ${known ? "says" : "said"} so.`,
    job_admin: `Job Admin, because of ${held}, and not a Site Admin.`,
    basic: "Basic: no grant, and not a Site Admin.",
  };
  return why[level] + was;
}

/** Why an active user has no employee. */
export const NO_EMPLOYEE_WORD = {
  ours: "Our domain",
  external: "External domain",
  no_email: "No e-mail",
  agency: "Agency",
  service_account: "Service account",
  by_hand: "Nobody, said here",
} as const;
/** The lists of employees and users. */
export const EMPLOYEE_LIST_WORD = {
  left_active: "Left but active",
  ambiguous: "Ambiguous",
  no_user: "No Greenhouse user",
  no_employee: "Active without an employee",
  came_back: "Came back",
  removed: "Removed",
  all: "All",
} as const;
/** Those of active users, whom one may want to deactivate. */
export const LISTS_TO_ACT_ON = [
  "left_active",
  "no_employee",
] as const satisfies readonly (keyof typeof EMPLOYEE_LIST_WORD)[];

export const employeeName = (employee: {
  id: number;
  name: string | null;
  employeeId: string | null;
  emails: readonly string[];
}): string => employee.name ?? employee.emails[0] ?? employee.employeeId ?? `Employee ${employee.id}`;

/** What stands behind a date of use: short, beside the date; and what was done, for a list of kinds. */
export const SOURCE_WORD = {
  audit_log: "log",
  scorecard: "scorecard",
  interview: "interview",
  scheduling: "scheduling",
  reply: "reply",
  approval: "approval",
  rejection: "rejection",
} as const;
export const SOURCE_LABEL = {
  audit_log: "Audit log",
  scorecard: "Scorecard submitted",
  interview: "Interview held",
  scheduling: "Interview scheduled",
  reply: "Invitation answered",
  approval: "Approval resolved",
  rejection: "Application rejected",
} as const;

/** What a source can show, and what it can't: told wherever it is counted. */
export const SOURCE_TEXT = {
  audit_log: {
    shows: "An event of the audit log by this person.",
    limits: "It may miss plain page views.",
  },
  scorecard: {
    shows: "They submitted a scorecard, at the time that Greenhouse tells.",
    limits: "Drafts are not told.",
  },
  interview: {
    shows: "They held an interview at that time: they filed its scorecard themselves.",
    limits: "An interview without a scorecard of theirs is not told.",
  },
  scheduling: {
    shows: "They are the organizer of an interview that was scheduled at that time.",
    limits: "Who changed it later is not told.",
  },
  reply: {
    shows: "They were invited to an interview at that time, and have answered since.",
    limits: "When is not told. An answer may come from their calendar, without Greenhouse being opened.",
  },
  approval: {
    shows: "They resolved an approval at that time.",
    limits: "Who asked for it is not told.",
  },
  rejection: {
    shows: "They rejected an application at that time.",
    limits: "A tool that acts in their name looks the same.",
  },
} as const;

/** What an action does, what becomes of it, and of each of whom it is aimed at. */
export const ACTION_WORD = {
  deactivate: "Deactivate",
  reactivate: "Reactivate",
  revoke_to_basic: "Revoke to Basic",
  remove_grants: "Remove grants",
} as const;
export const ACTION_STATE_WORD = {
  previewed: "Previewed",
  proposed: "Waits for approval",
  approved: "Waits for its turn",
  running: "Running",
  done: "Done",
  cancelled: "Cancelled",
  expired: "Expired",
} as const;
export const TARGET_STATE_WORD = {
  waiting: "Waiting",
  sent: "Sent, not seen yet",
  seen: "Done and seen",
  refused: "Refused",
  unknown: "Unknown",
} as const;

/** What alerts are about, where they go, how often, and what became of a message. */
export const ALERT_TOPIC_WORD = {
  sync_failed: "Sync failed",
  sync_recovered: "Sync recovered",
  needs_attention: "Needs attention",
  left_but_active: "Left but still active",
  new_site_admin: "New Site Admin",
  finding_opened: "Finding opened",
  finding_closed: "Finding closed",
  weekly_report: "Weekly report",
} as const;
export const CHANNEL_WORD = { email: "E-mail", slack: "Slack", teams: "Teams", webhook: "Webhook" } as const;
export const FREQUENCY_WORD = {
  at_once: "At once",
  daily: "Once a day",
  weekly: "Once a week",
  never: "Never",
} as const;
export const DELIVERY_STATE_WORD = {
  waiting: "Waiting",
  delivered: "Delivered",
  given_up: "Given up",
  dropped: "Dropped",
} as const;

export const named = ({ id, name }: { id: string; name: string | null }, what: string): string =>
  name ?? `${what} ${id}`;

/** What the fields of a change are called. */
export const FIELD_WORD: Readonly<Record<string, string>> = {
  name: "name",
  email: "e-mail address",
  emails: "e-mail addresses",
  employeeId: "employee ID",
  jobTitle: "job title",
  agencyId: "agency",
  departmentIds: "departments",
  officeIds: "offices",
  departmentId: "department",
  officeId: "office",
  roleId: "role",
  jobId: "job",
  userId: "user ID",
  automated: "made",
  createdAt: "made on",
  updatedAt: "updated in Greenhouse",
  status: "status",
  type: "type",
  level: "level",
  deactivated: "deactivated",
  siteAdmin: "Site Admin",
  serviceAccount: "service account",
  confidential: "confidential",
  verified: "confirmed",
  parentId: "parent",
  externalId: "external ID",
  location: "location",
};
