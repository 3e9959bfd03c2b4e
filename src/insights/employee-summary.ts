/** How the directory and a connection stand together, in numbers. Matches must be fresh. */
import type { Connection } from "../model/connection.ts";
import {
  EMPLOYEE_STATES,
  type EmployeeState,
  type RemovalTimes,
  removalTimes,
} from "../model/employees/employee.ts";
import {
  EMPLOYEE_LISTS,
  type EmployeeList,
  type NoEmployeeKind,
  WHOLE_LISTS,
} from "../model/employees/employee-query.ts";
import { dataVersions } from "../store/connections/data-version.ts";
import {
  countEmployeeRows,
  countNoEmployee,
  countStatesOfEmployees,
  removals,
} from "../store/employees/employee-lists.ts";
import { type DirectoryImport, lastImport } from "../store/employees/employees.ts";
import { lastScimUse } from "../store/members/scim-tokens.ts";
import type { Db } from "../store/store.ts";
import { removalView, scopeOf } from "./employees.ts";
import { ofConnection, remembered } from "./memo.ts";
import { type CompanyDomains, domainsOfCompany } from "./own-domains.ts";
import { iso, isoOrNull, question } from "./question.ts";
import type { Stamp } from "./types.ts";

/** The directory itself: what of it is known, and from when. */
export interface DirectoryView {
  employees: number;
  states: Record<EmployeeState, number>;
  lastImport: (Omit<DirectoryImport, "at"> & { at: string }) | null;
  /** When a SCIM client last spoke; null: never. */
  scimAt: string | null;
}

export interface EmployeeSummary {
  /** null: the reader may not know of the whole directory. */
  directory: DirectoryView | null;
  /** Rows of each list; null: not for this reader. */
  lists: Record<EmployeeList, number | null>;
  noEmployee: Record<NoEmployeeKind, number>;
  /** Domains of active users without an employee that are not the company's, most users first. */
  externalDomains: { domain: string; users: number }[];
  removal: RemovalTimes & {
    /** Have left and are deactivated, but without a leave date or a deactivation that we saw. */
    notMeasured: number;
  };
  domains: CompanyDomains;
  stamp: Stamp;
}

const DOMAINS_SHOWN = 20;

export async function employeeSummary(
  db: Db,
  connection: Connection,
  everybody: boolean,
  now: number,
): Promise<EmployeeSummary> {
  const asked = await question(db, connection, now);
  const scope = await scopeOf(db, connection, everybody, now);
  const { directory, listed, marks } = await dataVersions(db, connection.id);
  const key = `${directory} ${listed} ${marks} ${scope.today} ${everybody} ${scope.ours.join(" ")}`;
  const counted = await remembered(db, `${ofConnection(connection)} employees`, key, async () => {
    const [lists, unknown, removed] = await Promise.all([
      Promise.all(
        EMPLOYEE_LISTS.map(async (list) => {
          const hidden = !everybody && WHOLE_LISTS.includes(list);
          return [list, hidden ? null : await countEmployeeRows(db, list, {}, scope)] as const;
        }),
      ),
      countNoEmployee(db, scope),
      removals(db, scope),
    ]);
    return { lists, unknown, removed };
  });
  const domains = await domainsOfCompany(db);
  const days = counted.removed.map((row) => removalView(row, asked).days);
  const measured = days.filter((each) => each !== null);
  const sumOf = (kind: NoEmployeeKind) =>
    counted.unknown.reduce((sum, each) => sum + (each.kind === kind ? each.users : 0), 0);
  return {
    directory: everybody ? await directoryView(db, scope.today) : null,
    lists: Object.fromEntries(counted.lists) as EmployeeSummary["lists"],
    noEmployee: {
      ours: sumOf("ours"),
      external: sumOf("external"),
      no_email: sumOf("no_email"),
      agency: sumOf("agency"),
      service_account: sumOf("service_account"),
      by_hand: sumOf("by_hand"),
    },
    externalDomains: counted.unknown
      .flatMap(({ kind, domain, users }) => (kind === "external" && domain ? [{ domain, users }] : []))
      .slice(0, DOMAINS_SHOWN),
    removal: { ...removalTimes(measured), notMeasured: days.length - measured.length },
    domains: { ...domains, found: everybody ? domains.found : [] },
    stamp: asked.stamp,
  };
}

export async function directoryView(db: Db, today: number): Promise<DirectoryView> {
  const [states, last, scimAt] = await Promise.all([
    countStatesOfEmployees(db, today),
    lastImport(db),
    lastScimUse(db),
  ]);
  const counts = EMPLOYEE_STATES.map((state) => [state, states.get(state) ?? 0] as const);
  return {
    employees: counts.reduce((sum, [, n]) => sum + n, 0),
    states: Object.fromEntries(counts) as DirectoryView["states"],
    lastImport: last && { ...last, at: iso(last.at) },
    scimAt: isoOrNull(scimAt),
  };
}
