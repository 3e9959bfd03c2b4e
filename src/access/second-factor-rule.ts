/** A setting of the installation: whoever signs in with a password needs a second factor too. */
import type { Member, SignInWay } from "../model/member.ts";
import { passkeysOf } from "../store/members/passkeys.ts";
import { needSecondFactor, secondFactorNeeded } from "../store/members/second-factor-rule.ts";
import { wayOf } from "../store/members/sessions.ts";
import type { Db, Tx } from "../store/store.ts";
import { AccessRefused } from "./refused.ts";

/** Did a password let them in alone, where that isn't enough? Then all that they may do is to add a second factor. */
export async function lacksSecondFactor(
  db: Db | Tx,
  way: SignInWay,
  { secondFactor }: Pick<Member, "secondFactor">,
): Promise<boolean> {
  return way === "password" && !secondFactor && (await secondFactorNeeded(db));
}

/** Who has a passkey uses it: else a password that was found out would let its finder add a factor of their own. @throws AccessRefused `passkey_needed` */
export async function refuseWhoHasPasskey(db: Db | Tx, member: Member): Promise<void> {
  if ((await passkeysOf(db, member.id)).length === 0) return;
  throw new AccessRefused(
    "passkey_needed",
    "A password alone lets nobody in here, and you have a passkey.",
    "Sign in with the passkey. Is it lost? An admin gives you a one-time code.",
  );
}

/**
 * It counts from the next request on.
 *
 * @param who null: this machine
 * @returns whether one was needed before
 * @throws AccessRefused `not_possible`: whoever asks it of all has one themselves
 */
export async function changeSecondFactorRule(
  tx: Tx,
  who: { member: Member; session: number } | null,
  needed: boolean,
): Promise<boolean> {
  const before = await secondFactorNeeded(tx);
  await needSecondFactor(tx, needed);
  if (who && (await lacksSecondFactor(tx, await wayOf(tx, who.session), who.member))) {
    throw new AccessRefused(
      "not_possible",
      "You have signed in with a password alone: you would be shut out yourself.",
      "Switch your own second factor on under Your account, or sign in with a passkey. Then ask it of all.",
    );
  }
  return before;
}
