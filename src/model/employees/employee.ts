/** Who works here, by the directory of employees: pure rules. Unknown is not left. docs/employees.md has the words. */
import { dayText } from "../day.ts";
import { withoutTail } from "../text.ts";

export const EMPLOYEE_STATES = ["employed", "on_leave", "not_started", "left"] as const;
export type EmployeeState = (typeof EMPLOYEE_STATES)[number];

/** Where a row of the directory was last told from. */
export const EMPLOYEE_SOURCES = ["paste", "csv", "scim"] as const;
export type EmployeeSource = (typeof EMPLOYEE_SOURCES)[number];

const DAY_MS = 86_400_000;
/** Days of the directory are those of UTC: it belongs to no connection, and so to no time zone. */
export const utcDay = (at: number): number => Math.floor(at / DAY_MS);

export interface EmploymentFacts {
  /** What was said in so many words; null: only the dates tell. */
  told: EmployeeState | null;
  /** When it was said (ms). */
  toldAt: number;
  startedDay: number | null;
  /** The last day of work. */
  leftDay: number | null;
}

/**
 * The state today. What was said holds until a date that lay ahead when it was said has passed: an export of October
 * says "active" of somebody whose last day is in November.
 */
export function employeeState(facts: EmploymentFacts, today: number): EmployeeState {
  const { told, toldAt, startedDay, leftDay } = facts;
  const toldDay = utcDay(toldAt);
  if (told === "left") return "left";
  const over = leftDay !== null && leftDay < today;
  if (over && (told === null || leftDay >= toldDay)) return "left";
  const ahead = startedDay !== null && startedDay > today;
  if (told === null) return ahead ? "not_started" : "employed";
  const begun = startedDay !== null && startedDay <= today && startedDay > toldDay;
  return told === "not_started" && begun ? "employed" : told;
}

/** How a user was found to be an employee: the first that finds anybody decides, and what a person has said wins. */
export const MATCH_WAYS = ["link", "employee_id", "email"] as const;
export type MatchWay = (typeof MATCH_WAYS)[number];
export const wayOf = (rung: number): MatchWay => MATCH_WAYS[rung]!;

/** One user and one employee who may be the same person, with what else fits either. */
export interface Fit {
  /** Index into MATCH_WAYS. */
  rung: number;
  /** Employees who fit the user by this way. */
  employees: number;
  /** The first way by which any user fits the employee. */
  bestOfEmployee: number;
  /** Users who fit the employee by this way. */
  users: number;
}

/** Are the two the same person beyond doubt? The same as `SETTLED` of store/employees/employee-matches.ts. */
export function isSettled({ rung, employees, bestOfEmployee, users }: Fit): boolean {
  return rung === 0 || (employees === 1 && rung === bestOfEmployee && users === 1);
}

/** Why two that fit are not taken for one person. */
export function doubtOf({ employees, users, rung, bestOfEmployee }: Fit): string {
  if (employees > 1) return `${employees} employees fit this user`;
  if (users > 1) return `${users} users fit this employee`;
  if (rung > bestOfEmployee)
    return `another user is this employee ${bestOfEmployee === 0 ? "by a link made here" : "by employee ID"}`;
  return "";
}

/** `by employee ID E-0042` */
export function reasonOf(way: MatchWay, key: string, link: { by: string; at: number } | null = null): string {
  if (way === "employee_id") return `by employee ID ${key}`;
  if (way === "email") return `by e-mail ${key}`;
  return link ? `linked by ${link.by}, ${dayText(utcDay(link.at))}` : "linked by hand";
}

/** What two keys are compared by. Only letters of ASCII are folded: the database folds no others either. */
export function keyOf(text: string): string {
  return text.trim().replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}

export function domainOf(email: string): string {
  return keyOf(email.slice(email.lastIndexOf("@") + 1));
}

/** Good enough for a key: one @, before it nothing that no address has, after it a domain. */
export function isEmail(text: string): boolean {
  return (
    text.length <= 254 &&
    /^[^\s@<>"(),:;\\[\]]+@[\p{L}\p{N}](?:[\p{L}\p{M}\p{N}._-]*[\p{L}\p{M}\p{N}])?$/u.test(text)
  );
}

/** Without what lists and programs put around an address: quotes, brackets, a bullet, the full stop of a sentence. */
export function bareAddress(text: string): string {
  const bare = text.replace(/^[\s'"`´‘’‚“”„«»‹›<>()[\]{}*|•·.]+/, "").replace(/^(?:mailto|smtp):/i, "");
  return withoutTail(bare, /[^\p{L}\p{M}\p{N}]/u);
}

/** From the last day of work, or else from when we were told, to the removal. */
export interface Removal {
  /** ms; null: the leave date was not given. */
  leftAt: number | null;
  /** Between these two, or at one moment. null: before anything was listed. */
  after: number | null;
  by: number | null;
}

/** Days from leaving until the access was surely gone; 0: it was gone in time. null: not measured. */
export function daysToRemoval({ leftAt, by }: Removal): number | null {
  if (leftAt === null || by === null) return null;
  return Math.max(0, (by - leftAt) / DAY_MS);
}

/** Upper ends, in days; the last has none. */
export const REMOVAL_STEPS = [0, 1, 3, 7, 14, 30, null] as const;

export interface RemovalTimes {
  measured: number;
  median: number | null;
  p90: number | null;
  /** How many up to each step of REMOVAL_STEPS, and beyond the one before. */
  steps: number[];
}

export function removalTimes(days: readonly number[]): RemovalTimes {
  const sorted = [...days].sort((a, b) => a - b);
  const at = (part: number) =>
    sorted.length === 0 ? null : sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * part) - 1)]!;
  const steps = REMOVAL_STEPS.map(() => 0);
  for (const each of sorted) steps[REMOVAL_STEPS.findIndex((end) => end === null || each <= end)]!++;
  return { measured: sorted.length, median: at(0.5), p90: at(0.9), steps };
}
