import { hash } from "node:crypto";

/** Raised whenever the fields below change: hashes of different versions never meet. */
const VERSION = "1";

/** The fields that make an event the one it is, as Greenhouse gives them, before redaction (api.md §3.4). */
export interface Identity {
  organizationId: string | null;
  at: number;
  requestId: string | null;
  requestType: string | null;
  performerType: string | null;
  performerId: string | null;
  type: string | null;
  targetType: string | null;
  targetId: string | null;
  meta: unknown;
}

/**
 * 16 bytes, hex. Keyed by prefix with 32 bytes of the connection's own, so that nobody can try values of what was
 * left out of the store. The performer's name and address are no part: they may be looked up when asked, not when done.
 */
export function identityHash(key: string, event: Identity): string {
  const fields = [
    event.organizationId,
    event.at,
    event.requestId,
    event.requestType,
    event.performerType,
    event.performerId,
    event.type,
    event.targetType,
    event.targetId,
    canonical(event.meta),
  ];
  return hash("sha256", `${VERSION}\n${key}\n${JSON.stringify(fields)}`, "hex").slice(0, 32);
}

/** The same value whatever the order of keys, and whether a number came as a number or as an exact string. */
function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value === "number" || typeof value === "bigint") return String(value);
  if (typeof value !== "object" || value === null) return value;
  return Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([name, inner]) => [name, canonical(inner)]);
}

/**
 * Numbers the equal events of a listing, from 0. Equal hashes have equal times, so the counts of one second are
 * forgotten when the listing leaves it. Whatever part of a second a listing shows, its numbers begin at 0 without a
 * gap: listings that overlap, or end in the midst of a second, agree on (hash, n).
 */
export class EqualEvents {
  #second = Number.NaN;
  #seen = new Map<string, number>();

  number(at: number, identity: string): number {
    const second = Math.floor(at / 1000);
    if (second !== this.#second) {
      this.#second = second;
      this.#seen.clear();
    }
    const n = this.#seen.get(identity) ?? 0;
    this.#seen.set(identity, n + 1);
    return n;
  }
}
