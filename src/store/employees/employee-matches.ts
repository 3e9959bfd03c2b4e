/** Who of the directory is which user of a connection: counted anew when either has changed, and once for all who look. */
import { type RawBuilder, sql } from "kysely";
import { idList } from "../engine/bulk.ts";
import { jsonMembers, lockConnection } from "../engine/engine.ts";
import { judgeAgain } from "../findings/findings.ts";
import type { Db, Store, Tx } from "../store.ts";
import { foldCase } from "./employee-sql.ts";

/** The same as `isSettled` of model/employees/employee.ts; employee-matches.test.ts holds them together. */
const SETTLED = sql`case when rung = 0 or (employees = 1 and rung = best_of_employee and users = 1) then 1 else 0 end`;

/** Counts anew if anything has changed since it was counted. Call it before whatever reads matches. */
export async function freshMatches({ read, write }: Store, connection: number): Promise<void> {
  if (await isFresh(read, connection)) return;
  await write(async (tx) => {
    await lockConnection(tx, connection);
    if (!(await isFresh(tx, connection))) await countMatches(tx, connection);
  });
}

async function isFresh(db: Db | Tx, connection: number): Promise<boolean> {
  const state = await db
    .selectFrom("employee_match_state")
    .select("stale")
    .where("connection", "=", connection)
    .executeTakeFirst();
  return state?.stale === 0;
}

/** Users or their addresses have changed. */
export async function matchesStale(tx: Tx, connection: number): Promise<void> {
  await tx
    .updateTable("employee_match_state")
    .set({ stale: 1 })
    .where("connection", "=", connection)
    .where("stale", "=", 0)
    .execute();
}

/** The directory has changed. */
export async function allMatchesStale(tx: Tx): Promise<void> {
  await judgeAgain(tx, "left_but_active", null);
  await tx.updateTable("employee_match_state").set({ stale: 1 }).where("stale", "=", 0).execute();
}

/**
 * For each user the first way by which anybody fits decides (MATCH_WAYS of model/employees/employee.ts); each pair keeps how many
 * others fit, so that its doubt can be told.
 */
async function countMatches(tx: Tx, connection: number): Promise<void> {
  await tx.deleteFrom("employee_match").where("connection", "=", connection).execute();
  const linked = sql`exists (select 1 from employee_link l where l.connection = ${connection}
    and l.user_id = u.user_id)`;
  await sql`
    insert into employee_match (connection, user_id, employee, rung, match_key, employees, best_of_employee, users, settled)
    with address as materialized (${addressesOf(connection)}),
    pair as (
      select l.user_id, l.employee, 0 as rung, '' as match_key from employee_link l
        where l.connection = ${connection} and l.employee is not null
      union all select u.user_id, e.employee, 1, e.number from "user" u
        join employee e on e.number_key = ${foldCase(sql`trim(u.employee)`)}
        where u.connection = ${connection} and u.employee is not null and not ${linked}
      union all select u.user_id, m.employee, 2, min(m.email) from address u
        join employee_email m on m.email_key = u.email_key
        where not ${linked} group by u.user_id, m.employee),
    first_way as (select pair.*, min(rung) over (partition by user_id) as best from pair),
    chosen as (select user_id, employee, rung, match_key from first_way where rung = best),
    counted as (
      select chosen.*, count(*) over (partition by user_id) as employees,
        min(rung) over (partition by employee) as best_of_employee,
        count(*) over (partition by employee, rung) as users from chosen)
    select ${connection}, user_id, employee, rung, match_key, employees, best_of_employee, users, ${SETTLED}
    from counted`.execute(tx);
  await sql`
    insert into employee_match_state (connection, stale, generation) values (${connection}, 0, 1)
    on conflict (connection) do update set stale = 0, generation = employee_match_state.generation + 1`.execute(
    tx,
  );
}

