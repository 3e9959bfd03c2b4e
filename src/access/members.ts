/** Who may sign in, and as what: given, changed and taken away by an admin. */
import type { Member, MemberRole } from "../model/member.ts";
import { getConnection } from "../store/connections/connections.ts";
import { deleteCredentialLinksOf } from "../store/connections/credential-links.ts";
import {
  createMember,
  deleteMember,
  getMember,
  hasOtherAdmin,
  isClaimed,
  limitMember,
  setRole,
} from "../store/members/members.ts";
import { endSessions } from "../store/members/sessions.ts";
import type { Db, Tx } from "../store/store.ts";
import { AccessRefused } from "./refused.ts";
import { newInvitation } from "./sign-in.ts";

export interface Handed {
  member: number;
  kind: "join" | "reset";
  code: string;
  endsAt: number;
}

/** @throws EmailTaken; AccessRefused `unclaimed`, `connection_not_found`, `not_possible` */
export async function invite(
  tx: Tx,
  given: { name: string; email: string; role: MemberRole; connections: readonly number[] | null },
  now: number,
): Promise<Handed> {
  const { name, email, role, connections } = given;
  // Whoever is first claims it, with the setup code: an invited viewer would shut that door.
  if (!(await isClaimed(tx))) {
    const cure = "Open it in a browser and enter the setup code; `glasshouse setup-code` shows one.";
    throw new AccessRefused("unclaimed", "This Glasshouse has no admin yet.", cure);
  }
  await checkLimit(tx, role, connections);
  const member = await createMember(tx, { name, email, role, password: null, now });
  await limitMember(tx, member, connections);
  return { member, kind: "join", ...(await newInvitation(tx, member, "join", now)) };
}

/**
 * Whoever loses something loses it with the next request: role and connections are read anew for each, of sessions and
 * of API tokens alike.
 *
 * @param actor who asks; null: this machine
 * @returns the member before
 * @throws AccessRefused `member_not_found`, `connection_not_found`, `last_admin`, `yourself`, `not_possible`
 */
export async function changeMember(
  tx: Tx,
  actor: number | null,
  id: number,
  change: { role?: MemberRole | null | undefined; connections?: readonly number[] | null | undefined },
): Promise<Member> {
  const before = await memberOf(tx, id);
  const role = change.role === undefined ? before.role : change.role;
  if (role !== before.role) {
    if (id === actor) throw yourself("Your own role is changed by another admin.");
    if (before.role === "admin") await refuseLastAdmin(tx, before);
    await setRole(tx, id, role);
    if (role === null) await endSessions(tx, id);
    // A link does what only an admin may.
    if (role !== "admin") await deleteCredentialLinksOf(tx, id);
    // An admin's rights are never limited: a limit that slept would come back unasked with the next role.
    if (role === "admin") await limitMember(tx, id, null);
  }
  if (change.connections !== undefined) {
    await checkLimit(tx, role, change.connections);
    await limitMember(tx, id, change.connections);
  }
  return before;
}

/** @throws AccessRefused `member_not_found`, `last_admin`, `yourself` */
export async function removeMember(tx: Tx, actor: number | null, id: number): Promise<Member> {
  const member = await memberOf(tx, id);
  if (id === actor) throw yourself("You are removed by another admin.");
  if (member.role === "admin") await refuseLastAdmin(tx, member);
  await deleteMember(tx, id);
  return member;
}

/**
 * A code to hand over. Who asks for their own would have a way around the password of now.
 *
 * @throws AccessRefused `member_not_found`, `yourself`, `no_role`
 */
export async function newCode(tx: Tx, actor: number | null, id: number, now: number): Promise<Handed> {
  const member = await memberOf(tx, id);
  if (id === actor) throw yourself("Your own password is changed with the one of now.");
  if (member.role === null) {
    const cure = "Give a role first: without one the code can't be used.";
    throw new AccessRefused("no_role", `${member.name} has no role yet.`, cure);
  }
  const kind = member.hasPassword || member.lastSeenAt !== null ? "reset" : "join";
  return { member: id, kind, ...(await newInvitation(tx, id, kind, now)) };
}

/** @throws AccessRefused `member_not_found` */
export async function memberOf(db: Db | Tx, id: number): Promise<Member> {
  const member = await getMember(db, id);
  if (member) return member;
  throw new AccessRefused(
    "member_not_found",
    `There is no member ${id}.`,
    "See `glasshouse members` for ids and e-mail addresses.",
  );
}

/** Asked within the transaction that takes the role away: of two at once, the second sees what the first did. */
async function refuseLastAdmin(tx: Tx, member: Member): Promise<void> {
  if (await hasOtherAdmin(tx, member.id)) return;
  throw new AccessRefused(
    "last_admin",
    `${member.name} is the only admin who has ever signed in.`,
    "Make somebody else an admin first, and let them sign in.",
  );
}

const yourself = (why: string) =>
  new AccessRefused("yourself", why, "Ask another admin; on the server's machine use `glasshouse members`.");

async function checkLimit(
  tx: Tx,
  role: MemberRole | null,
  connections: readonly number[] | null,
): Promise<void> {
  if (connections === null) return;
  if (role === "admin") {
    throw new AccessRefused(
      "not_possible",
      "An admin's rights are never limited to some connections.",
      "Give the role operator or viewer with the limit, or admin without.",
    );
  }
  for (const id of connections) {
    if (await getConnection(tx, id)) continue;
    throw new AccessRefused(
      "connection_not_found",
      `There is no connection ${id}.`,
      "See `glasshouse connections` for names and ids.",
    );
  }
}
