/** Values on their way to PostgreSQL and back. Both ways everything is text, but bytes. */
import type { FieldDef } from "pg";
import { StoreError } from "./errors.ts";

/** Numbers of PostgreSQL's own types (pg_type). */
const BOOL = 16;
const BYTEA = 17;
const INTEGERS = new Set([20, 21, 23, 26]);
const NUMBERS = new Set([...INTEGERS, 700, 701, 1700]);

/** @throws TypeError for what the store doesn't keep */
export function sendable(value: unknown): unknown {
  switch (typeof value) {
    case "string":
      // The one character that PostgreSQL's text can't hold.
      return value.includes("\u0000") ? value.replaceAll("\u0000", "\ufffd") : value;
    case "number":
    case "bigint":
      return String(value);
    case "boolean":
      return value ? "1" : "0";
    case "undefined":
      return null;
  }
  if (value === null) return null;
  if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  if (Array.isArray(value)) return value.map(sendable);
  throw new TypeError(`the store can't keep a ${Object.prototype.toString.call(value)}`);
}

/** Rows as objects. @throws StoreError for an integer beyond 2^53 that is no id */
export function readable(fields: FieldDef[], rows: (string | null)[][]): Record<string, unknown>[] {
  const columns = fields.map(({ name, dataTypeID }) => ({ name, read: reader(name, dataTypeID) }));
  return rows.map((row) => {
    const object: Record<string, unknown> = {};
    for (let i = 0; i < columns.length; i++) {
      const { name, read } = columns[i]!;
      const value = row[i]!;
      object[name] = value === null ? null : read(value);
    }
    return object;
  });
}

function reader(column: string, type: number): (value: string) => unknown {
  if (type === BOOL) return (value) => (value === "t" ? 1 : 0);
  if (type === BYTEA) return (value) => new Uint8Array(Buffer.from(value.slice(2), "hex"));
  if (!NUMBERS.has(type) || (column.endsWith("_id") && INTEGERS.has(type))) return (value) => value;
  return (value) => {
    const number = Number(value);
    if (Number.isInteger(number) && !Number.isSafeInteger(number)) {
      throw new StoreError("UNSAFE_INTEGER", `column ${column} holds an integer beyond 2^53 and is no id`);
    }
    return number;
  };
}
