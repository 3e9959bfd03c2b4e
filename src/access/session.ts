/** Sessions of a browser, and API tokens: how a request tells who asks. */
import { type Actor, lowerRole, type Member, type MemberRole, type SignInWay } from "../model/member.ts";
import { apiTokenByHash, touchApiToken } from "../store/members/api-tokens.ts";
import { getMember } from "../store/members/members.ts";
import {
  createSession,
  endSession,
  type SessionRow,
  sessionByHash,
  sessionsOf,
  touchSession,
} from "../store/members/sessions.ts";
import type { Db, Store, Tx } from "../store/store.ts";
import { lacksSecondFactor } from "./second-factor-rule.ts";
import { hashOf, newToken } from "./secrets.ts";

const HOUR = 3_600_000;
export const IDLE_MS = 12 * HOUR;
const LONGEST_MS = 7 * 24 * HOUR;
/** How exactly "last here" is kept. */
const TOUCH_MS = 60_000;

/** What is known of the client. */
export interface ClientFacts {
  ip: string | null;
  agent: string | null;
}

/** @returns what the cookie holds; only its hash is stored */
export async function openSession(
  tx: Tx,
  member: number,
  { ip, agent }: ClientFacts,
  now: number,
  way: SignInWay = "password",
): Promise<{ session: number; token: string }> {
  const token = newToken();
  const session = await createSession(tx, {
    member,
    hash: hashOf(token),
    now,
    endsAt: now + LONGEST_MS,
    ip,
    agent: agent?.slice(0, 300) ?? null,
    way,
  });
  return { session, token };
}

export function livingSessions(store: Store, member: number, now: number): Promise<SessionRow[]> {
  return sessionsOf(store.read, member, { now, idleMs: IDLE_MS });
}

/**
 * Who has this cookie: nobody, once the session has ended or the member has no role any more.
 *
 * @param used false: a page asks by itself, or it is only looked at; that puts off no end
 */
export async function actorOfSession(store: Store, token: string, now: number, used = true): Promise<Actor> {
  const session = await sessionByHash(store.read, hashOf(token), { now, idleMs: IDLE_MS });
  const member = session && (await getMember(store.read, session.member));
  if (!session || !member || member.role === null) return { kind: "nobody" };
  if (used && session.lastSeenAt <= now - TOUCH_MS) {
    await store.write((tx) => touchSession(tx, session.id, member.id, now));
  }
  return actorIn(store.read, session, { ...member, role: member.role });
}

/** Whoever has this session, which lives. */
export async function actorIn(
  db: Db,
  session: Pick<SessionRow, "id" | "way">,
  member: Member & { role: MemberRole },
): Promise<Actor> {
  const { role, connections } = member;
  const lacks = await lacksSecondFactor(db, session.way, member);
  const via = lacks ? { session: session.id, lacksSecondFactor: true } : { session: session.id };
  return { kind: "member", member, role, via, connections };
}

/** Who has this API token: nobody, once it has expired or its owner has gone. */
export async function actorOfToken(store: Store, text: string, now: number): Promise<Actor> {
  const token = await apiTokenByHash(store.read, hashOf(text), now);
  const member = token && (await getMember(store.read, token.member));
  if (!token || !member || member.role === null) return { kind: "nobody" };
  if (token.lastUsedAt === null || token.lastUsedAt <= now - TOUCH_MS) {
    await store.write((tx) => touchApiToken(tx, token.id, now));
  }
  return {
    kind: "member",
    member,
    role: lowerRole(token.role, member.role),
    via: { token: token.id, name: token.name },
    connections: member.connections,
  };
}

/** Ends the session of this cookie, if there is one. */
export async function closeSession(store: Store, token: string, now: number): Promise<void> {
  const session = await sessionByHash(store.read, hashOf(token), { now, idleMs: IDLE_MS });
  if (session) await store.write((tx) => endSession(tx, session.member, session.id));
}
