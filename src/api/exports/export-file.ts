/** An export as bytes: rows as they are read, their hash, and the stamp that only the end can tell. */
import { createHash, type Hash } from "node:crypto";
import { Readable } from "node:stream";
import { ZipFile } from "yazl";
import { type CsvColumn, csvHead, csvRows } from "../../model/csv.ts";

/** What the rows came to, and the stamp made of it. */
export interface Ended {
  rows: number;
  sha256: string;
}

export interface ExportSource<T> {
  /** Without ending: `users`. */
  name: string;
  columns: readonly CsvColumn<T>[];
  pages: AsyncIterable<readonly T[]>;
  /** Once the last row is out. Its failure fails the export. */
  stamp: (ended: Ended) => Promise<{ json: object; text: string }>;
  at: Date;
  /** Aborted when the client has gone. */
  signal: AbortSignal;
}

/** A zip of the CSV and, beside it, its stamp as JSON and as text. */
export function zipOf<T>(source: ExportSource<T>): Readable {
  const { name, columns, pages, stamp, at, signal } = source;
  const hash = createHash("sha256");
  let rows = 0;
  async function* lines() {
    yield hashed(hash, csvHead(columns));
    for await (const page of pages) {
      if (page.length > 0) yield hashed(hash, csvRows(columns, page));
      rows += page.length;
    }
  }
  const zip = new ZipFile();
  const out = zip.outputStream as Readable;
  const data = Readable.from(lines(), { objectMode: false });
  let made: Promise<{ json: object; text: string }> | null = null;
  const stamped = () => (made ??= stamp({ rows, sha256: hash.digest("hex") }));
  // A zip that can't be whole must not look like one: its stream breaks off.
  const broken = (error: unknown) => out.destroy(error as Error);
  data.once("error", broken);
  zip.once("error", broken);
  signal.addEventListener("abort", () => data.destroy(), { once: true });
  const entry = { mtime: at, mode: 0o100644 };
  zip.addReadStream(data, `${name}.csv`, entry);
  const later = (file: string, text: (made: { json: object; text: string }) => string) =>
    zip.addReadStreamLazy(file, entry, (give) => {
      stamped().then(
        (all) => give(null, Readable.from([Buffer.from(text(all))])),
        (error: unknown) => give(error, Readable.from([])),
      );
    });
  later("stamp.json", ({ json }) => `${JSON.stringify(json, null, 2)}\n`);
  later("stamp.txt", ({ text }) => text);
  zip.end();
  return out;
}

/** One document: `{ "rows": [...], "stamp": {...} }`. A row is an object of its columns. */
export async function* jsonOf<T>(source: ExportSource<T>): AsyncGenerator<string, void, void> {
  const { columns, pages, stamp } = source;
  const hash = createHash("sha256");
  let rows = 0;
  yield `{"rows":${hashed(hash, "[")}`;
  for await (const page of pages) {
    let text = "";
    for (const row of page) {
      const values = columns.map((column) => [column.name, column.value(row) ?? null]);
      text += `${rows++ === 0 ? "\n" : ",\n"}${JSON.stringify(Object.fromEntries(values))}`;
    }
    yield hashed(hash, text);
  }
  yield hashed(hash, "\n]");
  const { json } = await stamp({ rows, sha256: hash.digest("hex") });
  yield `,"stamp":${JSON.stringify(json)}}\n`;
}

function hashed(hash: Hash, text: string): string {
  hash.update(text);
  return text;
}
