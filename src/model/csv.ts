/** CSV that opens in a spreadsheet without becoming a formula. */
import { stringify } from "csv-stringify/sync";
import { harmless } from "./harmless.ts";

export interface CsvColumn<T> {
  name: string;
  value: (row: T) => string | number | boolean | null | undefined;
}

/** What a spreadsheet takes for the beginning of a formula, in full width too, or skips before one. */
const FORMULA = /^[=+\-@\t\r\n\uff0b\uff0d\uff1d\uff20]/;

/** A cell that begins like a formula gets a `'` before it. */
export function safeCell(value: string | number | boolean | null | undefined): string {
  if (value === null || value === undefined) return "";
  if (typeof value !== "string") return String(value);
  const text = value.replace(/[^\t\r\n]+/g, harmless);
  return FORMULA.test(text) ? `'${text}` : text;
}

export function csvHead<T>(columns: readonly CsvColumn<T>[]): string {
  return stringify([columns.map(({ name }) => name)]);
}
/** Rows without their head, in UTF-8 as any text. */
export function csvRows<T>(columns: readonly CsvColumn<T>[], rows: readonly T[]): string {
  return stringify(rows.map((row) => columns.map(({ value }) => safeCell(value(row)))));
}
