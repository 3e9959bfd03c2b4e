/** JSON as Greenhouse sends it: 64-bit integers, and now and then bytes that are no UTF-8. */

import { weightOf } from "../model/json-weight.ts";
import { grouped } from "../model/text.ts";

/** A number that JSON.parse might round, at a place where a number can stand. */
const MAY_ROUND = /[\s:,[]-?\d{16}/;
/** Shorter ones are exact as they are. */
const EXACT_DIGITS = 15;

/** TypeScript's library doesn't know the reviver's third argument yet. */
type Reviver = (this: unknown, key: string, value: unknown, context: { source?: string }) => unknown;
const parseWith = JSON.parse as (text: string, reviver?: Reviver) => unknown;

/** No answer of Greenhouse is nested so deep: what walks through it may call itself. */
const MAX_DEPTH = 100;
/** 32 MB of events are 1.2 million values. Text of `{}` alone grows to twenty times its size: more would fill the heap. */
const MAX_VALUES = 1_500_000;

/** JSON that would take more memory than an answer may. */
export class TooHeavy extends Error {
  override name = "TooHeavy";
}

/** How JSON writes what text can't hold as it is: the character with number 0, and halves of a pair. */
const UNSTORABLE = /\\u(?:0000|d[89a-f])/i;
const ESCAPES = /\\(?:(u0000|ud[89ab]..(?!\\ud[c-f])|ud[c-f]..)|ud[89ab]..\\ud[c-f]..|.)/gis;

/**
 * Parses JSON; an integer of 16 digits or more becomes an exact string. What no text of a database holds becomes
 * U+FFFD, so that a row is what it was when it was stored. Throws SyntaxError, TooHeavy.
 */
export function parseExact(text: string): unknown {
  const { depth, values } = weightOf(text);
  if (depth > MAX_DEPTH) throw new TooHeavy(`nested deeper than ${MAX_DEPTH} levels`);
  if (values > MAX_VALUES) throw new TooHeavy(`more than ${grouped(MAX_VALUES)} values`);
  const readable = UNSTORABLE.test(text) ? storable(text) : text;
  if (!MAY_ROUND.test(readable) && !/^-?\d{16}/.test(readable)) return JSON.parse(readable);
  return parseWith(readable, (_key, value, context) =>
    typeof value === "number" && context.source && isLongInteger(context.source) ? context.source : value,
  );
}

/** Of the same length. After a backslash that is one itself stands no such character. */
function storable(json: string): string {
  return json.replaceAll(ESCAPES, (all, unstorable?: string) => (unstorable ? "\\ufffd" : all));
}

/** Without a pattern over its digits: of millions of them a pattern runs out of stack. */
function isLongInteger(source: string): boolean {
  const digits = source.length - (source.startsWith("-") ? 1 : 0);
  return digits > EXACT_DIGITS && !/[.eE]/.test(source);
}

/** Decodes UTF-8. Bytes that are none become U+FFFD, and the caller is told so. */
export function decodeUtf8(bytes: Uint8Array): { text: string; invalid: boolean } {
  try {
    return { text: new TextDecoder("utf-8", { fatal: true }).decode(bytes), invalid: false };
  } catch {
    return { text: new TextDecoder("utf-8").decode(bytes), invalid: true };
  }
}

/**
 * Decodes a body. JSON is UTF-8, whatever its label says (many say it by habit); only where it is no UTF-8 is the label
 * believed.
 */
export function decodeBody(bytes: Uint8Array, contentType = ""): { text: string; invalid: boolean } {
  const decoded = decodeUtf8(bytes);
  const label = /charset\s*=\s*"?([\w.:-]+)/i.exec(contentType)?.[1];
  if (!decoded.invalid || label === undefined) return decoded;
  try {
    return { text: new TextDecoder(label, { fatal: true }).decode(bytes), invalid: false };
  } catch {
    return decoded; // no such label, or it isn't that, either
  }
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The name of the first field (one level deep) whose value holds U+FFFD; null: none. */
export function replacedField(row: unknown): string | null {
  if (typeof row === "string") return row.includes("\uFFFD") ? "(row)" : null;
  if (row === null || typeof row !== "object") return null;
  for (const [field, value] of Object.entries(row)) {
    if (field.includes("\uFFFD") || JSON.stringify(value)?.includes("\uFFFD")) return field;
  }
  return null;
}

/** Whether what JSON.parse complained about is a text that ended too early: it read all of it. */
export function endsEarly(error: unknown, text: string): boolean {
  if (!(error instanceof SyntaxError)) return false;
  const position = /at position (\d+)/.exec(error.message)?.[1];
  return position === undefined
    ? /unexpected end/i.test(error.message)
    : Number(position) >= text.trimEnd().length;
}
