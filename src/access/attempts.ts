/** How often something that can be guessed may be tried. */
import { forgetAttempts, noteAttempt } from "../store/members/attempts.ts";
import type { Store } from "../store/store.ts";
import { placeOf } from "./place.ts";
import { AccessRefused } from "./refused.ts";
import { hashOf } from "./secrets.ts";

const MINUTE = 60_000;

interface Try {
  store: Store;
  now: number;
  ip: string | null;
}

/** A code of so many bits is not guessed; this keeps the machine free. @throws AccessRefused `too_many_tries` */
export async function tryCode(about: Try): Promise<void> {
  await note(about, [{ what: `code from ${placeOf(about.ip)}`, most: 5, withinMs: MINUTE }]);
}

/** @throws AccessRefused `too_many_tries` */
export async function trySignIn(about: Try, email: string): Promise<void> {
  await note(about, [
    { what: byEmail(email), most: 10, withinMs: 15 * MINUTE },
    { what: `sign-in from ${placeOf(about.ip)}`, most: 30, withinMs: 15 * MINUTE },
  ]);
}

/** Nothing is guessed here; this keeps the machine, and the issuer, free. @throws AccessRefused `too_many_tries` */
export async function trySso(about: Try): Promise<void> {
  await note(about, [{ what: `single sign-on from ${placeOf(about.ip)}`, most: 100, withinMs: 15 * MINUTE }]);
}

/** @throws AccessRefused `too_many_tries` */
export async function tryPasskey(about: Try): Promise<void> {
  await note(about, [{ what: `passkey from ${placeOf(about.ip)}`, most: 100, withinMs: 15 * MINUTE }]);
}

/** A link of 256 bits is not guessed: what is tried leaves a row of the trail. @throws AccessRefused `too_many_tries` */
export async function tryLink(about: Try): Promise<void> {
  await note(about, [{ what: `link from ${placeOf(about.ip)}`, most: 60, withinMs: 15 * MINUTE }]);
}

/** A destination is tried as often as somebody needs to set it up, and no machine for sending messages. @throws AccessRefused `too_many_tries` */
export async function trySending(about: Try, destination: number): Promise<void> {
  await note(about, [{ what: `message to destination ${destination}`, most: 20, withinMs: 15 * MINUTE }]);
}

/** After the right password and second factor. */
export async function signInWorked(store: Store, email: string): Promise<void> {
  await store.write((tx) => forgetAttempts(tx, byEmail(email)));
}

const byEmail = (email: string) => `sign-in of ${hashOf(email.trim().toLowerCase()).toString("hex")}`;

async function note({ store, now }: Try, limits: Parameters<typeof noteAttempt>[1]): Promise<void> {
  if (await store.write((tx) => noteAttempt(tx, limits, now))) return;
  const minutes = Math.max(...limits.map(({ withinMs }) => withinMs)) / MINUTE;
  throw new AccessRefused(
    "too_many_tries",
    "That was tried too often.",
    `Try again in ${minutes === 1 ? "a minute" : `${minutes} minutes`}.`,
  );
}
