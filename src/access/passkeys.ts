/**
 * Passkeys (WebAuthn): a key on a device, which the device uses only after it has made sure of its owner. So one stands
 * for password and second factor at once. It names its member itself: nothing is typed.
 */
import type { AuthenticationResponseJSON, RegistrationResponseJSON } from "@simplewebauthn/server";

import type { Member } from "../model/member.ts";
import { getMember, passwordOf } from "../store/members/members.ts";
import {
  addPasskey,
  notePasskeyUse,
  type Passkey,
  passkeyByCredential,
  passkeysOf,
  removePasskey,
} from "../store/members/passkeys.ts";
import { endSessions, setWay } from "../store/members/sessions.ts";
import type { Store } from "../store/store.ts";
import { tryPasskey } from "./attempts.ts";
import { begin, derived, end, notBegun } from "./begun.ts";
import { prove } from "./proof.ts";
import { AccessRefused } from "./refused.ts";
import { type ClientFacts, openSession } from "./session.ts";

const MOST = 20;
/** What every device has at least one of: EdDSA, ES256, RS256. */
const ALGORITHMS = [-8, -7, -257];
const PATIENCE_MS = 5 * 60_000;

interface Deps {
  store: Store;
  /** Where people open Glasshouse: a key works there and nowhere else. */
  address: URL;
}

/** Browsers give keys to https alone, and to this machine's own name; never to an IP address. */
export function worksAt(address: URL): boolean {
  const { protocol, hostname } = address;
  const named = !hostname.startsWith("[") && !/^[\d.]+$/.test(hostname);
  return named && (protocol === "https:" || hostname === "localhost");
}

function domainOf(address: URL): string {
  if (worksAt(address)) return address.hostname;
  throw new AccessRefused(
    "passkeys_elsewhere",
    `Passkeys don't work at ${address.origin}.`,
    "They need https and a name, or http://localhost. An admin sets GLASSHOUSE_PUBLIC_URL.",
  );
}

/** @throws AccessRefused `fresh_sign_in_needed`, `password_wrong`, `passkeys_elsewhere`, `not_possible`, `too_many_tries` */
export async function beginPasskey(
  { store, address }: Deps,
  who: { member: Member; session: number },
  password: string | undefined,
  client: ClientFacts,
  now: number,
) {
  const { member } = who;
  const rpID = domainOf(address);
  await prove(store, who, password, client, now);
  const known = await passkeysOf(store.read, member.id);
  if (known.length >= MOST) {
    throw new AccessRefused(
      "not_possible",
      `You have ${MOST} passkeys, as many as there can be.`,
      "Remove one.",
    );
  }
  const token = await begin(store, "passkey_new", { member: member.id }, now);
  const { generateRegistrationOptions } = await import("@simplewebauthn/server");
  const options = await generateRegistrationOptions({
    rpName: "Glasshouse",
    rpID,
    userID: bytes(known[0]?.userHandle ?? handleOf(token)),
    userName: member.email,
    userDisplayName: member.name,
    challenge: challengeOf(token),
    timeout: PATIENCE_MS,
    attestationType: "none",
    authenticatorSelection: { residentKey: "required", userVerification: "required" },
    excludeCredentials: known.map(({ credential, transports }) => ({
      id: base64url(credential),
      transports: transports as [],
    })),
    supportedAlgorithmIDs: ALGORITHMS,
  });
  return { token, options };
}

/** It is used by this: the session is as good as one that it opened. @throws AccessRefused `not_begun`, `passkey_refused`, `passkey_taken` */
export async function confirmPasskey(
  { store, address }: Deps,
  { member, session }: { member: Member; session: number },
  given: { begun: string | null; name: string; answer: unknown },
  now: number,
): Promise<Passkey> {
  const begun = await end(store, "passkey_new", given.begun, now);
  if (begun.member !== member.id) throw notBegun();
  const { verifyRegistrationResponse } = await import("@simplewebauthn/server");
  const { registrationInfo } = await verifyRegistrationResponse({
    response: given.answer as RegistrationResponseJSON,
    expectedChallenge: derived(begun.token, "challenge"),
    expectedOrigin: address.origin,
    expectedRPID: domainOf(address),
    requireUserVerification: true,
    supportedAlgorithmIDs: ALGORITHMS,
  }).catch((error: unknown) => {
    throw refused(error);
  });
  if (!registrationInfo) throw refused(null);
  const { credential, credentialDeviceType } = registrationInfo;
  return store.write(async (tx) => {
    const others = await passkeysOf(tx, member.id);
    const passkey = {
      member: member.id,
      credential: fromBase64url(credential.id),
      publicKey: credential.publicKey,
      userHandle: others[0]?.userHandle ?? handleOf(begun.token),
      counter: credential.counter,
      transports: (credential.transports ?? []).filter((transport) => /^[a-z-]{1,20}$/.test(transport)),
      synced: credentialDeviceType === "multiDevice",
      name: given.name,
      createdAt: now,
    };
    const id = await addPasskey(tx, passkey);
    if (id === null) {
      throw new AccessRefused(
        "passkey_taken",
        "This passkey is here already.",
        "Use another device or password manager.",
      );
    }
    await setWay(tx, session, "passkey");
    return { ...passkey, id, lastUsedAt: null };
  });
}

