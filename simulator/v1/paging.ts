import type { Answer } from "../http/answer.ts";
import { json } from "../http/answer.ts";
import type { Call } from "../http/request.ts";
import type { World } from "../http/world.ts";

/** A v1 422 that names a field (api.md §1.4). */
export class V1Error extends Error {
  readonly field: string;
  constructor(field: string, message: string) {
    super(message);
    this.field = field;
  }
}

function positive(call: Call, name: string, fallback: number, max: number): number {
  const text = call.query.get(name);
  if (text === null) return fallback;
  const value = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  if (value < 1 || value > max)
    throw new V1Error(name, max === Infinity ? "must be at least 1" : `must be between 1 and ${max}`);
  return value;
}

/**
 * One page by number, with its Link header (api.md §1.2): next, prev and last; no `last` with skip_count=true;
 * the "next only" family gives `next` alone; a single page has no header.
 */
export function paged<T>(
  world: World,
  call: Call,
  records: readonly T[],
  row: (record: T) => unknown,
  family: "full" | "next only",
): Answer {
  const perPage = positive(call, "per_page", 100, 500);
  const page = positive(call, "page", 1, Infinity);
  const pages = Math.max(1, Math.ceil(records.length / perPage));
  const rows = records.slice((page - 1) * perPage, page * perPage).map(row);
  const link = (to: number, rel: string): string => {
    const query = new URLSearchParams(call.query);
    query.set("page", String(to));
    query.set("per_page", String(perPage));
    return `<${call.origin}${call.path}?${query.toString()}>; rel="${rel}"`;
  };
  const links: string[] = [];
  if (page < pages) links.push(link(page + 1, "next"));
  if (family === "full" && page > 1) links.push(link(Math.min(page - 1, pages), "prev"));
  if (family === "full" && pages > 1 && call.query.get("skip_count") !== "true")
    links.push(link(pages, "last"));
  return json(
    200,
    rows,
    links.length === 0 || !world.scenario["v1.linkHeader"] ? {} : { Link: links.join(", ") },
  );
}
