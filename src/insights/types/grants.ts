/** Grants, and the jobs and roles that they are on. */
import type { Made } from "../../model/query.ts";
import type { Level, Status } from "../../model/records.ts";
import type { UseSource } from "../../model/recruiting.ts";
import type { Named } from "./common.ts";
import type { UseView } from "./usage.ts";

export interface JobRef extends Named {
  status: string | null;
  confidential: boolean | null;
}

export interface GrantUser extends Named {
  email: string | null;
  status: Status;
  level: Level;
  agency: boolean;
  serviceAccount: boolean;
  /** Of whatever they do: that nothing of it is recorded says something only if all of the time was read. */
  usage: HolderUse;
}

export type HolderUse = Pick<UseView, "state" | "reason" | "since">;

/**
 * `job`: a role on one job. `future_job`: a role on every future job of a department and office.
 * `site_admin`: no grant, but a Site Admin, who sees every job that isn't confidential (only in "who can see this job").
 */
export interface GrantView {
  kind: "job" | "future_job" | "site_admin";
  /** null for a Site Admin, who needs none. */
  id: string | null;
  user: GrantUser;
  role: Named | null;
  job: JobRef | null;
  /** Of a future-job rule; `every` where it names none. */
  department: Named | "every" | null;
  office: Named | "every" | null;
  made: Made;
  /** When Greenhouse says it was made; v1 doesn't tell. */
  since: string | null;
  /** First listing that had it. */
  seenSince: string | null;
  lastUsed: string | null;
  lastUsedBy: UseSource | null;
}

export interface JobView extends JobRef {
  id: string;
  /** false: grants name it or it was listed once; Greenhouse's list doesn't have it now. */
  inList: boolean;
}

export interface RoleView extends Named {
  /** `job_admin`, `site_admin`, … raw; null: not told. */
  type: string | null;
  /** false: grants name it, Greenhouse's list of roles doesn't. */
  inList: boolean;
  /** Of Greenhouse's own role for Site Admins: how many are active. null: grants were not read. */
  users: number | null;
  /** `all jobs`: of Site Admins, who need none. */
  grants: number | "all jobs" | null;
  firstSeenAt: string | null;
}
