/** How many rows a page has. Pure. */
import type { ConnectorError } from "../errors.ts";

/** Is it the size of a page that stands in the way? */
export function isTooMuch(error: ConnectorError): boolean {
  if (error.fault === "too_large") return true;
  return error.family === "invalid" && error.fault === null && /per_page/.test(error.said ?? "");
}

/** Rows of more than 800 kB don't exist: with fewer it isn't the size. */
const FEWEST = 20;

/** The next smaller size, of which a whole number makes a page of this one. null: there is none. */
export function smallerSize(size: number): number | null {
  return size > FEWEST && size % 5 === 0 ? size / 5 : null;
}
