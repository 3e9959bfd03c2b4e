import { sql } from "kysely";
import type { MemberRole } from "../../model/member.ts";
import { lockInstallation } from "../engine/engine.ts";
import type { Db, Tx } from "../store.ts";

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
  return row ? toToken(row) : null;
}

/** Newest first, expired ones too. @param member null: everybody's */
export async function listApiTokens(db: Db, member: number | null): Promise<ApiToken[]> {
  let query = db
    .selectFrom("api_token")
    .selectAll()
    .orderBy("created_at", "desc")
    .orderBy("api_token", "desc");
  if (member !== null) query = query.where("member", "=", member);
  return (await query.execute()).map(toToken);
}

export async function getApiToken(db: Db | Tx, id: number): Promise<ApiToken | null> {
  const row = await db.selectFrom("api_token").selectAll().where("api_token", "=", id).executeTakeFirst();
  return row ? toToken(row) : null;
}

type Row = {
  api_token: number;
  member: number;
  name: string;
  role: MemberRole;
  created_at: number;
  ends_at: number | null;
  last_used_at: number | null;
};
function toToken({ api_token: id, member, name, role, created_at, ends_at, last_used_at }: Row): ApiToken {
  return { id, member, name, role, createdAt: created_at, endsAt: ends_at, lastUsedAt: last_used_at };
}

/** Has the member a token of this name that has not expired? */
export async function hasApiToken(tx: Tx, member: number, name: string, now: number): Promise<boolean> {
  await lockInstallation(tx, "members");
  const row = await tx
    .selectFrom("api_token")
    .select("api_token")
    .where("member", "=", member)
    .where("name", "=", name)
    .where((where) => where.or([where("ends_at", "is", null), where("ends_at", ">", now)]))
    .executeTakeFirst();
  return row !== undefined;
}

export async function deleteApiToken(tx: Tx, id: number): Promise<void> {
  await tx.deleteFrom("api_token").where("api_token", "=", id).execute();
}

/** What the trail says of a revoked token is never taken for a new one's. */
const NEVER_USED = sql<number>`(select 1 + coalesce(max(used), 0) from (select max(api_token) as used from api_token
  union all select max(api_token) from trail) as everywhere)`;

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
    .values({ api_token: NEVER_USED, member, name, role, hash, created_at: now, ends_at: endsAt })
    .returning("api_token")
    .executeTakeFirstOrThrow();
  return api_token;
}

export async function touchApiToken(tx: Tx, token: number, now: number): Promise<void> {
  await tx.updateTable("api_token").set({ last_used_at: now }).where("api_token", "=", token).execute();
}
