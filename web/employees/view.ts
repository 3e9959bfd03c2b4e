/** What the address says of the page Employees, as the API's query; and its rows in words. */

import { EMPLOYEE_LIST_WORD, EMPLOYEE_STATE_WORD, NO_EMPLOYEE_WORD } from "../../src/model/words.ts";
import type { Row } from "../api/query.ts";
import { type Filter, filtersOf } from "../components/table-view.ts";
import type { Search } from "../search.ts";
import { employeeWords as words } from "../text/employees.ts";

export type EmployeeRow = Row<"listEmployees">;
export type Employee = NonNullable<EmployeeRow["employee"]>;
export type ListName = keyof typeof EMPLOYEE_LIST_WORD;
export const LISTS = Object.keys(EMPLOYEE_LIST_WORD) as ListName[];
export type Kind = keyof typeof NO_EMPLOYEE_WORD;
export const KINDS = Object.keys(NO_EMPLOYEE_WORD) as Kind[];

/** Lists whose rows are employees, with a user or without. */
const OF_EMPLOYEES: readonly ListName[] = ["no_user", "came_back", "all"];
export const isOfEmployees = (list: ListName): boolean => OF_EMPLOYEES.includes(list);

export function listIn(view: Search): ListName {
  return LISTS.find((list) => list === view.list) ?? "left_active";
}

export function filtersFor(list: ListName): Filter[] {
  const { filter } = words;
  if (list === "no_employee")
    return [
      { key: "kind", label: filter.kind, options: Object.entries(NO_EMPLOYEE_WORD) },
      { key: "domain", label: filter.domain },
    ];
  if (list === "all" || list === "no_user")
    return [{ key: "state", label: filter.state, options: Object.entries(EMPLOYEE_STATE_WORD) }];
  return [];
}

export function queryOf(view: Search, list: ListName) {
  return {
    list,
    ...filtersOf(view, filtersFor(list)),
    ...(view.search ? { search: view.search } : {}),
  } as { list: ListName; search?: string; kind?: never; state?: never };
}

/** Whom one can choose beside the candidates: those found, and who was chosen before the search went on. */
export function othersOf(
  candidates: readonly Employee[],
  found: readonly Employee[],
  chosen: Employee | null,
): Employee[] {
  const all = chosen && !found.some(({ id }) => id === chosen.id) ? [chosen, ...found] : found;
  return all.filter(({ id }) => !candidates.some((candidate) => candidate.id === id));
}

/** `0.4`, `1.2`, `12`: a tenth says something only of few days. */
export function daysText(days: number): string {
  return days < 10 ? String(Math.round(days * 10) / 10) : String(Math.round(days));
}
