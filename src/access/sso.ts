/** Signing in with an account that somebody has elsewhere, at the issuer that the environment names. */
import type { Member } from "../model/member.ts";
import { dropInvitations } from "../store/members/codes.ts";
import { hasIdentity, linkIdentity, memberByIdentity } from "../store/members/identities.ts";
import { createMember, getMember, memberByEmail } from "../store/members/members.ts";
import type { Store, Tx } from "../store/store.ts";
import { trySso } from "./attempts.ts";
import { begin, derived, end, notBegun } from "./begun.ts";
import type { Checks, Person, SingleSignOn } from "./oidc.ts";
import { AccessRefused } from "./refused.ts";
import { type ClientFacts, openSession } from "./session.ts";

interface Deps {
  store: Store;
  sso: SingleSignOn;
  /** Where the issuer sends the browser back to. */
  redirect: URL;
}

/** @param back where to afterwards: a page of ours, or it is forgotten */
export async function beginSso(
  { store, sso, redirect }: Deps,
  back: string | null,
  client: ClientFacts,
  now: number,
): Promise<{ address: URL; token: string }> {
  await trySso({ store, now, ip: client.ip });
  const token = await begin(store, "sso", { back: ownPage(back, redirect) }, now);
  return { address: await sso.addressFor(redirect, checksOf(token)), token };
}

const checksOf = (token: string): Checks => ({
  state: derived(token, "state"),
  nonce: derived(token, "nonce"),
  verifier: derived(token, "verifier"),
});

/** An address that leads elsewhere is none of ours, however it is written. */
function ownPage(back: string | null, { origin }: URL): string | null {
  if (back === null || !URL.canParse(back, origin)) return null;
  const url = new URL(back, origin);
  return url.origin === origin && back.startsWith("/") ? url.pathname + url.search + url.hash : null;
}

export interface SignedInBySso {
  member: Member;
  session: number;
  token: string;
  back: string | null;
  /** `linked`: known here before, and now also by the issuer. `new`: recorded for the first time. */
  how: "known" | "linked" | "new";
}

/**
 * Whoever the issuer knows. Our own second factor isn't asked for: to be sure of somebody is the issuer's duty.
 *
 * @param found what the issuer has added to the redirect address
 * @param note who it is, also where they are then refused
 * @throws AccessRefused `not_begun`, `sso_…`, `email_unverified`, `no_role`, `too_many_tries`
 */
export async function signInWithSso(
  { store, sso, redirect }: Deps,
  given: { begun: string | null; found: URLSearchParams },
  client: ClientFacts,
  now: number,
  note: (member: Member, how: SignedInBySso["how"]) => void,
): Promise<SignedInBySso> {
  await trySso({ store, now, ip: client.ip });
  // What another site makes of our address ends nothing that this browser has begun.
  if (given.begun === null || given.found.get("state") !== derived(given.begun, "state")) throw notBegun();
  const { token: begun, back } = await end(store, "sso", given.begun, now);
  const answer = new URL(redirect);
  answer.search = given.found.toString();
  const person = await sso.person(answer, checksOf(begun));
  if (person.email === null) {
    throw new AccessRefused(
      "email_unverified",
      `${sso.label} doesn't vouch for your e-mail address.`,
      "Let it verify your address, and sign in again. Everybody is refused? docs/sign-in.md says what an admin sets there.",
    );
  }
  const { member, how } = await store.write((tx) => memberFor(tx, person, person.email!, sso.label, now));
  note(member, how);
  if (member.role === null) {
    throw new AccessRefused(
      "no_role",
      `Nobody has given ${member.email} a role yet.`,
      "Ask an admin: you are on the page Members now.",
    );
  }
  const opened = await store.write((tx) => openSession(tx, member.id, client, now, "sso"));
  return { member, how, back, ...opened };
}

/**
 * By issuer and subject, once these have been seen. Before, by the address that the issuer vouches for: only admins
 * bring addresses in, and only one account of an issuer is ever linked to a member. So who is given the address of
 * somebody who has left doesn't become them.
 */
async function memberFor(
  tx: Tx,
  person: Person,
  email: string,
  label: string,
  now: number,
): Promise<{ member: Member; how: SignedInBySso["how"] }> {
  const known = await memberByIdentity(tx, person);
  if (known !== null) return { member: (await getMember(tx, known))!, how: "known" };
  const named = await memberByEmail(tx, email);
  if (named && (await hasIdentity(tx, named.id, person.issuer))) {
    throw new AccessRefused(
      "sso_email_taken",
      `${email} belongs to a member who signs in with another account of ${label}.`,
      "An admin removes that member on the page Members; then sign in again.",
    );
  }
  const id =
    named?.id ??
    (await createMember(tx, { email, name: nameOf(person, email), role: null, password: null, now }));
  await linkIdentity(tx, id, person, now);
  // A code that was made to let them in is needed no more.
  if (named && !named.hasPassword) await dropInvitations(tx, named.id);
  return { member: (await getMember(tx, id))!, how: named ? "linked" : "new" };
}

/** As people have one: without control characters, and not endless. */
function nameOf({ name }: Person, email: string): string {
  const clean = name?.replaceAll(/[\p{Cc}\p{Cf}]/gu, "").trim();
  return (clean || email.split("@")[0]!).slice(0, 120);
}
