import { sql } from "kysely";
import type { Member, MemberRole } from "../../model/member.ts";
import { addressKey } from "../../model/text.ts";
import { removeDestinationsOf } from "../alerts/destinations.ts";
import { lockInstallation } from "../engine/engine.ts";
import { disown } from "../findings/findings.ts";
import { type Seal, SealBroken, type SealedFor } from "../secrets/seal.ts";
import type { Db, Tx } from "../store.ts";

/** Another member has this e-mail address. */
export class EmailTaken extends Error {
  override name = "EmailTaken";
}

/** Is there a member? Until the first one nobody can sign in. */
export async function isClaimed(db: Db | Tx): Promise<boolean> {
  await lockInstallation(db, "members");
  return (await db.selectFrom("member").select("member").limit(1).executeTakeFirst()) !== undefined;
}

/** What a removed member left (trail, shared views) is never taken for a new member's. */
const NEVER_USED = sql<number>`(select 1 + coalesce(max(used), 0) from (select max(member) as used from member
  union all select max(member) from trail union all select max(owner) from saved_view) as everywhere)`;

/** @throws EmailTaken */
export async function createMember(
  tx: Tx,
  facts: { email: string; name: string; role: MemberRole | null; password: string | null; now: number },
): Promise<number> {
  const { email, name, role, password, now } = facts;
  if (await memberByEmail(tx, email)) throw new EmailTaken(`${email} is a member already.`);
  const { member } = await tx
    .insertInto("member")
    .values({
      member: NEVER_USED,
      email: email.trim(),
      email_key: addressKey(email),
      name,
      role,
      password,
      created_at: now,
    })
    .returning("member")
    .executeTakeFirstOrThrow();
  return member;
}

export async function getMember(db: Db | Tx, id: number): Promise<Member | null> {
  const row = await db.selectFrom("member").selectAll().where("member", "=", id).executeTakeFirst();
  if (!row) return null;
  const limited = await db
    .selectFrom("member_connection")
    .select("connection")
    .where("member", "=", id)
    .orderBy("connection")
    .execute();
  return {
    id: row.member,
    email: row.email,
    name: row.name,
    role: row.role,
    secondFactor: row.totp_on === 1,
    hasPassword: row.password !== null,
    connections:
      row.limited === 0 || row.role === "admin" ? null : limited.map(({ connection }) => connection),
    createdAt: row.created_at,
    lastSeenAt: row.last_seen_at,
  };
}

export async function memberByEmail(db: Db | Tx, email: string): Promise<Member | null> {
  await lockInstallation(db, "members");
  const row = await db
    .selectFrom("member")
    .select("member")
    .where("email_key", "=", addressKey(email))
    .executeTakeFirst();
  return row ? getMember(db, row.member) : null;
}

/** As passwords are kept by src/access/password.ts. */
export async function passwordOf(db: Db | Tx, member: number): Promise<string | null> {
  const row = await db
    .selectFrom("member")
    .select("password")
    .where("member", "=", member)
    .executeTakeFirst();
  return row?.password ?? null;
}

/** Is this still the password? Until the transaction ends nobody changes it. */
export async function holdPassword(tx: Tx, member: number, password: string | null): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable("member")
    .set({ password })
    .where("member", "=", member)
    .where("password", "=", password)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

export async function setPassword(tx: Tx, member: number, password: string): Promise<void> {
  await tx.updateTable("member").set({ password }).where("member", "=", member).execute();
}

export async function setName(tx: Tx, member: number, name: string): Promise<void> {
  await tx.updateTable("member").set({ name }).where("member", "=", member).execute();
}

export async function setRole(tx: Tx, member: number, role: MemberRole | null): Promise<void> {
  await tx.updateTable("member").set({ role }).where("member", "=", member).execute();
}

/** Is there an admin beside this member who has ever been here? One who was only invited may never come. */
export async function hasOtherAdmin(tx: Tx, member: number): Promise<boolean> {
  await lockInstallation(tx, "members");
  const other = await tx
    .selectFrom("member")
    .select("member")
    .where("role", "=", "admin")
    .where("member", "!=", member)
    .where("last_seen_at", "is not", null)
    .limit(1)
    .executeTakeFirst();
  return other !== undefined;
}

