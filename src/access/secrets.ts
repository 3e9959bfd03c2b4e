/** Secrets that we hand out: only their hashes stay here. */
import { createHash, randomBytes, timingSafeEqual } from "node:crypto";

/** 256 bits. */
export function newToken(): string {
  return randomBytes(32).toString("base64url");
}

/** What scanners of leaked secrets know ours by. */
const API_TOKEN_PREFIX = "glasshouse_";
export function newApiToken(): string {
  return API_TOKEN_PREFIX + newToken();
}

/** Of SCIM clients: no API token, and no API token is one. */
export function newScimToken(): string {
  return `${API_TOKEN_PREFIX}scim_${newToken()}`;
}

/** Crockford's alphabet: no letter that could be taken for another. */
const LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/** Groups of four letters with dashes between; 20 bits each. */
export function newCode(groups: number): string {
  const letters = [...randomBytes(groups * 4)].map((byte) => LETTERS[byte % LETTERS.length]);
  return Array.from({ length: groups }, (_, i) => letters.slice(i * 4, i * 4 + 4).join("")).join("-");
}

/** 140 bits. */
export const LONG_CODE = 7;
/** 120 bits: enough that a plain hash of it gives nothing away (OWASP asks for 112). */
export const SHORT_CODE = 6;

/** A code as it was meant, however it was typed. */
function meant(code: string): string {
  return code
    .toUpperCase()
    .replaceAll(/[^0-9A-Z]/g, "")
    .replaceAll("O", "0")
    .replaceAll(/[IL]/g, "1");
}

/** For secrets with so many bits that nobody can guess them from it. */
export function hashOf(secret: string): Buffer {
  return createHash("sha256").update(secret).digest();
}
export function hashOfCode(code: string): Buffer {
  return hashOf(meant(code));
}

export function sameHash(a: Uint8Array, b: Uint8Array): boolean {
  return a.byteLength === b.byteLength && timingSafeEqual(a, b);
}
