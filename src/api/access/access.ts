/** Sign-in: the handlers of contract/access.ts. */
import { trySignIn } from "../../access/attempts.ts";
import { prove } from "../../access/proof.ts";
import { livingSessions } from "../../access/session.ts";
import { claim, newSetupCode, writeSetupCode } from "../../access/setup.ts";
import { acceptInvitation, changePassword, resetAdmin, signIn } from "../../access/sign-in.ts";
import { beginSecondFactor, confirmSecondFactor, removeSecondFactor } from "../../access/totp.ts";
import { getMember } from "../../store/members/members.ts";
import { endSession } from "../../store/members/sessions.ts";
import { ApiError } from "../errors.ts";
import { type Handlers, iso } from "../handler.ts";
import { sessionViews } from "./session-view.ts";
import { endCurrent, self, selfAdding, sessionView, signedIn } from "./signed-in.ts";

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
    return sessionView(asking, asking.who);
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
    // Nobody's session ends: what is said so often as somebody likes leaves no row.
    if (asking.who.kind === "nobody") asking.trail.nothingDone = true;
    await endCurrent(asking);
    asking.client.keepSession(null);
    return sessionView(asking, { kind: "nobody" });
  },

  async listSessions(_asked, asking) {
    const { member, session } = self(asking);
    const sessions = await livingSessions(asking.services.store, member.id, asking.now());
    return { items: sessionViews(sessions, session, asking.who), nextCursor: null };
  },

  async endSession({ params }, asking) {
    const { member, session } = self(asking);
    const ended = await asking.services.store.write((tx) => endSession(tx, member.id, params.session));
    if (!ended) throw new ApiError("session_not_found", `You have no session ${params.session}.`);
    if (params.session === session) asking.client.keepSession(null);
    return { ended: true };
  },

  async beginTotp({ body }, asking) {
    const who = await selfAdding(asking);
    const { services, client, now } = asking;
    await prove(services.store, who, body.password, client, now());
    return beginSecondFactor(services, who.member);
  },

  async confirmTotp({ body }, asking) {
    const { member, session } = await selfAdding(asking);
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
    const { services, client, now } = asking;
    const { token } = await changePassword(services.store, self(asking), body, client, now());
    client.keepSession(token);
    return { changed: true };
  },
};
