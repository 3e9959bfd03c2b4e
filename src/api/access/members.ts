/** Members: the handlers of contract/members.ts. The trail names a member by e-mail address, never a code. */
import { changeMember, type Handed, invite, memberOf, newCode, removeMember } from "../../access/members.ts";
import { changeSecondFactorRule } from "../../access/second-factor-rule.ts";
import { IDLE_MS, livingSessions } from "../../access/session.ts";
import type { Member } from "../../model/member.ts";
import { listMembers, type MemberRow } from "../../store/members/member-list.ts";
import { secondFactorNeeded } from "../../store/members/second-factor-rule.ts";
import { endSession, endSessions } from "../../store/members/sessions.ts";
import type { Tx } from "../../store/store.ts";
import type { MemberView } from "../contract/members.ts";
import { ApiError } from "../errors.ts";
import { type Asking, type Handlers, iso, isoOrNull } from "../handler.ts";
import { sessionViews } from "./session-view.ts";
import { self } from "./signed-in.ts";

type Names =
  | "listMembers"
  | "getSignInRules"
  | "changeSignInRules"
  | "inviteMember"
  | "changeMember"
  | "removeMember"
  | "newMemberCode"
  | "listMemberSessions"
  | "endMemberSessions"
  | "endMemberSession";

export const memberHandlers: Pick<Handlers, Names> = {
  async listMembers(_asked, asking) {
    const members = await listMembers(asking.db, { now: asking.now(), idleMs: IDLE_MS });
    return { items: members.map((member) => memberView(member, asking)), nextCursor: null };
  },

  async getSignInRules(_asked, { db }) {
    return { secondFactorNeeded: await secondFactorNeeded(db) };
  },

  async changeSignInRules({ body }, asking) {
    const { services, trail, who } = asking;
    const by = who.kind === "member" ? self(asking) : null;
    const before = await services.store.write((tx) =>
      changeSecondFactorRule(tx, by, body.secondFactorNeeded),
    );
    trail.details = { secondFactorNeededBefore: before, secondFactorNeeded: body.secondFactorNeeded };
    return body;
  },

  async inviteMember({ body }, asking) {
    asking.trail.details = { role: body.role, connections: limitText(body.connections) };
    const { services, now } = asking;
    return services.store.write(async (tx) => handed(await invite(tx, body, now()), asking, tx));
  },

  async changeMember({ params, body }, asking) {
    await named(params.member, asking);
    // Whoever removes them at this moment comes before, or after: what is answered is what was done.
    const { before, after } = await asking.services.store.write(async (tx) => ({
      before: await changeMember(tx, actorId(asking), params.member, body),
      after: await viewOf(params.member, asking, tx),
    }));
    asking.trail.details = {
      roleBefore: before.role,
      role: after.role,
      connectionsBefore: limitText(before.connections),
      connections: limitText(after.connections),
    };
    return after;
  },

  async removeMember({ params }, asking) {
    await named(params.member, asking);
    const { role } = await asking.services.store.write((tx) =>
      removeMember(tx, actorId(asking), params.member),
    );
    asking.trail.details = { role };
    return { removed: true };
  },

  async newMemberCode({ params }, asking) {
    await named(params.member, asking);
    const { services, now } = asking;
    const made = await services.store.write(async (tx) =>
      handed(await newCode(tx, actorId(asking), params.member, now()), asking, tx),
    );
    asking.trail.details = { kind: made.kind };
    return made;
  },

  async listMemberSessions({ params }, asking) {
    await named(params.member, asking);
    const { services, now, who } = asking;
    const current = who.kind === "member" && "session" in who.via ? who.via.session : null;
    const sessions = await livingSessions(services.store, params.member, now());
    return { items: sessionViews(sessions, current, who), nextCursor: null };
  },

  async endMemberSessions({ params }, asking) {
    await named(params.member, asking);
    const ended = await asking.services.store.write((tx) => endSessions(tx, params.member));
    asking.trail.details = { ended };
    return { ended };
  },

  async endMemberSession({ params }, asking) {
    const { name } = await named(params.member, asking);
    const ended = await asking.services.store.write((tx) => endSession(tx, params.member, params.session));
    if (!ended) throw new ApiError("session_not_found", `${name} has no session ${params.session}.`);
    return { ended: true };
  },
};

const actorId = ({ who }: Asking): number | null => (who.kind === "member" ? who.member.id : null);

/** The trail names whom it is about. @throws AccessRefused `member_not_found` */
async function named(id: number, { db, trail }: Asking): Promise<Member> {
  const member = await memberOf(db, id);
  trail.target = member.email;
  return member;
}

const limitText = (connections: readonly number[] | null) => connections?.join(", ") ?? "all";

async function viewOf(id: number, asking: Asking, tx: Tx): Promise<MemberView> {
  const [member] = await listMembers(tx, { now: asking.now(), idleMs: IDLE_MS }, id);
  return memberView(member!, asking);
}

async function handed({ member, kind, code, endsAt }: Handed, asking: Asking, tx: Tx) {
  return { member: await viewOf(member, asking, tx), kind, code, endsAt: iso(endsAt) };
}

function memberView(member: MemberRow, asking: Asking): MemberView {
  const { id, name, email, role, connections, secondFactor, hasPassword, sessions, tokens, passkeys, sso } =
    member;
  return {
    id,
    name,
    email,
    role,
    connections,
    secondFactor,
    hasPassword,
    passkeys,
    sso,
    you: id === actorId(asking),
    createdAt: iso(member.createdAt),
    lastSeenAt: isoOrNull(member.lastSeenAt),
    sessions,
    tokens,
    invitation: member.invitation && {
      kind: member.invitation.kind,
      endsAt: iso(member.invitation.endsAt),
    },
  };
}
