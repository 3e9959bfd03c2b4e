/** The stamp of an export as text: what an auditor asks for, without a program to read it. */
import { COMMAND_LINE } from "../../model/asked.ts";
import type { Actor } from "../../model/member.ts";
import type { ExportStamp } from "../contract/exports.ts";
import type { Stamp } from "../contract/kit.ts";
import type { TrailStamp } from "../contract/trail.ts";
import { iso } from "../handler.ts";

export function stampText(stamp: ExportStamp): string {
  const { listing, grantsListing, filter, coverage, holes, directory } = stamp;
  const listed = (of: ExportStamp["listing"]) =>
    of ? `sync run ${of.run}, complete listing, ended ${of.completedAt}` : "never listed completely";
  const lines: [string, string][] = [
    ["Connection", stamp.connection],
    ["List", stamp.list + (stamp.asOf ? `, as of ${stamp.asOf}` : "")],
    ["Filter", filterText(filter)],
    ["Sort", stamp.sort],
    ["Columns", stamp.columns.join(", ")],
    ["Rows", stamp.of === null ? String(stamp.rows) : `${stamp.rows} of ${stamp.of}`],
    ["Users from", listed(listing)],
    ["Grants from", listed(grantsListing)],
    ...(directory
      ? ([
          ["Employees", `${directory.employees} in the directory`],
          ["Imported", directory.importedAt ?? "never"],
          ["By SCIM", directory.scimAt ?? "never"],
        ] as [string, string][])
      : []),
    [
      "Use covered",
      coverage.map(({ from, to }) => `${from} to ${to}`).join("; ") || "nothing: the audit log was not read",
    ],
    [
      "Holes",
      holes.map(({ from, to, cause }) => `${from} to ${to} (${cause.replaceAll("_", " ")})`).join("; ") ||
        "none",
    ],
    ["Exported by", stamp.member],
    ["Exported at", `${stamp.startedAt} to ${stamp.endedAt}`],
    ["Glasshouse", stamp.version],
    ["File", stamp.file],
    ["SHA-256", stamp.sha256],
  ];
  return [
    ...textOf(lines, stamp.sample),
    ...(stamp.changedMeanwhile
      ? ["Another sync ended while this was written: some rows may be newer than others.", ""]
      : []),
    stamp.sentence,
    USE_NOTE,
    "",
  ].join("\n");
}

export function trailStampText(stamp: TrailStamp): string {
  const { filter, sort, columns, rows, of, since, member, startedAt, endedAt, version, file, sha256 } = stamp;
  const lines: [string, string][] = [
    ["List", "audit trail of Glasshouse"],
    ["Kept since", since ?? "no row yet"],
    ["Filter", filterText(filter)],
    ["Sort", sort],
    ["Columns", columns.join(", ")],
    ["Rows", `${rows} of ${of}`],
    ["Exported by", member],
    ["Exported at", `${startedAt} to ${endedAt}`],
    ["Glasshouse", version],
    ["File", file],
    ["SHA-256", sha256],
  ];
  return textOf(lines, stamp.sample).join("\n");
}

function textOf(lines: readonly [string, string][], sample: boolean): string[] {
  return [
    ...(sample ? ["Sample data. Nobody here exists.", ""] : []),
    ...lines.map(([name, value]) => `${`${name}:`.padEnd(13)}${value}`),
    "",
  ];
}

const filterText = (filter: Record<string, unknown>) =>
  Object.entries(filter)
    .map(([name, value]) => `${name} = ${wordsOf(value)}`)
    .join("; ") || "none";

/** Times were parsed to milliseconds; a reader wants them as they are written. */
export function timesIn(filter: Record<string, unknown>): Record<string, unknown> {
  const entries = Object.entries(filter).filter(([, value]) => value !== undefined);
  return Object.fromEntries(
    entries.map(([name, value]) => [
      name,
      (name === "from" || name === "to") && typeof value === "number" ? iso(value) : value,
    ]),
  );
}

/** Whether rows of one file are of two complete listings: of users, or of grants. */
export function changedMeanwhile(first: Stamp, last: Stamp): boolean {
  return (["listing", "grantsListing"] as const).some((each) => first[each]?.run !== last[each]?.run);
}

/** What the audit trail keeps of an export: which rows went out, and how to know the file again. */
export function trailDetails(stamp: ExportStamp, chosen: boolean): Record<string, string | number> {
  const { list, filter, asOf, columns, rows, file, sha256 } = stamp;
  return {
    list,
    filter: JSON.stringify(filter),
    ...(asOf !== null && { asOf }),
    ...(chosen && { columns: columns.join(", ") }),
    rows,
    file,
    sha256,
  };
}

/** Who exports, as stamps name them. */
export function exporter(who: Actor): string {
  return who.kind === "member" ? `${who.member.name} (${who.member.email})` : COMMAND_LINE;
}

const USE_NOTE = "Use is what the audit log records; it may miss plain page views.";

function wordsOf(value: unknown): string {
  if (Array.isArray(value)) return value.join(", ");
  return String(value);
}
