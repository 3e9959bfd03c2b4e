/** Whom an action is aimed at, as the latest complete listings have them. */
import { type RawBuilder, sql } from "kysely";
import type { Aimed, GrantFacts, UserFacts } from "../../model/action.ts";
import { idList } from "../engine/bulk.ts";
import type { Db, Tx } from "../store.ts";

/**
 * Of what is stored, active Site Admins (people) besides this one, less those whom an action has deactivated or made Basic
 * since users were last listed.
 */
export async function otherSiteAdmins(
  db: Db | Tx,
  connection: number,
  which: { besides: string | null; since: number },
): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    select count(*) as n from "user" u where ${areSiteAdmins(connection, which)}`.execute(db);
  return rows[0]!.n;
}

/** Their ids, `most` at most. */
export async function otherSiteAdminIds(
  db: Db | Tx,
  connection: number,
  which: { besides: string | null; since: number },
  most: number,
): Promise<string[]> {
  const { rows } = await sql<{ user_id: string }>`
    select u.user_id from "user" u where ${areSiteAdmins(connection, which)}
    order by u.user_id limit ${most}`.execute(db);
  return rows.map(({ user_id }) => user_id);
}

function areSiteAdmins(
  connection: number,
  { besides, since }: { besides: string | null; since: number },
): RawBuilder<unknown> {
  return sql`u.connection = ${connection} and u.state = 'present' and u.status = 'active' and u.site_admin = 1
    and u.service_account = 0 and u.marked_service_account = 0
    and ${besides === null ? sql`1 = 1` : sql`u.user_id <> ${besides}`}
    and not exists (select 1 from action_target t join action a on a.action = t.action
      where t.connection = u.connection and t.user_id = u.user_id and t.sent_at > ${since}
        and a.kind in ('deactivate', 'revoke_to_basic') and t.state in ('sent', 'seen', 'unknown'))`;
}

/** In the order asked for; who is in no listing has no status. */
export async function aimedUsers(
  db: Db | Tx,
  connection: number,
  userIds: readonly string[],
): Promise<Aimed[]> {
  const rows = await usersOf(db, connection, userIds);
  return userIds.map((userId) => ({ userId, user: rows.get(userId) ?? NOBODY, grant: null }));
}

const NOBODY: UserFacts = {
  name: null,
  email: null,
  status: null,
  level: "unknown",
  siteAdmin: false,
  serviceAccount: false,
  jobGrants: 0,
  futureJobGrants: 0,
};

export async function aimedGrants(
  db: Db | Tx,
  connection: number,
  grants: readonly { kind: GrantFacts["kind"]; id: string }[],
): Promise<Aimed[]> {
  const found = new Map<string, { userId: string; grant: GrantFacts }>();
  for (const kind of ["job", "future_job"] as const) {
    const ids = grants.filter((each) => each.kind === kind).map(({ id }) => id);
    if (ids.length === 0) continue;
    const place =
      kind === "job"
        ? sql`g.job_id, null as department_id, null as office_id`
        : sql`null as job_id, g.department_id, g.office_id`;
    const { rows } = await sql<GrantRow>`
      select g.grant_id, g.user_id, g.role_id, g.state, r.type as role_type, ${place}
      from ${sql.table(kind === "job" ? "job_grant" : "future_job_grant")} g
      left join role r on r.connection = g.connection and r.role_id = g.role_id
      where g.connection = ${connection} and g.grant_id in ${idList(ids)}`.execute(db);
    for (const row of rows)
      found.set(`${kind} ${row.grant_id}`, { userId: row.user_id, grant: grantOf(kind, row) });
  }
  const users = await usersOf(db, connection, [...new Set([...found.values()].map((each) => each.userId))]);
  return grants.map(({ kind, id }) => {
    const held = found.get(`${kind} ${id}`);
    const grant = held?.grant ?? { kind, id, ...GONE };
    return { userId: held?.userId ?? "0", user: users.get(held?.userId ?? "") ?? NOBODY, grant };
  });
}
const GONE = {
  present: false,
  roleId: null,
  roleType: null,
  jobId: null,
  departmentId: null,
  officeId: null,
};

interface GrantRow {
  grant_id: string;
  user_id: string;
  role_id: string | null;
  state: string;
  role_type: string | null;
  job_id: string | null;
  department_id: string | null;
  office_id: string | null;
}

function grantOf(kind: GrantFacts["kind"], row: GrantRow): GrantFacts {
  return {
    kind,
    id: row.grant_id,
    present: row.state === "present",
    roleId: row.role_id,
    roleType: row.role_type,
    jobId: row.job_id,
    departmentId: row.department_id,
    officeId: row.office_id,
  };
}

async function usersOf(
  db: Db | Tx,
  connection: number,
  ids: readonly string[],
): Promise<Map<string, UserFacts>> {
  if (ids.length === 0) return new Map();
  const { rows } = await sql<Omit<UserFacts, "siteAdmin" | "serviceAccount"> & UserFlags>`
    select u.user_id, u.name, u.email, u.status, u.level, u.site_admin, u.service_account, u.marked_service_account,
      u.job_grants as "jobGrants", u.future_job_grants as "futureJobGrants"
    from "user" u where u.connection = ${connection} and u.user_id in ${idList(ids)}`.execute(db);
  return new Map(
    rows.map(({ user_id, site_admin, service_account, marked_service_account, ...facts }) => [
      user_id,
      { ...facts, siteAdmin: site_admin === 1, serviceAccount: service_account + marked_service_account > 0 },
    ]),
  );
}
interface UserFlags {
  user_id: string;
  site_admin: number;
  service_account: number;
  marked_service_account: number;
}
