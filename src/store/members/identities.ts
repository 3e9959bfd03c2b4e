/** Members as an issuer of OpenID Connect knows them. */
import { lockInstallation } from "../engine/engine.ts";
import type { Db, Tx } from "../store.ts";

export interface Identity {
  issuer: string;
  subject: string;
}

export async function memberByIdentity(db: Db | Tx, { issuer, subject }: Identity): Promise<number | null> {
  await lockInstallation(db, "members");
  const row = await db
    .selectFrom("identity")
    .select("member")
    .where("issuer", "=", issuer)
    .where("subject", "=", subject)
    .executeTakeFirst();
  return row?.member ?? null;
}

/** Does the issuer know this member already? */
export async function hasIdentity(db: Db | Tx, member: number, issuer: string): Promise<boolean> {
  const row = await db
    .selectFrom("identity")
    .select("subject")
    .where("member", "=", member)
    .where("issuer", "=", issuer)
    .executeTakeFirst();
  return row !== undefined;
}

export async function linkIdentity(
  tx: Tx,
  member: number,
  { issuer, subject }: Identity,
  now: number,
): Promise<void> {
  await tx.insertInto("identity").values({ issuer, subject, member, created_at: now }).execute();
}
