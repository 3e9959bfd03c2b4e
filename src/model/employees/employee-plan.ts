/** What a row of an import makes of an employee. Pure: the store loads whom it concerns, and saves what comes of it. */
import { isDeepStrictEqual } from "node:util";
import { searchable, sortKey } from "../text.ts";
import { type EmployeeSource, type EmployeeState, employeeState, keyOf, utcDay } from "./employee.ts";

/** What is kept of an employee. Days are days since 1970-01-01. */
export interface EmployeeFacts {
  number: string | null;
  emails: string[];
  name: string | null;
  department: string | null;
  manager: string | null;
  startedDay: number | null;
  leftDay: number | null;
  /** With `leftDay` the very moment, where it is known; without, when we were told of a leaving of no date (ms). */
  leftAt: number | null;
  told: EmployeeState | null;
  toldAt: number;
  /** They had left, and since then (ms) work here again. */
  backAt: number | null;
  /** The last day of work of before. */
  wasLeftDay: number | null;
  source: EmployeeSource;
}

export interface StoredEmployee extends EmployeeFacts {
  id: number;
}

/** What a source tells of one person; a field left out isn't told, null is told to be empty. */
export interface ToldEmployee {
  number?: string | null;
  emails?: string[];
  name?: string | null;
  department?: string | null;
  manager?: string | null;
  startedDay?: number | null;
  leftDay?: number | null;
  /** The very moment, within `leftDay`. */
  leftAt?: number;
  told?: EmployeeState | null;
}

export interface Planned {
  next: EmployeeFacts;
  what: "added" | "changed" | "unchanged";
  /** Has left by this, and had not before. */
  leaves: boolean;
  /** Had left, and works here again by this. */
  comesBack: boolean;
}

/** The day that leaving counts from: the last day of work, else the day on which we were told. null: has not left. */
export function leaveDayOf({ leftDay, leftAt }: Pick<EmployeeFacts, "leftDay" | "leftAt">): number | null {
  return leftDay ?? (leftAt === null ? null : utcDay(leftAt));
}

/** @param replaceEmails those told are all there are; else they come to those known */
export function planEmployee(
  stored: EmployeeFacts | null,
  row: ToldEmployee,
  source: EmployeeSource,
  now: number,
  replaceEmails: boolean,
): Planned {
  const today = utcDay(now);
  const wasLeft = stored !== null && employeeState(stored, today) === "left";
  const ahead = (row.leftDay ?? today) > today;
  // Whose last day lies ahead works until then, whatever word stands beside it.
  const told = ahead && row.told === "left" ? { ...row, told: null } : row;
  const next = merged(stored, told, source, now, replaceEmails);
  if (stored && saysTheSame(stored, told, today)) next.toldAt = stored.toldAt;
  const left = employeeState(next, today) === "left";
  if (left) {
    // Gone before the day that was foreseen.
    if (next.leftDay !== null && next.leftDay > today) next.leftDay = null;
    next.leftAt = leftAtOf(wasLeft ? stored : null, next, row.leftAt, now);
    next.backAt = null;
  } else {
    // A date that has passed for somebody who is said to work here is that of an earlier leaving.
    if (next.leftDay !== null && next.leftDay < today) next.leftDay = null;
    next.leftAt = null;
  }
  // A leave date that was moved brings nobody back.
  const comesBack = wasLeft && !left && !(ahead && told.told === null);
  if (comesBack) {
    next.backAt = now;
    next.wasLeftDay = leaveDayOf(stored);
  }
  const what = stored === null ? "added" : sameFacts(stored, next) ? "unchanged" : "changed";
  return { next, what, leaves: left && !wasLeft, comesBack };
}

/** An old file once more: "active" beside a last day that has passed since then is no news. */
function saysTheSame(stored: EmployeeFacts, { told, leftDay }: ToldEmployee, today: number): boolean {
  const over = stored.leftDay !== null && stored.leftDay < today;
  return over && told === stored.told && leftDay === stored.leftDay;
}

/** An empty date beside somebody who is said to have left, now or before, tells of no other. */
function leaveDateStays(stored: EmployeeFacts | null, { told, leftDay }: ToldEmployee): boolean {
  return leftDay === null && (told === undefined ? stored?.told : told) === "left";
}

function leftAtOf(
  stored: EmployeeFacts | null,
  { leftDay }: EmployeeFacts,
  moment: number | undefined,
  now: number,
): number | null {
  if (moment !== undefined) return moment;
  if (stored && stored.leftDay === leftDay) return stored.leftAt;
  return leftDay === null ? now : null;
}

function merged(
  stored: EmployeeFacts | null,
  row: ToldEmployee,
  source: EmployeeSource,
  now: number,
  replaceEmails: boolean,
): EmployeeFacts {
  const told = <K extends keyof ToldEmployee & keyof EmployeeFacts>(key: K, empty: EmployeeFacts[K]) =>
    (row[key] === undefined ? (stored?.[key] ?? empty) : row[key]) as EmployeeFacts[K];
  const leftDay = leaveDateStays(stored, row) ? (stored?.leftDay ?? null) : told("leftDay", null);
  const given = row.emails ?? [];
  const before = stored?.emails ?? [];
  return {
    number: row.number ?? stored?.number ?? null,
    emails: unique(replaceEmails && given.length > 0 ? given : [...given, ...before]),
    name: row.name ?? stored?.name ?? null,
    department: told("department", null),
    manager: told("manager", null),
    startedDay: told("startedDay", null),
    leftDay,
    leftAt: stored?.leftAt ?? null,
    told: told("told", null),
    toldAt: row.told === undefined && stored !== null ? stored.toldAt : now,
    backAt: stored?.backAt ?? null,
    wasLeftDay: stored?.wasLeftDay ?? null,
    source,
  };
}

function unique(emails: readonly string[]): string[] {
  const byKey = new Map<string, string>();
  for (const email of emails) if (!byKey.has(keyOf(email))) byKey.set(keyOf(email), email);
  return [...byKey.values()];
}

/** When and by whom it was said last is no difference, nor is the order of the addresses behind the first. */
function sameFacts(stored: EmployeeFacts, next: EmployeeFacts): boolean {
  const plain = ({ emails, number, name, department, manager, ...facts }: EmployeeFacts) => {
    const { startedDay, leftDay, leftAt, told, backAt, wasLeftDay } = facts;
    return [
      ...[number, name, department, manager, startedDay, leftDay, leftAt, told, backAt, wasLeftDay],
      emails[0] && keyOf(emails[0]),
      emails.map(keyOf).sort(),
    ];
  };
  return isDeepStrictEqual(plain(stored), plain(next));
}

/** What lists search in, and the order of names. */
export function searchTexts({ name, emails, number, department, manager }: EmployeeFacts) {
  return {
    sortName: sortKey(name ?? emails[0] ?? number ?? ""),
    search: searchable([name, ...emails, number, department, manager].filter(Boolean).join("\n")),
  };
}
