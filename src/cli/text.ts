/** Text for a terminal: measured, cut; and times in words. */

export { harmless, harmlessJson } from "../model/harmless.ts";

const graphemes = new Intl.Segmenter("en", { granularity: "grapheme" });
const WIDE =
  /^(?:\p{Emoji_Presentation}|\p{Extended_Pictographic}\ufe0f|[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|[\u{1f1e6}-\u{1f1ff}]|[\u{20000}-\u{3fffd}])/u;
const ASCII = /^[\x20-\x7e]*$/;

/** Columns that harmless text takes on a terminal. */
export function widthOf(text: string): number {
  if (ASCII.test(text)) return text.length;
  let width = 0;
  for (const { segment } of graphemes.segment(text)) width += columns(segment);
  return width;
}

function columns(grapheme: string): number {
  if (/^\p{M}+$/u.test(grapheme)) return 0;
  return WIDE.test(grapheme) ? 2 : 1;
}

/** At most `width` columns, the last one `…` where something was cut. */
export function cut(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  if (width < 1) return "";
  let kept = "";
  let taken = 0;
  for (const { segment } of graphemes.segment(text)) {
    taken += columns(segment);
    if (taken > width - 1) break;
    kept += segment;
  }
  return `${kept.trimEnd()}…`;
}

export function pad(text: string, width: number, right = false): string {
  const blank = " ".repeat(Math.max(0, width - widthOf(text)));
  return right ? blank + text : text + blank;
}

/** Lines of at most `width` columns, broken at blanks. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/\s+/)) {
    if (line !== "" && widthOf(line) + 1 + widthOf(word) > width) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, line];
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** `23 Nov 2026 09:02 UTC` */
export function exactTime(time: string): string {
  return `${date(time)} ${time.slice(11, 16)} UTC`;
}
/** `23 Nov 2026` */
export function date(time: string): string {
  const [year, month, day] = time.slice(0, 10).split("-");
  return `${Number(day)} ${MONTHS[Number(month) - 1]} ${year}`;
}
/** `09:02` of today, else with its date. */
export function clock(time: string, now: number): string {
  const today = new Date(now).toISOString();
  if (today.slice(0, 10) === time.slice(0, 10)) return time.slice(11, 16);
  return `${shortDate(time, now)} ${time.slice(11, 16)}`;
}

/** `23 Nov` of this year, else with its year. */
export function shortDate(time: string, now: number): string {
  const thisYear = new Date(now).toISOString().slice(0, 4) === time.slice(0, 4);
  return thisYear ? date(time).slice(0, -5) : date(time);
}

export function duration(ms: number): string {
  if (ms < 10_000) return `${(ms / 1000).toFixed(1)} s`;
  if (ms < 120_000) return `${Math.round(ms / 1000)} s`;
  if (ms < 7_200_000) return `${Math.round(ms / 60_000)} min`;
  return `${Math.round(ms / 3_600_000)} h`;
}

export const count = (n: number): string => n.toLocaleString("en-US");

/** `1 user`, `62 users`, `1 way to see the job`. @param many the plural, whose first word ends in s */
export const countOf = (n: number, many: string): string =>
  `${count(n)} ${n === 1 ? many.replace(/^([\w-]+)s\b/, "$1") : many}`;
