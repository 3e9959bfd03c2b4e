/** What every way of signing in ends with: a cookie, a row that names who it was, and the session as clients see it. */

import { worksAt } from "../../access/passkeys.ts";
import { refuseWhoHasPasskey } from "../../access/second-factor-rule.ts";
import { actorIn, closeSession, IDLE_MS } from "../../access/session.ts";
import type { Actor, Member } from "../../model/member.ts";
import { isClaimed } from "../../store/members/members.ts";
import { anyPasskey } from "../../store/members/passkeys.ts";
import { wayOf } from "../../store/members/sessions.ts";
import { isSample } from "../../store/upkeep/sample.ts";
import type { SessionView } from "../contract/access.ts";
import type { Asking } from "../handler.ts";

/** The endpoint asks for a session (`by`), so there is one. */
export function self({ who }: Asking): { member: Member; session: number } {
  if (who.kind !== "member" || !("session" in who.via)) throw new Error("this endpoint is for sessions");
  return { member: who.member, session: who.via.session };
}

/** Whoever is to add a second factor or passkey. @throws AccessRefused `passkey_needed` */
export async function selfAdding(asking: Asking): Promise<{ member: Member; session: number }> {
  const who = self(asking);
  if (lacks(asking.who)) await refuseWhoHasPasskey(asking.db, who.member);
  return who;
}

const lacks = (who: Actor): boolean =>
  who.kind === "member" && "session" in who.via && who.via.lacksSecondFactor === true;

/** A session that was there before ends: nobody keeps an id from before the sign-in. */
export async function signedIn(
  asking: Asking,
  member: Member,
  opened: { session: number; token: string },
): Promise<SessionView> {
  await endCurrent(asking);
  asking.client.keepSession(opened.token);
  const { db } = asking;
  const session = { id: opened.session, way: await wayOf(db, opened.session) };
  const who = await actorIn(db, session, { ...member, role: member.role! });
  asking.trail.who = who;
  return sessionView(asking, who);
}

export async function endCurrent({ client, services, now }: Asking): Promise<void> {
  if (client.session !== null) await closeSession(services.store, client.session, now());
}

export async function sessionView(
  { db, version, client, services }: Asking,
  actor: Actor,
): Promise<SessionView> {
  const [claimed, sample, passkeys] = await Promise.all([isClaimed(db), isSample(db), anyPasskey(db)]);
  const who = actor.kind === "member" ? { ...actor.member, role: actor.role } : null;
  const here = lacks(actor) ? "second_factor_missing" : "signed_in";
  return {
    state: !claimed ? "unclaimed" : who ? here : "signed_out",
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
