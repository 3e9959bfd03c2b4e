/** What SCIM clients sign in with: good for the directory's SCIM endpoints alone. Only its hash is kept. */
import type { Db, Tx } from "../store.ts";

export interface ScimToken {
  id: number;
  name: string;
  madeBy: string;
  createdAt: number;
  lastUsedAt: number | null;
}

export async function listScimTokens(db: Db | Tx): Promise<ScimToken[]> {
  const rows = await db.selectFrom("scim_token").selectAll().orderBy("scim_token", "desc").execute();
  return rows.map(toToken);
}

export async function getScimToken(db: Db, id: number): Promise<ScimToken | null> {
  const row = await db.selectFrom("scim_token").selectAll().where("scim_token", "=", id).executeTakeFirst();
  return row ? toToken(row) : null;
}

export async function scimTokenByHash(db: Db, hash: Uint8Array): Promise<ScimToken | null> {
  const row = await db.selectFrom("scim_token").selectAll().where("hash", "=", hash).executeTakeFirst();
  return row ? toToken(row) : null;
}

export async function addScimToken(
  tx: Tx,
  { name, hash, madeBy, now }: { name: string; hash: Uint8Array; madeBy: string; now: number },
): Promise<number> {
  const { scim_token } = await tx
    .insertInto("scim_token")
    .values({ name, hash, made_by: madeBy, created_at: now, last_used_at: null })
    .returning("scim_token")
    .executeTakeFirstOrThrow();
  return scim_token;
}

export async function deleteScimToken(tx: Tx, id: number): Promise<void> {
  await tx.deleteFrom("scim_token").where("scim_token", "=", id).execute();
}

export async function touchScimToken(tx: Tx, id: number, now: number): Promise<void> {
  await tx.updateTable("scim_token").set({ last_used_at: now }).where("scim_token", "=", id).execute();
}

/** When any client last spoke. */
export async function lastScimUse(db: Db): Promise<number | null> {
  const { last } = await db
    .selectFrom("scim_token")
    .select((eb) => eb.fn.max("last_used_at").as("last"))
    .executeTakeFirstOrThrow();
  return last as number | null;
}

function toToken(row: {
  scim_token: number;
  name: string;
  made_by: string;
  created_at: number;
  last_used_at: number | null;
}): ScimToken {
  const { scim_token, name, made_by, created_at, last_used_at } = row;
  return { id: scim_token, name, madeBy: made_by, createdAt: created_at, lastUsedAt: last_used_at };
}
