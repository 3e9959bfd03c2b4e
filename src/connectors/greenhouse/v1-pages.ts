/** Pages of Harvest v1: by their number, and smaller ones where a whole one is too much (api.md §1.2). */
import type { Ask } from "../../model/verdict.ts";
import { ConnectorError } from "../errors.ts";
import type { Authorization } from "./auth.ts";
import type { Answer } from "./call.ts";
import { isTooMuch, smallerSize } from "./page-size.ts";

export const V1_ROWS_A_PAGE = 500;
/** What a page holds unless more is asked for (api.md §1.2). */
const LEAST_ROWS_A_PAGE = 100;

export interface V1Page {
  /** As it was asked for in the end. */
  url: URL;
  /** null: the page before was the last. */
  answer: Answer | null;
  ask: Ask;
}

/**
 * The page after one that came without a Link header: no header means the last page, but one guide has seen none at all.
 * So a full page is followed by its number. A first one that holds fewer rows than were asked for may be full, too: Greenhouse's
 * own size is asked on with. null: it wasn't full.
 */
export function followingPage(url: URL, rows: number): URL | null {
  const size = sizeOf(url);
  const isCut = numberOf(url) === 1 && rows >= LEAST_ROWS_A_PAGE && rows < size;
  if (rows < size && !isCut) return null;
  const next = new URL(url);
  if (isCut) next.searchParams.set("per_page", String(rows));
  next.searchParams.set("page", String(numberOf(url) + 1));
  return next;
}

/**
 * Asks for a page. One that is too large, or of a size that is refused, is asked for in smaller ones, from the same row on.
 * `after`: the page that it follows by number alone. A refusal then may mean that there is none; that one, asked again,
 * tells that it isn't the whole list that is refused.
 */
export async function v1Page(
  url: URL,
  authorization: Authorization,
  after: URL | null = null,
): Promise<V1Page> {
  const ask = (page: URL) => authorization.harvest({ method: "GET", url: page, families: ["v1"] });
  for (let page = url; ; ) {
    try {
      const answer = await ask(page);
      return { url: page, answer, ask: answer.ask };
    } catch (error) {
      if (!(error instanceof ConnectorError)) throw error;
      const smaller = isTooMuch(error) ? smallerPage(page) : null;
      if (smaller) {
        page = smaller;
        continue;
      }
      const noSuchPage = error.fault === null && ["gone", "invalid"].includes(error.family);
      if (!after || !noSuchPage || !Array.isArray((await ask(after)).body)) throw error;
      return { url: page, answer: null, ask: error.ask };
    }
  }
}

/** The page that begins with the same row. null: none is smaller, or what else the address says isn't ours to rewrite. */
function smallerPage(url: URL): URL | null {
  const size = smallerSize(sizeOf(url));
  const known = ["per_page", "page", "skip_count"];
  if (size === null || [...url.searchParams.keys()].some((name) => !known.includes(name))) return null;
  const smaller = new URL(url);
  smaller.searchParams.set("per_page", String(size));
  const before = (numberOf(url) - 1) * (sizeOf(url) / size);
  if (before > 0) smaller.searchParams.set("page", String(before + 1));
  return smaller;
}

const numberOf = (url: URL) => Number(url.searchParams.get("page") ?? 1);
const sizeOf = (url: URL) => Number(url.searchParams.get("per_page") ?? V1_ROWS_A_PAGE);
