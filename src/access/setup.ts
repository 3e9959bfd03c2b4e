/** The setup code: who has it becomes the first admin. */
import { closeSync, constants, fchmodSync, openSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { dropSetupCode, saveSetupCode, setupCode } from "../store/members/codes.ts";
import { createMember, isClaimed } from "../store/members/members.ts";
import type { Store } from "../store/store.ts";
import { tryCode } from "./attempts.ts";
import { checkPassword, hashPassword } from "./password.ts";
import { AccessRefused } from "./refused.ts";
import { hashOfCode, LONG_CODE, newCode, sameHash } from "./secrets.ts";
import { type ClientFacts, openSession } from "./session.ts";

const GOOD_MS = 30 * 60_000;

/** A new code; the one before is void. @throws AccessRefused `claimed_already` */
export async function newSetupCode(store: Store, now: number): Promise<{ code: string; endsAt: number }> {
  const code = newCode(LONG_CODE);
  const endsAt = now + GOOD_MS;
  await store.write(async (tx) => {
    if (await isClaimed(tx)) throw claimedAlready();
    await saveSetupCode(tx, hashOfCode(code), endsAt);
  });
  rmSync(setupCodeFile(store), { force: true });
  return { code, endsAt };
}

const setupCodeFile = (store: Store) => join(store.dataDir, "setup-code");

/** Where no terminal can show it: in a file for the owner alone (0600). Returns its path. */
export function writeSetupCode(store: Store, code: string): string {
  const file = setupCodeFile(store);
  const { O_CREAT, O_EXCL, O_WRONLY } = constants;
  rmSync(file, { force: true });
  const handle = openSync(file, O_CREAT | O_EXCL | O_WRONLY, 0o600);
  try {
    fchmodSync(handle, 0o600);
    writeSync(handle, `${code}\n`);
  } finally {
    closeSync(handle);
  }
  return file;
}

/**
 * Makes the first admin and signs in. Of two at once with the same code one wins.
 *
 * @throws AccessRefused `setup_code_wrong`, `claimed_already`, `too_many_tries`, `password_weak`
 */
export async function claim(
  store: Store,
  given: { code: string; name: string; email: string; password: string },
  client: ClientFacts,
  now: number,
): Promise<{ member: number; session: number; token: string }> {
  await tryCode({ store, now, ip: client.ip });
  if (await isClaimed(store.read)) throw claimedAlready();
  const right = async (db: Parameters<typeof setupCode>[0]) => {
    const kept = await setupCode(db);
    return kept !== null && kept.endsAt > now && sameHash(kept.hash, hashOfCode(given.code));
  };
  // Somebody else may have used it since the first look.
  if (!(await right(store.read))) throw (await isClaimed(store.read)) ? claimedAlready() : wrongCode();
  checkPassword(given.password, given);
  const password = await hashPassword(given.password);
  const made = await store.write(async (tx) => {
    if (await isClaimed(tx)) throw claimedAlready();
    if (!(await right(tx))) throw wrongCode();
    await dropSetupCode(tx);
    const { email, name } = given;
    const member = await createMember(tx, { email, name, role: "admin", password, now });
    return { member, ...(await openSession(tx, member, client, now)) };
  });
  rmSync(setupCodeFile(store), { force: true });
  return made;
}

const claimedAlready = () =>
  new AccessRefused(
    "claimed_already",
    "This Glasshouse has an admin already.",
    "Sign in, or ask an admin to invite you.",
  );

const wrongCode = () =>
  new AccessRefused(
    "setup_code_wrong",
    "That is not the code, or it is older than 30 minutes.",
    "It stands in the terminal that runs Glasshouse; `glasshouse setup-code` shows a new one.",
  );
