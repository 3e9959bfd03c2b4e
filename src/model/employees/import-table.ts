/** The bytes of a file as rows of text: its encoding and delimiter are guessed, and told. */
import { Readable } from "node:stream";
import { CsvError, parse } from "csv-parse";
import { grouped } from "../text.ts";

export const ENCODINGS = ["utf-8", "utf-16le", "utf-16be", "windows-1252"] as const;
export type Encoding = (typeof ENCODINGS)[number];
export const DELIMITERS = [",", ";", "\t", "|"] as const;
export type Delimiter = (typeof DELIMITERS)[number];

export const MAX_FILE_BYTES = 16_000_000;
/** What the heap of a server bears (bin/launch.mjs), beside all else that it holds: measured. */
export const MAX_ROWS = 100_000;
const MAX_CELLS = 2_000_000;
const MAX_COLUMNS = 300;
/** Of so many texts it is remembered that they were there. */
const REMEMBERED = 20_000;
/** What a guess looks at. */
const LOOKED_AT = 64_000;
/** Parsed between two looks at whatever else waits. */
const CHUNK = 32_000;

/** The file can't be read as a table at all. */
export class FileRefused extends Error {
  override name = "FileRefused";
}

export interface Table {
  encoding: Encoding;
  delimiter: Delimiter;
  /** `line`: where it ends in the file, from 1. */
  rows: { line: number; cells: string[] }[];
}

/** @throws FileRefused */
export async function readTable(
  bytes: Uint8Array,
  given: { encoding?: Encoding | undefined; delimiter?: Delimiter | undefined },
): Promise<Table> {
  const encoding = given.encoding ?? guessEncoding(bytes);
  let text = decoded(bytes, encoding).replace(/^\ufeff/, "");
  if (text.includes("\u0000")) throw new FileRefused(isNoText(bytes));
  // Excel's own word for the delimiter.
  const said = /^"?sep=(.)"?\r?\n/i.exec(text);
  if (said) text = text.slice(said[0].length);
  const delimiter =
    given.delimiter ??
    DELIMITERS.find((each) => each === said?.[1]) ??
    guessDelimiter(text.slice(0, LOOKED_AT));
  return { encoding, delimiter, rows: await rowsOf(Buffer.from(text), delimiter, said ? 1 : 0) };
}

function decoded(bytes: Uint8Array, encoding: Encoding): string {
  try {
    return new TextDecoder(encoding, { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new FileRefused(`The file is not written in ${encoding}. Choose another encoding.`);
  }
}

export function guessEncoding(bytes: Uint8Array): Encoding {
  const [a, b, c] = bytes;
  if (a === 0xef && b === 0xbb && c === 0xbf) return "utf-8";
  if (a === 0xff && b === 0xfe) return "utf-16le";
  if (a === 0xfe && b === 0xff) return "utf-16be";
  // Text of Europe and America in two bytes a letter has a zero in every other one.
  const zeros = [0, 0];
  for (let i = 0; i < Math.min(bytes.length, 2000); i++) if (bytes[i] === 0) zeros[i % 2]!++;
  const enough = Math.min(bytes.length, 2000) / 8;
  if (zeros[1]! > enough && zeros[0] === 0) return "utf-16le";
  if (zeros[0]! > enough && zeros[1] === 0) return "utf-16be";
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return "utf-8";
  } catch {
    return "windows-1252";
  }
}

function isNoText(bytes: Uint8Array): string {
  const begin = Buffer.from(bytes.subarray(0, 4)).toString("latin1");
  if (begin.startsWith("PK"))
    return "This is a workbook or an archive, no CSV. Save it as CSV (UTF-8) first.";
  return "This is no text file. Export it as CSV.";
}

/** The one that parts the first lines into the same number of cells, the most of them. */
export function guessDelimiter(text: string): Delimiter {
  const lines = unquoted(text)
    .split(/\r\n|\n|\r/)
    .filter((line) => line.trim() !== "")
    .slice(0, 20);
  let best: { delimiter: Delimiter; score: number } = { delimiter: ",", score: 0 };
  for (const delimiter of DELIMITERS) {
    const counts = lines.map((line) => line.split(delimiter).length - 1);
    const first = counts[0] ?? 0;
    const agree = counts.filter((count) => count === first).length;
    const score = first === 0 ? 0 : first * (agree / Math.max(1, counts.length)) ** 2;
    if (score > best.score) best = { delimiter, score };
  }
  return best.delimiter;
}

/** What stands in quotes holds no delimiter, and ends no line. */
const unquoted = (text: string): string => text.replace(/"(?:[^"]|"")*"/g, "q");

async function rowsOf(bytes: Buffer, delimiter: Delimiter, linesBefore: number): Promise<Table["rows"]> {
  const parser = Readable.from(chunksOf(bytes), { objectMode: false }).pipe(
    parse({
      delimiter,
      info: true,
      relax_column_count: true,
      skip_empty_lines: true,
      trim: true,
      max_record_size: 200_000,
    }),
  );
  const rows: Table["rows"] = [];
  const kept = once();
  let cells = 0;
  try {
    for await (const { record, info } of parser as AsyncIterable<Parsed>) {
      if (record.every((cell) => cell === "")) continue;
      if (record.length > MAX_COLUMNS) throw new FileRefused(`A row has more than ${MAX_COLUMNS} columns.`);
      rows.push({ line: info.lines + linesBefore, cells: record.map(kept) });
      // Headings and titles are none of people.
      if (rows.length > MAX_ROWS + 1)
        throw new FileRefused(`The file has more than ${grouped(MAX_ROWS)} rows.`);
      cells += record.length;
      if (cells > MAX_CELLS)
        throw new FileRefused(
          `The file has more than ${grouped(MAX_CELLS)} cells. Leave out columns that aren't needed.`,
        );
    }
  } catch (error) {
    throw refusalOf(error, linesBefore);
  }
  return rows;
}

/** Most cells of an export say what others say, too: department, manager, status. Each such text is kept once. */
function once(): (text: string) => string {
  const known = new Map<string, string>();
  return (text) => {
    const before = known.get(text);
    if (before === undefined && known.size < REMEMBERED) known.set(text, text);
    return before ?? text;
  };
}

interface Parsed {
  record: string[];
  info: { lines: number };
}

function* chunksOf(bytes: Buffer): Generator<Buffer, void, void> {
  for (let at = 0; at < bytes.length; at += CHUNK) yield bytes.subarray(at, at + CHUNK);
}

function refusalOf(error: unknown, linesBefore: number): unknown {
  if (!(error instanceof CsvError)) return error;
  const { code, lines } = error as { code: string; lines?: number };
  const where = lines === undefined ? "" : ` near line ${lines + linesBefore}`;
  const why = code.includes("QUOTE")
    ? `A quote${where} is not closed, or stands in the middle of a cell`
    : `The file can't be read${where} (${code})`;
  return new FileRefused(`${why}. Export it again, or choose another delimiter.`);
}
