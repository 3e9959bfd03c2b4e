/** Which users have confirmed an address: the nearest thing to "has signed in" that Greenhouse tells. */
import { sql } from "kysely";
import { idList } from "./bulk.ts";
import type { Db, Tx } from "./store.ts";

/** Is at least one of a user's addresses confirmed? Of whom no address was listed, nothing is told. */
export async function confirmedAddresses(
  db: Db | Tx,
  connection: number,
  userIds: readonly string[],
): Promise<Map<string, boolean>> {
  if (userIds.length === 0) return new Map();
  const { rows } = await sql<{ user_id: string; verified: number }>`
    select user_id, max(verified) as verified from user_email
    where connection = ${connection} and user_id in ${idList(userIds)} and state = 'present'
    group by user_id`.execute(db);
  return new Map(rows.map(({ user_id, verified }) => [user_id, Number(verified) === 1]));
}
