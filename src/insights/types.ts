/**
 * What the questions answer, ready to be sent as JSON. Times are ISO-8601 in UTC, days `YYYY-MM-DD` in the
 * connection's zone, ids exact strings. `null` in place of a number means *not known*, never none.
 */

export type {
  ChangeQuery,
  EventQuery,
  GrantQuery,
  JobQuery,
  Paged,
  RoleQuery,
  UsageQuery,
  UserFilter,
  UserQuery,
} from "../model/query.ts";

export type { Level } from "../model/records.ts";

export type * from "./types/actions.ts";
export type * from "./types/common.ts";
export type * from "./types/grants.ts";
export type * from "./types/history.ts";
export type * from "./types/licenses.ts";
export type * from "./types/overview.ts";
export type * from "./types/usage.ts";
export type * from "./types/users.ts";
export type * from "./types/windows.ts";
