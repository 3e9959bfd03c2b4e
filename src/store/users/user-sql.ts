/** Users as SQL sees them: filters and states as fragments over `u` ("user"), `x` (usage_user) and `r` (recruiting_user). */
import { type RawBuilder, sql } from "kysely";
import { parseDay } from "../../model/day.ts";
import type { TypeRule, UseKnowledge, WindowRule, Windows } from "../../model/license.ts";
import type { UserFilter } from "../../model/query.ts";
import type { DeedSource } from "../../model/recruiting.ts";
import { searchable } from "../../model/text.ts";
import { anyCase } from "../engine/engine.ts";

/** What a state follows from, besides the user's own row. */
export interface Judge extends Windows {
  rules: readonly TypeRule[];
}

type Fragment = RawBuilder<unknown>;

export const isService: Fragment = sql`(u.service_account = 1 or u.marked_service_account = 1)`;
/** A condition as 0 or 1; unknown is 0. */
export const flagOf = (condition: Fragment): Fragment => sql`case when ${condition} then 1 else 0 end`;
export const grantCount: Fragment = sql`(u.job_grants + u.future_job_grants)`;

export const users: Fragment = sql`"user" u`;

/** Can the filter be told from users alone? Their use is looked up for each. */
export function asksForUse(filter: UserFilter): boolean {
  return USE_FILTERS.some((name) => filter[name] !== undefined);
}
const USE_FILTERS = [
  "license",
  "use",
  "newlyUnused",
  "stopped",
  "lastUsedBy",
  "usedFrom",
  "usedTo",
  "usedKind",
  "usedSource",
] as const;

/** A user with the newest use that the log tells (`x`), and the newest that recruiting lists tell of a person (`r`). */
export const usersWithUse: Fragment = sql`${users} left join usage_user x on x.connection = u.connection and x.user_id = u.user_id
  left join recruiting_user r on r.connection = u.connection and r.user_id = u.user_id and not ${isService}`;

/** Is it the log's event, of the two, that stands behind "last used"? */
const logIsNewer = sql`(r.at is null or x.at >= r.at)`;
export const deedIsNewer: Fragment = sql`case when ${logIsNewer} then 0 else 1 end`;
/** The newest use of any source; null: none is recorded. */
export const usedAt: Fragment = sql`case when ${logIsNewer} then x.at else r.at end`;
export const usedSource: Fragment = sql`case when ${logIsNewer} then x.source else r.source end`;

/** What differs from window to window, by the one that is this user's: the same as `knownFor` of model/license.ts. */
export function byWindow({ known, windows }: Windows, make: (known: UseKnowledge) => Fragment): Fragment {
  if (windows.length === 0) return make(known);
  const cases = windows.map((each) => sql`when ${fits(each.rule)} then ${make(each.known)}`);
  return sql`case ${sql.join(cases, sql` `)} else ${make(known)} end`;
}

function fits({ level, role }: WindowRule): Fragment {
  if (role === null) return sql`u.level = ${level}`;
  return sql`exists (select 1 from user_role ur where ur.connection = u.connection and ur.user_id = u.user_id
    and ur.role_id = ${role} and ur.n > 0)`;
}

/** The same as `useOf` of model/license.ts; user-sql.test.ts holds them together. */
export function useState(judge: Judge): Fragment {
  return byWindow(judge, (known) => {
    if (known.gap) return sql`case when ${usedAt} >= ${known.from} then 'in_use' else 'unknown' end`;
    return sql`case when ${usedAt} >= ${known.from} then 'in_use'
      when coalesce(u.created_at, u.first_seen_at) > ${known.from} then 'unknown'
      when x.at is null and r.at is null then 'never_used' else 'unused' end`;
  });
}

/** The same as `licenseTypeOf`. */
export function licenseType({ rules }: Judge): Fragment {
  const cases = rules.map(
    ({ level, status, type }) =>
      sql`when ${level === "any" ? sql`true` : sql`u.level = ${level}`} and ${
        status === "any" ? sql`true` : sql`u.status = ${status}`
      } then ${type}`,
  );
  return sql`case when ${isService} then null ${sql.join(cases, sql` `)} end`;
}

/** The same as `licenseOf`. */
export function licenseState(judge: Judge): Fragment {
  return sql`case when ${licenseType(judge)} is null then null
    when u.status = 'deactivated' then 'held_by_deactivated' else ${useState(judge)} end`;
}

const DAYS_NEWLY = 7;

