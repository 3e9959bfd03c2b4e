/** The words of states (console.md §2), with icon and color. */
import type { ConnectionView } from "../api/contract/connections.ts";
import type { RunView } from "../api/contract/runs.ts";
import type { UserView } from "../api/contract/users.ts";
import type { StreamState } from "../model/verdict.ts";
import { LEVEL_WORD, LICENSE_WORD, named, OUTCOME_WORD, readNothing, SOURCE_WORD } from "../model/words.ts";
import type { Tone } from "./terminal.ts";
import { clock, shortDate } from "./text.ts";

export { grantsText } from "../api/contract/columns.ts";
export {
  EMPLOYEE_LIST_WORD,
  EMPLOYEE_STATE_WORD,
  employeeName,
  LEVEL_WORD,
  MADE_WORD,
  NO_EMPLOYEE_WORD,
  named,
  SOURCE_LABEL,
  SOURCE_WORD,
  STATUS_WORD,
} from "../model/words.ts";

export const CONNECTION_ICON: Record<ConnectionView["state"], { icon: string; tone: Tone }> = {
  not_synced_yet: { icon: "○", tone: "gray" },
  syncing: { icon: "◔", tone: "none" },
  connected: { icon: "✓", tone: "well" },
  needs_attention: { icon: "▲", tone: "attention" },
  failing: { icon: "✕", tone: "failed" },
  paused: { icon: "‖", tone: "gray" },
};

export const STREAM_WORD: Record<StreamState, { icon: string; word: string; tone: Tone }> = {
  well: { icon: "✓", word: "Well", tone: "well" },
  reading: { icon: "◔", word: "Reading", tone: "none" },
  stopped: { icon: "▲", word: "Stopped", tone: "attention" },
  off: { icon: "○", word: "Off", tone: "gray" },
  waiting_for_users: { icon: "○", word: "Waits for users", tone: "gray" },
  not_read_yet: { icon: "○", word: "Not read yet", tone: "gray" },
};

export const STEP_ICON = {
  asking: { icon: "…", tone: "none" },
  well: { icon: "✓", tone: "well" },
  off: { icon: "○", tone: "gray" },
  failed: { icon: "▲", tone: "attention" },
  skipped: { icon: "–", tone: "gray" },
} as const satisfies Record<string, { icon: string; tone: Tone }>;

export const KIND_WORD = { harvest_v3: "Harvest v3", harvest_v1: "Harvest v1 (retired)" } as const;
export const PERMISSION_WORD = { read: "Read", read_and_act: "Read and act" } as const;
/** Why a run began: by whom, where somebody asked for it. */
export function runBy({ by, trigger }: Pick<RunView, "by" | "trigger">): string {
  if (by === null) return TRIGGER_WORD[trigger];
  return trigger === "request" ? by : `${TRIGGER_WORD[trigger]}, ${by}`;
}
const TRIGGER_WORD = {
  schedule: "schedule",
  request: "on request",
  connect: "connect",
  credential: "new credential",
  settings: "switched on",
  users_back: "users are back",
  action: "an action",
} as const satisfies Record<RunView["trigger"], string>;

const OUTCOMES: Record<string, string> = OUTCOME_WORD;
export const outcomeWord = (outcome: string | null): string => OUTCOMES[outcome ?? "running"] ?? outcome!;

/** The same of a run with its steps. */
export const runOutcome = (run: Pick<RunView, "outcome" | "steps">): string =>
  readNothing(run) ? "Nothing read" : outcomeWord(run.outcome);

export const levelText = ({ level, status }: Pick<UserView, "level" | "status">): string =>
  status !== "active" && level === "site_admin" ? "was Site Admin" : LEVEL_WORD[level];

export function licenseText({ license }: Pick<UserView, "license">): string {
  if (license.type === null) return "None";
  const state = LICENSE_WORD[license.state ?? "unknown"];
  return license.state === "never_used" ? `${state}, ${license.reason}` : state;
}

export function lastUsedText({ lastUsed, usage }: Pick<UserView, "lastUsed" | "usage">, now: number): string {
  if (lastUsed)
    return `${now - Date.parse(lastUsed.at) < 86_400_000 ? clock(lastUsed.at, now) : shortDate(lastUsed.at, now)} · ${SOURCE_WORD[lastUsed.source]}`;
  return usage.state === "never_used" && usage.since !== null
    ? `none since ${shortDate(usage.since, now)}`
    : "Unknown";
}

export function daysText({ usage }: Pick<UserView, "usage">): string {
  if (usage.activeDays === null) return "Unknown";
  if (usage.coveredDays >= usage.windowDays) return String(usage.activeDays);
  // Recruiting activity shows days that nothing covers: there may be more of them.
  return usage.activeDays > usage.coveredDays
    ? `${usage.activeDays} or more`
    : `${usage.activeDays} of ${usage.coveredDays}`;
}

export const seesAllJobs = ({ grants, status }: Pick<UserView, "grants" | "status">): boolean =>
  grants === "all jobs" && status === "active";

export function rolesText({ roles }: UserView): string {
  if (roles === null) return "Unknown";
  if (roles.length === 0) return "None";
  const [first, second, ...more] = roles.map((role) => named(role, "Role"));
  return [first, second].filter(Boolean).join(", ") + (more.length > 0 ? ` +${more.length}` : "");
}
