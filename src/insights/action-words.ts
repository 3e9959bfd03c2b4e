/** What an action does to each of whom it is aimed at, in words. */
import type { ActionKind, Duties, GrantFacts, UserFacts } from "../model/action.ts";

/** Can it be taken back, and how? */
export const UNDO_TEXT: Record<ActionKind, string> = {
  deactivate: "Can be undone: reactivate.",
  reactivate: "Can be taken back by deactivating again.",
  revoke_to_basic:
    "Can't be undone. Job grants, developer and user-specific permissions, roles in hiring teams and pending approvals are gone for good.",
  remove_grants: "Can't be undone. The grant would have to be given anew, in Greenhouse.",
};

/** What no preview can say, because Greenhouse's API doesn't. */
export const NEVER_TOLD: Record<ActionKind, string | null> = {
  deactivate:
    "Greenhouse doesn't tell what waits for a person beyond this: interviews of whole days, tasks, API keys.",
  reactivate: null,
  revoke_to_basic:
    "Greenhouse doesn't tell which user-specific and developer permissions a person has: they are lost as well.",
  remove_grants: null,
};

export interface Named {
  name: (what: "job" | "role" | "department" | "office", id: string) => string;
}

const several = (n: number, one: string, many = `${one}s`) =>
  `${n.toLocaleString("en-US")} ${n === 1 ? one : many}`;

/** One line each; the first says what happens. */
export function effectText(
  kind: ActionKind,
  { user, grant, duties }: { user: UserFacts; grant: GrantFacts | null; duties: Duties | null },
  names: Named,
): string[] {
  if (kind === "remove_grants") return [grant ? grantText(grant, names) : ""].filter(Boolean);
  const head = [main(kind, user)];
  const grants =
    user.level === "unknown" ? "Grants: unknown, they were not read completely." : grantsText(kind, user);
  return [...head, ...(grants === null ? [] : [grants]), ...(duties ? dutiesText(duties, names) : [])];
}

function main(kind: Exclude<ActionKind, "remove_grants">, { siteAdmin }: UserFacts): string {
  if (kind === "deactivate")
    return siteAdmin ? "Can't sign in any more. A Site Admin goes." : "Can't sign in any more.";
  if (kind === "reactivate") return siteAdmin ? "Can sign in again, as a Site Admin." : "Can sign in again.";
  return siteAdmin ? "Site Admin becomes Basic." : "Becomes Basic.";
}

function grantsText(kind: ActionKind, { jobGrants, futureJobGrants }: UserFacts): string | null {
  const all = jobGrants + futureJobGrants;
  if (all === 0) return null;
  const parts = [
    ...(jobGrants > 0 ? [`${several(jobGrants, "job")}`] : []),
    ...(futureJobGrants > 0 ? [`${several(futureJobGrants, "rule")} for future jobs`] : []),
  ];
  const what = `${several(all, "grant")} (${parts.join(", ")})`;
  if (kind === "revoke_to_basic") return `${what} ${all === 1 ? "is" : "are"} removed for good.`;
  return kind === "deactivate" ? `${what} can't be used meanwhile.` : `${what} can be used again.`;
}

function grantText(grant: GrantFacts, { name }: Named): string {
  const role = grant.roleId === null ? "A role without a name" : name("role", grant.roleId);
  if (grant.kind === "job") return `${role} on ${name("job", grant.jobId!)} is removed.`;
  const place = [
    grant.departmentId === null ? "every department" : name("department", grant.departmentId),
    grant.officeId === null ? "every office" : name("office", grant.officeId),
  ].join(", ");
  return `${role} on every future job in ${place} is removed. Grants that the rule has made stay.`;
}

/** Jobs that are named; more are counted. */
const NAMED_JOBS = 3;

function dutiesText(duties: Duties, { name }: Named): string[] {
  const names = (jobs: readonly string[]) => {
    const named = jobs.slice(0, NAMED_JOBS).map((job) => name("job", job));
    const more = jobs.length > NAMED_JOBS ? `, and ${jobs.length - NAMED_JOBS} more` : "";
    return jobs.length === 0 ? "" : `: ${named.join(", ")}${more}`;
  };
  const onJobs = (what: string, jobs: readonly string[] | null) =>
    jobs && jobs.length > 0 ? [`${what} of ${several(jobs.length, "open job")}${names(jobs)}.`] : [];
  const { interviews, interviewKits, approvals } = duties;
  return [
    ...onJobs("Hiring manager", duties.hiringManager),
    ...onJobs("Recruiter", duties.recruiter),
    ...onJobs("Coordinator", duties.coordinator),
    ...onJobs("Sourcer", duties.sourcer),
    ...(interviews?.count
      ? [`Interviewer in ${several(interviews.count, "interview")} to come${names(interviews.jobs)}.`]
      : []),
    ...(interviewKits ? [`Default interviewer in ${several(interviewKits, "interview kit")}.`] : []),
    ...(approvals
      ? [`${several(approvals, "approval")} ${approvals === 1 ? "waits" : "wait"} for them.`]
      : []),
  ];
}
