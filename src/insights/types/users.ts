/** A user, in the list and on their own page. */
import type { LicenseState, LicenseType } from "../../model/license.ts";
import type { Level, Status } from "../../model/records.ts";
import type { DeedSource } from "../../model/recruiting.ts";
import type { UserEmployee } from "../employee-view.ts";
import type { Named, Stamp } from "./common.ts";
import type { GrantView } from "./grants.ts";
import type { ChangeView } from "./history.ts";
import type { DayUse, LastUsed, UseView } from "./usage.ts";

export interface RoleHeld extends Named {
  grants: number;
}

export interface LicenseView {
  /** null: takes up no license by the rules. */
  type: LicenseType | null;
  /** null exactly when `type` is. */
  state: LicenseState | null;
  reason: string;
}

export interface UserView {
  id: string;
  name: string | null;
  email: string | null;
  emails: string[];
  /** At least one address is; null: not told, as by v1, or there is none. */
  emailConfirmed: boolean | null;
  employeeId: string | null;
  jobTitle: string | null;
  status: Status;
  /** By Greenhouse's own mark, or marked here. */
  serviceAccount: boolean;
  level: Level;
  /** Roles in grants, most grants first; null: grants were not read. */
  roles: RoleHeld[] | null;
  departments: Named[];
  offices: Named[];
  license: LicenseView;
  lastUsed: LastUsed | null;
  usage: UseView;
  createdAt: string | null;
  updatedAt: string | null;
  firstSeenAt: string;
  /** End of the last complete listing that had this user. */
  lastSeenAt: string | null;
  agency: boolean;
  /** `all jobs`: a Site Admin sees every job that isn't confidential. A null count: that list was not read. */
  grants: "all jobs" | { jobs: number | null; futureJobs: number | null };
  /** v1 reads grants user by user: when this user's were read. null: with everybody's. */
  grantsReadAt: string | null;
}

export interface UserDetail extends UserView {
  levelReason: string;
  statusSince: string | null;
  /** All of them; `confirmed` null: not told, as by v1. */
  addresses: { email: string; confirmed: boolean | null }[];
  /** The first 500; `listGrants` has the rest. */
  grantList: GrantView[];
  /** Use by day over the last 92 days, oldest first. */
  useByDay: DayUse[];
  /** Recruiting activity of each kind: the newest, and on how many of those days. Newest first. */
  recruiting: { source: DeedSource; lastAt: string; days: number }[];
  changes: ChangeView[];
  /** Others with the same address or employee id. */
  sharing: { user: Named; what: "email" | "employeeId" }[];
  /** An admin marked this user as a service account here. */
  markedServiceAccount: boolean;
  /** Who this is by the directory of employees, and why; null: no directory was given. */
  employee: UserEmployee | null;
  stamp: Stamp;
}
