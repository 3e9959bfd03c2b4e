/** The second factor: codes of an app (TOTP, RFC 6238), and recovery codes for when the phone is lost. */
import { Secret, TOTP } from "otpauth";
import { encode } from "uqr";
import type { Member } from "../model/member.ts";
import {
  beginTotp,
  holdPassword,
  passwordOf,
  removeTotp,
  spendRecoveryCode,
  spendTotpStep,
  switchTotpOn,
  totpOf,
} from "../store/members/members.ts";
import { endSessions } from "../store/members/sessions.ts";
import type { Seal } from "../store/secrets/seal.ts";
import type { Store } from "../store/store.ts";
import { passwordMatches } from "./password.ts";
import { wrongPassword } from "./proof.ts";
import { AccessRefused } from "./refused.ts";
import { hashOfCode, newCode, SHORT_CODE } from "./secrets.ts";

const PERIOD_S = 30;
const DIGITS = 6;
/** Clocks may differ by this many steps. */
const WINDOW = 1;
const RECOVERY_CODES = 10;

interface Deps {
  store: Store;
  seal: Seal;
}

function totp(secret: string, label: string): TOTP {
  return new TOTP({
    issuer: "Glasshouse",
    label,
    secret: Secret.fromBase32(secret),
    digits: DIGITS,
    period: PERIOD_S,
  });
}

/** @throws AccessRefused `second_factor_on` */
export async function beginSecondFactor(
  { store, seal }: Deps,
  member: Member,
): Promise<{ secret: string; url: string; qr: QrCode }> {
  const secret = new Secret({ size: 20 }).base32;
  await store.write(async (tx) => {
    if ((await totpOf(tx, seal, member.id))?.on) {
      throw new AccessRefused("second_factor_on", "The second factor is on already.", "Switch it off first.");
    }
    await beginTotp(tx, seal, member.id, secret);
  });
  const url = totp(secret, member.email).toString();
  return { secret, url, qr: qrOf(url) };
}

interface QrCode {
  size: number;
  path: string;
}

function qrOf(text: string): QrCode {
  const { size, data } = encode(text, { ecc: "M", border: 2 });
  const dark = data.flatMap((row, y) => row.flatMap((on, x) => (on ? [`M${x} ${y}h1v1h-1z`] : [])));
  return { size, path: dark.join("") };
}

/** @returns recovery codes, shown once. @throws AccessRefused */
export async function confirmSecondFactor(
  deps: Deps,
  member: Member,
  session: number,
  code: string,
  now: number,
): Promise<string[]> {
  const { store, seal } = deps;
  const codes = Array.from({ length: RECOVERY_CODES }, () => newCode(SHORT_CODE));
  await store.write(async (tx) => {
    const found = await totpOf(tx, seal, member.id);
    if (!found || found.on) {
      throw new AccessRefused(
        found ? "second_factor_on" : "second_factor_off",
        found ? "The second factor is on already." : "No second factor was begun.",
      );
    }
    const step = stepOf(found.secret, code, now);
    if (step === null || !(await spendTotpStep(tx, member.id, step))) throw wrongCode();
    await switchTotpOn(tx, member.id, codes.map(hashOfCode));
    await endSessions(tx, member.id, session);
  });
  return codes;
}

/** A code of the app, or a recovery code. Either works once. @throws AccessRefused `second_factor_wrong` */
export async function checkSecondFactor(
  { store, seal }: Deps,
  member: number,
  code: string,
  now: number,
): Promise<void> {
  const well = await store.write(async (tx) => {
    if (!/^\s*(\d\s*){6}$/.test(code)) return spendRecoveryCode(tx, member, hashOfCode(code));
    const found = await totpOf(tx, seal, member);
    const step = found ? stepOf(found.secret, code, now) : null;
    return step !== null && spendTotpStep(tx, member, step);
  });
  if (!well) throw wrongCode();
}

/** @throws AccessRefused `password_wrong` */
export async function removeSecondFactor(
  { store }: Deps,
  member: Member,
  session: number,
  password: string,
): Promise<void> {
  const kept = await passwordOf(store.read, member.id);
  if (!(await passwordMatches(password, kept))) throw wrongPassword();
  await store.write(async (tx) => {
    if (!(await holdPassword(tx, member.id, kept))) throw wrongPassword();
    await removeTotp(tx, member.id);
    await endSessions(tx, member.id, session);
  });
}

const wrongCode = () =>
  new AccessRefused(
    "second_factor_wrong",
    "That code is wrong, or was used before.",
    "Wait for the app's next code, and check the clock of your phone; or use a recovery code.",
  );

/** The step whose code this is; null: none near now. */
function stepOf(secret: string, code: string, now: number): number | null {
  const delta = totp(secret, "").validate({
    token: code.replaceAll(/\s/g, ""),
    timestamp: now,
    window: WINDOW,
  });
  return delta === null ? null : TOTP.counter({ period: PERIOD_S, timestamp: now }) + delta;
}
