/** What the line under a table says of its rows, part by part. Pure. */
import type { Answer } from "../../src/api/contract.ts";
import { clock, utc } from "../format/time.ts";
import { TEXT } from "../text/console.ts";

export type Stamp = Answer<"listUsers">["stamp"];

/** What rows rest on: a complete listing, what was read of the audit log, or nothing that a stamp names. */
export type RestsOn = "users" | "grants" | "roles" | "usage" | "none";

const words = TEXT.stamp;

export function restsOn(stamp: Stamp, listing: RestsOn): string | null {
  if (listing === "none") return null;
  if (listing === "usage") {
    const [first, last] = [stamp.coverage[0], stamp.coverage.at(-1)];
    return first && last ? words.read(utc(first.from), utc(last.to)) : words.nothingRead;
  }
  if (listing === "grants") return told(stamp.grantsListing);
  // Of an earlier time nobody is counted: then the roles' own listing is all there is.
  if (listing === "roles" && stamp.asOf === null)
    return `${told(stamp.listing)} · ${words.ofGrants(told(stamp.grantsListing))}`;
  return told(stamp.listing);
}

function told(listing: Stamp["listing"]): string {
  if (!listing) return words.noListing;
  return `${words.run(listing.run)}, ${words.complete}, ${utc(listing.completedAt)}`;
}

/** When the rows were read: as their stamp says, or when their answer came (ms). */
export function shownAt(stamp: Stamp | undefined, readAt: number, now = Date.now()): string {
  const at = stamp?.at ?? new Date(readAt).toISOString();
  return `${clock(at, { timeZone: "UTC", now })} UTC`;
}
