/** What the rules of findings ask of the database, and no list of the console shows. Each reads along an index, or one table once. */
import { type RawBuilder, sql } from "kysely";
import { newestProven, PROVEN_SOURCES, type ProvenSource, type UseSource } from "../../model/recruiting.ts";
import { addressKey } from "../../model/text.ts";
import { idList } from "../engine/bulk.ts";
import type { Db } from "../store.ts";
import { type MadeSiteAdmin, siteAdminsMade } from "../usage/watched.ts";
import { isService } from "../users/user-sql.ts";

export interface Person {
  id: string;
  name: string | null;
}

export interface UseAfter extends Person {
  usedAt: number;
  source: UseSource;
  deactivatedSeenAt: number;
}

/**
 * Deactivated users whose newest use, by whatever source that proves it, lies after they were seen deactivated; the latest
 * first. @param skewMs their clock minus ours: use is told by theirs
 */
export async function useAfterDeactivation(
  db: Db,
  connection: number,
  { skewMs, limit }: { skewMs: number; limit: number },
): Promise<UseAfter[]> {
  const deeds = PROVEN_SOURCES.map((source) => sql.ref(`r.${source}_at`));
  // Who was deactivated in the first listing has no other time.
  const seen = sql`coalesce(u.status_since_at, u.first_seen_at)`;
  const later = [sql.ref("x.at"), ...deeds].map((at) => sql`${at} > ${seen} + ${skewMs}`);
  const { rows } = await sql<
    { user_id: string; name: string | null; seen_at: number; at: number | null } & Record<
      `${ProvenSource}_at`,
      number | null
    >
  >`
    select u.user_id, u.name, ${seen} as seen_at, x.at, ${sql.join(deeds)} from "user" u
    left join usage_user x on x.connection = u.connection and x.user_id = u.user_id
    left join recruiting_user r on r.connection = u.connection and r.user_id = u.user_id
    where u.connection = ${connection} and u.status = 'deactivated' and (${sql.join(later, sql` or `)})`.execute(
    db,
  );
  return rows
    .map((row) => {
      const { at, source } = newestProven(row)!;
      return {
        id: row.user_id,
        name: row.name,
        usedAt: at,
        source,
        deactivatedSeenAt: row.seen_at,
      };
    })
    .sort((a, b) => b.usedAt - a.usedAt || (a.id < b.id ? -1 : 1))
    .slice(0, limit);
}

export interface Appointment extends Person {
  /** When the change was seen, and the listing before it. null: only the log tells of it. */
  seenAt: number | null;
  afterAt: number | null;
  /** The moment, where an event tells it. */
  eventAt: number | null;
  by: string | null;
  /** The user itself was new to us. */
  added: boolean;
  createdAt: number | null;
}

/**
 * Those who are Site Admins now and became it since then, as the ledger or the log has it, and those of `also` whenever they
 * did; the latest of each. What was before the first listing the log alone tells.
 *
 * @param skewMs their clock minus ours: the log goes by theirs
 */
export async function newSiteAdmins(
  db: Db,
  connection: number,
  { since, also, skewMs }: { since: number; also: readonly string[]; skewMs: number },
): Promise<Appointment[]> {
  const made = await siteAdminsMade(db, connection, since + skewMs, also);
  const ledger = await inLedger(db, connection, since, also);
  const known = new Map(ledger.map((each) => [each.id, withLog(each, made.get(each.id), skewMs)]));
  for (const { id, name } of await areSiteAdmins(db, connection, [...made.keys()])) {
    const { at, by } = made.get(id)!;
    const before = known.get(id);
    // Seen in a listing since then, it is the same one, or another one that came after.
    if (before && (before.eventAt ?? before.seenAt! + skewMs) >= at) continue;
    known.set(id, { id, name, seenAt: null, afterAt: null, eventAt: at, by, added: false, createdAt: null });
  }
  return [...known.values()];
}

/** Clocks are compared by the minute. */
const CLOCKS_MS = 60_000;

/** With the event that tells of the very change. */
function withLog(each: Appointment, made: MadeSiteAdmin | undefined, skewMs: number): Appointment {
  if (!made || each.afterAt === null) return each;
  const at = made.at - skewMs;
  const within = at > each.afterAt - CLOCKS_MS && at <= each.seenAt! + CLOCKS_MS;
  return within ? { ...each, eventAt: made.at, by: made.by ?? each.by } : each;
}

async function areSiteAdmins(db: Db, connection: number, ids: readonly string[]): Promise<Person[]> {
  if (ids.length === 0) return [];
  const { rows } = await sql<{ user_id: string; name: string | null }>`
    select u.user_id, u.name from "user" u where u.connection = ${connection} and u.user_id in ${idList(ids)}
      and ${isSiteAdmin} order by u.user_id`.execute(db);
  return rows.map(({ user_id, name }) => ({ id: user_id, name }));
}

