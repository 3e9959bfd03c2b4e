import type { MemberRole } from "../model/member.ts";
import type { Db, Tx } from "./store.ts";

export interface ApiToken {
  id: number;
  member: number;
  name: string;
  role: MemberRole;
  createdAt: number;
  endsAt: number | null;
  lastUsedAt: number | null;
}

/** One that has not expired. */
export async function apiTokenByHash(db: Db, hash: Uint8Array, now: number): Promise<ApiToken | null> {
  const row = await db
    .selectFrom("api_token")
    .selectAll()
    .where("hash", "=", hash)
    .where((where) => where.or([where("ends_at", "is", null), where("ends_at", ">", now)]))
    .executeTakeFirst();
  if (!row) return null;
  const { api_token: id, member, name, role, created_at, ends_at, last_used_at } = row;
  return { id, member, name, role, createdAt: created_at, endsAt: ends_at, lastUsedAt: last_used_at };
}

export async function createApiToken(
  tx: Tx,
  facts: {
    member: number;
    name: string;
    role: MemberRole;
    hash: Uint8Array;
    now: number;
    endsAt: number | null;
  },
): Promise<number> {
  const { member, name, role, hash, now, endsAt } = facts;
  const { api_token } = await tx
    .insertInto("api_token")
    .values({ member, name, role, hash, created_at: now, ends_at: endsAt })
    .returning("api_token")
    .executeTakeFirstOrThrow();
  return api_token;
}

export async function touchApiToken(tx: Tx, token: number, now: number): Promise<void> {
  await tx.updateTable("api_token").set({ last_used_at: now }).where("api_token", "=", token).execute();
}
