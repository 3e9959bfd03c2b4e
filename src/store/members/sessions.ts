import { sql } from "kysely";
import type { SignInWay } from "../../model/member.ts";
import type { Db, Tx } from "../store.ts";

export interface SessionRow {
  id: number;
  member: number;
  createdAt: number;
  lastSeenAt: number;
  /** At the latest; unused it ends before. */
  endsAt: number;
  ip: string | null;
  agent: string | null;
  way: SignInWay;
}

export async function createSession(
  tx: Tx,
  facts: {
    member: number;
    hash: Uint8Array;
    now: number;
    endsAt: number;
    ip: string | null;
    agent: string | null;
    way?: SignInWay;
  },
): Promise<number> {
  const { member, hash, now, endsAt, ip, agent, way = "password" } = facts;
  await tx.deleteFrom("session").where("ends_at", "<=", now).execute();
  await tx.updateTable("member").set({ last_seen_at: now }).where("member", "=", member).execute();
  const { session } = await tx
    .insertInto("session")
    .values({ member, hash, created_at: now, last_seen_at: now, ends_at: endsAt, ip, agent, way })
    .returning("session")
    .executeTakeFirstOrThrow();
  await sql`delete from session where member = ${member} and session not in (
    select session from session where member = ${member} order by last_seen_at desc, session desc limit ${MOST_OF_A_MEMBER})`.execute(
    tx,
  );
  return session;
}

/** At once. Of more the one that was unused longest ends. */
const MOST_OF_A_MEMBER = 50;

/** Those that still live. */
export interface Living {
  now: number;
  idleMs: number;
}

export async function sessionByHash(db: Db, hash: Uint8Array, living: Living): Promise<SessionRow | null> {
  const row = await alive(db, living).where("hash", "=", hash).executeTakeFirst();
  return row ? sessionOf(row) : null;
}

/** Newest first. */
export async function sessionsOf(db: Db, member: number, living: Living): Promise<SessionRow[]> {
  const rows = await alive(db, living).where("member", "=", member).orderBy("session", "desc").execute();
  return rows.map(sessionOf);
}

function alive(db: Db, { now, idleMs }: Living) {
  return db
    .selectFrom("session")
    .selectAll()
    .where("ends_at", ">", now)
    .where("last_seen_at", ">", now - idleMs);
}

type Row = Awaited<ReturnType<ReturnType<typeof alive>["executeTakeFirstOrThrow"]>>;
function sessionOf(row: Row): SessionRow {
  const { session, member, created_at, last_seen_at, ends_at, ip, agent, way } = row;
  const times = { createdAt: created_at, lastSeenAt: last_seen_at, endsAt: ends_at };
  return { id: session, member, ...times, ip, agent, way };
}

/** How it was opened, or what was shown since. Of one that has ended nothing is known. */
export async function wayOf(db: Db | Tx, session: number): Promise<SignInWay> {
  const row = await db.selectFrom("session").select("way").where("session", "=", session).executeTakeFirst();
  return row?.way ?? "password";
}

export async function setWay(tx: Tx, session: number, way: SignInWay): Promise<void> {
  await tx.updateTable("session").set({ way }).where("session", "=", session).execute();
}

export async function touchSession(tx: Tx, session: number, member: number, now: number): Promise<void> {
  await tx.updateTable("session").set({ last_seen_at: now }).where("session", "=", session).execute();
  await tx.updateTable("member").set({ last_seen_at: now }).where("member", "=", member).execute();
}

/** false: the member has no such session. */
export async function endSession(tx: Tx, member: number, session: number): Promise<boolean> {
  const { numDeletedRows } = await tx
    .deleteFrom("session")
    .where("member", "=", member)
    .where("session", "=", session)
    .executeTakeFirst();
  return numDeletedRows === 1n;
}

/** How many. @param but this one stays */
export async function endSessions(tx: Tx, member: number, but: number | null = null): Promise<number> {
  let ending = tx.deleteFrom("session").where("member", "=", member);
  if (but !== null) ending = ending.where("session", "!=", but);
  return Number((await ending.executeTakeFirst()).numDeletedRows);
}
