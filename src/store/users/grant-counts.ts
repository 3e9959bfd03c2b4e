/**
 * How many grants each user holds, by role and in all: kept with every change of a grant, in its transaction; during a
 * stream's first listing counted once, at its end (counting page by page writes twice as much).
 */
import { sql } from "kysely";
import type { FutureJobGrantRecord, JobGrantRecord } from "../../model/records.ts";
import type { GrantStream, ListStream } from "../../model/stream.ts";
import { deleteRows, idList, insertRows, updateRows } from "../engine/bulk.ts";
import { layoutOf } from "../listings/rows.ts";
import type { Tx } from "../store.ts";

type Grant = Pick<JobGrantRecord | FutureJobGrantRecord, "userId" | "roleId">;

/** Stands for a grant whose role Greenhouse didn't tell. */
const NO_ROLE = "0";

export class GrantCounts {
  readonly #byRole = new Map<string, { userId: string; roleId: string; n: number }>();
  readonly #byUser = new Map<string, number>();

  count(grant: Grant, n: 1 | -1): void {
    const roleId = grant.roleId ?? NO_ROLE;
    const key = `${grant.userId} ${roleId}`;
    const found = this.#byRole.get(key);
    if (found) found.n += n;
    else this.#byRole.set(key, { userId: grant.userId, roleId, n });
    this.#byUser.set(grant.userId, (this.#byUser.get(grant.userId) ?? 0) + n);
  }

  async save(tx: Tx, connection: number, stream: GrantStream): Promise<void> {
    const byRole = [...this.#byRole.values()].filter((each) => each.n !== 0);
    await insertRows(
      tx,
      "user_role",
      ["connection", "user_id", "role_id", "n"],
      byRole.map(({ userId, roleId, n }) => [connection, userId, roleId, n]),
      "(connection, user_id, role_id) do update set n = user_role.n + excluded.n",
    );
    await deleteRows(
      tx,
      "user_role",
      ["connection", "user_id", "role_id"],
      byRole.filter(({ n }) => n < 0).map(({ userId, roleId }) => [connection, userId, roleId]),
      "t.n = 0",
    );
    await updateRows(tx, "user", ["connection", "user_id"], [`${stream} = t.${stream} + $${stream}`], {
      names: [stream, "connection", "user_id"],
      rows: [...this.#byUser].filter(([, n]) => n !== 0).map(([userId, n]) => [n, connection, userId]),
    });
  }
}

export function isGrants(stream: ListStream): stream is GrantStream {
  return stream === "job_grants" || stream === "future_job_grants";
}

/** At the end of a stream's first listing, none of whose grants has been counted by role. */
export async function countFirstListing(tx: Tx, connection: number, stream: GrantStream): Promise<void> {
  const present = sql`${sql.table(layoutOf(stream).table)} where connection = ${connection} and state = 'present'`;
  await sql`
    insert into user_role (connection, user_id, role_id, n)
    select connection, user_id, coalesce(role_id, ${sql.lit(Number(NO_ROLE))}), count(*) from ${present} group by 1, 2, 3
    on conflict (connection, user_id, role_id) do update set n = user_role.n + excluded.n`.execute(tx);
  const column = sql.ref(stream);
  await sql`update "user" set ${column} = 0 where connection = ${connection} and ${column} <> 0`.execute(tx);
  await sql`
    update "user" set ${column} = n
    from (select user_id, count(*) as n from ${present} group by user_id) as g
    where "user".connection = ${connection} and "user".user_id = g.user_id`.execute(tx);
}

/** For users who are stored after their grants. */
export async function countGrantsOf(tx: Tx, connection: number, userIds: readonly string[]): Promise<void> {
  const present = (table: "job_grant" | "future_job_grant") => sql`(
    select count(*) from ${sql.table(table)} as g
    where g.connection = ${connection} and g.user_id = "user".user_id and g.state = 'present')`;
  await sql`
    update "user" set job_grants = ${present("job_grant")}, future_job_grants = ${present("future_job_grant")}
    where connection = ${connection} and user_id in ${idList(userIds)}`.execute(tx);
}
