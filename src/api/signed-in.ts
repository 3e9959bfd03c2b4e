/** What every way of signing in ends with: a cookie, a row that names who it was, and the session as clients see it. */

import { worksAt } from "../access/passkeys.ts";
import { closeSession, IDLE_MS } from "../access/session.ts";
import type { Member } from "../model/member.ts";
import { isClaimed } from "../store/members.ts";
import { anyPasskey } from "../store/passkeys.ts";
import { isSample } from "../store/sample.ts";
import type { SessionView } from "./contract/access.ts";
import type { Asking } from "./handler.ts";

/** The endpoint asks for a session (`by`), so there is one. */
export function self({ who }: Asking): { member: Member; session: number } {
  if (who.kind !== "member" || !("session" in who.via)) throw new Error("this endpoint is for sessions");
  return { member: who.member, session: who.via.session };
}

/** A session that was there before ends: nobody keeps an id from before the sign-in. */
export async function signedIn(
  asking: Asking,
  member: Member,
  opened: { session: number; token: string },
): Promise<SessionView> {
  await endCurrent(asking);
  asking.client.keepSession(opened.token);
  const role = member.role!;
  const { connections } = member;
  asking.trail.who = { kind: "member", member, role, via: { session: opened.session }, connections };
  return sessionView(asking, { ...member, role });
}

export async function endCurrent({ client, services, now }: Asking): Promise<void> {
  if (client.session !== null) await closeSession(services.store, client.session, now());
}

export async function sessionView(
  { db, version, client, services }: Asking,
  who: (Member & { role: NonNullable<Member["role"]> }) | null,
): Promise<SessionView> {
  const [claimed, sample, passkeys] = await Promise.all([isClaimed(db), isSample(db), anyPasskey(db)]);
  return {
    state: !claimed ? "unclaimed" : who ? "signed_in" : "signed_out",
    sample,
    version,
    idleMinutes: IDLE_MS / 60_000,
    member: who && {
      id: who.id,
      name: who.name,
      email: who.email,
      role: who.role,
      connections: who.connections,
      secondFactor: who.secondFactor,
      hasPassword: who.hasPassword,
    },
    ways: {
      sso: services.sso?.label ?? null,
      passkey: passkeys && worksAt(client.address),
      address: client.address.origin,
      here: client.here,
    },
  };
}
