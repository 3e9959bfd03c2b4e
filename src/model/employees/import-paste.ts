/** A pasted list of e-mail addresses, an optional leave date beside each, as a table of three columns. */
import { bareAddress, isEmail } from "./employee.ts";
import { guessColumns } from "./import-columns.ts";
import { type DateOrder, guessOrder, readDay } from "./import-dates.ts";
import type { ImportProblem } from "./import-rows.ts";
import type { Table } from "./import-table.ts";

const ADDRESS = /[^\s@<>"(),:;[\]|]+@[^\s@<>"(),:;[\]|]+/g;
/** What no eye sees, and chats and web pages put in. */
const UNSEEN = /[\u200b-\u200d\u2060\ufeff]|mailto:/gi;
/** What stands around a date or a name: brackets, quotes, bullets, what parts it from the address. */
const AROUND = /^[\s,;:|"'`“”„‘’<>()[\]•·*–—-]+|[\s,;:|"'`“”„‘’<>()[\]–—-]+$/g;
/** `left on 12 Nov 2026` */
const BEFORE_A_DATE =
  /^(?:(?:has|have|left|leaves|leaving|last|day|of|work|until|gone|terminated|on|since|as|is)\b[\s:]*)+/i;
/** Of a numbered list: `12.`, `3)`. */
const ITEM = /^\d{1,3}(?:[.)]\s+|[.)]?$)/;
const PARTED = /[\t,;|]/;

/** Address, date, name: in the order of PASTE_COLUMNS. */
export function readPaste(text: string): { table: Pick<Table, "rows">; problems: ImportProblem[] } {
  const rows: Table["rows"] = [];
  const problems: ImportProblem[] = [];
  const lines = text.replace(UNSEEN, "").split(/\r\n|\n|\r/);
  const order = guessOrder(lines.flatMap((line) => partsOf(line.replace(ADDRESS, "")).map(unworded))).order;
  const first = lines.findIndex((line) => line.trim() !== "");
  lines.forEach((whole, i) => {
    if (whole.trim() === "" || (i === first && isHeading(whole))) return;
    const read = readLine(whole, order);
    if (typeof read === "string") problems.push({ line: i + 1, column: null, text: read });
    else rows.push(...read.map((cells) => ({ line: i + 1, cells })));
  });
  return { table: { rows }, problems };
}

/** The rows of a line, or what is wrong with it. */
function readLine(whole: string, order: DateOrder): string[][] | string {
  const found = whole.match(ADDRESS) ?? [];
  if (found.length === 0) return `No e-mail address stands in "${whole.trim().slice(0, 60)}"`;
  const emails = found.map(bareAddress);
  const wrong = emails.findIndex((email) => !isEmail(email));
  if (wrong >= 0) return `"${found[wrong]!.slice(0, 60)}" is not an e-mail address`;
  const last = found.at(-1)!;
  const before = around(whole.slice(0, whole.indexOf(found[0]!))).replace(ITEM, "");
  const behind = around(whole.slice(whole.lastIndexOf(last) + last.length));
  if (emails.length > 1) {
    const dated = partsOf(whole.replace(ADDRESS, ",")).some((part) => dayIn(part, order) !== null);
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

const around = (text: string): string => text.replace(AROUND, "");

export const PASTE_COLUMNS = ["email", "leave_date", "name"] as const;
