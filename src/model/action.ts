/** Actions: what Glasshouse changes in Greenhouse, always for a reason a person gave, one person after another. */
import type { Level, Status } from "./records.ts";

export const ACTION_KINDS = ["deactivate", "reactivate", "revoke_to_basic", "remove_grants"] as const;
export type ActionKind = (typeof ACTION_KINDS)[number];

/**
 * - `previewed`: shown to whoever asked for it; nothing happens by itself, and after half an hour nothing can
 * - `proposed`: waits for a second admin
 * - `approved`: waits for its turn; of a connection one action runs at a time
 * - `cancelled`, `expired`: nothing was sent
 */
export const ACTION_STATES = [
  "previewed",
  "proposed",
  "approved",
  "running",
  "done",
  "cancelled",
  "expired",
] as const;
export type ActionState = (typeof ACTION_STATES)[number];

/**
 * - `waiting`: nothing was sent
 * - `sent`: Greenhouse was asked, and what came of it isn't seen yet
 * - `seen`: done, and read back from Greenhouse
 * - `refused`: not done; by us before anything was sent, or by Greenhouse
 * - `unknown`: sent, and neither an answer nor what Greenhouse shows tells what became of it
 */
export const TARGET_STATES = ["waiting", "sent", "seen", "refused", "unknown"] as const;
export type TargetState = (typeof TARGET_STATES)[number];

/** One change of Greenhouse, about one person. */
export type Write =
  | { kind: "deactivate" | "reactivate" | "revoke_to_basic"; userId: string }
  | { kind: "remove_job_grant" | "remove_future_job_grant"; userId: string; grantId: string };
export type WriteKind = Write["kind"];

/** What takes an action back. Greenhouse keeps nothing of the others: roles and grants would have to be given anew, by hand. */
export const UNDOES: Partial<Record<ActionKind, ActionKind>> = { deactivate: "reactivate" };

/** A preview can be applied for so long: what it shows must still be what is. */
export const PREVIEW_MS = 30 * 60_000;
/** A second admin has so long to approve. */
export const APPROVAL_MS = 3 * 86_400_000;
/** For so long nobody worked on it: what is left of it was meant for a day that is over. */
export const LEFT_MS = 3_600_000;

/** A user as an action sees them: before, and once it has been done. */
export interface UserFacts {
  name: string | null;
  email: string | null;
  /** null: no listing ever had this user. */
  status: Status | null;
  level: Level;
  siteAdmin: boolean;
  serviceAccount: boolean;
  jobGrants: number;
  futureJobGrants: number;
}

export interface GrantFacts {
  kind: "job" | "future_job";
  id: string;
  /** Was it in the latest complete listing? */
  present: boolean;
  roleId: string | null;
  roleType: string | null;
  jobId: string | null;
  departmentId: string | null;
  officeId: string | null;
}

/** What Greenhouse tells that somebody is responsible for. null: not told. */
export interface Duties {
  /** Ids of open jobs. */
  hiringManager: string[] | null;
  recruiter: string[] | null;
  coordinator: string[] | null;
  sourcer: string[] | null;
  /** Interviews they are to hold, and the jobs of these. */
  interviews: { count: number; jobs: string[] } | null;
  /** Interview kits they are a default interviewer of. */
  interviewKits: number | null;
  /** Approvals that wait for them. */
  approvals: number | null;
}

export const REFUSALS = [
  "not_listed",
  "grant_gone",
  "already",
  "admin_user",
  "service_account",
  "own_service_account",
  "last_site_admin",
  "role_not_removable",
  "changed",
  "reads_only",
  "acts_as_another",
  "listing_stale",
  "left_lying",
  "stopped",
  "not_sent",
  "not_looked_at",
  "greenhouse",
] as const;
export type Refusal = (typeof REFUSALS)[number];

/** What decides about one target besides itself. */
export interface Circumstances {
  adminUserId: string | null;
  harvest: "v3" | "v1";
  /** Service accounts are meant, said explicitly. */
  serviceAccounts: boolean;
  /** Active Site Admins, people, who are left when all of the action has been done. */
  siteAdminsLeft: number;
}

export interface Aimed {
  userId: string;
  user: UserFacts;
  grant: GrantFacts | null;
}

/** Why this target isn't touched; null: nothing speaks against it. */
export function refusalOf(kind: ActionKind, aimed: Aimed, given: Circumstances): Refusal | null {
  const { user, grant, userId } = aimed;
  if (user.status === null || user.status === "missing") return "not_listed";
  if (kind === "remove_grants" && !grant?.present) return "grant_gone";
  if (kind !== "reactivate" && userId === given.adminUserId) return "admin_user";
  if (user.serviceAccount && !given.serviceAccounts) return "service_account";
  // Without an admin user a service account acts for us, and no answer tells which one.
  if (user.serviceAccount && given.adminUserId === null && given.harvest === "v3")
    return "own_service_account";
  if (kind === "remove_grants") return isFixed(grant!, given) ? "role_not_removable" : null;
  if (isSoAlready(kind, user)) return "already";
  return losesSiteAdmin(kind, aimed) && given.siteAdminsLeft < 1 ? "last_site_admin" : null;
}

