/** Sign-in: the handlers of contract/access.ts. */
import { trySignIn } from "../access/attempts.ts";
import { closeSession, livingSessions } from "../access/session.ts";
import { claim, newSetupCode, writeSetupCode } from "../access/setup.ts";
import { acceptInvitation, changePassword, resetAdmin, signIn } from "../access/sign-in.ts";
import { beginSecondFactor, confirmSecondFactor, removeSecondFactor } from "../access/totp.ts";
import type { Member } from "../model/member.ts";
import { getMember, isClaimed } from "../store/members.ts";
import { isSample } from "../store/sample.ts";
import { endSession } from "../store/sessions.ts";
import type { SessionView } from "./contract/access.ts";
import { ApiError } from "./errors.ts";
import { type Asking, type Handlers, iso } from "./handler.ts";
import { sessionViews } from "./session-view.ts";

type Names =
  | "getSession"
  | "claim"
  | "newSetupCode"
  | "resetAdmin"
  | "signIn"
  | "acceptInvitation"
  | "signOut"
  | "listSessions"
  | "endSession"
  | "beginTotp"
  | "confirmTotp"
  | "removeTotp"
  | "changePassword";

export const accessHandlers: Pick<Handlers, Names> = {
  async getSession(_asked, asking) {
    const { who } = asking;
    return sessionView(asking, who.kind === "member" ? { ...who.member, role: who.role } : null);
  },

  async claim({ body }, asking) {
    const { store } = asking.services;
    const made = await claim(store, body, asking.client, asking.now());
    return signedIn(asking, (await getMember(store.read, made.member))!, made);
  },

  async newSetupCode({ body }, { services: { store }, now }) {
    const { code, endsAt } = await newSetupCode(store, now());
    const file = body.toFile ? writeSetupCode(store, code) : null;
    return { code: file === null ? code : null, file, endsAt: iso(endsAt) };
  },

  async resetAdmin({ body }, { services: { store }, now }) {
    const { member, code, endsAt } = await resetAdmin(store, body.email, now());
    return { name: member.name, email: member.email, code, endsAt: iso(endsAt) };
  },

  async signIn({ body }, asking) {
    const done = await signIn(asking.services, body, asking.client, asking.now());
    return signedIn(asking, done.member, done);
  },

  async acceptInvitation({ body }, asking) {
    const done = await acceptInvitation(asking.services.store, body, asking.client, asking.now());
    return signedIn(asking, done.member, done);
  },

  async signOut(_asked, asking) {
    await endCurrent(asking);
    asking.client.keepSession(null);
    return sessionView(asking, null);
  },

  async listSessions(_asked, asking) {
    const { member, session } = self(asking);
    const sessions = await livingSessions(asking.services.store, member.id, asking.now());
    return { items: sessionViews(sessions, session), nextCursor: null };
  },

  async endSession({ params }, asking) {
    const { member, session } = self(asking);
    const ended = await asking.services.store.write((tx) => endSession(tx, member.id, params.session));
    if (!ended) throw new ApiError("session_not_found", `You have no session ${params.session}.`);
    if (params.session === session) asking.client.keepSession(null);
    return { ended: true };
  },

  async beginTotp(_asked, asking) {
    return beginSecondFactor(asking.services, self(asking).member);
  },

  async confirmTotp({ body }, asking) {
    const { member, session } = self(asking);
    const { services, client, now } = asking;
    await trySignIn({ store: services.store, now: now(), ip: client.ip }, member.email);
    return { recoveryCodes: await confirmSecondFactor(services, member, session, body.code, now()) };
  },

  async removeTotp({ body }, asking) {
    const { member, session } = self(asking);
    const { services, client, now } = asking;
    await trySignIn({ store: services.store, now: now(), ip: client.ip }, member.email);
    await removeSecondFactor(services, member, session, body.password);
    return { secondFactor: false };
  },

  async changePassword({ body }, asking) {
    const { member } = self(asking);
    const { services, client, now } = asking;
    const { token } = await changePassword(services.store, member, body, client, now());
    client.keepSession(token);
    return { changed: true };
  },
};

/** The endpoint asks for a session (`by`), so there is one. */
function self({ who }: Asking): { member: Member; session: number } {
  if (who.kind !== "member" || !("session" in who.via)) throw new Error("this endpoint is for sessions");
  return { member: who.member, session: who.via.session };
}

/** A session that was there before ends: nobody keeps an id from before the sign-in. */
async function signedIn(
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

async function endCurrent({ client, services, now }: Asking): Promise<void> {
  if (client.session !== null) await closeSession(services.store, client.session, now());
}

async function sessionView(
  { db, version }: Asking,
  who: (Member & { role: NonNullable<Member["role"]> }) | null,
): Promise<SessionView> {
  const [claimed, sample] = await Promise.all([isClaimed(db), isSample(db)]);
  return {
    state: !claimed ? "unclaimed" : who ? "signed_in" : "signed_out",
    sample,
    version,
    member: who && {
      id: who.id,
      name: who.name,
      email: who.email,
      role: who.role,
      connections: who.connections,
      secondFactor: who.secondFactor,
    },
  };
}