const isSiteAdmin = sql`u.site_admin = 1 and u.status = 'active' and not ${isService}`;

/** The latest change of each. Who comes back as what they were before has become nothing. */
async function inLedger(
  db: Db,
  connection: number,
  since: number,
  also: readonly string[],
): Promise<Appointment[]> {
  const became = (which: RawBuilder<unknown>) => sql`
    select u.user_id, u.name, u.created_at, c.seq, c.kind, c.seen_at, c.after_at, c.event_at, c.by_name
    from change c join "user" u on u.connection = c.connection and u.user_id = c.row_id
    where c.connection = ${connection} and c.stream = 'users' and ${which}
      and c.kind in ('added', 'changed', 'returned') and c.after_json like '%"siteAdmin":true%'
      and (c.kind <> 'returned' or c.before_json not like '%"siteAdmin":true%')
      and ${isSiteAdmin}`;
  const known = also.length === 0 ? sql`` : sql`union ${became(sql`c.row_id in ${idList(also)}`)}`;
  const { rows } = await sql<{
    user_id: string;
    name: string | null;
    kind: string;
    seen_at: number;
    after_at: number | null;
    event_at: number | null;
    by_name: string | null;
    created_at: number | null;
  }>`
    select * from (${became(sql`c.seen_at >= ${since}`)} ${known}) as became order by seq`.execute(db);
  const latest = new Map(rows.map((row) => [row.user_id, row]));
  return [...latest.values()].map((row) => ({
    id: row.user_id,
    name: row.name,
    seenAt: row.seen_at,
    afterAt: row.after_at,
    eventAt: row.event_at,
    by: row.by_name,
    added: row.kind === "added",
    createdAt: row.created_at,
  }));
}

export interface Shared {
  kind: "email" | "employee ID";
  /** The address in lower case, or the employee ID. */
  value: string;
  users: Person[];
}

/** Addresses and employee IDs that more than one active user has. */
export async function sharedBy(db: Db, connection: number, limit: number): Promise<Shared[]> {
  const { rows } = await sql<{ kind: Shared["kind"]; value: string; user_id: string; name: string | null }>`
    with held as (
      select 'email' as kind, a.address as value, a.user_id from user_address a
        join "user" u on u.connection = a.connection and u.user_id = a.user_id and u.status = 'active'
        where a.connection = ${connection}
      union
      select 'email', e.email_key, e.user_id from user_email e
        join "user" u on u.connection = e.connection and u.user_id = e.user_id and u.status = 'active'
        where e.connection = ${connection} and e.state = 'present'
      union
      select 'employee ID', employee, user_id from "user"
        where connection = ${connection} and employee is not null and employee <> '' and status = 'active'),
    shared as (
      select kind, value from held group by kind, value having count(*) > 1 order by kind, value limit ${limit})
    select h.kind, h.value, h.user_id, u.name from shared s
      join held h on h.kind = s.kind and h.value = s.value
      join "user" u on u.connection = ${connection} and u.user_id = h.user_id
    order by h.kind, h.value, h.user_id`.execute(db);
  const found = new Map<string, Shared>();
  for (const { kind, value, user_id, name } of rows) {
    const key = `${kind} ${value}`;
    if (!found.has(key)) found.set(key, { kind, value, users: [] });
    found.get(key)!.users.push({ id: user_id, name });
  }
  return [...found.values()];
}

/** Addresses, as they are compared, and employee IDs of users whom Greenhouse lists no longer. */
export async function addressesOfMissing(db: Db, connection: number): Promise<Set<string>> {
  const { rows } = await sql<{ email: string | null; emails_json: string; employee: string | null }>`
    select email, emails_json, employee from "user" where connection = ${connection} and status = 'missing'`.execute(
    db,
  );
  const { rows: more } = await sql<{ email_key: string }>`
    select e.email_key from "user" u join user_email e on e.connection = u.connection and e.user_id = u.user_id
      and e.state = 'present' where u.connection = ${connection} and u.status = 'missing'`.execute(db);
  return new Set([
    ...rows.flatMap(({ email, emails_json }) =>
      [email ?? [], JSON.parse(emails_json) as string[]].flat().map(addressKey),
    ),
    ...rows.flatMap(({ employee }) => employee ?? []),
    ...more.map(({ email_key }) => email_key),
  ]);
}

export interface AgencyUser extends Person {
  siteAdmin: boolean;
  jobGrants: number;
  /** Rules for every future job. */
  everyFutureJob: number;
}

