/** The stamp of an export as text: what an auditor asks for, without a program to read it. */
import type { ExportStamp } from "./contract/exports.ts";

export function stampText(stamp: ExportStamp): string {
  const { listing, grantsListing, filter, coverage, holes } = stamp;
  const listed = (of: ExportStamp["listing"]) =>
    of ? `sync run ${of.run}, complete listing, ended ${of.completedAt}` : "never listed completely";
  const lines: [string, string][] = [
    ["Connection", stamp.connection],
    ["List", stamp.list + (stamp.asOf ? `, as of ${stamp.asOf}` : "")],
    [
      "Filter",
      Object.entries(filter)
        .map(([name, value]) => `${name} = ${wordsOf(value)}`)
        .join("; ") || "none",
    ],
    ["Sort", stamp.sort],
    ["Columns", stamp.columns.join(", ")],
    ["Rows", stamp.of === null ? String(stamp.rows) : `${stamp.rows} of ${stamp.of}`],
    ["Users from", listed(listing)],
    ["Grants from", listed(grantsListing)],
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
    ...(stamp.sample ? ["Sample data. Nobody here exists.", ""] : []),
    ...lines.map(([name, value]) => `${`${name}:`.padEnd(13)}${value}`),
    "",
    ...(stamp.changedMeanwhile
      ? ["Another sync ended while this was written: some rows may be newer than others.", ""]
      : []),
    stamp.sentence,
    USE_NOTE,
    "",
  ].join("\n");
}

const USE_NOTE = "Use is what the audit log records; it may miss plain page views.";

function wordsOf(value: unknown): string {
  if (Array.isArray(value)) return value.join(", ");
  return String(value);
}
