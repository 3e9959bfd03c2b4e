/** Passkeys: the public halves of keys that members hold on their devices. */
import type { Selectable } from "kysely";
import type { Schema } from "../schema.ts";
import type { Db, Tx } from "../store.ts";

export interface Passkey {
  id: number;
  member: number;
  /** What the device knows the key by. */
  credential: Uint8Array;
  publicKey: Uint8Array;
  /** What the device knows its owner by. */
  userHandle: Uint8Array;
  /** Of its last use; it never goes back, or a copy is about. 0: the device doesn't count. */
  counter: number;
  transports: string[];
  /** Kept by the account of a password manager or system, and so on several devices. */
  synced: boolean;
  name: string;
  createdAt: number;
  lastUsedAt: number | null;
}

/** null: this key is stored already. */
export async function addPasskey(
  tx: Tx,
  passkey: Omit<Passkey, "id" | "lastUsedAt">,
): Promise<number | null> {
  const { member, credential, publicKey, userHandle, counter, transports, synced, name, createdAt } = passkey;
  const row = await tx
    .insertInto("passkey")
    .values({
      member,
      credential,
      public_key: publicKey,
      user_handle: userHandle,
      counter,
      transports_json: JSON.stringify(transports),
      synced: synced ? 1 : 0,
      name,
      created_at: createdAt,
    })
    .onConflict((conflict) => conflict.column("credential").doNothing())
    .returning("passkey")
    .executeTakeFirst();
  return row?.passkey ?? null;
}

/** Oldest first. */
export async function passkeysOf(db: Db | Tx, member: number): Promise<Passkey[]> {
  const rows = await db
    .selectFrom("passkey")
    .selectAll()
    .where("member", "=", member)
    .orderBy("passkey")
    .execute();
  return rows.map(toPasskey);
}

export async function passkeyByCredential(db: Db | Tx, credential: Uint8Array): Promise<Passkey | null> {
  const row = await db
    .selectFrom("passkey")
    .selectAll()
    .where("credential", "=", credential)
    .executeTakeFirst();
  return row ? toPasskey(row) : null;
}

export async function anyPasskey(db: Db | Tx): Promise<boolean> {
  return (await db.selectFrom("passkey").select("passkey").limit(1).executeTakeFirst()) !== undefined;
}

/** false: it was used or removed since it was read. */
export async function notePasskeyUse(
  tx: Tx,
  { id, counter }: Passkey,
  next: { counter: number; synced: boolean },
  now: number,
): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable("passkey")
    .set({ counter: next.counter, synced: next.synced ? 1 : 0, last_used_at: now })
    .where("passkey", "=", id)
    .where("counter", "=", counter)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

/** false: the member has no such passkey. */
export async function renamePasskey(tx: Tx, member: number, passkey: number, name: string): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable("passkey")
    .set({ name })
    .where("member", "=", member)
    .where("passkey", "=", passkey)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

/** false: the member has no such passkey. */
export async function removePasskey(tx: Tx, member: number, passkey: number): Promise<boolean> {
  const { numDeletedRows } = await tx
    .deleteFrom("passkey")
    .where("member", "=", member)
    .where("passkey", "=", passkey)
    .executeTakeFirst();
  return numDeletedRows === 1n;
}

export async function removePasskeys(tx: Tx, member: number): Promise<void> {
  await tx.deleteFrom("passkey").where("member", "=", member).execute();
}

function toPasskey(row: Selectable<Schema["passkey"]>): Passkey {
  return {
    id: row.passkey,
    member: row.member,
    credential: row.credential,
    publicKey: row.public_key,
    userHandle: row.user_handle,
    counter: row.counter,
    transports: JSON.parse(row.transports_json) as string[],
    synced: row.synced === 1,
    name: row.name,
    createdAt: row.created_at,
    lastUsedAt: row.last_used_at,
  };
}
