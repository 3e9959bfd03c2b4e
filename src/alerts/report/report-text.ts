/** The weekly report as plain text: it reads well by itself, in a mail and in a terminal. Pure. */
import { harmless } from "../../model/harmless.ts";
import { type Report, type ReportRow, type ReportSection, SAMPLE, UNKNOWN } from "./report-kit.ts";

const WIDTH = 76;

/** @param address of the console */
export function reportText(report: Report, address: string): string {
  const blocks = [
    ...(report.sample ? [wrap(SAMPLE)] : []),
    [wrap(report.title), wrap(report.week)].join("\n"),
    wrap(report.lead.join(" ")),
    ...report.sections.map(sectionText),
    report.foot.map((line) => wrap(line)).join("\n\n"),
    `More: ${address}`,
  ];
  return `${blocks.join("\n\n")}\n`;
}

function sectionText({ title, basis, rows, notes }: ReportSection): string {
  return [
    title.toUpperCase(),
    wrap(basis),
    "",
    ...rows.map(rowText),
    ...notes.flatMap((note) => ["", wrap(note)]),
  ].join("\n");
}

function rowText({ label, value, note }: ReportRow): string {
  const first = wrap(`- ${label}: ${value ?? UNKNOWN}`, "  ");
  return note === null ? first : `${first}\n${wrap(`  ${note}`, "  ")}`;
}

/** Broken at blanks; `indent` stands before every line but the first. */
function wrap(text: string, indent = ""): string {
  const lines: string[] = [];
  const begins = /^ */.exec(text)![0];
  let line = "";
  for (const word of harmless(text).trim().split(/ +/)) {
    const lead = lines.length === 0 ? begins : indent;
    if (line !== "" && lead.length + line.length + 1 + word.length > WIDTH) {
      lines.push(lead + line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, (lines.length === 0 ? begins : indent) + line].join("\n");
}
