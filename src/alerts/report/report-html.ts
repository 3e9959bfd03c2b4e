/** The weekly report as an HTML mail. Pure. */
import { block, type Color, escaped, looks, mailHtml, paragraph, table } from "../mail-html.ts";
import {
  type Report,
  type ReportRow,
  type ReportSection,
  SAMPLE,
  UNKNOWN,
  USE_PARTS,
  type UsePart,
} from "./report-kit.ts";

const SIDES = "28px";

/** @param address of the console */
export function reportHtml(report: Report, address: string): string {
  const { subject, title, week, sample, lead, sections, foot } = report;
  const head =
    `<h1 ${looks("margin:0;font-size:22px;line-height:1.25;font-weight:600", { text: "ink" })}>${escaped(title)}</h1>` +
    paragraph(week, "padding-top:2px", "dim") +
    paragraph(lead.join(" "), "padding-top:14px;font-size:16px");
  const link = `<p style="margin:0;padding-top:12px"><a href="${escaped(address)}" ${looks("font-weight:600", { text: "link" })}>Open Glasshouse</a></p>`;
  return mailHtml(
    subject,
    [
      ...(sample
        ? [block(paragraph(SAMPLE, "font-weight:600", "look"), `10px ${SIDES}`, { ground: "look-soft" })]
        : []),
      block(head + link, `24px ${SIDES} 4px`),
      ...sections.map((section) => block(sectionHtml(section), `22px ${SIDES} 0`)),
      block(
        foot.map((line) => paragraph(line, "padding-top:8px;font-size:13px", "dim")).join(""),
        `20px ${SIDES} 26px`,
      ),
    ].join("\n"),
  );
}

function sectionHtml({ title, basis, bar, rows, notes }: ReportSection): string {
  return (
    `<h2 ${looks("margin:0;font-size:17px;line-height:1.3;font-weight:600", { text: "ink" })}>${escaped(title)}</h2>` +
    paragraph(basis, "padding:2px 0 8px;font-size:13px", "dim") +
    (bar ? barHtml(bar) : "") +
    table(rows.map((each) => rowHtml(each, bar !== null)).join("")) +
    notes.map((note) => paragraph(note, "padding-top:8px;font-size:13px", "dim")).join("")
  );
}

const PART_COLOR: Record<UsePart, Color> = {
  inUse: "kind-1",
  unused: "kind-2",
  neverUsed: "kind-3",
  unknown: "unknown",
};
const PERCENT = 100;

/** For the eye alone: the rows below it say the same in words. */
function barHtml(bar: Record<UsePart, number>): string {
  const all = USE_PARTS.reduce((sum, part) => sum + bar[part], 0);
  const cells = USE_PARTS.filter((part) => bar[part] > 0).map((part) => {
    const share = ((bar[part] / all) * PERCENT).toFixed(2);
    return `<td width="${share}%" height="12" ${looks(`width:${share}%;height:12px;font-size:0;line-height:0;min-width:3px`, { ground: PART_COLOR[part] })}>&nbsp;</td>`;
  });
  return cells.length === 0
    ? ""
    : `<div aria-hidden="true" style="padding-bottom:6px">${table(`<tr>${cells.join("")}</tr>`)}</div>`;
}

function rowHtml({ label, value, note, part }: ReportRow, keyed: boolean): string {
  const key =
    keyed && part
      ? `<span aria-hidden="true" ${looks("display:inline-block;width:10px;height:10px;border-radius:2px;margin-right:8px", { ground: PART_COLOR[part] })}></span>`
      : "";
  const cell = (align: "left" | "right", more: string) =>
    looks(`padding:7px 0;border-top:1px solid;vertical-align:top;text-align:${align};${more}`, {
      edge: "line",
    });
  const said = value === null ? `<span ${looks("", { text: "idle" })}>${UNKNOWN}</span>` : escaped(value);
  return (
    `<tr><td ${cell("left", "word-break:break-word")}>${key}<span ${looks("", { text: "ink" })}>${escaped(label)}</span>` +
    (note === null ? "" : `<br><span ${looks("font-size:13px", { text: "dim" })}>${escaped(note)}</span>`) +
    `</td><td ${cell("right", "padding-left:16px;font-weight:600;white-space:nowrap")}><span ${looks("", { text: "ink" })}>${said}</span></td></tr>`
  );
}
