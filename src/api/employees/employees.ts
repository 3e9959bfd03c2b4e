/** Employees: the handlers of contract/employees.ts. */
import { employeeSummary } from "../../insights/employee-summary.ts";
import { employeesOfUsers, employeeViews } from "../../insights/employee-view.ts";
import { listEmployees } from "../../insights/employees.ts";
import { domainsOfCompany } from "../../insights/own-domains.ts";
import type { Connection } from "../../model/connection.ts";
import { utcDay } from "../../model/employees/employee.ts";
import { WHOLE_LISTS } from "../../model/employees/employee-query.ts";
import type { Actor } from "../../model/member.ts";
import {
  freshMatches,
  linkUser,
  matchesOfUsers,
  unlinkUser,
} from "../../store/employees/employee-matches.ts";
import { employeesByIds, searchEmployees, setOwnDomains } from "../../store/employees/employees.ts";
import { namesOf } from "../../store/users/names.ts";
import { askerName } from "../connections/asker.ts";
import type { UserEmployee } from "../contract/employee.ts";
import { ApiError } from "../errors.ts";
import { type Asking, connectionOf, type Handlers } from "../handler.ts";

type Names =
  | "listEmployees"
  | "employeeSummary"
  | "findEmployees"
  | "linkUser"
  | "unlinkUser"
  | "ownDomains"
  | "setOwnDomains";

const FOUND_AT_MOST = 20;

export const employeeHandlers: Pick<Handlers, Names> = {
  async listEmployees({ params, query }, asking) {
    const connection = await matched(asking, params.c);
    if (WHOLE_LISTS.includes(query.list)) requireEverybody(asking.who, "This list of the whole directory");
    return listEmployees(asking.db, connection, query, seesEverybody(asking.who), asking.now());
  },

  async employeeSummary({ params }, asking) {
    const connection = await matched(asking, params.c);
    return employeeSummary(asking.db, connection, seesEverybody(asking.who), asking.now());
  },

  async findEmployees({ query }, { db, who, now }) {
    requireEverybody(who, "The directory");
    const ids = await searchEmployees(db, query.search, FOUND_AT_MOST);
    const views = await employeeViews(db, ids, utcDay(now()));
    return { items: ids.map((id) => views.get(id)!) };
  },

  async linkUser({ params, body }, asking) {
    const { services, who, now, trail } = asking;
    const connection = await connectionOf(asking, params.c);
    await requireUser(asking, connection, params.user);
    if (body.employee !== null) await requireEmployee(asking, connection, params.user, body.employee);
    const [employee] = body.employee === null ? [] : await employeesByIds(asking.db, [body.employee]);
    trail.target = `${params.user} / ${employee ? (employee.number ?? employee.emails[0] ?? employee.id) : "nobody"}`;
    const link = { userId: params.user, employee: body.employee, by: askerName(who), at: now() };
    await services.store.write((tx) => linkUser(tx, connection.id, link));
    return whoIs(asking, connection, params.user);
  },

  async unlinkUser({ params }, asking) {
    const connection = await connectionOf(asking, params.c);
    await requireUser(asking, connection, params.user);
    await asking.services.store.write((tx) => unlinkUser(tx, connection.id, params.user));
    return whoIs(asking, connection, params.user);
  },

  async ownDomains(_asked, { db, who }) {
    const domains = await domainsOfCompany(db);
    return seesEverybody(who) ? domains : { ...domains, found: [] };
  },

  async setOwnDomains({ body }, { services, db, trail }) {
    const domains = [...new Set(body.domains)].sort();
    trail.details = { domains: domains.join(" ") };
    await services.store.write((tx) => setOwnDomains(tx, domains));
    return domainsOfCompany(db);
  },
};

/** The connection, with its matches as they are now. */
export async function matched(asking: Asking, nameOrId: string): Promise<Connection> {
  const connection = await connectionOf(asking, nameOrId);
  await freshMatches(asking.services.store, connection.id);
  return connection;
}

/** A member who is limited to some connections knows only the employees who are users there. */
export function seesEverybody(who: Actor): boolean {
  return who.kind !== "member" || who.connections === null;
}

/** @throws ApiError `not_allowed` */
function requireEverybody(who: Actor, what: string): void {
  if (seesEverybody(who)) return;
  throw new ApiError(
    "not_allowed",
    `${what} is not for members who are limited to some connections.`,
    "Ask for one of the lists of a connection, such as left_active.",
  );
}

async function requireUser({ db }: Asking, connection: Connection, user: string): Promise<void> {
  if ((await namesOf(db, connection.id, "user", [user])).has(user)) return;
  throw new ApiError("user_not_found", `${connection.name} has never seen a user ${user}.`);
}

/** Who is limited links to those alone who fit the user anyway: more of the directory isn't told. */
async function requireEmployee(
  asking: Asking,
  connection: Connection,
  user: string,
  employee: number,
): Promise<void> {
  if (seesEverybody(asking.who)) {
    const [found] = await employeesByIds(asking.db, [employee]);
    if (found) return;
  } else {
    await freshMatches(asking.services.store, connection.id);
    const fits = await matchesOfUsers(asking.db, connection.id, [user]);
    if (fits.some((match) => match.employee === employee)) return;
  }
  throw new ApiError("employee_not_found", `There is no employee ${employee}.`);
}

async function whoIs(asking: Asking, connection: Connection, user: string): Promise<UserEmployee> {
  await freshMatches(asking.services.store, connection.id);
  const who = await employeesOfUsers({ db: asking.db, connection }, [user], utcDay(asking.now()));
  return who.get(user)!;
}