/** Active users of agencies with more job grants than that, a rule for every future job, or a Site Admin's access. */
export async function agencyUsersWithWideAccess(
  db: Db,
  connection: number,
  moreGrantsThan: number,
  limit: number,
): Promise<AgencyUser[]> {
  const everything = sql`(select count(*) from future_job_grant f where f.connection = u.connection
    and f.user_id = u.user_id and f.state = 'present' and f.department_id is null and f.office_id is null)`;
  const { rows } = await sql<{
    user_id: string;
    name: string | null;
    site_admin: number;
    job_grants: number;
    every: number;
  }>`
    select * from (
      select u.user_id, u.name, u.site_admin, u.job_grants, ${everything} as every from "user" u
      where u.connection = ${connection} and u.agency_id is not null and u.status = 'active') as agency
    where site_admin = 1 or job_grants > ${moreGrantsThan} or every > 0
    order by site_admin desc, job_grants desc, user_id limit ${limit}`.execute(db);
  return rows.map((row) => ({
    id: row.user_id,
    name: row.name,
    siteAdmin: row.site_admin === 1,
    jobGrants: row.job_grants,
    everyFutureJob: row.every,
  }));
}

export interface RuleForEverything extends Person {
  role: string | null;
  since: number;
}

/** Future-job grants of active users that name neither a department nor an office. */
export async function rulesForEverything(
  db: Db,
  connection: number,
  limit: number,
): Promise<{ rows: number; first: RuleForEverything[] }> {
  const from = sql`future_job_grant f
    join "user" u on u.connection = f.connection and u.user_id = f.user_id and u.status = 'active'
    left join role r on r.connection = f.connection and r.role_id = f.role_id
    where f.connection = ${connection} and f.department_id is null and f.office_id is null and f.state = 'present'`;
  const { rows } = await sql<{ user_id: string; name: string | null; role: string | null; since: number }>`
    select f.user_id, u.name, r.name as role, coalesce(f.created_at, f.first_seen_at) as since
    from ${from} order by f.grant_id limit ${limit}`.execute(db);
  const counted = await sql<{ n: number }>`select count(*) as n from ${from}`.execute(db);
  return {
    rows: counted.rows[0]!.n,
    first: rows.map(({ user_id, name, role, since }) => ({ id: user_id, name, role, since })),
  };
}

export interface PrivateRole {
  roleId: string;
  name: string;
  grants: number;
  people: number;
  first: (Person & { grants: number })[];
}

/** Who of the active users holds roles of these names, those with most grants first. */
export async function holdersOfRoles(
  db: Db,
  connection: number,
  names: readonly string[],
  limit: number,
): Promise<PrivateRole[]> {
  if (names.length === 0) return [];
  const roles = await db
    .selectFrom("role")
    .select(["role_id", "name"])
    .where("connection", "=", connection)
    .where("state", "=", "present")
    .where("name", "in", [...names])
    .orderBy("role_id")
    .execute();
  const found: PrivateRole[] = [];
  for (const { role_id, name } of roles) {
    const from = sql`user_role x
      join "user" u on u.connection = x.connection and u.user_id = x.user_id and u.status = 'active'
      where x.connection = ${connection} and x.role_id = ${role_id}`;
    const counted = await sql<{ people: number; grants: number | null }>`
      select count(*) as people, cast(sum(x.n) as bigint) as grants from ${from}`.execute(db);
    const { rows } = await sql<{ user_id: string; name: string | null; n: number }>`
      select u.user_id, u.name, x.n from ${from} order by x.n desc, u.user_id limit ${limit}`.execute(db);
    const { people, grants } = counted.rows[0]!;
    if (people === 0) continue;
    const first = rows.map((row) => ({ id: row.user_id, name: row.name, grants: row.n }));
    found.push({ roleId: role_id, name: name!, grants: grants ?? 0, people, first });
  }
  return found;
}

export interface ClosedJobs {
  grants: number;
  jobs: number;
  first: { jobId: string; name: string | null; grants: number }[];
}

/** Grants on jobs that are closed, those with most grants first. */
export async function grantsOnClosedJobs(db: Db, connection: number, limit: number): Promise<ClosedJobs> {
  const held = sql`
    select j.job_id, j.name, (select count(*) from job_grant g where g.connection = j.connection
      and g.job_id = j.job_id and g.state = 'present') as grants
    from job j where j.connection = ${connection} and j.status = 'closed' and j.state = 'present'`;
  const { rows } = await sql<{
    job_id: string;
    name: string | null;
    grants: number;
    all_grants: number;
    jobs: number;
  }>`
    with held as materialized (${held})
    select *, (select cast(sum(grants) as bigint) from held) as all_grants,
      (select count(*) from held where grants > 0) as jobs
    from held where grants > 0 order by grants desc, job_id limit ${limit}`.execute(db);
  return {
    grants: rows[0]?.all_grants ?? 0,
    jobs: rows[0]?.jobs ?? 0,
    first: rows.map(({ job_id, name, grants }) => ({ jobId: job_id, name, grants })),
  };
}
