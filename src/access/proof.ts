/** Who has found an open session must not be able to make a way in of their own: first they show who they are. */
import type { Member } from "../model/member.ts";
import { passwordOf } from "../store/members/members.ts";
import type { Store } from "../store/store.ts";
import { signInWorked, trySignIn } from "./attempts.ts";
import { passwordMatches } from "./password.ts";
import { AccessRefused } from "./refused.ts";
import { type ClientFacts, livingSessions } from "./session.ts";

/** So long after a sign-in it needs no other proof of who is there. */
const FRESH_MS = 10 * 60_000;

/** What somebody has to show before a new passkey or second factor is theirs. */
export type Proof = "nothing" | "password" | "sign_in";

export async function proofNeeded(
  store: Store,
  member: Member,
  session: number,
  now: number,
): Promise<Proof> {
  const here = (await livingSessions(store, member.id, now)).find(({ id }) => id === session);
  if (here && here.createdAt > now - FRESH_MS) return "nothing";
  return member.hasPassword ? "password" : "sign_in";
}

/** @throws AccessRefused `fresh_sign_in_needed`, `password_wrong`, `too_many_tries` */
export async function prove(
  store: Store,
  { member, session }: { member: Member; session: number },
  password: string | undefined,
  client: ClientFacts,
  now: number,
): Promise<void> {
  const needed = await proofNeeded(store, member, session, now);
  if (needed === "nothing") return;
  if (needed === "sign_in") {
    throw new AccessRefused(
      "fresh_sign_in_needed",
      "You signed in too long ago for this.",
      "Sign out, sign in again, and do it within ten minutes.",
    );
  }
  await trySignIn({ store, now, ip: client.ip }, member.email);
  if (!(await passwordMatches(password ?? "", await passwordOf(store.read, member.id))))
    throw wrongPassword();
  await signInWorked(store, member.email);
}

export const wrongPassword = () =>
  new AccessRefused("password_wrong", "That is not your password.", "Type the one you signed in with.");
