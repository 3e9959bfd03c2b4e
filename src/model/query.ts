/** What may be asked for: filters, orders and pages. Times are ms, days `YYYY-MM-DD` of the connection's zone. */
import type { LicenseState, UseState } from "./license.ts";
import type { Level, Status } from "./records.ts";
import type { UseSource } from "./recruiting.ts";
import type { Stream } from "./stream.ts";
import type { KindOfUse } from "./usage.ts";

export type UserSort = "name" | "lastUsed" | "created" | "grants";
export type Made = "by_rule" | "by_hand" | "not_told";
export type ChangeKind = "baseline" | "added" | "changed" | "removed" | "not_visible" | "returned" | "level";

/** A page of a list: `cursor` is the `nextCursor` of the page before, for the same order. */
export interface Paged {
  limit?: number;
  cursor?: string | null;
}

export interface UserFilter {
  status?: Status[];
  level?: Level[];
  license?: LicenseState[];
  /** Names of license types; `none` for people who take up none. */
  licenseType?: string[];
  use?: UseState[];
  role?: string;
  department?: string;
  office?: string;
  agency?: boolean;
  /** `include` (default), `exclude`, `only`. */
  serviceAccounts?: "include" | "exclude" | "only";
  /** Part of the name, any e-mail address, or employee id; or the whole user id. */
  search?: string;
  noEmail?: boolean;
  /** Deactivated users who still hold grants. */
  deactivatedWithGrants?: boolean;
  /** Became unused in the last 7 days. */
  newlyUnused?: boolean;
  /** Active people who used it in as many days before the window, and not since. */
  stopped?: boolean;
  /** Recorded use on one of these days `YYYY-MM-DD`, both included; without `usedTo` up to now. */
  usedFrom?: string;
  usedTo?: string;
  /** Of this kind, on these days; without days on any. */
  usedKind?: KindOfUse;
  /** Told by this source, on these days; without days on any. */
  usedSource?: UseSource;
  /** One of these sources tells the newest use. */
  lastUsedBy?: UseSource[];
  /** Has addresses, and none of them is confirmed. */
  unconfirmed?: boolean;
}

/** Active people who may do everything. */
export const SITE_ADMINS: UserFilter = {
  level: ["site_admin"],
  status: ["active"],
  serviceAccounts: "exclude",
};

export interface UserQuery extends UserFilter, Paged {
  sort?: UserSort;
  descending?: boolean;
  /** ms: the list as it stood then. */
  asOf?: number | null;
}

export interface GrantQuery extends Paged {
  user?: string;
  role?: string;
  /** Who can see this job: Site Admins (unless it is confidential), grants, then the future-job rules that fit it. */
  job?: string;
  kind?: ("job" | "future_job")[];
  made?: Made[];
  jobStatus?: string[];
  userStatus?: Status[];
  agency?: boolean;
  /** Rules for every future job, in every department and office; false: all other grants. */
  everyFutureJob?: boolean;
  asOf?: number | null;
}

export interface RoleQuery extends Paged {
  search?: string;
  /** Greenhouse's list has it; else grants alone name it. */
  inList?: boolean;
  asOf?: number | null;
}

export interface JobQuery extends Paged {
  /** Part of the name or of the id. */
  search?: string;
}

export interface EventQuery extends Paged {
  user?: string;
  /** Event type, performer type, target type: raw words. */
  type?: string[];
  /** Of any event, whether it counts or not. */
  kind?: KindOfUse[];
  performerType?: string[];
  targetType?: string[];
  target?: string;
  requestId?: string;
  requestType?: string;
  /** `true`: only deeds that count. */
  counts?: boolean;
  /** A day `YYYY-MM-DD` of the connection's zone; narrower than from and to. */
  day?: string;
  /** ms: from <= time < to. */
  from?: number;
  to?: number;
  /** After this long the search answers with what it has. Default 1000. */
  budgetMs?: number;
}

export interface ChangeQuery extends Paged {
  user?: string;
  stream?: Stream[];
  /** `deactivated`: users who became that; their entries are of the kind `changed`. */
  kind?: (ChangeKind | "deactivated")[];
  run?: number;
  /** ms, of the time it was seen: from <= seen < to. */
  from?: number;
  to?: number;
}

export interface UsageQuery {
  /** Days `YYYY-MM-DD`, both included; default: the window. At most 400 days. */
  from?: string;
  to?: string;
}