/** Documented for v3 (api.md §2.5); a type that isn't told is left to Greenhouse. */
function isFixed({ roleType }: GrantFacts, { harvest }: Circumstances): boolean {
  return harvest === "v3" && roleType !== null && roleType !== "job_admin";
}

function isSoAlready(kind: ActionKind, { status, level, siteAdmin }: UserFacts): boolean {
  if (kind === "deactivate") return status === "deactivated";
  if (kind === "reactivate") return status === "active";
  return !siteAdmin && level === "basic";
}

/** Would this make one active Site Admin less? */
export function losesSiteAdmin(kind: ActionKind, { user }: Pick<Aimed, "user">): boolean {
  if (kind !== "deactivate" && kind !== "revoke_to_basic") return false;
  return user.siteAdmin && user.status === "active" && !user.serviceAccount;
}

/** Whether a person or grant is another than the preview showed. */
export function hasChanged(kind: ActionKind, before: Aimed, now: Aimed): boolean {
  const of = ({ user, grant }: Aimed) =>
    kind === "remove_grants"
      ? [grant?.present, grant?.roleId, grant?.jobId, grant?.departmentId, grant?.officeId]
      : [
          ...[user.name, user.email, user.status, user.siteAdmin, user.serviceAccount],
          ...[user.jobGrants, user.futureJobGrants],
        ];
  return of(before).some((value, i) => value !== of(now)[i]);
}

export function writeOf(kind: ActionKind, { userId, grant }: Pick<Aimed, "userId" | "grant">): Write {
  if (kind !== "remove_grants") return { kind, userId };
  if (!grant) throw new TypeError("a grant is to be removed, and none is named");
  return {
    kind: grant.kind === "job" ? "remove_job_grant" : "remove_future_job_grant",
    userId,
    grantId: grant.id,
  };
}

/** A refusal in words; `said`: what Greenhouse said, or what went wrong. */
export function refusalText(code: Refusal, said: string | null = null): string {
  const words: Record<Refusal, string> = {
    not_listed: "Greenhouse's latest complete listing doesn't have this user.",
    grant_gone: "Greenhouse's latest complete listing doesn't have this grant.",
    already: "Nothing to do: it is so already.",
    admin_user: "The connection acts as this user: without them it could neither read nor act.",
    service_account:
      "A service account: whatever uses it would stop. It is touched only where service accounts are meant explicitly.",
    own_service_account:
      "It may be the credential's own service account, and no answer tells. Choose an admin user for the connection first.",
    last_site_admin: "No active Site Admin would be left.",
    role_not_removable: "Greenhouse removes grants of Job Admin roles only, and this role is another.",
    changed: "It is not as the preview showed it any more. Make a new preview.",
    reads_only: "The connection may only read now.",
    acts_as_another: "The connection acts as another admin user now. Make a new preview.",
    listing_stale: "What it rests on is out of date.",
    left_lying: "For more than an hour nobody worked on the action. Make a new preview.",
    stopped: "The action was stopped before its turn came.",
    not_sent: "Nothing was sent: Greenhouse couldn't be asked.",
    not_looked_at: "It was sent, and Greenhouse couldn't be looked at afterwards.",
    greenhouse: "Greenhouse refused.",
  };
  return said === null ? words[code] : `${words[code]} ${said}`;
}

/** A listing older than this says nothing of whom an action may be aimed at. */
export function freshFor(everyMinutes: number): number {
  return (2 * everyMinutes + 30) * 60_000;
}

/** What is known of a target that was asked for, when Greenhouse has been looked at. */
export interface Evidence {
  /** Is it as wanted? null: it can't be told. */
  so: boolean | null;
  /** Status of the answer; null: none came. */
  status: number | null;
  /** People of the bulk request that Greenhouse counted as failures; null: not told. */
  failures: number | null;
  /** No more looks will follow. */
  last: boolean;
}

/** What became of it; null: look again later. */
export function outcomeOf({ so, status, failures, last }: Evidence): "seen" | "refused" | "unknown" | null {
  if (so === true) return "seen";
  if (saysNo(status) || (failures ?? 0) > 0) return "refused";
  return last ? "unknown" : null;
}

/** A status that says no. 408 and 5xx may come from a gateway in front of a Greenhouse that has done it. */
export function saysNo(status: number | null): boolean {
  return status !== null && status >= 300 && status < 500 && status !== 408;
}