/** Every address that a user is known by. */
function addressesOf(connection: number): RawBuilder<unknown> {
  return sql`
    select user_id, ${foldCase(sql`trim(email)`)} as email_key from "user"
      where connection = ${connection} and email is not null
    union select u.user_id, ${foldCase(sql`trim(j.value)`)} from "user" u, ${jsonMembers(sql`u.emails_json`)} j
      where u.connection = ${connection}
    union select user_id, ${foldCase(sql`trim(email)`)} from user_email
      where connection = ${connection} and state = 'present'`;
}

export interface Match {
  userId: string;
  employee: number;
  rung: number;
  /** The employee ID or address that both have. */
  key: string;
  employees: number;
  bestOfEmployee: number;
  users: number;
  settled: boolean;
  link: { by: string; at: number } | null;
}

interface MatchRow {
  user_id: string;
  employee: number;
  rung: number;
  match_key: string;
  employees: number;
  best_of_employee: number;
  users: number;
  settled: number;
  by_name: string | null;
  at: number | null;
}

const matches = (connection: number, where: RawBuilder<unknown>) => sql<MatchRow>`
  select m.user_id, m.employee, m.rung, m.match_key, m.employees, m.best_of_employee, m.users, m.settled, l.by_name, l.at
  from employee_match m left join employee_link l on l.connection = m.connection and l.user_id = m.user_id
  where m.connection = ${connection} and ${where} order by m.user_id, m.employee`;

export async function matchesOfUsers(db: Db, connection: number, users: readonly string[]): Promise<Match[]> {
  if (users.length === 0) return [];
  return toMatches(await matches(connection, sql`m.user_id in ${idList(users)}`).execute(db));
}

export async function matchesOfEmployees(
  db: Db,
  connection: number,
  employees: readonly number[],
): Promise<Match[]> {
  if (employees.length === 0) return [];
  const among = idList(employees.map(String));
  return toMatches(await matches(connection, sql`m.employee in ${among}`).execute(db));
}

function toMatches({ rows }: { rows: MatchRow[] }): Match[] {
  return rows.map((row) => ({
    userId: row.user_id,
    employee: row.employee,
    rung: row.rung,
    key: row.match_key,
    employees: row.employees,
    bestOfEmployee: row.best_of_employee,
    users: row.users,
    settled: row.settled === 1,
    link: row.rung === 0 && row.by_name !== null ? { by: row.by_name, at: row.at! } : null,
  }));
}

/** What a person has said of a user: who they are, or that they are nobody of the directory (null). */
export interface HandLink {
  userId: string;
  employee: number | null;
  by: string;
  at: number;
}

export async function linksOf(db: Db, connection: number, users: readonly string[]): Promise<HandLink[]> {
  if (users.length === 0) return [];
  const { rows } = await sql<{ user_id: string; employee: number | null; by_name: string; at: number }>`
    select user_id, employee, by_name, at from employee_link
    where connection = ${connection} and user_id in ${idList(users)}`.execute(db);
  return rows.map(({ user_id, employee, by_name, at }) => ({ userId: user_id, employee, by: by_name, at }));
}

export async function linkUser(tx: Tx, connection: number, link: HandLink): Promise<void> {
  await judgeAgain(tx, "left_but_active", connection);
  await lockConnection(tx, connection);
  await sql`
    insert into employee_link (connection, user_id, employee, by_name, at)
    values (${connection}, ${link.userId}, ${link.employee}, ${link.by}, ${link.at})
    on conflict (connection, user_id) do update set employee = excluded.employee, by_name = excluded.by_name,
      at = excluded.at`.execute(tx);
  await matchesStale(tx, connection);
}

/** @returns whether there was a link */
export async function unlinkUser(tx: Tx, connection: number, userId: string): Promise<boolean> {
  await judgeAgain(tx, "left_but_active", connection);
  await lockConnection(tx, connection);
  const { numDeletedRows } = await tx
    .deleteFrom("employee_link")
    .where("connection", "=", connection)
    .where("user_id", "=", userId)
    .executeTakeFirst();
  await matchesStale(tx, connection);
  return numDeletedRows > 0n;
}