/** With everything that is theirs alone. Shared views and the trail stay. */
export async function deleteMember(tx: Tx, member: number): Promise<void> {
  await disown(tx, member);
  await removeDestinationsOf(tx, member);
  await tx.deleteFrom("saved_view").where("owner", "=", member).where("shared", "=", 0).execute();
  for (const table of OF_A_MEMBER) await tx.deleteFrom(table).where("member", "=", member).execute();
}
const OF_A_MEMBER = [
  "session",
  "api_token",
  "recovery_code",
  "invitation",
  "member_connection",
  "credential_link",
  "member",
] as const;

/** null: all of them. A limited member whose last connection is deleted sees none. */
export async function limitMember(
  tx: Tx,
  member: number,
  connections: readonly number[] | null,
): Promise<void> {
  const limited = connections === null ? 0 : 1;
  await tx.updateTable("member").set({ limited }).where("member", "=", member).execute();
  await tx.deleteFrom("member_connection").where("member", "=", member).execute();
  if (connections === null || connections.length === 0) return;
  await tx
    .insertInto("member_connection")
    .values([...new Set(connections)].map((connection) => ({ member, connection })))
    .execute();
}

// --- the second factor

export const totpSealedFor = (member: number): SealedFor => ({
  connection: `member ${member}`,
  field: "totp",
});

/** A secret that counts only once confirmed. */
export async function beginTotp(tx: Tx, seal: Seal, member: number, secret: string): Promise<void> {
  const { keyVersion, value } = seal.seal(secret, totpSealedFor(member));
  await tx
    .updateTable("member")
    .set({ totp_key_version: keyVersion, totp_value: value, totp_on: 0, totp_step: 0 })
    .where("member", "=", member)
    .execute();
}

/** null: none, or sealed with a key that isn't here. `step`: the last one that was used. */
export async function totpOf(
  db: Db | Tx,
  seal: Seal,
  member: number,
): Promise<{ secret: string; step: number; on: boolean } | null> {
  const row = await db.selectFrom("member").selectAll().where("member", "=", member).executeTakeFirst();
  if (!row || row.totp_value === null || row.totp_key_version === null) return null;
  try {
    const sealed = { keyVersion: row.totp_key_version, value: row.totp_value };
    const plain = seal.open(sealed, totpSealedFor(member));
    return { secret: Buffer.from(plain).toString(), step: row.totp_step, on: row.totp_on === 1 };
  } catch (error) {
    if (error instanceof SealBroken) return null;
    throw error;
  }
}

/** false: this step, or a later one, was used before. */
export async function spendTotpStep(tx: Tx, member: number, step: number): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable("member")
    .set({ totp_step: step })
    .where("member", "=", member)
    .where("totp_step", "<", step)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

/** Switches the second factor on, with these recovery codes. */
export async function switchTotpOn(tx: Tx, member: number, codes: readonly Uint8Array[]): Promise<void> {
  await tx.updateTable("member").set({ totp_on: 1 }).where("member", "=", member).execute();
  await tx.deleteFrom("recovery_code").where("member", "=", member).execute();
  await tx
    .insertInto("recovery_code")
    .values(codes.map((hash) => ({ member, hash })))
    .execute();
}

export async function removeTotp(tx: Tx, member: number): Promise<void> {
  await tx
    .updateTable("member")
    .set({ totp_key_version: null, totp_value: null, totp_on: 0, totp_step: 0 })
    .where("member", "=", member)
    .execute();
  await tx.deleteFrom("recovery_code").where("member", "=", member).execute();
}

/** false: no such code, or used before. */
export async function spendRecoveryCode(tx: Tx, member: number, hash: Uint8Array): Promise<boolean> {
  const { numDeletedRows } = await tx
    .deleteFrom("recovery_code")
    .where("member", "=", member)
    .where("hash", "=", hash)
    .executeTakeFirst();
  return numDeletedRows === 1n;
}