/** @throws AccessRefused `passkeys_elsewhere`, `too_many_tries` */
export async function beginPasskeySignIn({ store, address }: Deps, client: ClientFacts, now: number) {
  const rpID = domainOf(address);
  await tryPasskey({ store, now, ip: client.ip });
  const token = await begin(store, "passkey_sign_in", {}, now);
  const { generateAuthenticationOptions } = await import("@simplewebauthn/server");
  const options = await generateAuthenticationOptions({
    rpID,
    challenge: challengeOf(token),
    timeout: PATIENCE_MS,
    userVerification: "required",
  });
  return { token, options };
}

/**
 * @param note who it is, also where they are then refused
 * @throws AccessRefused `not_begun`, `passkey_refused`, `no_role`, `too_many_tries`
 */
export async function signInWithPasskey(
  { store, address }: Deps,
  given: { begun: string | null; answer: unknown },
  client: ClientFacts,
  now: number,
  note: (member: Member) => void,
): Promise<{ member: Member; session: number; token: string }> {
  await tryPasskey({ store, now, ip: client.ip });
  const begun = await end(store, "passkey_sign_in", given.begun, now);
  const answer = given.answer as AuthenticationResponseJSON;
  const passkey = await passkeyByCredential(store.read, fromBase64url(answer.id));
  const member = passkey && (await getMember(store.read, passkey.member));
  if (!passkey || !member) throw unknownHere();
  const { userHandle } = answer.response;
  if (userHandle && userHandle !== base64url(passkey.userHandle)) throw unknownHere();
  const { verifyAuthenticationResponse } = await import("@simplewebauthn/server");
  const { verified, authenticationInfo } = await verifyAuthenticationResponse({
    response: answer,
    expectedChallenge: derived(begun.token, "challenge"),
    expectedOrigin: address.origin,
    expectedRPID: domainOf(address),
    credential: { id: answer.id, publicKey: bytes(passkey.publicKey), counter: passkey.counter },
    requireUserVerification: true,
  }).catch((error: unknown) => {
    throw refused(error);
  });
  if (!verified) throw refused(null);
  note(member);
  if (member.role === null) {
    throw new AccessRefused("no_role", "Nobody has given you a role yet.", "Ask an admin for one.");
  }
  const { newCounter, credentialDeviceType } = authenticationInfo;
  return store.write(async (tx) => {
    const used = { counter: newCounter, synced: credentialDeviceType === "multiDevice" };
    if (!(await notePasskeyUse(tx, passkey, used, now))) throw refused(null);
    return { member, ...(await openSession(tx, member.id, client, now, "passkey")) };
  });
}

/**
 * The other sessions end: a device that is lost may hold one. Whoever has found a session shuts its owner out by this, so it
 * asks for the same as a new one does.
 *
 * @param others may members sign in otherwise than by passkey and password?
 * @throws AccessRefused `passkey_not_found`, `fresh_sign_in_needed`, `password_wrong`, `not_possible`, `too_many_tries`
 */
export async function forgetPasskey(
  { store, others }: { store: Store; others: boolean },
  who: { member: Member; session: number },
  given: { passkey: number; password: string | undefined },
  client: ClientFacts,
  now: number,
): Promise<void> {
  await prove(store, who, given.password, client, now);
  const { id } = who.member;
  await store.write(async (tx) => {
    if (!(await removePasskey(tx, id, given.passkey))) throw passkeyNotFound(given.passkey);
    const last = (await passkeysOf(tx, id)).length === 0 && (await passwordOf(tx, id)) === null;
    if (last && !others) {
      throw new AccessRefused(
        "not_possible",
        "This passkey is your only way in.",
        "Add another one first, or let an admin give you a code to set a password with.",
      );
    }
    await endSessions(tx, id, who.session);
  });
}

export const passkeyNotFound = (passkey: number) =>
  new AccessRefused("passkey_not_found", `You have no passkey ${passkey}.`);

const unknownHere = () =>
  new AccessRefused(
    "passkey_refused",
    "Nobody here has this passkey.",
    "It may have been removed. Sign in another way, and add it anew under Your account; remove the old one from the device.",
  );

/** What the library says may repeat what was sent: only what people can act upon is told. */
function refused(error: unknown): AccessRefused {
  if (error instanceof AccessRefused) return error;
  const said = error instanceof Error ? error.message : "";
  if (/counter value/.test(said)) {
    return new AccessRefused(
      "passkey_refused",
      "This passkey was used elsewhere since: somebody may have a copy of it.",
      "Sign in another way, and remove it under Your account.",
    );
  }
  if (/user (verification|could not be verified)/i.test(said)) {
    return new AccessRefused(
      "passkey_refused",
      "The device didn't make sure of who you are.",
      "Give it a PIN, a fingerprint or your face, and try again.",
    );
  }
  return new AccessRefused(
    "passkey_refused",
    "This passkey doesn't fit.",
    "Try again, or sign in another way.",
  );
}

const challengeOf = (token: string) => bytes(Buffer.from(derived(token, "challenge"), "base64url"));
/** A device shows it to nobody, and it says nothing of its owner. */
const handleOf = (token: string) => bytes(Buffer.from(derived(token, "handle"), "base64url"));
const base64url = (data: Uint8Array) => Buffer.from(data).toString("base64url");
const fromBase64url = (text: string) => bytes(Buffer.from(text, "base64url"));
/** Its own memory: what the library and the database want. */
const bytes = (data: Uint8Array): Uint8Array<ArrayBuffer> => new Uint8Array(data);
