import { InvalidCursor } from "./errors.ts";

export type Place = readonly (string | number | null)[];

/** Opaque; `list` names the list and its order, so that a cursor can't be used on another. */
export function cursorOf(list: string, place: Place): string {
  return Buffer.from(JSON.stringify([list, ...place])).toString("base64url");
}

/** The place that `cursorOf` was given; null where there is no cursor. Throws InvalidCursor. */
export function placeOf(list: string, cursor: string | null | undefined, length: number): Place | null {
  if (cursor == null) return null;
  const [name, ...place] = parse(cursor);
  const plain = place.every(
    (part) => part === null || typeof part === "string" || Number.isSafeInteger(part),
  );
  if (name !== list || place.length !== length || !plain) throw new InvalidCursor();
  return place as Place;
}

function parse(cursor: string): unknown[] {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(cursor, "base64url").toString("utf8"));
    if (Array.isArray(parsed)) return parsed;
  } catch {
    // Not base64 of JSON: not ours.
  }
  throw new InvalidCursor();
}

/** An id out of a cursor: what isn't a number would fail in the store. */
export function idFrom(part: string | number | null | undefined): string {
  if (typeof part !== "string" || !/^\d{1,19}$/.test(part)) throw new InvalidCursor();
  return part;
}
