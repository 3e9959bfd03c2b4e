/** Users' addresses and which are confirmed: the nearest thing to "has signed in" that Greenhouse tells. */
import { sql } from "kysely";
import { idList } from "../engine/bulk.ts";
import type { Db, Tx } from "../store.ts";
import { addressesListed } from "./user-sql.ts";

export interface Address {
  email: string;
  /** null: Greenhouse doesn't tell. */
  confirmed: boolean | null;
}

/** All of a user's addresses: as listed with the user, then others that were never confirmed. */
export async function addressesOf(
  db: Db | Tx,
  connection: number,
  user: { id: string; emails: readonly string[] },
): Promise<Address[]> {
  const { rows } = await sql<{ email: string; verified: number }>`
    select email, verified from user_email
    where connection = ${connection} and user_id = ${user.id} and state = 'present'
    order by verified desc, email_id`.execute(db);
  const found = new Map(user.emails.map((email) => [email.toLowerCase(), { email } as Address]));
  for (const { email, verified } of rows) {
    const key = email.toLowerCase();
    const known = found.get(key);
    // The same address may be listed twice: one that was confirmed is enough.
    found.set(key, { email: known?.email ?? email, confirmed: known?.confirmed || verified === 1 });
  }
  return [...found.values()].map(({ email, confirmed = null }) => ({ email, confirmed }));
}

/**
 * Is at least one of a user's addresses confirmed? Of whom no address was listed, nothing is told; nor is it that none is
 * confirmed before their list was read completely.
 */
export async function confirmedAddresses(
  db: Db | Tx,
  connection: number,
  userIds: readonly string[],
): Promise<Map<string, boolean>> {
  if (userIds.length === 0) return new Map();
  const { rows } = await sql<{ user_id: string; verified: number }>`
    select user_id, max(verified) as verified from user_email
    where connection = ${connection} and user_id in ${idList(userIds)} and state = 'present'
    group by user_id having max(verified) = 1 or ${addressesListed(connection)}`.execute(db);
  return new Map(rows.map(({ user_id, verified }) => [user_id, Number(verified) === 1]));
}
