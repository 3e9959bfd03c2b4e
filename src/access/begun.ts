/**
 * What a browser begins and has to end itself, within ten minutes and once: single sign-on, or the use of a passkey.
 * It gets a cookie; here stays only the cookie's hash. Whatever else has to fit (state, nonce, verifier, challenge)
 * follows from the cookie one-way, so that nothing of it needs to be stored, and nobody else can know it.
 */
import { type BegunKind, saveBegun, spendBegun } from "../store/members/begun.ts";
import type { Store } from "../store/store.ts";
import { AccessRefused } from "./refused.ts";
import { hashOf, newToken } from "./secrets.ts";

const GOOD_MS = 10 * 60_000;

/** @returns what the cookie holds */
export async function begin(
  store: Store,
  kind: BegunKind,
  about: { member?: number; back?: string | null },
  now: number,
): Promise<string> {
  const token = newToken();
  const { member = null, back = null } = about;
  const begun = { kind, hash: hashOf(token), member, back, endsAt: now + GOOD_MS };
  await store.write((tx) => saveBegun(tx, begun, now));
  return token;
}

/** 256 bits that only who holds the cookie can give. */
export function derived(
  token: string,
  what: "state" | "nonce" | "verifier" | "challenge" | "handle",
): string {
  return hashOf(`${what} ${token}`).toString("base64url");
}

/** It is spent, whatever comes of it. @throws AccessRefused `not_begun` */
export async function end(
  store: Store,
  kind: BegunKind,
  token: string | null,
  now: number,
): Promise<{ token: string; member: number | null; back: string | null }> {
  const begun = token === null ? null : await store.write((tx) => spendBegun(tx, kind, hashOf(token), now));
  if (!begun || token === null) throw notBegun();
  return { token, ...begun };
}

export const notBegun = () =>
  new AccessRefused(
    "not_begun",
    "This was not begun in this browser, was ended before, or is older than ten minutes.",
    "Begin again, in this browser and in one tab.",
  );
