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
  /** Which listing the rows rest on; `grants` for grants. */
  listing?: "users" | "grants";
}

export function StampLine({ stamp, shown, filter, listing = "users" }: StampProps) {
  const reader = useReader();
  const [opened] = useState(() => new Date().toISOString());
  const rests = listing === "grants" ? stamp?.grantsListing : stamp?.listing;
  const parts = [
    shown,
    filter,
    stamp?.asOf && TEXT.stamp.asOf(utc(stamp.asOf)),
    stamp &&
      (rests
        ? `${TEXT.stamp.run(rests.run)}, ${TEXT.stamp.complete}, ${utc(rests.completedAt)}`
        : TEXT.stamp.noListing),
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
