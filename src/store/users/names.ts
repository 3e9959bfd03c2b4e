import { sql } from "kysely";
import { given, idList } from "../engine/bulk.ts";
import { joinInOrder } from "../engine/engine.ts";
import type { Db, Tx } from "../store.ts";

const ID_COLUMNS = {
  user: "user_id",
  role: "role_id",
  department: "department_id",
  office: "office_id",
  job: "job_id",
} as const;
type NamedTable = keyof typeof ID_COLUMNS;

/** Names by id. An id that Greenhouse's list lacks is not in the answer; null: it has no name there. */
export async function namesOf(
  db: Db | Tx,
  connection: number,
  table: NamedTable,
  ids: Iterable<string>,
): Promise<Map<string, string | null>> {
  const wanted = [...new Set(ids)];
  if (wanted.length === 0) return new Map();
  const column = sql.ref(ID_COLUMNS[table]);
  const { rows } = await sql<{ row_id: string; name: string | null }>`
    select ${column} as row_id, name from ${sql.table(table)}
    where connection = ${connection} and ${column} in ${idList(wanted)}`.execute(db);
  return new Map(rows.map(({ row_id, name }) => [row_id, name]));
}

/** What the admin users of several connections are called, by connection, in one read; one whom no listing had is not among them. */
export async function adminNames(
  db: Db | Tx,
  connections: readonly { id: number; adminUserId: string | null }[],
): Promise<Map<number, string | null>> {
  const admins = connections.flatMap(({ id, adminUserId }) =>
    adminUserId === null ? [] : [[id, adminUserId]],
  );
  if (admins.length === 0) return new Map();
  const { rows } = await sql<{ connection: number; name: string | null }>`
    select u.connection as connection, u.name as name
    from ${given(db, { connection: "number", user_id: "id" }, admins)}
      ${joinInOrder} "user" u on u.connection = given.connection and u.user_id = given.user_id`.execute(db);
  return new Map(rows.map(({ connection, name }) => [connection, name]));
}

export interface HeldRole {
  userId: string;
  roleId: string;
  grants: number;
}

/** Roles in the present grants of these users, most grants first. */
export async function rolesHeldBy(
  db: Db | Tx,
  connection: number,
  userIds: readonly string[],
): Promise<HeldRole[]> {
  const { rows } = await sql<{ user_id: string; role_id: string; n: number }>`
    select user_id, role_id, n from user_role
    where connection = ${connection} and user_id in ${idList(userIds)} and role_id <> 0 and n > 0
    order by user_id, n desc, role_id`.execute(db);
  return rows.map(({ user_id, role_id, n }) => ({ userId: user_id, roleId: role_id, grants: n }));
}
