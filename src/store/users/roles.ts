import { sql } from "kysely";
import { searchable } from "../../model/text.ts";
import type { Db, Tx } from "../store.ts";

export interface RoleRow {
  id: string;
  name: string | null;
  type: string | null;
  /** Greenhouse's list has it. */
  inList: boolean;
  users: number;
  grants: number;
  firstSeenAt: number | null;
}

/**
 * Every role that Greenhouse lists or a present grant names, by name (those without one last) and id. There are dozens,
 * so all come at once.
 */
export async function allRoles(db: Db | Tx, connection: number, search: string | null): Promise<RoleRow[]> {
  const { rows } = await sql<{
    role_id: string;
    name: string | null;
    type: string | null;
    state: string | null;
    first_seen_at: number | null;
    users: number;
    grants: number;
  }>`
    with held as (
      select role_id, count(*) as users, sum(n) as grants from user_role
      where connection = ${connection} and role_id <> 0 and n > 0 group by role_id),
    known as (select role_id from held union select role_id from role where connection = ${connection} and state = 'present')
    select k.role_id, r.name, r.type, r.state, r.first_seen_at, coalesce(h.users, 0) as users,
      coalesce(h.grants, 0) as grants
    from known k left join held h on h.role_id = k.role_id
      left join role r on r.connection = ${connection} and r.role_id = k.role_id
    order by r.name is null, lower(r.name), k.role_id`.execute(db);
  const wanted = search === null ? "" : searchable(search);
  return rows
    .map((row) => ({
      id: row.role_id,
      name: row.name,
      type: row.type,
      inList: row.state === "present",
      users: row.users,
      grants: row.grants,
      firstSeenAt: row.first_seen_at,
    }))
    .filter(({ id, name }) => wanted === "" || id === wanted || searchable(name ?? "").includes(wanted));
}