/** Every condition of the filter, for a query over `u` left joined with `x`. */
export function whereUsers(connection: number, filter: UserFilter, judge: Judge): Fragment {
  const all: Fragment[] = [sql`u.connection = ${connection}`];
  const oneOf = (column: Fragment, values: readonly string[] | undefined) => {
    if (values) all.push(sql`${column} in (${sql.join(values.length > 0 ? values : [""])})`);
  };
  const flag = (value: boolean | undefined, condition: Fragment) => {
    if (value !== undefined) all.push(value ? condition : sql`not (${condition})`);
  };
  oneOf(sql`u.status`, filter.status);
  oneOf(sql`u.level`, filter.level);
  oneOf(licenseState(judge), filter.license);
  oneOf(useState(judge), filter.use);
  oneOf(sql`coalesce(${licenseType(judge)}, 'none')`, filter.licenseType);
  oneOf(usedSource, filter.lastUsedBy);
  flag(filter.agency, sql`u.agency_id is not null`);
  flag(filter.noEmail, sql`u.email is null`);
  flag(filter.deactivatedWithGrants, sql`u.status = 'deactivated' and ${grantCount} > 0`);
  flag(filter.newlyUnused, newlyUnused(judge));
  flag(filter.stopped, stopped(judge));
  flag(filter.unconfirmed, unconfirmed);
  if ((filter.usedFrom ?? filter.usedTo ?? filter.usedKind ?? filter.usedSource) !== undefined)
    all.push(used(judge, filter));
  if (filter.serviceAccounts === "only") all.push(isService);
  if (filter.serviceAccounts === "exclude") all.push(sql`not ${isService}`);
  const amongThese = (table: string, column: string, id: string | undefined) => {
    if (id === undefined) return;
    all.push(sql`u.user_id in (select user_id from ${sql.table(table)}
      where connection = ${connection} and ${sql.ref(column)} = ${id})`);
  };
  amongThese("user_role", "role_id", filter.role);
  amongThese("user_department", "department_id", filter.department);
  amongThese("user_office", "office_id", filter.office);
  if (filter.search !== undefined) all.push(matches(connection, filter.search));
  return sql.join(all, sql` and `);
}

/** Has addresses, and none of them is confirmed: nothing that half a list could tell. */
const unconfirmed = sql`(${addressesListed(sql`u.connection`)} and exists (select 1 from user_email e where e.connection = u.connection and e.user_id = u.user_id
    and e.state = 'present')
  and not exists (select 1 from user_email e where e.connection = u.connection and e.user_id = u.user_id
    and e.verified = 1 and e.state = 'present'))`;

/** Was the list of addresses ever read completely? */
export function addressesListed(connection: RawBuilder<unknown> | number): Fragment {
  return sql`exists (select 1 from listing l where l.connection = ${connection} and l.stream = 'user_emails')`;
}

/** Unused now, and used within the window as it lay a week ago. */
export function newlyUnused(judge: Judge): Fragment {
  const weekAgo = byWindow(
    judge,
    ({ zone, fromDay }) => sql`cast(${zone.start(fromDay - DAYS_NEWLY)} as bigint)`,
  );
  return sql`(${useState(judge)} = 'unused' and ${usedAt} >= ${weekAgo})`;
}

/** Active people who are unused now, and used it in as many days before the window. */
function stopped(judge: Judge): Fragment {
  const before = byWindow(
    judge,
    ({ zone, fromDay, windowDays }) => sql`cast(${zone.start(fromDay - windowDays)} as bigint)`,
  );
  return sql`(u.status = 'active' and not ${isService} and ${useState(judge)} = 'unused'
    and coalesce(${usedAt} >= ${before}, false))`;
}

/** Later than any day that is counted. */
const LAST_DAY = 1_000_000;

/** Recorded use on one of these days, of any source or of one. The newest use of each alone tells who used it since a day. */
function used({ known }: Judge, { usedFrom, usedTo, usedKind, usedSource }: UserFilter): Fragment {
  const dayOf = (text: string | undefined, otherwise: number) =>
    (text === undefined ? null : parseDay(text)) ?? otherwise;
  const [fromDay, toDay] = [dayOf(usedFrom, 0), dayOf(usedTo, LAST_DAY)];
  if (usedTo === undefined && usedKind === undefined && usedSource === undefined)
    return sql`coalesce(${usedAt} >= ${known.zone.start(fromDay)}, false)`;
  const ofUser = sql`d.connection = u.connection and d.user_id = u.user_id and d.day between ${fromDay} and ${toDay}`;
  const ofKind = usedKind === undefined ? sql`` : sql`and d.${sql.ref(usedKind)} > 0`;
  const logged = sql`exists (select 1 from usage_day d where ${ofUser} ${ofKind})`;
  const told = (
    source?: DeedSource,
  ) => sql`(not ${isService} and exists (select 1 from recruiting_day d where ${ofUser}
    ${source ? sql`and d.${sql.ref(source)} > 0` : sql``}))`;
  if (usedSource !== undefined && usedSource !== "audit_log") return told(usedSource);
  return usedKind === undefined && usedSource === undefined ? sql`(${logged} or ${told()})` : logged;
}

/** Addresses that were never confirmed stand in a table of their own. */
function matches(connection: number, search: string): Fragment {
  const text = searchable(search);
  const like = `%${text.replace(/[\\%_]/g, (c) => `\\${c}`)}%`;
  const part = sql`(u.search like ${like} escape '\\' or u.user_id in (select user_id from user_email
    where connection = ${connection} and state = 'present' and verified = 0
      and ${anyCase(sql`email`)} like ${like} escape '\\'))`;
  return /^\d{1,18}$/.test(text) ? sql`(${part} or u.user_id = ${text})` : part;
}
