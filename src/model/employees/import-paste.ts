/** A pasted list of e-mail addresses, an optional leave date beside each, as a table of three columns. */

import { grouped, withoutTail } from "../text.ts";
import { bareAddress, isEmail } from "./employee.ts";
import { guessColumns } from "./import-columns.ts";
import { type DateOrder, guessOrder, readDay } from "./import-dates.ts";
import type { ImportProblem } from "./import-rows.ts";
import { FileRefused, MAX_ROWS, type Table } from "./import-table.ts";

/** What an address may be a part of. */
const TOKEN = /[^\s<>"(),:;[\]|]+/g;
/** What no eye sees, and chats and web pages put in. */
const UNSEEN = /[\u200b-\u200d\u2060\ufeff]|mailto:/gi;
/** What stands around a date or a name: brackets, quotes, bullets, what parts it from the address. */
const BEFORE = /^[\s,;:|"'`“”„‘’<>()[\]•·*–—-]+/;
const BEHIND = /[\s,;:|"'`“”„‘’<>()[\]–—-]/;
/** `left on 12 Nov 2026` */
const BEFORE_A_DATE =
  /^(?:(?:has|have|left|leaves|leaving|last|day|of|work|until|gone|terminated|on|since|as|is)\b[\s:]*)+/i;
/** Of a numbered list: `12.`, `3)`. */
const ITEM = /^\d{1,3}(?:[.)]\s+|[.)]?$)/;
const PARTED = /[\t,;|]/;

/** Address, date, name: in the order of PASTE_COLUMNS. @throws FileRefused */
export function readPaste(text: string): { table: Pick<Table, "rows">; problems: ImportProblem[] } {
  const rows: Table["rows"] = [];
  const problems: ImportProblem[] = [];
  if (["\n", "\r", "@"].some((sign) => countOf(text, sign) > MAX_ROWS))
    throw new FileRefused(`The list has more than ${grouped(MAX_ROWS)} rows.`);
  const lines = text.replace(UNSEEN, "").split(/\r\n|\n|\r/);
  const beside = lines.flatMap((line) => partsOf(atAddresses(line).apart.join("")).map(unworded));
  const { order } = guessOrder(beside);
  const first = lines.findIndex((line) => line.trim() !== "");
  lines.forEach((whole, i) => {
    if (whole.trim() === "" || (i === first && isHeading(whole))) return;
    const read = readLine(whole, order);
    if (typeof read === "string") problems.push({ line: i + 1, column: null, text: read });
    else for (const cells of read) rows.push({ line: i + 1, cells });
  });
  return { table: { rows }, problems };
}

function countOf(text: string, sign: string): number {
  let count = 0;
  for (let at = text.indexOf(sign); at >= 0; at = text.indexOf(sign, at + 1)) count++;
  return count;
}

/** The rows of a line, or what is wrong with it. */
function readLine(whole: string, order: DateOrder): string[][] | string {
  const { found, apart } = atAddresses(whole);
  if (found.length === 0) return `No e-mail address stands in "${whole.trim().slice(0, 60)}"`;
  const emails = found.map(bareAddress);
  const wrong = emails.findIndex((email) => !isEmail(email));
  if (wrong >= 0) return `"${found[wrong]!.slice(0, 60)}" is not an e-mail address`;
  const before = around(apart[0]!).replace(ITEM, "");
  const behind = around(apart.at(-1)!);
  if (emails.length > 1) {
    const dated = partsOf(apart.join(",")).some((part) => dayIn(part, order) !== null);
    if (dated) return "Several addresses and one date stand in this line: whose date is it?";
    return behind === "" ? emails.map((email) => [email, "", ""]) : noDate(behind);
  }
  const beside = behind === "" ? datedOf(before, order, true) : datedOf(behind, order, false);
  if (beside === null) return noDate(behind || before);
  return [[emails[0]!, beside.date, beside.rest || (behind === "" ? "" : before)]];
}

const noDate = (text: string): string =>
  `"${text.slice(0, 60)}" beside the address is not a date that can be read`;

/**
 * The date in it, whole or as one of its parts, and what stands beside that. null: it is none.
 *
 * @param maybe it may be a name alone: what has no digit is none of a date
 */
function datedOf(text: string, order: DateOrder, maybe: boolean): { date: string; rest: string } | null {
  if (text === "") return { date: "", rest: "" };
  const date = dayIn(text, order);
  if (date !== null) return { date, rest: "" };
  if (maybe && !/\d/.test(text)) return { date: "", rest: text };
  const parts = partsOf(text).map((part) => ({ part, day: dayIn(part, order) }));
  const days = parts.flatMap(({ day }) => day ?? []);
  if (days.length !== 1) return null;
  return { date: days[0]!, rest: parts.flatMap(({ part, day }) => (day === null ? part : [])).join(" ") };
}

function dayIn(text: string, order: DateOrder): string | null {
  const found = [text, unworded(text)].find((each) => each !== "" && readDay(each, order) !== undefined);
  return found ?? null;
}

const unworded = (text: string): string => text.replace(BEFORE_A_DATE, "");

const partsOf = (text: string): string[] => text.split(PARTED).map(around).filter(Boolean);

/** `E-mail, Leave date`, as a copied column begins. */
const isHeading = (line: string): boolean =>
  !line.includes("@") && guessColumns(line.split(PARTED)).some((field) => field !== null);

const around = (text: string): string => withoutTail(text.replace(BEFORE, ""), BEHIND);

/**
 * The addresses of a line, and what stands before, between and behind them. Step by step from @ to @: a pattern would be searched
 * for anew from each letter, which takes hours where somebody has pasted a whole file without an @.
 */
function atAddresses(line: string): { found: string[]; apart: string[] } {
  const found: string[] = [];
  const apart: string[] = [];
  let done = 0;
  for (const { 0: token, index } of line.matchAll(TOKEN)) {
    let from = 0;
    for (let at = token.indexOf("@"); at >= 0; ) {
      const next = token.indexOf("@", at + 1);
      const end = next < 0 ? token.length : next;
      if (at === from || end === at + 1) {
        from = at + 1;
        at = next;
        continue;
      }
      apart.push(line.slice(done, index + from));
      found.push(token.slice(from, end));
      done = index + end;
      from = end + 1;
      at = token.indexOf("@", from);
    }
  }
  return { found, apart: [...apart, line.slice(done)] };
}

export const PASTE_COLUMNS = ["email", "leave_date", "name"] as const;
