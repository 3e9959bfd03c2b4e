/** A cursor: URL-safe Base64, opaque to clients, of varying length; it carries the whole query (api.md §2.2). */
export interface Cursor {
  endpoint: string;
  query: string;
  before: number;
  first: number;
  madeAt: number;
}

/** Writes a cursor. `first` is the id the page before it starts with. */
export function encodeCursor(cursor: Cursor): string {
  return Buffer.from(
    JSON.stringify([cursor.endpoint, cursor.query, cursor.before, cursor.first, cursor.madeAt]),
  ).toString("base64url");
}

/** Reads a cursor; null for anything the simulator didn't write. */
export function decodeCursor(text: string): Cursor | null {
  try {
    const [endpoint, query, before, first, madeAt] = JSON.parse(
      Buffer.from(text, "base64url").toString("utf8"),
    ) as unknown[];
    if (
      typeof endpoint !== "string" ||
      typeof query !== "string" ||
      typeof before !== "number" ||
      typeof madeAt !== "number"
    )
      return null;
    return { endpoint, query, before, first: Number(first), madeAt };
  } catch {
    return null;
  }
}
