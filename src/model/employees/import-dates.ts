/** Days as exports of other programs write them. */
import { parseDay } from "../day.ts";

export const DATE_ORDERS = ["dmy", "mdy", "ymd"] as const;
export type DateOrder = (typeof DATE_ORDERS)[number];

const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
/** Nobody began to work before it, and no contract ends after it: such a date stands for none. */
const [FIRST_YEAR, LAST_YEAR] = [1930, 2200];
/** Where calendars of programs begin: an empty cell, as Excel, .NET and SQL Server write it. */
const NO_YEARS: readonly number[] = [0, 1, 1601, 1753, 1899, 1900];
/** Excel counts days from here. */
const EXCEL_EPOCH = 25_569;
const [EXCEL_FIRST, EXCEL_LAST] = [20_000, 80_000];

const NUMBERS = /^(\d{1,4})([./-])(\d{1,2})\2(\d{1,4})(?:$|[T\s,].*)/;
const NO_DATE = new Set(["", "-", "–", "—", "n/a", "na", "none", "null", "never", "0"]);

/** Words that say that there is no date. */
export const saysNoDate = (text: string): boolean => NO_DATE.has(text.trim().toLowerCase());

/** A day number; null: there is none, undefined: it can't be read. */
export function readDay(text: string, order: DateOrder): number | null | undefined {
  const given = text.trim();
  if (saysNoDate(given)) return null;
  const parts = partsOf(given, order);
  if (!parts) return undefined;
  if (typeof parts === "number") return parts;
  const [year, month, day] = parts;
  if (year > LAST_YEAR || NO_YEARS.includes(year)) return null;
  if (year < FIRST_YEAR) return undefined;
  const pad = (n: number) => String(n).padStart(2, "0");
  return parseDay(`${year}-${pad(month)}-${pad(day)}`) ?? undefined;
}

type Parts = readonly [year: number, month: number, day: number];

function partsOf(text: string, order: DateOrder): Parts | number | null {
  const numbers = NUMBERS.exec(text);
  if (numbers) {
    const [a, b, c] = [numbers[1]!, numbers[3]!, numbers[4]!];
    if (a.length === 4) return [Number(a), Number(b), Number(c)];
    if (a.length > 2 || c.length === 3) return null;
    if (order === "ymd" && c.length <= 2) return [yearOf(a), Number(b), Number(c)];
    return order === "mdy" ? [yearOf(c), Number(a), Number(b)] : [yearOf(c), Number(b), Number(a)];
  }
  const whole = /^(\d{4})(\d{2})(\d{2})(?:\d{6}.*)?$/.exec(text);
  if (whole) return [Number(whole[1]), Number(whole[2]), Number(whole[3])];
  const serial = /^\d{5}(\.\d+)?$/.test(text) ? Math.floor(Number(text)) : null;
  if (serial !== null && serial >= EXCEL_FIRST && serial <= EXCEL_LAST) return serial - EXCEL_EPOCH;
  return inWords(text);
}

/** `23-Nov-2026`, `23 November 2026`, `Nov 23, 2026` */
function inWords(text: string): Parts | null {
  const dayFirst = /^(\d{1,2})(?:st|nd|rd|th)?[\s./-]+([A-Za-z]{3,9})\.?[\s,./-]+(\d{4}|\d{2})\b/.exec(text);
  const monthFirst = /^([A-Za-z]{3,9})\.?[\s./-]+(\d{1,2})(?:st|nd|rd|th)?[\s,./-]+(\d{4}|\d{2})\b/.exec(
    text,
  );
  const found = dayFirst
    ? ([dayFirst[3]!, dayFirst[2]!, dayFirst[1]!] as const)
    : monthFirst && ([monthFirst[3]!, monthFirst[1]!, monthFirst[2]!] as const);
  if (!found) return null;
  const month = MONTHS.indexOf(found[1].slice(0, 3).toLowerCase()) + 1;
  return month === 0 ? null : [yearOf(found[0]), month, Number(found[2])];
}

/** Two digits are of this century, or of the one before where that would lie far ahead. */
function yearOf(text: string): number {
  const year = Number(text);
  if (text.length > 2) return year;
  return year < 70 ? 2000 + year : 1900 + year;
}

export interface GuessedOrder {
  order: DateOrder;
  /** false: every date could be read the other way too. */
  sure: boolean;
}

/** By the dates themselves: 23 is no month. A dot between says that the day leads. */
export function guessOrder(texts: Iterable<string>): GuessedOrder {
  let dots = 0;
  let slashes = 0;
  const votes = { dmy: 0, mdy: 0 };
  for (const text of texts) {
    const numbers = NUMBERS.exec(text.trim());
    if (!numbers || numbers[1]!.length === 4) continue;
    if (numbers[2] === ".") dots++;
    else slashes++;
    const [a, b] = [Number(numbers[1]), Number(numbers[3])];
    if (a > 12 && b <= 12) votes.dmy++;
    if (b > 12 && a <= 12) votes.mdy++;
  }
  if (votes.dmy !== votes.mdy) return { order: votes.dmy > votes.mdy ? "dmy" : "mdy", sure: true };
  if (dots > slashes) return { order: "dmy", sure: true };
  return slashes === 0 ? { order: "ymd", sure: true } : { order: "mdy", sure: false };
}
