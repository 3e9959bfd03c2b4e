/** A pasted list of e-mail addresses, an optional leave date beside each, as a table of two columns. */
import { isEmail } from "./employee.ts";
import { guessOrder, readDay } from "./import-dates.ts";
import type { ImportProblem } from "./import-rows.ts";
import type { Table } from "./import-table.ts";

const ADDRESS = /[^\s@<>"(),:;[\]]+@[^\s@<>"(),:;[\]]+/g;
/** What stands around a date: brackets, quotes, what parts it from the address, and words such as `left on`. */
const AROUND = /^[\s,;:|"'<>()[\]–—-]+|[\s,;:|"'<>()[\]–—-]+$/g;

/** Address, date, name: in the order of PASTE_COLUMNS. */
export function readPaste(text: string): { table: Pick<Table, "rows">; problems: ImportProblem[] } {
  const rows: Table["rows"] = [];
  const problems: ImportProblem[] = [];
  const lines = text.split(/\r\n|\n|\r/);
  const order = guessOrder(lines.map((line) => around(line.replace(ADDRESS, "")))).order;
  lines.forEach((whole, i) => {
    const line = i + 1;
    if (whole.trim() === "") return;
    const emails = whole.match(ADDRESS) ?? [];
    const problem = (what: string) => problems.push({ line, column: null, text: what });
    if (emails.length === 0) {
      problem(`No e-mail address stands in "${whole.trim().slice(0, 60)}"`);
      return;
    }
    const wrong = emails.find((email) => !isEmail(email));
    if (wrong) {
      problem(`"${wrong.slice(0, 60)}" is not an e-mail address`);
      return;
    }
    const rest = around(whole.slice(whole.lastIndexOf(emails.at(-1)!) + emails.at(-1)!.length));
    const before = around(whole.slice(0, whole.indexOf(emails[0]!)));
    const date = rest || (/\d/.test(before) ? before : "");
    if (date !== "" && readDay(date, order) === undefined) {
      problem(`"${date.slice(0, 60)}" beside the address is not a date that can be read`);
      return;
    }
    if (date !== "" && emails.length > 1) {
      problem("Several addresses and one date stand in this line: whose date is it?");
      return;
    }
    const name = date === before ? "" : before;
    for (const email of emails) rows.push({ line, cells: [email, date, emails.length === 1 ? name : ""] });
  });
  return { table: { rows }, problems };
}

const around = (text: string): string => text.replace(AROUND, "");

export const PASTE_COLUMNS = ["email", "leave_date", "name"] as const;
