/** One-time codes: to claim a new installation, and to set a password. Only their hashes are stored. */
import type { Db, Tx } from "../store.ts";

/** Of `setting`. */
export const SETUP_CODE = "setup_code";

/** Replaces the one before. */
export async function saveSetupCode(tx: Tx, hash: Uint8Array, endsAt: number): Promise<void> {
  const value_json = JSON.stringify({ hash: Buffer.from(hash).toString("hex"), endsAt });
  await tx
    .insertInto("setting")
    .values({ name: SETUP_CODE, value_json })
    .onConflict((conflict) => conflict.column("name").doUpdateSet({ value_json }))
    .execute();
}

export async function setupCode(db: Db | Tx): Promise<{ hash: Buffer; endsAt: number } | null> {
  const row = await db
    .selectFrom("setting")
    .select("value_json")
    .where("name", "=", SETUP_CODE)
    .executeTakeFirst();
  if (!row) return null;
  const { hash, endsAt } = JSON.parse(row.value_json) as { hash: string; endsAt: number };
  return { hash: Buffer.from(hash, "hex"), endsAt };
}

export async function dropSetupCode(tx: Tx): Promise<void> {
  await tx.deleteFrom("setting").where("name", "=", SETUP_CODE).execute();
}

/** Replaces the codes that the member had before. */
export async function saveInvitation(
  tx: Tx,
  facts: { member: number; kind: "join" | "reset"; hash: Uint8Array; now: number; endsAt: number },
): Promise<void> {
  const { member, kind, hash, now, endsAt } = facts;
  await tx.deleteFrom("invitation").where("member", "=", member).execute();
  await tx
    .insertInto("invitation")
    .values({ member, kind, hash, created_at: now, ends_at: endsAt })
    .execute();
}

export async function invitationByHash(
  db: Db | Tx,
  hash: Uint8Array,
  now: number,
): Promise<{ id: number; member: number; kind: "join" | "reset" } | null> {
  const row = await db
    .selectFrom("invitation")
    .selectAll()
    .where("hash", "=", hash)
    .where("ends_at", ">", now)
    .executeTakeFirst();
  return row ? { id: row.invitation, member: row.member, kind: row.kind } : null;
}

export async function dropInvitations(tx: Tx, member: number): Promise<void> {
  await tx.deleteFrom("invitation").where("member", "=", member).execute();
}

/** false: used meanwhile. */
export async function spendInvitation(tx: Tx, invitation: number): Promise<boolean> {
  const { numDeletedRows } = await tx
    .deleteFrom("invitation")
    .where("invitation", "=", invitation)
    .executeTakeFirst();
  return numDeletedRows === 1n;
}
