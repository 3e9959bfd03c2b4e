/** Signing in, and passwords: set with a one-time code, or changed. */
import type { Member } from "../model/member.ts";
import { invitationByHash, saveInvitation, spendInvitation } from "../store/members/codes.ts";
import {
  getMember,
  holdPassword,
  memberByEmail,
  passwordOf,
  removeTotp,
  setName,
  setPassword,
} from "../store/members/members.ts";
import { removePasskeys } from "../store/members/passkeys.ts";
import { endSessions, wayOf } from "../store/members/sessions.ts";
import type { Seal } from "../store/secrets/seal.ts";
import type { Store, Tx } from "../store/store.ts";
import { signInWorked, tryCode, trySignIn } from "./attempts.ts";
import { checkPassword, hashPassword, passwordMatches } from "./password.ts";
import { wrongPassword } from "./proof.ts";
import { AccessRefused } from "./refused.ts";
import { lacksSecondFactor, refuseWhoHasPasskey } from "./second-factor-rule.ts";
import { hashOfCode, LONG_CODE, newCode } from "./secrets.ts";
import { type ClientFacts, openSession } from "./session.ts";
import { checkSecondFactor } from "./totp.ts";

interface Deps {
  store: Store;
  seal: Seal;
}
interface SignedIn {
  member: Member;
  session: number;
  token: string;
}

/**
 * Takes as long, and says the same, whether the e-mail address or the password is wrong.
 *
 * @throws AccessRefused `sign_in_failed`, `second_factor_needed`, `second_factor_wrong`, `passkey_needed`, `no_role`, `too_many_tries`
 */
export async function signIn(
  deps: Deps,
  given: { email: string; password: string; code?: string },
  client: ClientFacts,
  now: number,
): Promise<SignedIn> {
  const { store } = deps;
  await trySignIn({ store, now, ip: client.ip }, given.email);
  const member = await memberByEmail(store.read, given.email);
  const kept = member && (await passwordOf(store.read, member.id));
  if (!(await passwordMatches(given.password, kept)) || !member) throw signInFailed();
  if (member.secondFactor) {
    if (!given.code) {
      throw new AccessRefused(
        "second_factor_needed",
        "The password is right. Now the code of your app.",
        "Type the six digits that your app shows, or a recovery code.",
      );
    }
    await checkSecondFactor(deps, member.id, given.code, now);
  } else if (await lacksSecondFactor(store.read, "password", member)) {
    await refuseWhoHasPasskey(store.read, member);
  }
  if (member.role === null) throw noRole();
  await signInWorked(store, given.email);
  return store.write(async (tx) => {
    // To compare takes a while: what was proved must still be what is asked for, or a change ends all sessions but this.
    const held = await holdPassword(tx, member.id, kept);
    const still = await getMember(tx, member.id);
    if (!held || still?.secondFactor !== member.secondFactor) throw signInFailed();
    if (still.role === null) throw noRole();
    return { member: still, ...(await openSession(tx, member.id, client, now)) };
  });
}

const signInFailed = () =>
  new AccessRefused(
    "sign_in_failed",
    "This e-mail address and password don't fit together.",
    "Check both. Forgotten? An admin gives a new code; the last admin gets one with `glasshouse reset-admin`.",
  );

const noRole = () =>
  new AccessRefused("no_role", "Nobody has given you a role yet.", "Ask an admin for one.");

/** How long a code that lets a member set a password is good. */
const INVITATION_MS = { join: 7 * 86_400_000, reset: 3_600_000 };

/** A code to set a password with; those before are void. */
export async function newInvitation(
  tx: Tx,
  member: number,
  kind: "join" | "reset",
  now: number,
): Promise<{ code: string; endsAt: number }> {
  const code = newCode(LONG_CODE);
  const endsAt = now + INVITATION_MS[kind];
  await saveInvitation(tx, { member, kind, hash: hashOfCode(code), now, endsAt });
  return { code, endsAt };
}

/**
 * Sets the password of whom the code is for, and signs in. A reset also ends the second factor and the passkeys: who
 * asks for one has lost the phone as well, or somebody else has it. All other sessions end.
 *
 * @throws AccessRefused `invitation_wrong`, `password_weak`, `no_role`, `too_many_tries`
 */
export async function acceptInvitation(
  store: Store,
  given: { code: string; name?: string; password: string },
  client: ClientFacts,
  now: number,
): Promise<SignedIn> {
  await tryCode({ store, now, ip: client.ip });
  const hash = hashOfCode(given.code);
  const found = await invitationByHash(store.read, hash, now);
  const about = found && (await getMember(store.read, found.member));
  if (!found || !about) throw wrongInvitation();
  checkPassword(given.password, about);
  const password = await hashPassword(given.password);
  const done = await store.write(async (tx) => {
    if (!(await spendInvitation(tx, found.id))) throw wrongInvitation();
    await setPassword(tx, found.member, password);
    if (given.name !== undefined) await setName(tx, found.member, given.name);
    if (found.kind === "reset") {
      await removeTotp(tx, found.member);
      await removePasskeys(tx, found.member);
    }
    await endSessions(tx, found.member);
    const member = (await getMember(tx, found.member))!;
    if (member.role === null) throw noRole();
    return { member, ...(await openSession(tx, found.member, client, now)) };
  });
  await signInWorked(store, done.member.email);
  return done;
}

const wrongInvitation = () =>
  new AccessRefused(
    "invitation_wrong",
    "This code is wrong, was used, or is too old.",
    "Ask an admin for a new one; the last admin gets one with `glasshouse reset-admin`.",
  );

/** For an admin who can't sign in any more. @throws AccessRefused `member_not_found` */
export async function resetAdmin(
  store: Store,
  email: string,
  now: number,
): Promise<{ member: Member; code: string; endsAt: number }> {
  const member = await memberByEmail(store.read, email);
  if (member?.role !== "admin") {
    throw new AccessRefused(
      "member_not_found",
      `No admin has the e-mail address ${email}.`,
      "Give the address of an admin of this Glasshouse.",
    );
  }
  await signInWorked(store, email);
  return store.write(async (tx) => ({ member, ...(await newInvitation(tx, member.id, "reset", now)) }));
}

/** Ends all other sessions, and this one gets a new id. @throws AccessRefused `password_wrong`, `password_weak` */
export async function changePassword(
  store: Store,
  { member, session }: { member: Member; session: number },
  given: { password: string; newPassword: string },
  client: ClientFacts,
  now: number,
): Promise<{ session: number; token: string }> {
  await trySignIn({ store, now, ip: client.ip }, member.email);
  const kept = await passwordOf(store.read, member.id);
  if (!(await passwordMatches(given.password, kept))) throw wrongPassword();
  checkPassword(given.newPassword, member);
  const password = await hashPassword(given.newPassword);
  await signInWorked(store, member.email);
  return store.write(async (tx) => {
    if (!(await holdPassword(tx, member.id, kept))) throw wrongPassword();
    await setPassword(tx, member.id, password);
    const way = await wayOf(tx, session);
    await endSessions(tx, member.id);
    return openSession(tx, member.id, client, now, way);
  });
}
