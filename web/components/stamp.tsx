/**
 * The line under every table, part of each screenshot: source, scope, completeness, time, person.
 * <StampLine stamp={page.stamp} shown="57 of 428 users" filter="active people, unused" listing="grants" />
 */
import { useState } from "react";
import type { Answer } from "../../src/api/contract.ts";
import { clock, utc } from "../format/time.ts";
import { TEXT } from "../text/console.ts";
import { useReader } from "./reader.tsx";

export type Stamp = Answer<"listUsers">["stamp"];

export interface StampProps {
  stamp: Stamp | undefined;
  shown: string;
  filter?: string;
  /** What the rows rest on: a complete listing, what was read of the audit log, or nothing that a stamp names. */
  listing?: "users" | "grants" | "usage" | "none";
  /** What the rows rest on besides. */
  also?: string | undefined;
}

export function StampLine({ stamp, shown, filter, listing = "users", also }: StampProps) {
  const reader = useReader();
  const [opened] = useState(() => new Date().toISOString());
  const parts = [
    shown,
    filter,
    stamp?.asOf && TEXT.stamp.asOf(utc(stamp.asOf)),
    stamp && restsOn(stamp, listing),
    also,
    stamp && stamp.holes.length > 0 && TEXT.stamp.holes(stamp.holes.length),
    TEXT.stamp.shownTo(reader.name, `${clock(stamp?.at ?? opened, { timeZone: "UTC" })} UTC`),
    stamp?.connection,
    reader.sample && TEXT.sample,
  ];
  return (
    <p className="border-t px-3 py-2 text-sm text-dim" data-stamp>
      {parts.filter(Boolean).join(" · ")}
    </p>
  );
}

function restsOn({ listing: users, grantsListing, coverage }: Stamp, listing: string): string | null {
  if (listing === "none") return null;
  if (listing === "usage") {
    const [first, last] = [coverage[0], coverage.at(-1)];
    return first && last ? TEXT.stamp.read(utc(first.from), utc(last.to)) : TEXT.stamp.nothingRead;
  }
  const rests = listing === "grants" ? grantsListing : users;
  if (!rests) return TEXT.stamp.noListing;
  return `${TEXT.stamp.run(rests.run)}, ${TEXT.stamp.complete}, ${utc(rests.completedAt)}`;
}
