/** What may be asked of the directory and the users of a connection together. */

import type { LISTS_TO_ACT_ON } from "../words.ts";
import type { EmployeeState } from "./employee.ts";

export const EMPLOYEE_LISTS = [
  "left_active",
  "ambiguous",
  "no_user",
  "no_employee",
  "came_back",
  "removed",
  "all",
] as const;
export type EmployeeList = (typeof EMPLOYEE_LISTS)[number];

/** Lists of the whole directory: not for members who are limited to some connections. */
export const WHOLE_LISTS: readonly EmployeeList[] = ["no_user", "all"];

export type ListToActOn = (typeof LISTS_TO_ACT_ON)[number];

/** Why an active user without an employee may be one: the first that fits. */
export const NO_EMPLOYEE_KINDS = [
  "ours",
  "external",
  "no_email",
  "agency",
  "service_account",
  "by_hand",
] as const;
export type NoEmployeeKind = (typeof NO_EMPLOYEE_KINDS)[number];

export interface EmployeeQuery {
  search?: string;
  /** Only lists that hold employees are narrowed by it. */
  state?: EmployeeState[];
  /** Only `no_employee`. */
  kind?: NoEmployeeKind[];
  /** Of the user's address. Only `no_employee`. */
  domain?: string;
}
