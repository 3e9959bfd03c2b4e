/**
 * The line under every table, part of each screenshot: source, scope, completeness, time, person.
 * <StampLine stamp={page.stamp} shown="57 of 428 users" filter="active people, unused" listing="grants" />
 * Without a stamp: <StampLine stamp={undefined} readAt={query.dataUpdatedAt} shown="4 connections" />
 */
import { utc } from "../format/time.ts";
import { TEXT } from "../text/console.ts";
import { useReader } from "./reader.tsx";
import { type RestsOn, restsOn, type Stamp, shownAt } from "./stamp-parts.ts";

export type { Stamp };

export type StampProps = {
  shown: string;
  filter?: string;
  listing?: RestsOn;
  /** What the rows rest on besides. */
  also?: string | undefined;
} & ({ stamp: Stamp } | { stamp: Stamp | undefined; readAt: number });

export function StampLine({ shown, filter, listing = "users", also, ...read }: StampProps) {
  const reader = useReader();
  const { stamp } = read;
  const parts = [
    shown,
    filter,
    stamp?.asOf && TEXT.stamp.asOf(utc(stamp.asOf)),
    stamp && restsOn(stamp, listing),
    also,
    stamp && stamp.holes.length > 0 && TEXT.stamp.holes(stamp.holes.length),
    TEXT.stamp.shownTo(reader.name, shownAt(stamp, "readAt" in read ? read.readAt : 0)),
    stamp?.connection,
    reader.sample && TEXT.sample,
  ];
  return (
    <p className="border-t px-3 py-2 text-sm text-dim" data-stamp>
      {parts.filter(Boolean).join(" · ")}
    </p>
  );
}
